"""What both pictures are drawn with: the house's colours, words, a frame."""

from __future__ import annotations

import math
from html import escape

TEAL = "#0b5560"
INK = "#1d2326"
FAINT = "#5d686d"
LINE = "#d8dee0"
PAPER = "#ffffff"
RED = "#a8321f"
FILLS = {
    "cluster": (RED, 0.22),
    "second": ("#c77a12", 0.20),
    "hot": (RED, 0.75),
    "warm": ("#d98a73", 0.75),
    "cold": ("#2b5d8c", 0.75),
    "cool": ("#8fb2cf", 0.75),
    "treated": (TEAL, 0.35),
    "ring": ("#c77a12", 0.12),
    "control": ("#8a9499", 0.35),
    "quiet": ("#8a9499", 0.12),
}
_FONT = "font-family=\"'Be Vietnam Pro','Be Vietnam',system-ui,'Noto Sans',sans-serif\""


def frame(width: float, height: float, title: str, body: str) -> str:
    """Return a whole SVG file."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" {_FONT}><title>{escape(title)}</title>'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>{body}</svg>\n'
    )


def words(
    x: float,
    y: float,
    text: str,
    *,
    size: float = 12,
    fill: str = INK,
    anchor: str = "start",
    bold: bool = False,
    halo: bool = False,
) -> str:
    """Return one line of text."""
    weight = ' font-weight="600"' if bold else ""
    if halo:
        weight += f' stroke="{PAPER}" stroke-width="3" paint-order="stroke"'
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{fill}" text-anchor="{anchor}"{weight}>'
        f"{escape(text)}</text>"
    )


def nice_step(high: float, wanted: int = 4) -> float:
    """Return a step of 1, 2 or 5 times a power of ten with about `wanted` of them up to `high`."""
    rough = max(high, 1e-9) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.999)
