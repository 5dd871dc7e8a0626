"""Columns of numbers and words: read at once, and cell by cell only where something is wrong."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from diaban.adapters.event_files.columns import Words
from diaban.adapters.event_files.faults import Bad
from diaban.core.messages import N_, Message, say

Check = tuple[Callable[[float], bool], Message, Message]
_YES = frozenset({"1", "true", "yes", "y", "có", "co", "x", "đúng", "1.0"})
_NO = frozenset({"0", "false", "no", "n", "không", "khong", "", "sai", "0.0"})
_MOST = 2**53


def read_numbers(
    cells: Sequence[str], role: str, fix: Message, check: Check | None
) -> tuple[NDArray[np.float64], list[Bad]]:
    """Return a column of numbers and what is wrong with it; wrong cells hold 0.

    A decimal comma is taken when no cell has a point; `check` is (is it good, why not, what to do).
    """
    try:
        values = np.fromiter(map(float, cells), dtype=np.float64, count=len(cells))
        plain = not any("_" in cell for cell in cells) and bool(np.isfinite(values).all())
        if plain and (check is None or all(check[0](float(end(initial=0))) for end in (values.min, values.max))):
            return values, []
    except ValueError:
        pass
    comma = any("," in cell for cell in cells) and not any("." in cell for cell in cells)
    values = np.zeros(len(cells), dtype=np.float64)
    empty = Bad(role, say(N_("thiếu số")), fix)
    unread = Bad(role, say(N_("không phải là số")), fix)
    outside = Bad(role, check[1] if check else unread.why, check[2] if check else fix)
    for row, cell in enumerate(cells):
        number = number_of(cell, comma)
        if number is None:
            (unread if cell.strip() else empty).rows.append(row)
        elif check is not None and not check[0](number):
            outside.rows.append(row)
        else:
            values[row] = number
    return values, [bad for bad in (empty, unread, outside) if bad.rows]


def number_of(cell: str, comma: bool) -> float | None:
    text = cell.strip().replace("\u2212", "-")
    if "_" in text:
        return None
    try:
        value = float(text.replace(",", ".") if comma else text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def read_counts(cells: Sequence[str], role: str) -> tuple[NDArray[np.int64], list[Bad]]:
    """Return a column of counts; an empty cell is -1: not reported."""
    known: dict[str, int] = {}
    for cell in set(cells):
        number = number_of(cell, comma=False) if cell.strip() else -1.0
        if number is None or number != int(number) or number > _MOST or (number < 0 and cell.strip()):
            known[cell] = -2
        else:
            known[cell] = int(number)
    values = np.fromiter((known[cell] for cell in cells), dtype=np.int64, count=len(cells))
    wrong = np.flatnonzero(values == -2).tolist()
    values[wrong] = 0
    bad = Bad(
        role, say(N_("không phải số vụ (số nguyên không âm)")), say(N_("ghi số nguyên; để trống nếu chưa báo cáo"))
    )
    bad.rows.extend(wrong)
    return values, [bad] if wrong else []


def read_marks(cells: Sequence[str], role: str) -> tuple[NDArray[np.bool_], list[Bad]]:
    """Return a column of yes and no."""
    known = {cell: (1 if _word(cell) in _YES else 0 if _word(cell) in _NO else -1) for cell in set(cells)}
    values = np.fromiter((known[cell] for cell in cells), dtype=np.int8, count=len(cells))
    wrong = np.flatnonzero(values == -1).tolist()
    bad = Bad(role, say(N_("phải là 1 hoặc 0")), say(N_("ghi 1 (có) hoặc 0 (không)")))
    bad.rows.extend(wrong)
    return values == 1, [bad] if wrong else []


def _word(cell: str) -> str:
    return cell.strip().casefold()


def read_words(cells: Sequence[str]) -> Words:
    """Return a column of words; empty cells have none."""
    stripped = {cell: " ".join(cell.split()) for cell in dict.fromkeys(cells)}
    names = tuple(dict.fromkeys(name for name in stripped.values() if name))
    places = {name: place for place, name in enumerate(names)}
    codes = {cell: places.get(name, -1) for cell, name in stripped.items()}
    return Words(np.fromiter((codes[cell] for cell in cells), dtype=np.int32, count=len(cells)), names)
