"""The PDF, measured with a ruler: NĐ 30/2020/NĐ-CP, Phụ lục I, on the pages that come out."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from diaban.adapters.documents import PdfUnavailable, layout, report_pdf
from diaban.core.dossier import Letterhead
from dossiers import SHARP, UNITS, dossier

pdfplumber = pytest.importorskip("pdfplumber")
pytest.importorskip("typst")

POINT = 25.4 / 72
SLACK = 0.4  # mm


@pytest.fixture(scope="module")
def pages() -> Iterator[list[Any]]:
    with pdfplumber.open(io.BytesIO(report_pdf(dossier()))) as pdf:
        yield pdf.pages


def flat(text: str) -> str:
    return " ".join(text.split())


def line_with(page: Any, words: str) -> list[Any]:
    """Return the characters of the first line that contains `words`."""
    for line in page.extract_text_lines():
        if words in line["text"]:
            return list(line["chars"])
    raise AssertionError(f"{words!r} is not on the page")


def size_of(page: Any, words: str) -> float:
    (size,) = {round(char["size"], 1) for char in line_with(page, words) if char["text"].strip()}
    return size


def fonts_of(page: Any, words: str) -> set[str]:
    return {char["fontname"].split("+")[-1] for char in line_with(page, words) if char["text"].strip()}


def test_paper_is_a4_and_tables_lie_down(pages: list[Any]) -> None:
    shapes = {(round(page.width * POINT), round(page.height * POINT)) for page in pages}
    assert shapes == {(210, 297), (297, 210)}
    first = next(page for page in pages if "Phụ lục I\n" in page.extract_text())
    assert first.width > first.height


def test_margins(pages: list[Any]) -> None:
    for page in pages:
        body = [char for char in page.chars if char["top"] * POINT > layout.TOP - 1 and char["text"].strip()]
        left = min(char["x0"] for char in body) * POINT
        right = (page.width - max(char["x1"] for char in body)) * POINT
        bottom = (page.height - max(char["bottom"] for char in body)) * POINT
        assert left >= 30 - SLACK
        assert right >= 15 - SLACK
        assert bottom >= 20 - 2  # descenders
    ink = [char for char in pages[0].chars if char["text"].strip() and char["top"] > pages[0].height * 0.3]
    assert min(char["x0"] for char in ink) * POINT == pytest.approx(30, abs=1)
    assert max(char["x1"] for char in ink) * POINT == pytest.approx(195, abs=1)


def test_only_our_metric_twin_of_times_is_used(pages: list[Any]) -> None:
    names = {char["fontname"].split("+")[-1] for page in pages for char in page.chars}
    assert names <= {"Tinos-Regular", "Tinos-Bold", "Tinos-Italic", "Tinos-BoldItalic", "Tinos"}
    assert {"Tinos-Bold", "Tinos-Italic", "Tinos-BoldItalic"} <= names


def test_head(pages: list[Any]) -> None:
    page = pages[0]
    nation = line_with(page, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    assert {round(char["size"]) for char in nation} <= {12, 13}
    words = page.extract_words(extra_attrs=["size", "fontname"])
    by_text = {word["text"]: word for word in words}
    assert 13 <= by_text["Độc"]["size"] <= 14
    assert "Bold" in by_text["Độc"]["fontname"]
    assert 12 <= by_text["HÒA"]["size"] <= 13
    assert "Bold" in by_text["HÒA"]["fontname"]
    assert "Bold" not in by_text["BỘ"]["fontname"]  # the parent's name is upright, the issuer's bold
    assert round(by_text["07/BC-CATP"]["size"]) == 13
    assert "Italic" in by_text["tháng"]["fontname"]
    assert 13 <= by_text["tháng"]["size"] <= 14
    assert "ngày 05 tháng 01 năm 2027" in page.extract_text()


def test_the_lines_of_the_head_have_the_lengths_the_form_asks(pages: list[Any]) -> None:
    page = pages[0]
    rules = sorted(
        (line for line in page.lines if line["top"] < page.height * 0.35 and line["height"] < 1),
        key=lambda line: line["x1"] - line["x0"],
    )
    words = {word["text"]: word for word in page.extract_words()}
    motto = words["phúc"]["x1"] - words["Độc"]["x0"]
    # The last line of the issuer's name, and the line under it of a third to a half.
    issuer = words["MINH"]["x1"] - words["HỒ"]["x0"]
    lengths = [line["x1"] - line["x0"] for line in rules]
    assert any(length == pytest.approx(motto, rel=0.02) for length in lengths)
    assert any(issuer / 3 <= length <= issuer / 2 for length in lengths)


def test_title_and_body(pages: list[Any]) -> None:
    page = pages[0]
    assert size_of(page, "BÁO CÁO") in (13, 14)
    assert all("Bold" in name for name in fonts_of(page, "BÁO CÁO"))
    assert size_of(page, "Kết quả phân loại xã") in (13, 14)
    body = line_with(page, "Thực hiện Quyết định")
    assert {round(char["size"]) for char in body} <= {13, 14}
    indent = (body[0]["x0"] - 30 / POINT) * POINT
    assert indent == pytest.approx(12.7, abs=0.5)
    lines = page.extract_text_lines()
    at = next(n for n, line in enumerate(lines) if "Thực hiện Quyết định" in line["text"])
    pitch = lines[at + 1]["top"] - lines[at]["top"]
    assert 1.0 * 14 * 1.15 - 1 <= pitch <= 1.5 * 14 * 1.15 + 1  # single to 1,5 lines of Times at 14 points


def test_page_numbers_stand_in_the_top_margin_and_restart_with_every_annex(pages: list[Any]) -> None:
    expected = 0
    for page in pages:
        text = page.extract_text()
        expected = 1 if "Phụ lục I" in text and "(Kèm theo Báo cáo" in text else expected + 1
        head = page.crop((0, 0, page.width, (layout.TOP - 3) / POINT))
        shown = (head.extract_text() or "").strip()
        assert shown == ("" if expected == 1 else str(expected)), f"page {page.page_number}"
        if shown:
            sizes = {round(char["size"]) for char in head.chars}
            assert sizes <= {13, 14}
            middle = (head.chars[0]["x0"] + head.chars[-1]["x1"]) / 2 * POINT
            assert middle == pytest.approx((30 + page.width * POINT - 15) / 2, abs=1.5)


def test_signature_and_recipients(pages: list[Any]) -> None:
    page = next(page for page in pages if "Nơi nhận:" in page.extract_text())
    words = {word["text"]: word for word in page.extract_words(extra_attrs=["size", "fontname"])}
    assert "BoldItalic" in words["nhận:"]["fontname"]
    assert round(words["nhận:"]["size"]) == 12
    assert round(words["Lưu:"]["size"]) == 11
    assert flat(page.extract_text()).find("- Lưu: VT, PC04.") > flat(page.extract_text()).find("- Như trên;")
    assert words["PHÓ"]["x0"] > page.width / 2 - 20
    assert "Bold" in words["PHÓ"]["fontname"]
    assert "Bold" in words["Văn"]["fontname"]


def test_every_commune_and_every_awkward_name_comes_through(pages: list[Any]) -> None:
    text = flat(" ".join(page.extract_text() for page in pages))
    for name in UNITS.values():
        assert name in text
    assert SHARP.split(" <b>")[0] in text
    for mark in ("<b>#1</b>", "*_`sắc`_*", "$x$", "@a", "[b]", "\\c", "{d}", "~e"):
        assert mark in text
    assert "=HYPERLINK(1)" in text
    assert "chưa báo cáo" in text


def test_table_heads_are_repeated(pages: list[Any]) -> None:
    of_second = [page for page in pages if page.width > page.height and "Nhân" in page.extract_text()]
    assert len(of_second) >= 2
    assert all("Tiêu chí" in page.extract_text() for page in of_second)


def test_same_dossier_same_bytes() -> None:
    assert report_pdf(dossier()) == report_pdf(dossier())


def test_it_is_tagged_and_archivable() -> None:
    data = report_pdf(dossier())
    assert b"/MarkInfo" in data or b"/StructTreeRoot" in data
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        assert "Lang" in pdf.doc.catalog
        assert "StructTreeRoot" in pdf.doc.catalog
        assert pdf.metadata["Title"].startswith("BÁO CÁO: Kết quả phân loại")
        assert pdf.metadata["CreationDate"].startswith("D:20270105")


def test_synthetic_figures_say_so_on_every_page() -> None:
    with pdfplumber.open(io.BytesIO(report_pdf(replace(dossier(), synthetic=True)))) as pdf:
        assert all("SỐ LIỆU MÔ PHỎNG" in page.extract_text() for page in pdf.pages)


def test_blank_letterhead_number_and_day_leave_room() -> None:
    bare = replace(dossier(), letterhead=Letterhead(), number=None, issued_on=None)
    with pdfplumber.open(io.BytesIO(report_pdf(bare))) as pdf:
        text = flat(pdf.pages[0].extract_text())
    assert "Số: /BC-" in text
    assert "tháng năm 2026" in text


def test_without_the_extra_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(PdfUnavailable, match=r"pip install 'diaban\[reports\]'"):
        report_pdf(dossier())
