"""A series over time: what was seen as bars from zero, what is usual as a line, what the answer speaks of shaded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from diaban.analysis import words as say_it
from diaban.analysis.answer import Curve
from diaban.analysis.pictures.drawing import FAINT, INK, LINE, RED, TEAL, frame, nice_step, words
from diaban.core.messages import N_, say

WIDTH, HEIGHT = 900.0, 320.0
LEFT, RIGHT, TOP, FOOT = 56.0, 44.0, 64.0, 44.0


def curve_svg(curve: Curve) -> str:
    """Return the picture."""
    known = [value for value in (*curve.observed, *curve.expected, *curve.upper) if value is not None]
    step = max(nice_step(max(known, default=1) or 1), 1)
    top = step * -(-max(known, default=1) // step) or step
    count = max(len(curve.starts), 1)
    slot = (WIDTH - LEFT - RIGHT) / count

    def across(place: float) -> float:
        return LEFT + slot * place

    def up(value: float) -> float:
        return HEIGHT - FOOT - value / top * (HEIGHT - FOOT - TOP)

    pieces = [words(LEFT, 24, str(curve.label), size=15, bold=True), _key(curve)]
    pieces += [_span(curve, span, across) for span in curve.spans]
    pieces += _grid(step, top, up)
    for place, value in enumerate(curve.observed):
        if value:
            fill = RED if place in curve.alarms else TEAL
            pieces.append(
                f'<rect x="{across(place) + slot * 0.1:.2f}" y="{up(value):.2f}" width="{max(slot * 0.8, 0.4):.2f}" '
                f'height="{HEIGHT - FOOT - up(value):.2f}" fill="{fill}"/>'
            )
    pieces.append(_line(curve.expected, across, up, f'stroke="{INK}" stroke-width="1.6"'))
    pieces.append(_line(curve.upper, across, up, f'stroke="{RED}" stroke-width="1.2" stroke-dasharray="4 3"'))
    pieces += _foot(curve, across, slot)
    for day, label in curve.marks:
        x = across(_place(curve, day))
        pieces.append(
            f'<path d="M{x:.1f} {TOP - 6:.1f}V{HEIGHT - FOOT:.1f}" stroke="{INK}" stroke-dasharray="2 3" fill="none"/>'
        )
        pieces.append(words(x + 4, TOP + 2, str(label), size=11, fill=FAINT))
    return frame(WIDTH, HEIGHT, str(curve.label), "".join(pieces))


def _key(curve: Curve) -> str:
    parts, x = [], LEFT
    entries = [(TEAL, N_("số vụ")), (INK, N_("thường có"))] if curve.expected else [(TEAL, N_("số vụ"))]
    if curve.upper:
        entries.append((RED, N_("ngưỡng")))
    for fill, name in entries:
        parts.append(f'<rect x="{x:.1f}" y="36" width="14" height="8" fill="{fill}"/>')
        parts.append(words(x + 20, 44, str(say(name)), size=12, fill=FAINT))
        x += 110
    return "".join(parts)


def _grid(step: float, top: float, up: object) -> list[str]:
    assert callable(up)
    pieces, value = [], 0.0
    while value <= top + step / 2:
        colour = FAINT if value == 0 else LINE
        y = up(value)
        pieces.append(f'<path d="M{LEFT:.1f} {y:.1f}H{WIDTH - RIGHT:.1f}" stroke="{colour}" fill="none"/>')
        pieces.append(
            words(LEFT - 8, y + 4, say_it.number(value, 0 if step >= 1 else 1), size=11, fill=FAINT, anchor="end")
        )
        value += step
    return pieces


def _span(curve: Curve, span: tuple[dt.date, dt.date], across: object) -> str:
    assert callable(across)
    left, right = across(_place(curve, span[0])), across(_place(curve, span[1]))
    return (
        f'<rect x="{left:.1f}" y="{TOP:.1f}" width="{max(right - left, 1):.1f}" height="{HEIGHT - FOOT - TOP:.1f}" '
        f'fill="{RED}" fill-opacity="0.12"/>'
    )


def _place(curve: Curve, day: dt.date) -> float:
    """Return where a day stands among the steps, counted from 0."""
    return float(sum(start < day for start in curve.starts))


def _line(values: Sequence[float | None], across: object, up: object, style: str) -> str:
    assert callable(across) and callable(up)
    path, pen = "", False
    for place, value in enumerate(values):
        if value is None:
            pen = False
            continue
        path += f"{'L' if pen else 'M'}{across(place + 0.5):.1f} {up(value):.1f}"
        pen = True
    return f'<path d="{path}" fill="none" {style}/>' if path else ""


def _foot(curve: Curve, across: object, slot: float) -> list[str]:
    assert callable(across)
    every = max(1, -(-84 // max(int(slot), 1)) if slot >= 1 else int(84 / slot))
    last = len(curve.starts) - 1
    return [
        words(across(place + 0.5), HEIGHT - FOOT + 18, say_it.day(start), size=11, fill=FAINT, anchor="middle")
        for place, start in enumerate(curve.starts)
        if (last - place) % every == 0 and across(place) > LEFT + 8
    ]
