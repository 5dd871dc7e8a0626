"""Write rows out: XLSX through a temporary file in constant memory, CSV as a stream. Both come back through `read`."""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

from diaban.adapters.workbooks.specs import HEADER_ROWS, ColumnSpec, Kind, SheetSpec
from diaban.adapters.workbooks.template import MADE, column_formats, write_cell, write_header

MAX_SHEET_ROWS = 1_048_576
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_BATCH = 500


def write_xlsx(spec: SheetSpec, rows: Iterable[Mapping[str, Any]]) -> IO[bytes]:
    """Return an open temporary file, at its start, with every row; memory does not grow with their number.

    More rows than a sheet holds go on in further sheets with the same header. Closing the file deletes it.
    """
    sink = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the caller sends it and closes it
    book = xlsxwriter.Workbook(sink, {"constant_memory": True})
    book.set_properties({"title": spec.title, "created": MADE})
    formats = column_formats(book, spec)
    columns = [(at, column, formats[column.code]) for at, column in enumerate(spec.columns)]
    sheet: Any = None
    number = MAX_SHEET_ROWS
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
        number += 1
    book.close()
    sink.seek(0)
    return sink


def _or_nothing(rows: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any] | None]:
    """Yield the rows and then None, so that an export of no rows still gets its header."""
    yield from rows
    yield None


def stream_csv(spec: SheetSpec, rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield a CSV (UTF-8 with BOM, commas, codes in the first row) in pieces as the rows come."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([column.code for column in spec.columns])
    for number, row in enumerate(rows, start=1):
        writer.writerow([csv_cell(row.get(column.code), column) for column in spec.columns])
        if number % _BATCH == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
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
