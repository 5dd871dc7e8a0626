"""Write the template of a sheet, empty or with rows: what the communes fill in."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from diaban.adapters.workbooks.specs import HEADER_ROWS, MAX_DATA_ROWS, ColumnSpec, Kind, SheetSpec

GUIDE_SHEET = "Hướng dẫn"
LISTS_SHEET = "Danh mục"
MADE = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - the format knows no zone; fixed so that the same rows give the same bytes
_VALIDATED_ROWS = 5_000  # drop-downs reach this far; the reader checks every row anyway
_KIND_WORDS = {
    Kind.TEXT: "Chữ",
    Kind.INTEGER: "Số nguyên",
    Kind.DECIMAL: "Số",
    Kind.DATE: "Ngày dd/mm/yyyy",
    Kind.CHOICE: "Chọn trong danh sách",
    Kind.CODE: "Mã (chữ)",
}


def write_template(spec: SheetSpec, rows: Iterable[Mapping[str, Any]] = ()) -> bytes:
    """Return an XLSX: the sheet with its two-row header, drop-downs, a guide sheet and, when given, `rows`.

    `rows` map column codes to values of the column's kind; a missing or `None` value leaves the cell empty.
    The same arguments give the same bytes.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": spec.title, "created": MADE})
    sheet = book.add_worksheet(spec.title[:31])
    guide = book.add_worksheet(GUIDE_SHEET)
    formats = column_formats(book, spec)
    write_header(book, sheet, spec, formats)
    _write_drop_downs(book, sheet, spec)
    for number, row in enumerate(rows, start=HEADER_ROWS):
        for at, column in enumerate(spec.columns):
            write_cell(sheet, number, at, row.get(column.code), column, formats[column.code])
    _write_guide(book, guide, spec)
    sheet.activate()
    book.close()
    return buffer.getvalue()


def save_template(spec: SheetSpec, path: Path, rows: Iterable[Mapping[str, Any]] = ()) -> None:
    """Write the template to `path`."""
    path.write_bytes(write_template(spec, rows))


def column_formats(book: Any, spec: SheetSpec) -> dict[str, Any]:
    """Return one cell format per column: text for codes, real dates, grouped numbers."""
    number_format = {
        Kind.TEXT: "@",
        Kind.CODE: "@",
        Kind.CHOICE: "@",
        Kind.DATE: "dd/mm/yyyy",
        Kind.INTEGER: "#,##0",
        Kind.DECIMAL: "#,##0.###",
    }
    base = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
    formats: dict[str, Any] = {}
    for column in spec.columns:
        extra: dict[str, Any] = {"num_format": number_format[column.kind], "text_wrap": column.kind is Kind.TEXT}
        if column.informative:
            extra |= {"font_color": "#595959", "italic": True}
        formats[column.code] = book.add_format(base | extra)
    return formats


def write_header(book: Any, sheet: Any, spec: SheetSpec, formats: Mapping[str, Any]) -> None:
    """Write titles over codes, freeze them, set widths and the printed page."""
    base = {"font_name": "Times New Roman", "text_wrap": True, "valign": "vcenter", "align": "center", "border": 1}
    title = book.add_format(base | {"bold": True, "bg_color": "#E3EEEC"})
    required = book.add_format(base | {"bold": True, "bg_color": "#C7DEDA"})
    code = book.add_format({"font_name": "Consolas", "font_size": 9, "font_color": "#595959", "border": 1})
    for at, column in enumerate(spec.columns):
        sheet.set_column(at, at, column.width, formats[column.code])
    sheet.set_row(0, 64)
    for at, column in enumerate(spec.columns):
        sheet.write_string(
            0, at, column.title + (" *" if column.required else ""), required if column.required else title
        )
    for at, column in enumerate(spec.columns):
        sheet.write_string(1, at, column.code, code)
    sheet.freeze_panes(HEADER_ROWS, 1)
    sheet.repeat_rows(0, HEADER_ROWS - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer("&C&P/&N")


def write_cell(sheet: Any, row: int, at: int, value: Any, column: ColumnSpec, cell_format: Any) -> None:
    """Write one value by the column's kind. Text is always a string: what begins with "=" stays text."""
    if value is None or value == "":
        return
    if column.kind is Kind.CHOICE:
        sheet.write_string(row, at, column.choices.get(str(value), str(value)), cell_format)
    elif isinstance(value, (dt.datetime, dt.date)):
        day = value.date() if isinstance(value, dt.datetime) else value
        sheet.write_datetime(row, at, day, cell_format)
    elif column.kind in (Kind.INTEGER, Kind.DECIMAL) and isinstance(value, (int, float, Decimal)):
        sheet.write_number(row, at, value, cell_format)
    else:
        sheet.write_string(row, at, str(value)[:32_767], cell_format)


def _write_drop_downs(book: Any, sheet: Any, spec: SheetSpec) -> None:
    """Lists stand on a hidden sheet: written into the rule itself they may hold 255 characters at most."""
    chosen = [(at, column) for at, column in enumerate(spec.columns) if column.choices]
    if not chosen:
        return
    lists: Any = book.add_worksheet(LISTS_SHEET)
    for place, (at, column) in enumerate(chosen):
        labels = list(column.choices.values())
        for number, label in enumerate(labels):
            lists.write_string(number, place, label)
        letter = xlsxwriter.utility.xl_col_to_name(place, True)
        sheet.data_validation(
            HEADER_ROWS,
            at,
            HEADER_ROWS + _VALIDATED_ROWS,
            at,
            {
                "validate": "list",
                "source": f"='{LISTS_SHEET}'!{letter}$1:{letter}${len(labels)}",
                "error_title": "Không có trong danh sách",
                "error_message": "Chọn một giá trị trong danh sách thả xuống.",
                "input_title": column.title[:32],
                "input_message": column.help[:255],
            },
        )
    lists.hide()


def _write_guide(book: Any, guide: Any, spec: SheetSpec) -> None:
    words = {"font_name": "Times New Roman", "font_size": 12, "valign": "top", "text_wrap": True}
    heading = book.add_format(words | {"bold": True, "font_size": 14})
    head = book.add_format(words | {"bold": True, "bg_color": "#E3EEEC", "border": 1})
    cell = book.add_format(words | {"border": 1, "num_format": "@"})
    plain = book.add_format({"font_name": "Times New Roman", "font_size": 12, "valign": "top"})
    for at, width in enumerate((20, 40, 20, 10, 52, 20, 44)):
        guide.set_column(at, at, width)
    guide.write_string(0, 0, spec.title, heading)
    lines = (*spec.guide, f"Một tệp nhận nhiều nhất {MAX_DATA_ROWS:,} dòng.".replace(",", "."))
    for number, line in enumerate(lines, start=1):
        guide.write_string(number, 0, f"{number}. {line}", plain)
    top = len(lines) + 2
    for at, word in enumerate(("Mã cột", "Tên cột", "Kiểu", "Bắt buộc", "Ý nghĩa", "Ví dụ", "Giá trị được chọn")):
        guide.write_string(top, at, word, head)
    for number, column in enumerate(spec.columns, start=top + 1):
        values = (
            column.code,
            column.title,
            _KIND_WORDS[column.kind],
            "có" if column.required else "",
            column.help,
            column.example,
            "; ".join(f"{label} ({code})" for code, label in column.choices.items()),
        )
        for at, value in enumerate(values):
            guide.write_string(number, at, value, cell)
    guide.set_landscape()
    guide.set_paper(9)
    guide.fit_to_pages(1, 0)
