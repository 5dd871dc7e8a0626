"""Word and PDF files from outside: what is sound passes whole, what runs, fetches, carries or hides is refused."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from functools import lru_cache

import docx
import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st

from diaban.adapters.uploads import Kind, Refusal, check, traces_left

TAKEN = (Kind.PDF, Kind.DOCX)


def pdf(*objects: bytes, root: bytes = b"", page: bytes = b"", info: bytes = b"", pages: int = 1) -> bytes:
    """Return a PDF with pages and `objects` numbered from 10; `root` and `page` are more entries of theirs."""
    kids = b" ".join(b"3 0 R" for _each in range(pages))
    parts = {
        1: b"<< /Type /Catalog /Pages 2 0 R " + root + b" >>",
        2: b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % pages,
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] " + page + b" >>",
        4: b"<< /Producer (x) " + info + b" >>",
    } | dict(enumerate(objects, 10))
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), {}
    for number, body in parts.items():
        places[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    size = max(parts) + 1
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 4 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, table)
    return bytes(out)


def packed(content: bytes, head: bytes = b"/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode") -> bytes:
    """Return an object stream."""
    body = zlib.compress(content)
    return b"<< %s /Length %d >>\nstream\n" % (head, len(body)) + body + b"\nendstream"


PLAIN_STREAM = b"<< /Length 9 >>\nstream\n/JS /AA 1\nendstream"
SCRIPT = b"<< /S /JavaScript /JS (app.alert(1)) >>"


@lru_cache
def word() -> bytes:
    document = docx.Document()
    document.add_paragraph("Báo cáo kết quả quý III")
    document.core_properties.author = ""
    out = io.BytesIO()
    document.save(out)
    return rebuilt_of(out.getvalue(), lambda _parts: None)


def rebuilt_of(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_part(name: str, content: bytes = b"x") -> bytes:
    return rebuilt_of(word(), lambda parts: parts.update({name: content}))


def with_body(text: bytes) -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        assert b"<w:sectPr" in parts["word/document.xml"]
        parts["word/document.xml"] = parts["word/document.xml"].replace(b"<w:sectPr", text + b"<w:sectPr", 1)

    return rebuilt_of(word(), change)


def with_link(kind: str, target: str, mode: str = "External", part: str = "word/_rels/document.xml.rels") -> bytes:
    link = f'<Relationship Id="r99" Type="http://x/relationships/{kind}" Target="{target}" TargetMode="{mode}"/>'
    space = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'

    def change(parts: dict[str, bytes]) -> None:
        there = parts.get(part, space + b"</Relationships>")
        parts[part] = there.replace(b"</Relationships>", link.encode() + b"</Relationships>")

    return rebuilt_of(word(), change)


def runs(*pieces: str) -> bytes:
    inside = "".join(f"<w:r><w:instrText>{piece}</w:instrText></w:r>" for piece in pieces)
    return f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{inside}</w:p>'.encode()


@lru_cache
def chart_book() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.add_worksheet().write(0, 0, 5)
    return out.getvalue()


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (pdf, Kind.PDF),
        (lambda: pdf(PLAIN_STREAM, packed(b"11 0 << /Type /Font >>")), Kind.PDF),
        (lambda: pdf(page=b"/Annots [<< /Subtype /Link /A << /S /URI /URI (https://example.test) >> >>]"), Kind.PDF),
        (lambda: pdf() + b"\r\n\x00\x00", Kind.PDF),
        (word, Kind.DOCX),
        (lambda: with_link("hyperlink", "https://example.test/trang"), Kind.DOCX),
        (
            lambda: with_link("attachedTemplate", "file:///C:\\Users\\an\\Normal.dotm", part="word/_rels/s.xml.rels"),
            Kind.DOCX,
        ),
        (lambda: with_body(runs(" TOC \\o ", "1-3")), Kind.DOCX),
        (lambda: with_part("word/embeddings/Microsoft_Excel_Sheet1.xlsx", chart_book()), Kind.DOCX),
    ],
)
def test_a_sound_document_passes(make: Callable[[], bytes], kind: Kind) -> None:
    assert check(make(), allowed=TAKEN) is kind


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: pdf()[:-200], "hỏng"),
        (lambda: b"%PDF-1.7\nkhong phai\n%%EOF", "hỏng"),
        (lambda: pdf(pages=0), "hỏng"),
        (lambda: pdf() + b"PK\x03\x04" + b"x" * 2000, "kèm sau"),
        (lambda: pdf(SCRIPT, root=b"/OpenAction 10 0 R"), "JavaScript"),
        (lambda: pdf(SCRIPT.replace(b"/JavaScript", b"/J#61va#53cript"), root=b"/OpenAction 10 0 R"), "JavaScript"),
        (lambda: pdf(packed(b"11 0 " + SCRIPT), root=b"/OpenAction 11 0 R"), "JavaScript"),
        (lambda: pdf(packed(b"11 0 << /S /L#61unch >>")), "mở chương trình"),
        (lambda: pdf(b"<< /S /Rendition /JS (x) >>"), "JavaScript"),
        (lambda: pdf(root=b"/OpenAction << /S /Launch /F (cmd.exe) >>"), "mở chương trình"),
        (lambda: pdf(b"<< /S /SubmitForm /F (http://example.test) >>"), "gửi dữ liệu"),
        (lambda: pdf(root=b"/Names << /EmbeddedFiles << /Names [] >> >>"), "mang tệp khác"),
        (lambda: pdf(b"<< /Type /EmbeddedFile /Length 1 >>\nstream\nx\nendstream"), "mang tệp khác"),
        (lambda: pdf(page=b"/Annots [<< /Subtype /RichMedia >>]"), "mang tệp khác"),
        (lambda: pdf(packed(b"1", b"/Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode]")), "không xem trước"),
        (lambda: pdf(packed(b"1", b"/Type /ObjStm /Filter /FlateDecode /DecodeParms << /Predictor 12 >>")), "không"),
        (lambda: pdf(b"<< /Type /ObjStm /Filter /FlateDecode >>\nstream\nkhong nen\nendstream"), "không xem trước"),
        (lambda: pdf(packed(b"1", b"/Type /ObjStm /X (stream\n) /Filter /FlateDecode")), "không xem trước"),
        (lambda: pdf(packed(b"1", b"/Type /ObjStm /Filter /FlateDecode /X (endstream)")), "không xem trước"),
        (lambda: pdf(packed(bytes(33 * 2**20))), "không xem trước"),
        (lambda: locked_pdf(), "mật khẩu"),
    ],
)
def test_a_pdf_that_could_do_harm_is_refused(make: Callable[[], bytes], words: str) -> None:
    with pytest.raises(Refusal, match=words):
        check(make(), allowed=TAKEN)


def locked_pdf() -> bytes:
    """Return a PDF that says it is encrypted (with keys that open nothing)."""
    lock = b"<< /Filter /Standard /V 1 /R 2 /P -44 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> >>"
    ids = b"/ID [<" + b"43" * 16 + b"> <" + b"43" * 16 + b">] /Encrypt 10 0 R >>"
    return re.sub(rb"(trailer\n<< .*?) >>", lambda found: found[1] + b" " + ids, pdf(lock))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: with_part("word/vbaProject.bin"), "macro"),
        (lambda: with_part("customUI/customUI.xml", b"<x/>"), "macro"),
        (
            lambda: rebuilt_of(
                word(),
                lambda parts: parts.update({
                    "[Content_Types].xml": parts["[Content_Types].xml"].replace(b"document.main", b"macroEnabled.main")
                }),
            ),
            "macro",
        ),
        (lambda: with_part("word/embeddings/oleObject1.bin"), "nhúng"),
        (lambda: with_part("word/embeddings/Microsoft_Excel_Sheet1.xlsx", b"MZ..."), "Excel"),
        (lambda: with_part("word/activeX/activeX1.xml", b"<x/>"), "nhúng"),
        (lambda: with_part("word/afchunk1.html"), "nhúng"),
        (lambda: with_part("payload.exe"), "nhúng"),
        (lambda: with_body(b'<w:altChunk r:id="r1"/>'), "nhúng"),
        (lambda: with_link("attachedTemplate", "https://example.test/mau.dotm"), "mẫu"),
        (lambda: with_link("attachedTemplate", "file://server/mau.dotm"), "mẫu"),
        (lambda: with_link("attachedTemplate", "\\\\server\\mau.dotm"), "mẫu"),
        (lambda: with_link("oleObject", "file:///c:/x"), "liên kết"),
        (lambda: with_link("image", "https://example.test/a.png"), "liên kết"),
        (lambda: with_link("image", "https://example.test/a.png", mode="&#69;xternal"), "liên kết"),
        (lambda: with_link("frame", "https://example.test"), "liên kết"),
        (lambda: with_body(runs("DDEAUTO c:\\\\windows\\\\cmd.exe")), "trường"),
        (lambda: with_body(runs(" D", "DE", "AUTO", " cmd")), "trường"),
        (lambda: with_body(runs('QUOTE "68 68 69"')), "trường"),
        (lambda: with_body(runs("INCLUDETEXT http://example.test/x")), "trường"),
        (lambda: with_body(b'<w:p><w:fldSimple w:instr="DDE cmd /c calc"/></w:p>'), "trường"),
        (lambda: with_part("word/header9.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'), "không an toàn"),
        (lambda: with_part("word/header9.xml", "<a/>".encode("utf-16")), "hỏng"),
        (lambda: with_part("word/header9.xml", b"<a>"), "hỏng"),
        (lambda: with_part("word/media/x.bin", bytes(150 * 2**20)), "bung ra quá lớn"),
        (lambda: rebuilt_of(word(), lambda parts: parts.update({f"p/{n}": b"" for n in range(3001)})), "bung ra"),
        (lambda: word() + b"<script>alert(1)</script>", "kèm ngoài|hỏng"),
        (lambda: word()[:-200], "hỏng"),
    ],
)  # fmt: skip
def test_a_word_file_that_could_do_harm_is_refused(make: Callable[[], bytes], words: str) -> None:
    with pytest.raises(Refusal, match=words):
        check(make(), allowed=TAKEN)


def test_what_a_document_still_tells_is_said() -> None:
    def named(parts: dict[str, bytes]) -> None:
        core = parts["docProps/core.xml"]
        parts["docProps/core.xml"] = re.sub(rb"<dc:creator\s*/>|<dc:creator></dc:creator>", b"", core).replace(
            b"</cp:coreProperties>", "<dc:creator>Văn A</dc:creator></cp:coreProperties>".encode()
        )
        parts["word/comments.xml"] = b"<x/>"

    told = [str(one) for one in traces_left(rebuilt_of(word(), named), Kind.DOCX)]
    assert [("tên người soạn" in one, "nhận xét" in one) for one in told] == [(True, False), (False, True)]
    assert len(traces_left(pdf(info=b"/Author (Nguyen A)"), Kind.PDF)) == 1
    assert traces_left(pdf(), Kind.PDF) == []
    assert traces_left(b"chu", Kind.TEXT) == []


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([pdf, word]), st.integers(0, 10**6), st.binary(max_size=40), st.integers(0, 60))
@example(word, 0, b"", 60)
def test_no_damage_gets_past_as_anything_but_a_refusal(
    make: Callable[[], bytes], place: int, put: bytes, cut: int
) -> None:
    data = make()
    at = place % len(data)
    try:
        assert check(data[:at] + put + data[at + cut :], allowed=tuple(Kind)) in Kind
    except Refusal as refusal:
        assert str(refusal)


PIECES = (
    b"stream\n", b"endstream", b"/Type /ObjStm", b"/Filter /FlateDecode", b"<<", b">>", b"obj", b"(", b")", b"\n",
    zlib.compress(b"1 0 << /S /Launch >>"),
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_the_look_for_object_streams_ends_in_words(pieces: list[bytes]) -> None:
    try:
        assert check(pdf(b"".join(pieces)), allowed=TAKEN) is Kind.PDF
    except Refusal as refusal:
        assert str(refusal)
