"""From bytes to a table of texts: unpack, decode, find the delimiter and the headings."""

from __future__ import annotations

import csv
import datetime as dt
import gc
import gzip
import io
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from diaban.adapters.event_files.faults import EventFileError
from diaban.adapters.workbooks.problems import Refusal
from diaban.adapters.workbooks.tables import tables
from diaban.core.messages import N_, Message, say
from diaban.core.text import fold

MAX_BYTES = 2_000_000_000
_DELIMITERS = ",;\t|"
_FIELD_LIMIT = 131_072

ROLES: Mapping[str, tuple[str, ...]] = {
    "date": ("date", "ngay", "ngay xay ra", "ngay vu viec", "thoi gian", "thoi diem", "datetime", "date time", "time",
             "timestamp", "day", "month", "thang", "occurred", "occurred on", "occurrence date", "incident date"),
    "lat": ("lat", "latitude", "vi do", "vido"),
    "lon": ("lon", "lng", "long", "longitude", "kinh do", "kinhdo"),
    "x": ("x", "x m", "easting", "toa do x"),
    "y": ("y", "y m", "northing", "toa do y"),
    "unit_code": ("unit code", "unit", "code", "area", "area code", "ma don vi", "ma xa", "ma", "don vi",
                  "community area"),
    "count": ("count", "counts", "cases", "events", "n", "number", "so vu", "so luong", "so su kien", "so vu viec"),
    "category": ("category", "type", "loai", "loai vu", "loai vu viec", "hanh vi", "nhom"),
    "source": ("source", "nguon", "nguon tin"),
    "control": ("control", "doi chung", "la doi chung"),
    "case": ("case", "la vu", "truong hop"),
    "controls": ("controls", "so doi chung"),
    "population": ("population", "pop", "dan so"),
    "name": ("name", "unit name", "ten", "ten don vi"),
}  # fmt: skip
"""Headings by what a column means, in their folded form ("Vĩ độ", "vi_do" and "VI DO" are all "vi do")."""


@dataclass(frozen=True, slots=True)
class EventText:
    """A table as text: `headings` as written, `where` the place of each known column, `cells` its columns.

    `line` of row r is where it begins in the file (the heading is line 1).
    """

    name: str
    headings: tuple[str, ...]
    where: Mapping[str, int]
    cells: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...] | range
    notes: tuple[Message, ...] = ()

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.lines)

    def column(self, role: str) -> tuple[str, ...] | None:
        """Return the cells of a column, or None when the file does not have it."""
        place = self.where.get(role)
        return None if place is None else self.cells[place]

    def heading(self, role: str) -> str:
        """Return the heading of a known column as the file has it."""
        return self.headings[self.where[role]]


def open_table(path: Path, named: Mapping[str, str] | None = None) -> EventText:
    """Return the file as a table of texts. `named`: role → heading, where the person says which column is which.

    Raises `EventFileError` with one refusal when the file as a whole cannot be taken.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise EventFileError(say(N_("Tệp lớn hơn 2 GB. Chia tệp theo kỳ rồi làm từng phần.")))
        data = path.read_bytes()
    except OSError as error:
        raise EventFileError(
            say(N_("Không mở được tệp {name}: {why}"), name=path, why=error.strerror or str(error))
        ) from None
    data = _unpacked(data)
    if not data.strip():
        raise EventFileError(say(N_("Tệp rỗng. Chọn lại tệp.")))
    if data[:4] == b"PK\x03\x04":
        return _table(path.name, *_workbook_rows(data, path.name), named or {}, ())
    text, notes = _decoded(data)
    with _without_collector():
        return _table(path.name, *_csv_rows(text), named or {}, notes)


@contextmanager
def _without_collector() -> Iterator[None]:
    """A million short lists without a cycle among them: looking for cycles doubles the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _unpacked(data: bytes) -> bytes:
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            opened = packed.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise EventFileError(say(N_("Tệp nén .gz bị hỏng. Nén lại rồi thử lại."))) from None
    if len(opened) > MAX_BYTES:
        raise EventFileError(say(N_("Tệp lớn hơn 2 GB. Chia tệp theo kỳ rồi làm từng phần.")))
    return opened


def _decoded(data: bytes) -> tuple[str, tuple[Message, ...]]:
    sample = data[:4000]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace"), ()
    if sample.count(0) > len(sample) // 4:  # UTF-16 without its mark: every second byte of plain letters is nothing
        big = sample[0:200:2].count(0) > sample[1:200:2].count(0)
        return data.decode("utf-16-be" if big else "utf-16-le", errors="replace"), ()
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        text = unicodedata.normalize("NFC", data.decode("cp1258", errors="replace"))
        return text, (say(N_("Tệp theo bảng mã Windows-1258 đã đổi sang Unicode.")),)


def _csv_rows(text: str) -> tuple[list[list[str]], tuple[int, ...] | range]:
    start = next((line for line in text[:20_000].splitlines() if line.strip()), "")
    counts = {mark: start.count(mark) for mark in _DELIMITERS}
    delimiter = max(_DELIMITERS, key=lambda mark: counts[mark])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = list(reader)
    except csv.Error:
        raise EventFileError(
            say(
                N_("Dòng {line}: dấu ngoặc kép không khép lại hoặc ô quá dài (trên {most} ký tự)."),
                line=reader.line_num + 1,
                most=_FIELD_LIMIT,
            )
        ) from None
    if reader.line_num == len(rows) and all(rows):
        return rows, range(1, len(rows) + 1)
    again, lines, before = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [], 0
    for _row in again:
        lines.append(before + 1)
        before = again.line_num
    kept = [place for place, row in enumerate(rows) if row and any(cell.strip() for cell in row)]
    return [rows[place] for place in kept], tuple(lines[place] for place in kept)


def _workbook_rows(data: bytes, name: str) -> tuple[list[list[str]], tuple[int, ...]]:
    try:
        for table in tables(data, name):
            rows = [(number, [_as_text(cell) for cell in raw]) for number, raw in table.rows]
            rows = [(number, cells) for number, cells in rows if any(cells)]
            if rows:
                return [cells for _number, cells in rows], tuple(number for number, _cells in rows)
    except Refusal as refusal:
        raise EventFileError(refusal.message) from None
    raise EventFileError(say(N_("Tệp rỗng. Chọn lại tệp.")))


def _as_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ", "minutes")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53:
        return str(int(cell))
    return str(cell).strip()


def _table(
    name: str,
    rows: list[list[str]],
    lines: tuple[int, ...] | range,
    named: Mapping[str, str],
    notes: tuple[Message, ...],
) -> EventText:
    if not rows:
        raise EventFileError(say(N_("Tệp rỗng. Chọn lại tệp.")))
    headings = tuple(" ".join(heading.split()) for heading in rows[0])
    where = _roles(headings, named)
    body, lines = rows[1:], lines[1:]
    width = len(headings)
    if body and set(map(len, body)) != {width}:
        body = [[*row[:width], *[""] * (width - len(row))] for row in body]
    cells = tuple(zip(*body, strict=True)) if body else tuple(() for _ in headings)
    return EventText(name, headings, where, cells, lines, notes)


def _roles(headings: tuple[str, ...], named: Mapping[str, str]) -> dict[str, int]:
    folded = [fold(heading) for heading in headings]
    where: dict[str, int] = {}
    for role, wanted in named.items():
        if role not in ROLES:
            raise EventFileError(
                say(
                    N_("--column {role}: không có cột nào tên như vậy; có: {known}."), role=role, known=", ".join(ROLES)
                )
            )
        if fold(wanted) not in folded:
            raise EventFileError(
                say(N_("Tệp không có cột “{name}”; các cột đang có: {known}."), name=wanted, known=", ".join(headings))
            )
        where[role] = folded.index(fold(wanted))
    for role, synonyms in ROLES.items():
        if role not in where:
            found = [folded.index(word) for word in synonyms if word in folded]
            free = [place for place in found if place not in where.values()]
            if free:
                where[role] = free[0]
    return where
