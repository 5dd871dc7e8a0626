"""The text of plans out of files: encodings, Word's own numbers, tables, footnotes, PDF, and files that are none."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diaban.adapters.plan_files import PlanFileError, text_of
from diaban.core.text_legacy import TCVN3

DEV = Path(__file__).parents[1] / "plans_dev"
SENTENCE = "Ủy ban nhân dân tỉnh Đắk Lắk xây dựng Kế hoạch phòng, chống ma túy, cụ thể như sau: giữ vững địa bàn."
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(body: str, numbering: str = "", footnotes: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        if numbering:
            archive.writestr("word/numbering.xml", f"<w:numbering {W}>{numbering}</w:numbering>")
        if footnotes:
            archive.writestr("word/footnotes.xml", f"<w:footnotes {W}>{footnotes}</w:footnotes>")
    return out.getvalue()


def paragraph(text: str, level: int | None = None, number: int = 1) -> str:
    own = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>' if level is not None else ""
    return f"<w:p><w:pPr>{own}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def levels(*forms: tuple[str, str]) -> str:
    made = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text) in enumerate(forms)
    )
    used = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    return f'<w:abstractNum w:abstractNumId="0">{made}</w:abstractNum>{used}'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_unicode_in_any_width(encoding: str) -> None:
    assert text_of("a.txt", SENTENCE.encode(encoding)).text.lstrip("\ufeff") == SENTENCE


def test_old_fonts_are_turned_into_unicode() -> None:
    back = {letter: code for code, letter in TCVN3.items() if ord(code) > 0xA0}
    old = "".join(back.get(char, char) for char in SENTENCE.lower()).encode("latin-1")
    source = text_of("a.txt", old)
    assert "kế hoạch phòng, chống ma túy" in source.text
    assert source.notes


def test_windows_1258() -> None:
    import unicodedata

    text = unicodedata.normalize("NFC", "kế hoạch của tỉnh được giao")
    parts = "".join(
        char
        if char in "ăâêôơưđ"
        else unicodedata.normalize("NFD", char)
        .replace("a\u0302", "â")
        .replace("e\u0302", "ê")
        .replace("o\u0302", "ô")
        .replace("o\u031b", "ơ")
        .replace("u\u031b", "ư")
        for char in text
    )
    source = text_of("a.txt", parts.replace("ệ", "ê\u0323").encode("cp1258"))
    assert source.text == text


def test_word_counts_its_numbers() -> None:
    body = "".join(
        [
            paragraph("MỤC TIÊU", 0), paragraph("Chung", 1), paragraph("Một.", 2), paragraph("Hai.", 2),
            paragraph("Riêng", 1),
            paragraph("Ba.", 2), paragraph("NHIỆM VỤ", 0), paragraph("Bốn.", 1), paragraph("gạch", 3),
        ]
    )  # fmt: skip
    shape = levels(("upperRoman", "%1."), ("decimal", "%2."), ("lowerLetter", "%3)"), ("bullet", "\uf0b7"))
    text = text_of(
        "a.docx", docx(body, shape.replace('"decimal"/><w:lvlText w:val="%1.%2."', '"decimal"/><w:lvlText w:val="%2."'))
    ).text
    assert text.split("\n\n") == [
        *("I. MỤC TIÊU", "1. Chung", "a) Một.", "b) Hai.", "2. Riêng", "a) Ba."),
        *("II. NHIỆM VỤ", "1. Bốn.", "• gạch"),
    ]


def test_tables_become_rows_and_a_letterhead_lines() -> None:
    document = Document()
    head = document.add_table(1, 2)
    head.cell(0, 0).text = "ỦY BAN NHÂN DÂN\nTỈNH MINH SƠN"
    head.cell(0, 1).text = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    table = document.add_table(2, 3)
    for at, text in enumerate(["TT", "Nội dung", "Chủ trì", "1", "Rà soát\nđịa bàn", "Công an | tỉnh"]):
        table.cell(at // 3, at % 3).text = text
    out = io.BytesIO()
    document.save(out)
    lines = text_of("a.docx", out.getvalue()).text.split("\n")
    assert lines[:2] == ["ỦY BAN NHÂN DÂN", "TỈNH MINH SƠN"]
    assert lines[-2:] == ["| TT | Nội dung | Chủ trì |", "| 1 | Rà soát địa bàn | Công an / tỉnh |"]


def test_footnotes_come_at_the_end() -> None:
    body = '<w:p><w:r><w:t>Có điểm</w:t></w:r><w:r><w:footnoteReference w:id="7"/></w:r></w:p>'
    notes = '<w:footnote w:id="7"><w:p><w:r><w:t>Theo QĐ 28.</w:t></w:r></w:p></w:footnote>'
    assert text_of("a.docx", docx(body, footnotes=notes)).text == "Có điểm[1]\n\n[1] Theo QĐ 28."


def test_what_was_deleted_is_not_read() -> None:
    body = "<w:p><w:r><w:t>Còn</w:t></w:r><w:del><w:r><w:delText>bỏ</w:delText></w:r></w:del></w:p>"
    assert text_of("a.docx", docx(body)).text == "Còn"


def test_pdf_gives_lines_without_page_numbers() -> None:
    source = text_of("a.pdf", (DEV / "d4-tan-hai.pdf").read_bytes())
    assert source.format == "pdf"
    lines = source.text.splitlines()
    assert lines[-1] == "Phan Thị Ngọc Lan"
    assert not [line for line in lines if line.strip().isdigit()]


def test_a_scan_says_what_to_do() -> None:
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    out = io.BytesIO()
    document.save(out)
    document.close()
    with pytest.raises(PlanFileError, match="bản quét"):
        text_of("quet.pdf", out.getvalue())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "rỗng"),
        (b"PK\x03\x04abc", "hỏng"),
        (b"%PDF-1.7\nabc", "hỏng"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Word kiểu cũ"),
        (b"{\\rtf1 abc}", "RTF"),
        (b"<!DOCTYPE html><html>", "trang web"),
        (b"\x00\x01\x02\x03\x00\x05" * 9, "không phải văn bản"),
        (b"   \n\n ", "rỗng"),
    ],
)
def test_what_is_no_plan_is_named(data: bytes, words: str) -> None:
    with pytest.raises(PlanFileError, match=words):
        text_of("tep", data)


def test_entities_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    with pytest.raises(PlanFileError):
        text_of("a.docx", out.getvalue())


STARTS = (b"", b"PK\x03\x04", b"%PDF-1.4\n", b"\xff\xfe", b"{\\rtf", b"\xef\xbb\xbf")
CHECKED = settings(deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow])


@CHECKED
@given(st.sampled_from(STARTS), st.binary(max_size=300))
def test_any_bytes_give_text_or_a_reason(start: bytes, data: bytes) -> None:
    try:
        assert text_of("tep", start + data).text.strip()
    except PlanFileError as error:
        assert str(error)


@CHECKED
@given(st.data())
def test_a_damaged_file_gives_text_or_a_reason(data: st.DataObject) -> None:
    path = DEV / data.draw(st.sampled_from(["d3-dong-lam.docx", "d4-tan-hai.pdf"]))
    whole = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        text_of(path.name, bytes(whole))
    except PlanFileError as error:
        assert str(error)
