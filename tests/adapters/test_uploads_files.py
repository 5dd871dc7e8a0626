"""Files from outside: known by their bytes, refused with the reason when they could do harm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import lru_cache

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from diaban.adapters.uploads import Kind, Refusal, check, shown_name

ALL = tuple(Kind)
EICAR_LIKE = b"MZ\x90\x00program"


@lru_cache
def workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Điểm")
        sheet.write_row(0, 0, ["Mã", "Tên"])
        sheet.write_url(1, 0, "https://example.test/trang", string="liên kết thường")
        sheet.write_formula(1, 1, "=1+1")
    return out.getvalue()


def rebuilt(change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook())) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_part(name: str, content: bytes = b"x") -> bytes:
    return rebuilt(lambda parts: parts.update({name: content}))


def replaced(name: str, old: bytes, new: bytes) -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        assert old in parts[name]
        parts[name] = parts[name].replace(old, new)

    return rebuilt(change)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (workbook(), Kind.XLSX),
        ("Mã;Tên\n1;Hoà\n".encode(), Kind.TEXT),
        ("\ufeffMã;Tên\n".encode(), Kind.TEXT),
        ("Mã\tTên\n".encode("utf-16"), Kind.TEXT),
        ("M· ®iÓm;Tªn\n".encode("latin-1"), Kind.TEXT),
        (b'  {"type": "FeatureCollection", "features": []}', Kind.GEOJSON),
        (b"\xff\xd8\xff\xe0rest", Kind.JPEG),
        (b"\x89PNG\r\n\x1a\nrest", Kind.PNG),
    ],
)
def test_a_file_is_what_its_bytes_say(data: bytes, kind: Kind) -> None:
    assert check(data, allowed=ALL) is kind


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "rỗng"),
        (EICAR_LIKE, "chương trình Windows"),
        (b"\x7fELF....", "chương trình"),
        (b"#!/bin/sh\nrm", "tập lệnh"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "kiểu cũ"),
        (b"GIF89a", "GIF"),
        (b"\n <!DOCTYPE html><script>", "trang web"),
        (b"\xef\xbb\xbf<svg onload=x>", "trang web"),
        (b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]>", "trang web"),
        (b"a,b\x00c", "nhị phân"),
        (b"\xff\xfea\x00b", "nhị phân"),
    ],
)
def test_what_is_none_of_these_is_named_and_refused(data: bytes, words: str) -> None:
    with pytest.raises(Refusal, match=words) as caught:
        check(data, allowed=ALL)
    assert not data or "Ở đây chỉ nhận: Excel (.xlsx), CSV" in str(caught.value)


def test_only_what_is_allowed_here_is_taken() -> None:
    with pytest.raises(Refusal, match=r"Đây là Excel \(\.xlsx\)\. Ở đây chỉ nhận: ảnh JPEG \(\.jpg\), ảnh PNG"):
        check(workbook(), allowed=(Kind.JPEG, Kind.PNG))


def test_a_file_over_the_limit_of_its_kind_is_refused() -> None:
    with pytest.raises(Refusal, match="giới hạn 15 MB"):
        check(b"\xff\xd8\xff" + bytes(Kind.JPEG.most), allowed=ALL)


@given(st.binary(max_size=2000))
def test_any_bytes_are_known_or_refused(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", workbook()[:300]):
        try:
            assert check(start + data, allowed=ALL) in ALL
        except Refusal as refusal:
            assert str(refusal)


RELS = "xl/_rels/workbook.xml.rels"
HIDDEN = b'<Relationship Id="r8" Type="http://x/image" Target="http://x/a" TargetMode="&#69;xternal"/>'
OUTSIDE = b'<Relationship Id="r9" Type="http://x/relationships/%s" Target="file:///c:/x" TargetMode="External"/>'


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: with_part("xl/vbaProject.bin"), "macro"),
        (lambda: with_part("xl/macrosheets/sheet1.xml", b"<x/>"), "macro"),
        (lambda: with_part("customUI/customUI.xml", b"<x/>"), "macro"),
        (lambda: replaced("[Content_Types].xml", b"sheet.main+xml", b"sheet.macroEnabled.main+xml"), "macro"),
        (lambda: with_part("xl/externalLinks/externalLink1.xml", b"<x/>"), "liên kết"),
        (lambda: with_part("xl/connections.xml", b"<x/>"), "liên kết"),
        (lambda: replaced(RELS, b"</Relationships>", OUTSIDE % b"oleObject" + b"</Relationships>"), "liên kết"),
        (lambda: replaced(RELS, b"</Relationships>", OUTSIDE % b"image" + b"</Relationships>"), "liên kết"),
        (lambda: with_part("xl/embeddings/oleObject1.bin"), "nhúng"),
        (lambda: with_part("xl/embeddings/Microsoft_Word_Document.docx"), "nhúng"),
        (lambda: with_part("xl/activeX/activeX1.xml", b"<x/>"), "nhúng"),
        (lambda: with_part("payload.exe", EICAR_LIKE), "nhúng"),
        (lambda: replaced("xl/worksheets/sheet1.xml", b"<f>1+1</f>", b"<f>cmd|'/c calc'!A0</f>"), "DDE"),
        (lambda: replaced("xl/worksheets/sheet1.xml", b"<f>1+1</f>", b"<f>cmd&#124;'/c calc'!A0</f>"), "DDE"),
        (lambda: with_part("xl/bomb.xml", b"<x>" + bytes(300 * 2**20)), "bung ra quá lớn"),
        (lambda: rebuilt(lambda parts: parts.update({f"p/{n}": b"" for n in range(1001)})), "bung ra quá lớn"),
        (lambda: EICAR_LIKE + workbook(), "chương trình"),
        (lambda: workbook() + b"<script>alert(1)</script>", "kèm ngoài|hỏng"),
        (lambda: workbook() + workbook(), "kèm ngoài|hỏng"),
        (lambda: workbook()[:-200], "hỏng"),
        (lambda: replaced(RELS, b"</Relationships>", HIDDEN + b"</Relationships>"), "liên kết"),
    ],
)
def test_a_workbook_that_could_do_harm_is_refused(make: Callable[[], bytes], words: str) -> None:
    with pytest.raises(Refusal, match=words):
        check(make(), allowed=ALL)


@pytest.mark.parametrize(
    "dtd",
    [
        b'<!DOCTYPE a [<!ENTITY b "lol"><!ENTITY c "&b;&b;&b;&b;">]>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE a SYSTEM "http://example.test/x.dtd">',
    ],
)
def test_entities_and_doctypes_are_refused(dtd: bytes) -> None:
    with pytest.raises(Refusal):
        check(replaced("xl/worksheets/sheet1.xml", b"<worksheet", dtd + b"<worksheet"), allowed=ALL)


def test_a_plain_workbook_with_a_link_as_text_passes() -> None:
    assert check(workbook(), allowed=(Kind.XLSX,)) is Kind.XLSX
    assert check(with_part("xl/printerSettings/printerSettings1.bin"), allowed=ALL) is Kind.XLSX


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("báo cáo.xlsx", "báo cáo.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\an\\tháng 10.xlsx", "tháng 10.xlsx"),
        ("anh\u202egpj.exe", "anhgpj.exe"),
        ("a\x00b\r\nSet-Cookie: x.csv", "abSet-Cookie: x.csv"),
        ("x" * 400 + ".xlsx", "x" * 116 + ".xlsx"),
        ("", ""),
    ],
)
def test_names_are_made_fit_to_be_shown(name: str, shown: str) -> None:
    assert shown_name(name) == shown


@given(st.text(max_size=300))
def test_no_name_carries_a_path_or_a_control(name: str) -> None:
    shown = shown_name(name)
    assert len(shown) <= 121 and not set("/\\\r\n\x00\u202e") & set(shown)
