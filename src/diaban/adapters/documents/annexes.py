"""The annexes as an XLSX workbook: real numbers and days to compute with, laid out to be printed."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date
from typing import Any

import xlsxwriter

from diaban.adapters.documents import layout
from diaban.adapters.documents.archive import repack
from diaban.core.dossier.annexes import class_table, hotspot_table, province_table, working_table
from diaban.core.dossier.document import Cell, Column, Kind, Medium, Rate, Table, written
from diaban.core.dossier.snapshot import Dossier
from diaban.core.dossier.writing import millipercent

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
CENTIMETRES_PER_INCH = 2.54
HEAD_ROWS = 4  # annex name, title, reference, blank
LINE_HEIGHT = 1.36  # of the type's size
LETTER = 0.088  # the width of a letter for each point of its size, beside that of a digit
COLUMN_PER_MM = 0.54  # a workbook's column width is counted in digits
SHEET_HEAD = "&C&P"  # page number, in the middle
NUMBER_FORMATS = {
    Kind.CODE: "@",
    Kind.TEXT: "@",
    Kind.MARK: "@",
    Kind.COUNT: "#,##0",
    Kind.RATE: "0.000",
    Kind.DAY: "dd/mm/yyyy",
    Kind.INDEX: "0",
}
WRAPS = {Kind.TEXT, Kind.MARK, Kind.COUNT, Kind.RATE}


def annexes_xlsx(dossier: Dossier) -> bytes:
    """Return the annexes and the workings as XLSX; the same dossier gives the same bytes.

    Every text is written as text, so that no name becomes a formula, and keeps its quote mark where a spreadsheet that
    saves it as CSV would otherwise make one of it.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {
            "title": layout.clean(dossier.title),
            "author": layout.clean(dossier.letterhead.issuer_short),
            "comments": layout.SYNTHETIC if dossier.synthetic else "",
            "subject": f"SHA-256 {dossier.made_from}" if dossier.made_from else "",
            "created": layout.stamp(dossier).replace(tzinfo=None),
        }
    )
    writer = _Writer(book, dossier)
    empty = (
        "Nguồn số liệu không có sổ theo dõi điểm, tụ điểm."
        if dossier.hotspots is None
        else "Trong kỳ, sổ theo dõi không có điểm, tụ điểm nào."
    )
    hotspots, classes = hotspot_table(dossier), class_table(dossier)
    first, second = "Danh sách điểm, tụ điểm phức tạp về ma túy", "Phân loại xã, phường, đặc khu"
    writer.sheet("Phụ lục I", first, hotspots.on(Medium.PAGE), empty)
    writer.sheet("Phụ lục II", second, classes.on(Medium.PAGE))
    writer.sheet("Cách tính", "Cách tính loại của từng xã, phường, đặc khu", working_table(dossier))
    if dossier.province is not None:
        writer.sheet("Cấp tỉnh", f"Tự đánh giá {dossier.province.territory}", province_table(dossier))
    writer.sheet("Dữ liệu điểm", f"{first}: mọi cột", hotspots.on(Medium.SHEET), empty)
    writer.sheet("Dữ liệu xã", f"{second}: mọi cột", classes.on(Medium.SHEET))
    book.close()
    return repack(out.getvalue())


def _widths(table: Table) -> list[float]:
    """Return the columns' widths in letters, so that a table drawn for paper fills a page lying down at full size."""
    drawn = sum(column.width for column in table.columns)
    share = min(1.0, layout.LANDSCAPE_WIDTH / drawn) if drawn < 1.3 * layout.LANDSCAPE_WIDTH else 1.0
    return [max(4.5, column.width * share * COLUMN_PER_MM) for column in table.columns]


def _height(cells: Iterable[tuple[str, Column, float]], size: float) -> float:
    """Return the height in points of a row whose texts wrap: not every spreadsheet works it out on opening a file."""
    return (
        LINE_HEIGHT
        * size
        * max(
            1 if column.kind is Kind.CODE else sum(_lines(part, width, size * LETTER) for part in text.split("\n"))
            for text, column, width in cells
        )
    )


def _lines(text: str, width: float, letter: float) -> int:
    """Return into how many lines words break at `width`; a word longer than a line breaks inside."""
    lines, used = 1, 0.0
    for word in text.split(" "):
        length = len(word) * letter
        if used and used + letter + length > width:
            lines, used = lines + 1, 0.0
        used += length + (letter if used else 0.0)
        if used > width:
            lines += int(used // width)
            used %= width
    return lines


class _Writer:
    """The sheets of one workbook, with the cell formats they share."""

    def __init__(self, book: Any, dossier: Dossier) -> None:
        self.book, self.dossier = book, dossier
        self.formats: dict[tuple[str, float, bool], Any] = {}
        self.title = book.add_format({"bold": True, "font_name": layout.FONT, "font_size": 13, "align": "center"})
        self.reference = book.add_format({"italic": True, "font_name": layout.FONT, "font_size": 12, "align": "center"})
        self.said = book.add_format({"font_name": layout.FONT, "font_size": 12})

    def sheet(self, name: str, title: str, table: Table, empty: str = "") -> None:
        """Add one sheet: three lines of title, the frozen head, the rows; `empty` is said where there are none."""
        sheet = self.book.add_worksheet(name)
        last = len(table.columns) - 1
        lines = [name, title.upper(), layout.annex_reference(self.dossier)]
        for number, line in enumerate(lines):
            sheet.merge_range(number, 0, number, last, "", self.title if number < 2 else self.reference)
            sheet.write_string(number, 0, layout.clean(line), self.title if number < 2 else self.reference)
        widths = _widths(table)
        head = self.head(table.size)
        for at, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
            sheet.set_column(at, at, width)
            sheet.write_string(HEAD_ROWS, at, column.title, head)
        titles = [(column.title, column, width) for column, width in zip(table.columns, widths, strict=True)]
        sheet.set_row(HEAD_ROWS, _height(titles, table.size))
        for number, row in enumerate(table.rows, HEAD_ROWS + 1):
            texts = [written(column.kind, value) for column, value in zip(table.columns, row, strict=True)]
            sheet.set_row(number, _height(zip(texts, table.columns, widths, strict=True), table.size))
            for at, (column, value) in enumerate(zip(table.columns, row, strict=True)):
                self._write(sheet, (number, at), column.kind, value, table.size)
        if not table.rows and empty:
            sheet.write_string(HEAD_ROWS + 1, 0, empty, self.said)
        self._page(sheet, len(table.rows), last)

    def _page(self, sheet: Any, rows: int, last: int) -> None:
        first_free = 3 if last > 3 else 1
        sheet.freeze_panes(HEAD_ROWS + 1, first_free)
        if rows:
            sheet.autofilter(HEAD_ROWS, 0, HEAD_ROWS + rows, last)
        sheet.repeat_rows(HEAD_ROWS)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        inches = [mm / 10 / CENTIMETRES_PER_INCH for mm in (layout.LEFT, layout.RIGHT, layout.TOP, layout.BOTTOM)]
        sheet.set_margins(*inches)
        edge = layout.NUMBER_FROM_EDGE / 10 / CENTIMETRES_PER_INCH
        sheet.set_header(SHEET_HEAD, {"margin": edge})
        if self.dossier.synthetic:
            sheet.set_footer(f"&C{layout.SYNTHETIC}", {"margin": edge})

    def head(self, size: float) -> Any:
        """Return the format of the row of titles."""
        look = {"bold": True, "font_name": layout.FONT, "font_size": size, "align": "center", "valign": "vcenter"}
        return self.book.add_format({**look, "text_wrap": True, "border": 1, "bg_color": "#EDEDED"})

    def format(self, kind: Kind, size: float, *, risky: bool) -> Any:
        """Return the format of a column's cells; `risky` text keeps its quote mark."""
        known = self.formats.get((kind, size, risky))
        if known is None:
            look: dict[str, Any] = {"font_name": layout.FONT, "font_size": size, "border": 1, "valign": "top"}
            look["num_format"] = NUMBER_FORMATS[kind]
            if kind in WRAPS:
                look["text_wrap"] = True
            if kind in {Kind.INDEX, Kind.MARK, Kind.DAY, Kind.CODE}:
                look["align"] = "center"
            if risky:
                look["quote_prefix"] = True
            known = self.formats[kind, size, risky] = self.book.add_format(look)
        return known

    def _write(self, sheet: Any, place: tuple[int, int], kind: Kind, value: Cell, size: float) -> None:
        plain = self.format(kind, size, risky=False)
        if isinstance(value, Rate):
            number = millipercent(value.part, value.whole)
            if number is None:
                sheet.write_string(*place, written(kind, value), plain)
            else:
                sheet.write_number(*place, number / 1000, plain)
        elif isinstance(value, date):
            sheet.write_datetime(*place, value, plain)
        elif isinstance(value, int):
            sheet.write_number(*place, value, plain)
        else:
            text = layout.clean(written(kind, value))
            if text:
                sheet.write_string(*place, text, self.format(kind, size, risky=text.startswith(DANGEROUS)))
            else:
                sheet.write_blank(*place, None, plain)
