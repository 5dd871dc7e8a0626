"""Writing: errors go back into the sender's own file; exports stream, come back, and never become formulas."""

from __future__ import annotations

import csv as csv_module
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.test_workbooks_read import PLACES, csv, workbook
from diaban.adapters.workbooks import annotate, read_rows, stream_csv, write_template, write_xlsx
from diaban.adapters.workbooks.annotation import HEADINGS
from diaban.adapters.workbooks.classification import CLASSIFICATION

WRONG = workbook([["code", "name", "cases"], ["D-1", "Chợ", "ba"], ["D 2", "=1+1", 4]])


def test_errors_are_written_into_a_copy_of_the_same_workbook() -> None:
    _rows, problems = read_rows(WRONG, PLACES)
    copy, extension = annotate(WRONG, problems, PLACES)
    assert extension == "xlsx"
    book = openpyxl.load_workbook(io.BytesIO(copy))
    sheet = book["Địa điểm"]
    assert "Không phải số" in sheet["C2"].comment.text
    assert sheet["C2"].fill.fgColor.rgb == "00F8D7D3"
    assert sheet["B3"].comment.text.startswith("Ô chứa công thức")
    assert sheet["A2"].comment is None
    listed = list(book["Lỗi"].iter_rows(values_only=True))
    assert listed[0] == HEADINGS
    assert [row[:3] for row in listed[1:]] == [(p.sheet, p.row, p.column) for p in problems]
    assert len(problems) == 3


def test_the_annotated_copy_can_be_corrected_and_sent_again() -> None:
    _rows, problems = read_rows(WRONG, PLACES)
    copy, _ = annotate(WRONG, problems, PLACES)
    _rows, again = read_rows(copy, PLACES)
    assert [(p.row, p.column) for p in again] == [(p.row, p.column) for p in problems]
    second, _ = annotate(copy, again, PLACES)
    assert openpyxl.load_workbook(io.BytesIO(second)).sheetnames.count("Lỗi") == 1


def test_a_large_list_of_errors_is_a_sheet_added_to_an_untouched_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diaban.adapters.workbooks.annotation.MAX_COMMENTS", 1)
    original = write_template(CLASSIFICATION, [{"unit_code": "26506", "route": "x<y & z"}])
    broken = original
    _rows, problems = read_rows(broken, CLASSIFICATION)
    problems = problems * 2
    copy, _ = annotate(broken, problems, CLASSIFICATION)
    book = openpyxl.load_workbook(io.BytesIO(copy))
    assert book.sheetnames == ["Phân loại xã", "Hướng dẫn", "Danh mục", "Lỗi"]
    assert [cell.value for cell in book["Lỗi"][2]][:5] == ["Phân loại xã", 3, "route", "Tuyến trọng điểm", "x<y & z"]
    assert book["Lỗi"]["B2"].hyperlink.location == "'Phân loại xã'!A3"
    assert book["Phân loại xã"].data_validations.dataValidation
    _rows, again = read_rows(copy, CLASSIFICATION)
    assert len(again) == 1


def test_a_csv_gets_a_last_column() -> None:
    data = csv("code;name;cases\nD-1;Chợ;ba\nD-2;Bến;3\n")
    _rows, problems = read_rows(data, PLACES)
    copy, extension = annotate(data, problems, PLACES)
    assert extension == "csv"
    lines = copy.decode("utf-8-sig").splitlines()
    assert lines[0] == "code;name;cases;Lỗi"
    assert "cases: Không phải số" in lines[1]
    assert lines[2] == "D-2;Bến;3;"


ROWS = [
    {"code": "D-1", "name": "=HYPERLINK(1)", "kind": "hot", "cases": 3, "grams": Decimal("1.5")},
    {"code": "D-2", "name": "@x", "found": dt.date(2026, 1, 2), "cases": None},
]


def test_an_export_comes_back_through_the_reader() -> None:
    with write_xlsx(PLACES, iter(ROWS)) as handle:
        data = handle.read()
    rows, problems = read_rows(data, PLACES)
    assert problems == []
    for before, row in zip(ROWS, rows, strict=True):
        assert {key: value for key, value in row.values.items() if value is not None} == {
            key: value for key, value in before.items() if value is not None
        }
    rows, problems = read_rows(b"".join(stream_csv(PLACES, iter(ROWS))), PLACES)
    assert problems == []
    assert [row.values["name"] for row in rows] == ["=HYPERLINK(1)", "@x"]
    assert rows[0].values["grams"] == Decimal("1.5")


def test_an_export_of_nothing_still_has_its_header() -> None:
    with write_xlsx(PLACES, iter(())) as handle:
        assert read_rows(handle.read(), PLACES) == ([], [])


def test_a_long_export_goes_on_in_a_second_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diaban.adapters.workbooks.export.MAX_SHEET_ROWS", 4)
    with write_xlsx(PLACES, ({"code": f"D-{n}", "name": "x"} for n in range(5))) as handle:
        book = openpyxl.load_workbook(handle)
    assert [sheet.max_row for sheet in book] == [4, 4, 3]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from("=+-@\t\r"), st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20))
def test_no_text_becomes_a_formula(start: str, rest: str) -> None:
    row = {"code": "D-1", "name": start + rest}
    with write_xlsx(PLACES, [row]) as handle:
        sheet = openpyxl.load_workbook(handle)["Địa điểm"]
    assert sheet["B3"].data_type != "f"
    text = b"".join(stream_csv(PLACES, [row])).decode("utf-8-sig")
    cell = list(csv_module.reader(io.StringIO(text, newline="")))[1][1]
    assert cell[0] == "'"
