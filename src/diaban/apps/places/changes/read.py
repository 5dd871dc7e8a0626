"""Read the rows of a units CSV: each value checked by itself."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from diaban.catalogue.units_loader import kind_of
from diaban.core.messages import N_, Message, say
from diaban.core.units import UnitsError

MAX_BYTES = 20 * 1024 * 1024
COLUMNS = (
    "event",
    "on",
    "old_code",
    "new_code",
    "name",
    "level",
    "parent_code",
    "share",
    "basis",
    "instrument",
    "lon",
    "lat",
    "value",
    "source_kind",
    "source",
)
LEVELS = ("province", "district", "commune")
BASES = ("whole", "population", "area", "declared")
SOURCE_KINDS = ("census", "resident", "estimate")
_CODE = re.compile(r"\d{2,5}", re.ASCII)
_VN_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)


class Event(StrEnum):
    """What a row says happened. `merge` is any passing of territory: several rows make a merger or a division."""

    MERGE = "merge"
    RENAME = "rename"
    RECODE = "recode"
    MOVE = "move"
    CREATE = "create"
    ABOLISH = "abolish"
    POPULATION = "population"


NEEDED: Mapping[Event, tuple[str, ...]] = {
    Event.MERGE: ("on", "old_code", "new_code", "instrument"),
    Event.RENAME: ("on", "old_code", "name", "instrument"),
    Event.RECODE: ("on", "old_code", "new_code", "instrument"),
    Event.MOVE: ("on", "old_code", "parent_code", "instrument"),
    Event.CREATE: ("on", "new_code", "name", "level", "instrument"),
    Event.ABOLISH: ("on", "old_code", "instrument"),
    Event.POPULATION: ("on", "old_code", "value", "source"),
}


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in one cell, or (empty `column`) in the row, or (row 0) in the file as a whole."""

    row: int
    column: str
    value: str
    message: Message


@dataclass(frozen=True, slots=True)
class Row:
    """One event, its values read. `row` is the line a person sees in a spreadsheet: the header is 1."""

    row: int
    event: Event
    on: date
    old_code: str = ""
    new_code: str = ""
    name: str = ""
    level: str = ""
    parent_code: str = ""
    share: Fraction | None = None
    basis: str = ""
    instrument: str = ""
    point: tuple[float, float] | None = None
    value: int = 0
    source_kind: str = "resident"
    source: str = ""


def read_changes(data: bytes) -> tuple[list[Row], list[RowProblem]]:
    """Return the rows that could be read and everything wrong with the others, in the order of the file."""
    if len(data) > MAX_BYTES:
        return [], [_whole(say(N_("Tệp quá lớn (trên 20 MB).")))]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [_whole(say(N_("Tệp không phải UTF-8. Trong Excel hãy lưu dạng “CSV UTF-8”.")))]
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    if not lines:
        return [], [_whole(say(N_("Tệp trống.")))]
    header = [name.strip().lower() for name in lines[0]]
    problems = _header_problems(header)
    rows: list[Row] = []
    if problems:
        return rows, problems
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        values = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
        row, wrong = _Reader(number, values).read()
        problems += wrong
        if row is not None:
            rows.append(row)
    return rows, problems


def _whole(message: Message) -> RowProblem:
    return RowProblem(0, "", "", message)


def _header_problems(header: list[str]) -> list[RowProblem]:
    problems = [
        RowProblem(1, name, name, say(N_("Không có cột này; các cột: {columns}."), columns=", ".join(COLUMNS)))
        for name in header
        if name and name not in COLUMNS
    ]
    problems += [RowProblem(1, name, "", say(N_("Thiếu cột này."))) for name in ("event", "on") if name not in header]
    return problems


class _Reader:
    """Reads the cells of one row, collecting what is wrong."""

    def __init__(self, number: int, values: Mapping[str, str]) -> None:
        self.number = number
        self.values = values
        self.problems: list[RowProblem] = []

    def wrong(self, column: str, message: Message) -> None:
        self.problems.append(RowProblem(self.number, column, self.values.get(column, ""), message))

    def text(self, column: str) -> str:
        return self.values.get(column, "")

    def read(self) -> tuple[Row | None, list[RowProblem]]:
        try:
            event = Event(self.text("event"))
        except ValueError:
            self.wrong("event", say(N_("Việc không có; các việc: {accepted}."), accepted=", ".join(Event)))
            return None, self.problems
        for column in NEEDED[event]:
            if not self.text(column):
                self.wrong(column, say(N_("Việc “{event}” cần cột này."), event=event.value))
        day = self._day()
        row = Row(
            row=self.number,
            event=event,
            on=day or date.min,
            old_code=self._code("old_code"),
            new_code=self._code("new_code"),
            name=self._name(),
            level=self._one_of("level", LEVELS),
            parent_code=self._code("parent_code"),
            share=self._share(),
            basis=self._one_of("basis", BASES),
            instrument=self.text("instrument")[:200],
            point=self._point(),
            value=self._value(),
            source_kind=self._one_of("source_kind", SOURCE_KINDS) or "resident",
            source=self.text("source")[:300],
        )
        return (None if self.problems else row), self.problems

    def _day(self) -> date | None:
        text = self.text("on")
        try:
            if match := _VN_DAY.fullmatch(text):
                return date(int(match[3]), int(match[2]), int(match[1]))
            return date.fromisoformat(text) if text else None
        except ValueError:
            self.wrong("on", say(N_("Ngày không đọc được; viết dd/mm/yyyy hoặc yyyy-mm-dd.")))
            return None

    def _code(self, column: str) -> str:
        text = self.text(column)
        if text and not _CODE.fullmatch(text):
            self.wrong(column, say(N_("Mã đơn vị là 2, 3 hoặc 5 chữ số, giữ cả số 0 ở đầu.")))
        return text

    def _name(self) -> str:
        name = " ".join(self.text("name").split())
        if name:
            try:
                kind_of(name, self.text("level") or "commune")
            except UnitsError as untitled:
                self.wrong("name", untitled.message)
            if len(name) > 120:
                self.wrong("name", say(N_("Tên dài quá 120 ký tự.")))
        return name

    def _one_of(self, column: str, accepted: tuple[str, ...]) -> str:
        text = self.text(column)
        if text and text not in accepted:
            self.wrong(column, say(N_("Chỉ nhận: {accepted}."), accepted=", ".join(accepted)))
        return text

    def _share(self) -> Fraction | None:
        text = self.text("share").replace(",", ".").replace(" ", "")
        if not text:
            return None
        try:
            share = Fraction(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except (ValueError, ZeroDivisionError):
            share = Fraction(0)
        if not 0 < share <= 1 or share.denominator > 1_000_000_000:
            self.wrong("share", say(N_("Tỷ lệ lớn hơn 0, không quá 1: viết 1, 1/3, 0,25 hoặc 25%.")))
            return None
        return share

    def _point(self) -> tuple[float, float] | None:
        lon, lat = self.text("lon").replace(",", "."), self.text("lat").replace(",", ".")
        if not lon and not lat:
            return None
        try:
            point = float(lon), float(lat)
        except ValueError:
            point = (0.0, 0.0)
        if not (101 < point[0] < 118.5 and 6 < point[1] < 24):
            self.wrong("lon", say(N_("Kinh độ (101–118) và vĩ độ (6–24) phải có cả hai, theo độ.")))
            return None
        return point

    def _value(self) -> int:
        text = self.text("value").replace(".", "").replace(" ", "")
        if not text:
            return 0
        if not (text.isascii() and text.isdigit()) or int(text) > 200_000_000:
            self.wrong("value", say(N_("Số người là số nguyên không âm.")))
            return 0
        return int(text)
