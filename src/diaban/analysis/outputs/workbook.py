"""An answer as a workbook: the answer in words, its table, its curves, and how to do it again."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any

import xlsxwriter

from diaban.analysis.answer import Answer, Column, to_document
from diaban.core.messages import N_, say

_FORMATS = {"count": "#,##0", "number": "#,##0.00", "ratio": "0.00", "metres": "#,##0", "p": "0.0000", "share": "0.0%",
            "day": "dd/mm/yyyy"}  # fmt: skip
_FIXED = dt.datetime(2000, 1, 1)  # noqa: DTZ001 – the same answer gives the same bytes
_CELL_MOST = 32_000


def workbook_of(answer: Answer) -> bytes:
    """Return the bytes of an XLSX file."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _FIXED, "title": str(answer.headline)[:200]})
        styles = {kind: book.add_format({"num_format": form, "valign": "top"}) for kind, form in _FORMATS.items()}
        styles["text"] = book.add_format({"text_wrap": True, "valign": "top", "align": "left", "indent": 1})
        styles["bold"] = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        head = {"bold": True, "bg_color": "#DCEBEA", "bottom": 1, "text_wrap": True}
        styles["head"] = book.add_format({**head, "align": "left", "indent": 1})
        styles["figure"] = book.add_format({**head, "align": "right"})
        _words(book, answer, styles)
        _table(book, answer, styles)
        if answer.curves:
            _curves(book, answer, styles)
        _again(book, answer, styles)
        for sheet in book.worksheets():
            sheet.set_paper(9)
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
    return made.getvalue()


def _words(book: Any, answer: Answer, styles: dict[str, Any]) -> None:
    sheet = book.add_worksheet(str(say(N_("Trả lời"))))
    sheet.set_column(0, 0, 110)
    lines: list[tuple[object, str]] = [(answer.headline, "bold"), *((one, "text") for one in answer.sentences)]
    lines += [("", "text"), (say(N_("Điều này không nói lên:")), "bold"), *((one, "text") for one in answer.cautions)]
    for row, (line, style) in enumerate(lines):
        sheet.write_string(row, 0, str(line), styles[style])


def _table(book: Any, answer: Answer, styles: dict[str, Any]) -> None:
    sheet = book.add_worksheet(str(say(N_("Bảng"))))
    for place, column in enumerate(answer.columns):
        sheet.write_string(0, place, str(column.label), styles["figure" if column.kind in _FORMATS else "head"])
        sheet.set_column(place, place, 44 if column.kind in ("text", "units") else 13)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(answer.findings, 1):
        for place, column in enumerate(answer.columns):
            _cell(sheet, number, place, row.get(column.key), column, styles)


def _cell(sheet: Any, row: int, place: int, value: Any, column: Column, styles: dict[str, Any]) -> None:
    style = styles.get(column.kind, styles["text"])
    if value is None:
        sheet.write_blank(row, place, None, style)
    elif column.kind == "day":
        sheet.write_datetime(row, place, dt.datetime.combine(dt.date.fromisoformat(value), dt.time()), style)
    elif column.kind in _FORMATS:
        sheet.write_number(row, place, float(value), style)
    elif isinstance(value, tuple | list):
        sheet.write_string(row, place, ", ".join(map(str, value))[:_CELL_MOST], style)
    else:
        sheet.write_string(row, place, str(value)[:_CELL_MOST], style)


def _curves(book: Any, answer: Answer, styles: dict[str, Any]) -> None:
    sheet = book.add_worksheet(str(say(N_("Theo thời gian"))))
    headings = (N_("Chuỗi"), N_("Từ ngày"), N_("Số vụ"), N_("Thường có"), N_("Ngưỡng"))
    for place, heading in enumerate(headings):
        sheet.write_string(0, place, str(say(heading)), styles["figure" if place else "head"])
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 4, 13)
    sheet.freeze_panes(1, 0)
    row = 1
    for curve in answer.curves:
        for step, start in enumerate(curve.starts):
            sheet.write_string(row, 0, str(curve.label), styles["text"])
            sheet.write_datetime(row, 1, dt.datetime.combine(start, dt.time()), styles["day"])
            for place, series in enumerate((curve.observed, curve.expected, curve.upper), 2):
                value = series[step] if series else None
                if value is not None:
                    sheet.write_number(row, place, value, styles["count" if place == 2 else "number"])
            row += 1


def _again(book: Any, answer: Answer, styles: dict[str, Any]) -> None:
    sheet = book.add_worksheet(str(say(N_("Để làm lại"))))
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    for row, (name, value) in enumerate(to_document(answer)["reproduce"].items()):
        sheet.write_string(row, 0, name, styles["bold"])
        told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        sheet.write_string(row, 1, told[:_CELL_MOST], styles["text"])
