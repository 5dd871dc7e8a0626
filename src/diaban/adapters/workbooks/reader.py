"""Read a sheet by its spec: find its header, convert every cell, and say everything that is wrong at once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from diaban.adapters.workbooks import cells
from diaban.adapters.workbooks.legacy import ENCODINGS, convert, recognise, refuse_legacy
from diaban.adapters.workbooks.problems import Problem, Refusal
from diaban.adapters.workbooks.specs import MAX_DATA_ROWS, ColumnSpec, Kind, SheetSpec, clean
from diaban.adapters.workbooks.tables import CSV_TABLE, Table, tables
from diaban.core.messages import N_, say

_HEADER_WITHIN = 15  # rows above the code row: titles, a letterhead, an empty line
_SAMPLE_ROWS = 300


@dataclass(slots=True)
class Row:
    """One row of the sheet. `values` holds only the columns that the file has; an empty cell is `None`.

    A cell with a problem has no value. `number` is the row number that the person sees.
    """

    number: int
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """A file being read. `rows` can be walked once; each row carries its own problems."""

    sheet: str
    header_row: int
    columns: tuple[str, ...]  # codes found in the file, in the file's order
    ignored: tuple[str, ...]  # headings that the spec does not know
    rows: Iterator[Row]
    expected: int = 0  # about how many rows there will be, for a progress bar

    def gather(self) -> tuple[list[Row], list[Problem]]:
        """Return all rows and all problems: for small files."""
        rows = list(self.rows)
        return rows, [problem for row in rows for problem in row.problems]


def read(source: Path | bytes, spec: SheetSpec, *, file_name: str = "", legacy: str = "") -> Reading:
    """Open an XLSX or CSV and return its rows by `spec`.

    `legacy` ("TCVN3" or "VNI") converts text typed in that encoding. Raises `Refusal` when the file as a whole cannot
    be taken, `LegacyText` when only a conversion is missing. The row limit also raises `Refusal`, while walking `rows`.
    """
    if legacy and legacy not in ENCODINGS:
        raise ValueError(legacy)
    if isinstance(source, Path):
        file_name = file_name or source.name
        try:
            source = source.read_bytes()
        except OSError as error:
            raise Refusal(say(N_("Không mở được tệp {name}: {why}"), name=file_name, why=error.strerror)) from None
    if file_name.lower().endswith(".xlsm"):
        raise Refusal(say(N_("Tệp có macro. Lưu lại dưới dạng .xlsx (không macro) rồi tải lên.")))
    best: tuple[int, Table, int, Sequence[object], list[tuple[int, Sequence[object]]]] | None = None
    for table in tables(source, file_name):
        head = list(itertools.islice(table.rows, _HEADER_WITHIN))
        for at, (number, raw) in enumerate(head):
            known = sum(1 for cell in raw if isinstance(cell, str) and cell.strip() in spec.codes)
            if known and (best is None or known > best[0]):
                best = (known, table, number, raw, head[at + 1 :])
    if best is None:
        raise Refusal(
            say(
                N_("Không thấy dòng mã cột của mẫu “{title}”. Dùng đúng mẫu, giữ nguyên dòng mã: {codes}."),
                title=spec.title,
                codes=", ".join(spec.required_codes),
            )
        )
    _known, table, header_row, heading, waiting = best
    places, ignored = _places(heading, spec, table.name)
    walk = _Walk(table, spec, places, legacy, len(heading))
    first = list(itertools.islice(itertools.chain(waiting, table.rows), _SAMPLE_ROWS))
    if not legacy:
        refuse_legacy(walk.words(raw) for _number, raw in first)
    rows = walk.rows(itertools.chain(first, table.rows))
    return Reading(
        table.name,
        header_row,
        tuple(column.code for _at, column in places),
        ignored,
        rows,
        max(0, table.last_row - header_row),
    )


def read_rows(
    source: Path | bytes, spec: SheetSpec, *, file_name: str = "", legacy: str = ""
) -> tuple[list[Row], list[Problem]]:
    """Return all rows and all problems of a small file. Raises `Refusal`."""
    return read(source, spec, file_name=file_name, legacy=legacy).gather()


def _places(
    heading: Sequence[object], spec: SheetSpec, sheet: str
) -> tuple[list[tuple[int, ColumnSpec]], tuple[str, ...]]:
    """Return where each column stands, and the headings that are not ours. Raises `Refusal`."""
    places: list[tuple[int, ColumnSpec]] = []
    ignored: list[str] = []
    seen: set[str] = set()
    for at, cell in enumerate(heading):
        code = clean(cell) if isinstance(cell, str) else ""
        if code in seen:
            raise Refusal(say(N_("Trang “{sheet}” có hai cột cùng mã {code}. Bỏ một cột."), sheet=sheet, code=code))
        if code in spec.codes:
            seen.add(code)
            column = spec.column(code)
            if not column.informative:
                places.append((at, column))
        elif code:
            ignored.append(code)
    missing = [code for code in dict.fromkeys((*spec.key, *spec.required_codes)) if code not in seen]
    if missing:
        raise Refusal(
            say(
                N_("Trang “{sheet}” thiếu cột bắt buộc của mẫu “{title}”: {codes}."),
                sheet=sheet,
                title=spec.title,
                codes=", ".join(f"{code} ({spec.column(code).title})" for code in missing),
            )
        )
    return places, tuple(ignored)


class _Walk:
    """The walk over one table's data rows."""

    def __init__(
        self, table: Table, spec: SheetSpec, places: list[tuple[int, ColumnSpec]], legacy: str, width: int
    ) -> None:
        self.table, self.spec, self.places, self.legacy, self.width = table, spec, places, legacy, width

    def words(self, raw: Sequence[object]) -> str:
        """Return the row's free text, by which its encoding is recognised."""
        texts = (raw[at] for at, column in self.places if column.kind is Kind.TEXT and at < len(raw))
        return " ".join(text for text in texts if isinstance(text, str))

    def rows(self, raws: Iterator[tuple[int, Sequence[object]]]) -> Iterator[Row]:
        taken = 0
        for number, raw in raws:
            row = self._row(number, raw)
            if row is None:
                continue
            taken += 1
            if taken > MAX_DATA_ROWS:
                raise Refusal(say(N_("Tệp có hơn {limit} dòng. Tách thành nhiều tệp."), limit=MAX_DATA_ROWS))
            yield row

    def _row(self, number: int, raw: Sequence[object]) -> Row | None:
        """Return the row, or None when nothing is written in any of the known columns."""
        row = Row(number, {})
        formulas = self.table.formulas
        empty = True
        for at, column in self.places:
            cell = raw[at] if at < len(raw) else None
            if formulas and (number, at + 1) in formulas:
                empty = False
                self._problem(row, column, cell, _FORMULA)
            elif cells.is_empty(cell):
                row.values[column.code] = None
            else:
                empty = False
                self._take(row, column, cell)
        if empty:
            return None
        self._check_width(row, raw)
        for _at, column in self.places:
            if column.required and column.code in row.values and row.values[column.code] is None:
                del row.values[column.code]
                self._problem(
                    row, column, "", cells.CellError(say(N_("Ô bắt buộc đang để trống")), cells.accepted(column))
                )
        return row

    def _check_width(self, row: Row, raw: Sequence[object]) -> None:
        """Refuse a CSV record longer than its heading: a comma too many has moved values into other columns."""
        if self.table.name != CSV_TABLE:
            return  # a workbook may hold notes beside the table
        surplus = [cell for cell in raw[self.width :] if not cells.is_empty(cell)]
        if surplus:
            why = say(N_("Dòng có {n} ô thừa so với dòng mã cột"), n=len(surplus))
            accepted = say(N_("Mỗi dòng đúng {n} ô; ô có dấu phân cách thì đặt trong ngoặc kép"), n=self.width)
            self._problem(row, self.places[-1][1], surplus[0], cells.CellError(why, accepted))

    def _take(self, row: Row, column: ColumnSpec, cell: object) -> None:
        if isinstance(cell, str) and column.kind in (Kind.TEXT, Kind.CHOICE):
            if self.legacy:
                cell = convert(cell, self.legacy)
            elif encoding := recognise(cell):
                self._problem(row, column, cell, _legacy(encoding))
                return
        try:
            row.values[column.code] = cells.convert(cell, column)
        except cells.CellError as error:
            self._problem(row, column, cell, error)

    def _problem(self, row: Row, column: ColumnSpec, cell: object, error: cells.CellError) -> None:
        value = "" if cell is None else cells.show(cell)
        row.problems.append(Problem(self.table.name, row.number, column.code, value, error.why, error.accepted))


_FORMULA = cells.CellError(say(N_("Ô chứa công thức")), say(N_("Một giá trị: chép ô rồi dán đặc biệt, chọn “Giá trị”")))


def _legacy(encoding: str) -> cells.CellError:
    return cells.CellError(
        say(N_("Chữ gõ theo bảng mã cũ {encoding}"), encoding=encoding), say(N_("Chữ Unicode (kiểu gõ của Windows 10)"))
    )
