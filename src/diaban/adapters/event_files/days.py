"""Days as people write them: ISO, dd/mm/yyyy, with or without the time of day, months and weeks as a whole."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from diaban.adapters.event_files.faults import Bad
from diaban.core.messages import N_, Message, say
from diaban.core.text import fold

ORDERS = ("ymd", "dmy", "mdy")
FIRST_YEAR, LAST_YEAR = 1900, 2100

_SPLIT = re.compile(r"\s*([^\sT]+)(?:[\sT]\s*(.*))?", re.DOTALL)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})[-/](\d{1,2})")
_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)
_MONTH_BEHIND = re.compile(r"(\d{1,2})/(\d{4})")
_PARTS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")
_TIME = re.compile(
    r"([01]?\d|2[0-4])(:[0-5]\d(:[0-5]\d([.,]\d+)?)?|h([0-5]\d)?)?\s*([AaPp]\.?[Mm]\.?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?"
)
_EPOCH = dt.date(1970, 1, 1).toordinal()
_VIETNAMESE = ("ngay", "thoi", "thang")


class _Kind(Enum):
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    IMPOSSIBLE = "impossible"
    TIME = "time"
    SERIAL = "serial"


_WHY = {
    _Kind.EMPTY: (say(N_("thiếu ngày")), say(N_("điền ngày, hoặc bỏ dòng này"))),
    _Kind.UNREADABLE: (
        say(N_("không đọc được ngày")),
        say(N_("viết 2024-01-31 hoặc 31/01/2024; kiểu khác thì nêu --date-format, ví dụ %d-%b-%Y")),
    ),
    _Kind.IMPOSSIBLE: (say(N_("không có ngày này trong lịch")), say(N_("xem lại ngày, tháng, năm (1900–2100)"))),
    _Kind.TIME: (say(N_("không đọc được giờ")), say(N_("viết giờ như 14:05 hoặc 14:05:30, hoặc chỉ để ngày"))),
    _Kind.SERIAL: (
        say(N_("đây là số thứ tự ngày của bảng tính")),
        say(N_("định dạng cột là ngày rồi lưu lại thành CSV")),
    ),
}
AMBIGUOUS = say(
    N_(
        "Cột “{name}”: không biết ngày hay tháng đứng trước (mọi giá trị đều đọc được cả hai cách, như {value}). "
        "Nêu rõ bằng --date-format dmy (ngày/tháng/năm) hoặc mdy (tháng/ngày/năm)."
    )
)


@dataclass(slots=True)
class Read:
    """Days of a column since 1970-01-01; rows in `bad` hold 0. `refusal`: why the column cannot be read at all."""

    days: NDArray[np.int32]
    bad: list[Bad] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)
    refusal: Message | None = None
    monthly: bool = False


def read_days(cells: Sequence[str], heading: str, order: str | None) -> Read:
    """Read a column. `order`: ymd, dmy, mdy, a pattern of strptime, or None to find out."""
    if order and "%" in order:
        known: dict[str, int | _Kind] = {text: _by_pattern(text, order) for text in set(cells)}
        return _gathered(list(cells), {}, known, [])
    heads, tails = _parted(cells)
    distinct = set(heads)
    notes: list[Message] = []
    if order not in ("dmy", "mdy"):
        found, sample = _found_order(distinct, heading)
        if found is None:
            return Read(
                np.zeros(len(cells), np.int32), refusal=Message(AMBIGUOUS.msgid, {"name": heading, "value": sample})
            )
        if found == "mdy":
            notes.append(
                say(N_("Cột “{name}” được đọc là tháng/ngày/năm (có giá trị như {value})."), name=heading, value=sample)
            )
        order = found
    known = {text: _day(text, order) for text in distinct}
    read = _gathered(heads, tails, known, notes)
    read.monthly = bool(distinct) and all(_MONTH.fullmatch(text) or _MONTH_BEHIND.fullmatch(text) for text in distinct)
    return read


def _parted(cells: Sequence[str]) -> tuple[list[str], dict[int, str]]:
    """Return the day's part of every cell, and the rows whose time of day makes no sense."""
    if cells and all(len(cell) >= 10 and cell[4] == "-" and cell[7] == "-" for cell in cells):
        heads, rests = [cell[:10] for cell in cells], [cell[10:] for cell in cells]
        good = {rest: not rest or (rest[0] in " T" and bool(_TIME.fullmatch(rest[1:].strip()))) for rest in set(rests)}
    else:
        halves = [_SPLIT.fullmatch(cell) for cell in cells]
        heads = [half[1] if half else "" for half in halves]
        rests = [(half[2] or "").strip() if half else "" for half in halves]
        good = {rest: not rest or bool(_TIME.fullmatch(rest)) for rest in set(rests)}
    if all(good.values()):
        return heads, {}
    return heads, {row: rest for row, rest in enumerate(rests) if not good[rest]}


def _found_order(distinct: set[str], heading: str) -> tuple[str | None, str]:
    """Return whether day or month stands first, and a value that shows it (None: nothing shows it)."""
    sample, months_first = "", ""
    for text in sorted(distinct):
        parts = _PARTS.fullmatch(text)
        if parts is None:
            continue
        sample = sample or text
        first, second = int(parts[1]), int(parts[3])
        if first > 12:
            return "dmy", text
        if second > 12 and not months_first:
            months_first = text
    if months_first:
        return "mdy", months_first
    if sample and not fold(heading).startswith(_VIETNAMESE):
        return None, sample
    return "dmy", sample


def _day(text: str, order: str) -> int | _Kind:
    if not text:
        return _Kind.EMPTY
    parts = _PARTS.fullmatch(text)
    if parts:
        first, second, year = int(parts[1]), int(parts[3]), int(parts[4])
        return _number(year, *((first, second) if order == "mdy" else (second, first)))
    for pattern in (_ISO, _PACKED):
        found = pattern.fullmatch(text)
        if found:
            return _number(int(found[1]), int(found[2]), int(found[3]))
    found = _MONTH.fullmatch(text)
    if found:
        return _number(int(found[1]), int(found[2]), 1)
    found = _MONTH_BEHIND.fullmatch(text)
    if found:
        return _number(int(found[2]), int(found[1]), 1)
    found = _WEEK.fullmatch(text)
    if found:
        try:
            return dt.date.fromisocalendar(int(found[1]), int(found[2]), 1).toordinal() - _EPOCH
        except ValueError:
            return _Kind.IMPOSSIBLE
    if text.isascii() and text.isdigit() and len(text) == 5:
        return _Kind.SERIAL
    return _Kind.UNREADABLE


def _by_pattern(text: str, pattern: str) -> int | _Kind:
    if not text.strip():
        return _Kind.EMPTY
    try:
        day = dt.datetime.strptime(text.strip(), pattern)  # noqa: DTZ007 – the day as it is written
    except ValueError:
        return _Kind.UNREADABLE
    return _number(day.year, day.month, day.day)


def _number(year: int, month: int, day: int) -> int | _Kind:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return _Kind.IMPOSSIBLE
    try:
        return dt.date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return _Kind.IMPOSSIBLE


def _gathered(heads: list[str], tails: dict[int, str], known: dict[str, int | _Kind], notes: list[Message]) -> Read:
    wrong = {text: kind for text, kind in known.items() if isinstance(kind, _Kind)}
    numbers = {text: 0 if isinstance(value, _Kind) else value for text, value in known.items()}
    days = np.fromiter((numbers[head] for head in heads), dtype=np.int32, count=len(heads))
    bad: dict[_Kind, Bad] = {}
    if wrong or tails:
        for row, head in enumerate(heads):
            kind = wrong.get(head, _Kind.TIME if row in tails else None)
            if kind is not None:
                bad.setdefault(kind, Bad("date", *_WHY[kind])).rows.append(row)
    return Read(days, list(bad.values()), notes)
