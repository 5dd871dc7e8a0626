"""The annexes as a workbook: real numbers and days, safe texts, ready to print."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from diaban.adapters.documents import annexes_xlsx, layout
from dossiers import HOTSPOTS, SHARP, UNITS, class_rows, dossier

HEAD = 5  # the row of column titles


@pytest.fixture(scope="module")
def book() -> Any:
    return openpyxl.load_workbook(io.BytesIO(annexes_xlsx(dossier())))


def columns(sheet: Any) -> dict[str, int]:
    """Return the number of the first column under each title."""
    found: dict[str, int] = {}
    for cell in sheet[HEAD]:
        found.setdefault(cell.value, cell.column)
    return found


def rows(sheet: Any) -> list[tuple[Any, ...]]:
    return [row for row in sheet.iter_rows(min_row=HEAD + 1) if row[0].value is not None]


def test_sheets(book: Any) -> None:
    assert book.sheetnames == ["Phụ lục I", "Phụ lục II", "Cách tính", "Cấp tỉnh", "Dữ liệu điểm", "Dữ liệu xã"]


def test_page_setup(book: Any) -> None:
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert int(sheet.page_setup.paperSize) == 9
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToWidth in (None, 1)  # one page wide is the format's default
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows == f"${HEAD}:${HEAD}"
        assert sheet.freeze_panes and int(re.sub(r"\D", "", sheet.freeze_panes)) == HEAD + 1
        assert sheet.page_margins.left * 25.4 == pytest.approx(30, abs=0.1)
        assert sheet.oddHeader.center.text == "&P"


def test_every_commune_with_real_numbers(book: Any) -> None:
    sheet = book["Dữ liệu xã"]
    at = columns(sheet)
    found = rows(sheet)
    assert [row[at["Xã, phường, đặc khu"] - 1].value for row in found] == list(UNITS.values())
    for row, expected in zip(found, class_rows(), strict=True):
        code = row[at["Mã xã"] - 1]
        assert code.value == expected.unit_code
        assert code.number_format == "@"
        assert row[at["Nhân khẩu"] - 1].value == expected.population
    first = found[0]
    assert first[at["Tỷ lệ %"] - 1].value == pytest.approx(0.659)  # 140 of 21.237, cut off
    assert first[at["Ngày quyết định"] - 1].value == datetime(2026, 12, 18)
    assert first[at["Ngày quyết định"] - 1].is_date
    assert first[at["Số quyết định"] - 1].value == "5012/QĐ-UBND"


def test_not_reported_is_said_not_zero(book: Any) -> None:
    sheet = book["Phụ lục II"]
    at = columns(sheet)
    long_son = next(row for row in rows(sheet) if row[at["Xã, phường, đặc khu"] - 1].value == "Xã Long Sơn")
    assert long_son[at["Nghiện và sử dụng"] - 1].value == "chưa báo cáo"
    assert long_son[at["Tỷ lệ %"] - 1].value == "chưa báo cáo"


def test_no_text_becomes_a_formula(book: Any) -> None:
    for sheet in book:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    sheet = book["Dữ liệu điểm"]
    at = columns(sheet)
    cell = rows(sheet)[1][at["Tên"] - 1]
    assert cell.value == "=HYPERLINK(1)"
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_hotspots_with_days_and_untouched_names(book: Any) -> None:
    sheet = book["Dữ liệu điểm"]
    at = columns(sheet)
    found = rows(sheet)
    assert [row[at["Tên"] - 1].value for row in found] == [item.name for item in HOTSPOTS]
    assert found[0][at["Tên"] - 1].value == SHARP
    assert found[0][at["Ngày đưa vào"] - 1].value.date() == date(2026, 1, 2)
    assert found[1][at["Ngày triệt xóa"] - 1].value.date() == date(2026, 10, 3)
    assert found[0][at["Ngày triệt xóa"] - 1].value is None


def test_workings_of_every_commune(book: Any) -> None:
    found = rows(book["Cách tính"])
    assert {row[0].value for row in found} == set(UNITS)
    assert len(found) == 3 * len(UNITS)


def test_without_a_register_the_sheet_says_so() -> None:
    made = openpyxl.load_workbook(io.BytesIO(annexes_xlsx(replace(dossier(), hotspots=None, flows=()))))
    assert "không có sổ theo dõi" in made["Phụ lục I"].cell(HEAD + 1, 1).value


def test_without_a_split_the_two_columns_are_left_out() -> None:
    whole = tuple(replace(row, dependent=None, using=None) for row in class_rows())
    made = openpyxl.load_workbook(io.BytesIO(annexes_xlsx(replace(dossier(), classes=whole))))
    assert "Nghiện" not in columns(made["Phụ lục II"])
    assert "Nghiện và sử dụng" in columns(made["Phụ lục II"])


def test_same_bytes_and_no_clock() -> None:
    data = annexes_xlsx(dossier())
    assert data == annexes_xlsx(dossier())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2027-01-05T00:00:00Z" in archive.read("docProps/core.xml")


def test_synthetic_figures_say_so_on_every_printed_page() -> None:
    made = openpyxl.load_workbook(io.BytesIO(annexes_xlsx(replace(dossier(), synthetic=True))))
    for sheet in made:
        assert layout.SYNTHETIC in sheet.oddFooter.center.text
