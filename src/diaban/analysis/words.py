"""How figures stand in sentences: Vietnamese numbers, days, distances, and chance in plain words."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from diaban.core.messages import N_, Message, say


def number(value: float, places: int = 0) -> str:
    """Write a number with a dot between thousands and a comma before decimals."""
    if not math.isfinite(value):
        return "∞" if value > 0 else "–"
    text = f"{abs(value):,.{places}f}".translate(str.maketrans(",.", ".,"))
    return f"\u2212{text}" if value < 0 and text.strip("0,.") else text


def figure(value: float) -> str:
    """Write an expected count: one decimal below a hundred, none above."""
    return number(value, 1 if abs(value) < 100 else 0)


def day(value: dt.date) -> str:
    """Write a day as dd/mm/yyyy."""
    return f"{value:%d/%m}/{value.year:04d}"


def metres(value: float) -> str:
    """Write a distance: metres below one kilometre, kilometres above."""
    return f"{number(value)} m" if value < 1_000 else f"{number(value / 1_000, 1)} km"


def share(value: float) -> str:
    """Write a share (0.1234) as a percentage."""
    return f"{number(value * 100, 0 if value in (0, 1) or value >= 0.1 else 1)}\u00a0%"


def p_value(value: float) -> str:
    """Write a p-value with as many decimals as it needs."""
    places = 3 if value >= 0.001 else 5
    return number(value, places)


def by_chance(value: float) -> Message:
    """Say in plain words how often chance alone does as much."""
    if value >= 0.995:
        return say(N_("ngẫu nhiên gần như lúc nào cũng được như vậy"))
    if value > 0.1:
        return say(N_("chỉ do ngẫu nhiên thì cứ 100 lần có khoảng {n} lần được như vậy"), n=number(value * 100))
    return say(N_("chỉ do ngẫu nhiên thì khoảng {n} lần mới có 1 lần được như vậy"), n=number(_rounded(1 / value)))


def _rounded(value: float) -> float:
    if value < 100:
        return round(value)
    scale = 10 ** (math.floor(math.log10(value)) - 1)
    return float(round(value / scale) * scale)


def listed(names: Sequence[str], most: int = 5) -> str | Message:
    """Write names in a row; of many, the first and how many more."""
    if len(names) <= most:
        return ", ".join(names)
    return say(N_("{names} và {n} nơi khác"), names=", ".join(names[:most]), n=len(names) - most)


def spot(x: float, y: float, geodesic: bool) -> str:
    """Write a position: latitude first for degrees, x first for metres."""
    return f"{number(y, 5)}; {number(x, 5)}" if geodesic else f"x {number(x)}; y {number(y)}"


STEP_WORDS = {"day": N_("ngày"), "week": N_("tuần"), "month": N_("tháng")}


def steps(count: int, kind: str) -> Message:
    """Write "8 tuần"."""
    return say(N_("{n} {step}"), n=number(count), step=say(STEP_WORDS[kind]))
