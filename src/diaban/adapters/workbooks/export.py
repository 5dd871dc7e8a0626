"""Write rows out: XLSX through a temporary file in constant memory, CSV as a stream. Both come back through `read`.

What leaves the house carries a `Mark`: a sheet of its own and the document's properties in an XLSX, a last line that
begins with "# " in a CSV. The reader passes over both.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

from diaban.adapters.workbooks.specs import HEADER_ROWS, ColumnSpec, Kind, SheetSpec
from diaban.adapters.workbooks.tables import CSV_REMARK
from diaban.adapters.workbooks.template import MADE, column_formats, write_cell, write_header

MAX_SHEET_ROWS = 1_048_576
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Mark:
    """What a file says of itself: who took it out, when and why.

    `lines` are pairs of label and text; the number of rows comes after them under `count_label`. `sheet` names the
    sheet that holds them; `author`, `when` and `why` go into the document's properties.
    """

    sheet: str
    lines: tuple[tuple[str, str], ...]
    count_label: str
    author: str
    when: dt.datetime
    why: str

    def told(self, count: int) -> list[tuple[str, str]]:
        """Return all lines of a file with `count` rows."""
        return [*self.lines, (self.count_label, str(count))]


def write_xlsx(spec: SheetSpec, rows: Iterable[Mapping[str, Any]], mark: Mark | None = None) -> IO[bytes]:
    """Return an open temporary file, at its start, with every row; memory does not grow with their number.

    More rows than a sheet holds go on in further sheets with the same header. Closing the file deletes it.
    """
    sink = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the caller sends it and closes it
    book = xlsxwriter.Workbook(sink, {"constant_memory": True})
    book.set_properties({"title": spec.title, "created": MADE} | _properties(mark))
    formats = column_formats(book, spec)
    columns = [(at, column, formats[column.code]) for at, column in enumerate(spec.columns)]
    sheet: Any = None
    number, count = MAX_SHEET_ROWS, 0
    for row in _or_nothing(rows):
        if number >= MAX_SHEET_ROWS:
            name = spec.title[:26]
            sheets = len(book.worksheets())
            sheet = book.add_worksheet(name if not sheets else f"{name} ({sheets + 1})")
            write_header(book, sheet, spec, formats)
            number = HEADER_ROWS
        if row is None:
            break
        for at, column, cell_format in columns:
            write_cell(sheet, number, at, row.get(column.code), column, cell_format)
        number, count = number + 1, count + 1
    if mark is not None:
        _write_mark(book, mark, count)
    book.close()
    sink.seek(0)
    return sink


def _properties(mark: Mark | None) -> dict[str, Any]:
    if mark is None:
        return {}
    return {"author": mark.author, "comments": mark.why, "created": mark.when.replace(tzinfo=None)}


def _write_mark(book: Any, mark: Mark, count: int) -> None:
    sheet = book.add_worksheet(mark.sheet[:31])
    label = book.add_format({"font_name": "Times New Roman", "font_size": 12, "bold": True, "valign": "top"})
    text = book.add_format({"font_name": "Times New Roman", "font_size": 12, "text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 90)
    for number, (name, words) in enumerate(mark.told(count)):
        sheet.write_string(number, 0, name, label)
        sheet.write_string(number, 1, words, text)


def _or_nothing(rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any] | None]:
    """Yield the rows and then None, so that an export of no rows still gets its header."""
    yield from rows
    yield None


def stream_csv(spec: SheetSpec, rows: Iterable[Mapping[str, Any]], mark: Mark | None = None) -> Iterator[bytes]:
    """Yield a CSV (UTF-8 with BOM, commas, codes in the first row) in pieces as the rows come, the mark last."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([column.code for column in spec.columns])
    number = 0
    for number, row in enumerate(rows, start=1):
        writer.writerow([csv_cell(row.get(column.code), column) for column in spec.columns])
        if number % _BATCH == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    if mark is not None:
        words = "; ".join(f"{name}: {text}" for name, text in mark.told(number))
        writer.writerow([CSV_REMARK + " ".join(words.split())])
    yield buffer.getvalue().encode()


def csv_cell(value: Any, column: ColumnSpec) -> str:
    """Return the text of one cell. Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if value is None:
        return ""
    if column.kind is Kind.CHOICE:
        return guard(column.choices.get(str(value), str(value)))
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        text = format(value, "f") if isinstance(value, Decimal) else str(value)
        return text.replace(".", ",")
    return guard(str(value))


def guard(text: str) -> str:
    """Return `text`, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text
