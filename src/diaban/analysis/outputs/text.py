"""An answer as a page of plain text."""

from __future__ import annotations

import textwrap
import unicodedata

from diaban.analysis.answer import Answer
from diaban.analysis.outputs.cells import written
from diaban.core.messages import N_, say

WIDE = 100
_MOST_ROWS = 25
_WIDEST = 44
_RIGHT = frozenset({"count", "number", "ratio", "p", "metres", "share"})


def text_of(answer: Answer) -> str:
    """Return the page: the answer first, then its table, what it does not say, and how to do it again."""
    parts = [_wrapped(str(answer.headline))]
    parts.append("\n".join(_wrapped(str(one)) for one in answer.sentences))
    if answer.findings and answer.columns:
        parts.append(_table(answer))
    if answer.cautions:
        heading = str(say(N_("Điều này không nói lên:")))
        parts.append("\n".join([heading, *(_wrapped(str(one), "- ", "  ") for one in answer.cautions)]))
    made = answer.reproduce
    words = N_("Để làm lại: {program}, hạt giống {seed}, số liệu sha256 {digest}…; phương pháp: {methods}.")
    if made.replicates is not None:
        words = N_(
            "Để làm lại: {program}, hạt giống {seed}, {n} lần lặp, số liệu sha256 {digest}…; phương pháp: {methods}."
        )
    again = say(
        words,
        program=made.program,
        seed=made.seed,
        n=made.replicates,
        digest=made.data_sha256[:16],
        methods=", ".join(f"docs/methods/{name}.md" for name in answer.methods),
    )
    parts.append(f"{_wrapped(str(again))}\n{made.command}")
    return "\n\n".join(part for part in parts if part) + "\n"


def _wrapped(text: str, first: str = "", other: str = "") -> str:
    return textwrap.fill(
        text, WIDE, initial_indent=first, subsequent_indent=other, break_long_words=False, break_on_hyphens=False
    )


def _table(answer: Answer) -> str:
    shown = answer.findings[:_MOST_ROWS]
    grid = [[str(column.label) for column in answer.columns]]
    grid += [[_cut(written(row.get(column.key), column.kind)) for column in answer.columns] for row in shown]
    widths = [max(map(_width, column)) for column in zip(*grid, strict=True)]
    right = [column.kind in _RIGHT for column in answer.columns]
    lines = ["  ".join(_put(cell, width, side) for cell, width, side in zip(row, widths, right, strict=True)).rstrip()
             for row in grid]  # fmt: skip
    lines.insert(1, "  ".join("─" * width for width in widths))
    if len(answer.findings) > _MOST_ROWS:
        lines.append(
            str(say(N_("… và {n} dòng nữa; xem --format json hoặc xlsx."), n=len(answer.findings) - _MOST_ROWS))
        )
    return "\n".join(lines)


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"


def _width(text: str) -> int:
    return sum(not unicodedata.combining(sign) for sign in text)


def _put(text: str, width: int, right: bool) -> str:
    gap = " " * (width - _width(text))
    return gap + text if right else text + gap
