"""The editable report, measured in its XML: NĐ 30/2020/NĐ-CP, Phụ lục I."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn

from diaban.adapters.documents import layout, report_docx
from diaban.core.dossier import Letterhead
from dossiers import SHARP, UNITS, dossier

TESTS = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def made() -> Any:
    return Document(io.BytesIO(report_docx(dossier())))


def paragraph(made: Any, words: str) -> Any:
    return next(item for item in made.paragraphs if words in item.text)


def cells(made: Any, table: int) -> list[str]:
    return [node.text or "" for node in made.tables[table]._tbl.iter(qn("w:t"))]


def test_paper_and_margins(made: Any) -> None:
    for section in made.sections:
        short, long = sorted((section.page_width.mm, section.page_height.mm))
        assert (round(short), round(long)) == (210, 297)
        assert 20 <= round(section.top_margin.mm, 1) <= 25
        assert 20 <= round(section.bottom_margin.mm, 1) <= 25
        assert 30 <= round(section.left_margin.mm, 1) <= 35
        assert 15 <= round(section.right_margin.mm, 1) <= 20


def test_sections_are_report_two_tables_lying_down_and_workings(made: Any) -> None:
    lying = [section.orientation == WD_ORIENT.LANDSCAPE for section in made.sections]
    assert lying == [False, True, True, False]
    assert [section.page_width > section.page_height for section in made.sections] == lying


def test_page_numbers(made: Any) -> None:
    first = made.sections[0]
    (field,) = first.header._element.iter(qn("w:instrText"))
    assert field.text.strip() == "PAGE"
    assert first.header.paragraphs[0].alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert first.header.paragraphs[0].runs[0].font.size.pt in (13, 14)
    for section in made.sections:
        assert section.different_first_page_header_footer
        assert not list(section.first_page_header._element.iter(qn("w:instrText")))
        assert section._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"
        assert 5 <= section.header_distance.mm < section.top_margin.mm


def test_type(made: Any) -> None:
    normal = made.styles["Normal"]
    assert normal.font.name == "Times New Roman"
    fonts = normal.element.rPr.rFonts
    assert {fonts.get(qn(f"w:{name}")) for name in ("ascii", "hAnsi", "cs", "eastAsia")} == {"Times New Roman"}
    for name in ("Heading 1", "Heading 2", "Heading 3"):
        style = made.styles[name]
        assert style.font.name == "Times New Roman"
        assert str(style.font.color.rgb) == "000000"
        assert style.font.size.pt in (13, 14)
        assert not any(key.endswith("Theme") for key in style.element.rPr.rFonts.attrib)


def test_body(made: Any) -> None:
    body = paragraph(made, "Thực hiện Quyết định số 28/2025/QĐ-TTg")
    shape = body.style.paragraph_format
    assert shape.alignment == WD_ALIGN_PARAGRAPH.JUSTIFY
    assert shape.first_line_indent.mm == pytest.approx(12.7, abs=0.1)
    assert shape.space_after.pt >= 6
    assert 1 <= shape.line_spacing <= 1.5
    assert body.runs[0].font.size.pt in (13, 14)


def test_head(made: Any) -> None:
    agency, nation = made.tables[0].rows[0].cells
    number, place = made.tables[0].rows[1].cells
    parent, issuer = agency.paragraphs[0], agency.paragraphs[1]
    assert parent.text == "BỘ CÔNG AN"
    assert not parent.runs[0].bold
    assert issuer.text == "CÔNG AN THÀNH PHỐ\nHỒ CHÍ MINH"
    assert issuer.runs[0].bold
    assert issuer.runs[0].font.size.pt in (12, 13)
    assert nation.paragraphs[0].text == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert nation.paragraphs[0].runs[0].font.size.pt in (12, 13)
    assert nation.paragraphs[1].text == "Độc lập - Tự do - Hạnh phúc"
    assert nation.paragraphs[1].runs[0].font.size.pt in (13, 14)
    assert nation.paragraphs[1].runs[0].bold
    for cell in (agency, nation):  # the line under each is a border, not underlining
        assert cell.paragraphs[-1]._p.find(f".//{qn('w:pBdr')}") is not None
    assert number.text == "Số: 07/BC-CATP"
    assert number.paragraphs[0].runs[0].font.size.pt == 13
    assert place.text == "Thành phố Hồ Chí Minh, ngày 05 tháng 01 năm 2027"
    assert place.paragraphs[0].runs[0].italic
    assert place.paragraphs[0].runs[0].font.size.pt in (13, 14)


def test_the_line_under_the_motto_is_as_long_as_the_motto() -> None:
    # Measured with the font's own widths: 56 mm at 13 points. The line is what the two indents leave of the cell.
    assert pytest.approx(56.1, abs=0.6) == layout.MOTTO_LINE
    assert 76 / 3 <= layout.agency_line("CÔNG AN THÀNH PHỐ HỒ CHÍ MINH") <= 76 / 2


def test_title(made: Any) -> None:
    for words in ("BÁO CÁO", "Kết quả phân loại xã"):
        title = paragraph(made, words)
        assert title.alignment == WD_ALIGN_PARAGRAPH.CENTER
        assert title.runs[0].bold
        assert title.runs[0].font.size.pt in (13, 14)
    assert "Kính gửi: Bộ Công an" in paragraph(made, "Kính gửi").text


def test_signature(made: Any) -> None:
    table = next(table for table in made.tables if "Nơi nhận:" in table.rows[0].cells[0].text)
    recipients, signature = table.rows[0].cells
    head = recipients.paragraphs[0]
    assert (head.runs[0].bold, head.runs[0].italic, head.runs[0].font.size.pt) == (True, True, 12)
    assert {item.runs[0].font.size.pt for item in recipients.paragraphs[1:]} == {11}
    assert recipients.paragraphs[-1].text == "- Lưu: VT, PC04."
    assert [item.text for item in signature.paragraphs if item.text] == [
        "KT. GIÁM ĐỐC",
        "PHÓ GIÁM ĐỐC",
        "Nguyễn Văn A",
    ]
    assert all(item.runs[0].bold for item in signature.paragraphs if item.text)


def test_annexes_begin_on_their_own_page_with_their_number(made: Any) -> None:
    for number in ("I", "II", "III"):
        (title,) = [item for item in made.paragraphs if item.text == f"Phụ lục {number}"]
        assert title.alignment == WD_ALIGN_PARAGRAPH.CENTER
        assert title.runs[0].bold
        assert title.runs[0].font.size.pt == 14
    starts = [section._sectPr.find(qn("w:type")) for section in made.sections[1:]]
    assert all(start is None or start.get(qn("w:val")) == "nextPage" for start in starts)
    reference = paragraph(made, "(Kèm theo Báo cáo số 07/BC-CATP")
    assert reference.runs[0].italic


def test_every_row_is_there_and_every_name_untouched(made: Any) -> None:
    classes = next(t for t in made.tables if "Tiêu chí đạt" in "".join(n.text or "" for n in t._tbl.iter(qn("w:t"))))
    said = [node.text or "" for node in classes._tbl.iter(qn("w:t"))]
    for name in UNITS.values():
        assert name in said
    everything = " ".join(node.text or "" for node in made.element.body.iter(qn("w:t")))
    assert SHARP in everything
    assert "=HYPERLINK(1)" in everything
    assert "chưa báo cáo" in everything


def test_table_heads_repeat_and_rows_do_not_split(made: Any) -> None:
    ruled = [table._tbl for table in made.tables if table._tbl.tblPr.find(qn("w:tblBorders")) is not None]
    assert len(ruled) > 30
    for table in ruled:
        rows = table.findall(qn("w:tr"))
        assert rows[0].find(f".//{qn('w:tblHeader')}") is not None
        assert all(row.find(f".//{qn('w:cantSplit')}") is not None for row in rows)


def test_control_characters_do_not_break_the_file() -> None:
    made = dossier()
    sick = replace(made, classes=(replace(made.classes[0], unit_name="Xã\x00 Lạ\x0b"), *made.classes[1:]))
    assert "Xã  Lạ" in "".join(
        node.text or "" for node in Document(io.BytesIO(report_docx(sick))).element.body.iter(qn("w:t"))
    )


def test_synthetic_figures_say_so_in_the_foot_of_every_page() -> None:
    made = Document(io.BytesIO(report_docx(replace(dossier(), synthetic=True))))
    first = made.sections[0]
    for foot in (first.footer, first.first_page_footer):
        assert foot.paragraphs[0].text == layout.SYNTHETIC
    assert all(section.footer.is_linked_to_previous for section in list(made.sections)[1:])


def test_blank_letterhead_leaves_room() -> None:
    made = Document(io.BytesIO(report_docx(replace(dossier(), letterhead=Letterhead(), number=None, issued_on=None))))
    assert made.tables[0].rows[1].cells[0].text.startswith("Số:         /BC-")
    assert "tháng      năm 2026" in made.tables[0].rows[1].cells[1].text


def test_same_bytes_in_processes_that_hash_differently() -> None:
    code = (
        f"import sys; sys.path[:0] = {[str(TESTS), str(TESTS.parent / 'src')]!r}; import hashlib;"
        "from dossiers import dossier; from diaban.adapters.documents import annexes_xlsx, report_docx;"
        "print(hashlib.sha256(report_docx(dossier()) + annexes_xlsx(dossier())).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed, zone in (("1", "UTC"), ("2", "Asia/Ho_Chi_Minh"))
    }
    from diaban.adapters.documents import annexes_xlsx

    assert found == {hashlib.sha256(report_docx(dossier()) + annexes_xlsx(dossier())).hexdigest()}


def test_zip_entries_carry_no_clock() -> None:
    with zipfile.ZipFile(io.BytesIO(report_docx(dossier()))) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2027-01-05T00:00:00Z" in archive.read("docProps/core.xml")
