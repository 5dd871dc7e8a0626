"""Reading: what the template wrote comes back; every wrong cell is named; bad files are refused in words."""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
import zipfile
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diaban.adapters.workbooks import (
    CLASSIFICATION,
    ColumnSpec,
    Kind,
    LegacyText,
    Refusal,
    SheetSpec,
    container,
    read,
    read_rows,
    write_template,
)
from diaban.adapters.workbooks.cells import parse_number

PLACES = SheetSpec(
    code="places",
    title="Địa điểm",
    key=("code",),
    columns=(
        ColumnSpec("code", "Mã", Kind.CODE, required=True, example="D-01"),
        ColumnSpec("name", "Tên", required=True),
        ColumnSpec("found", "Ngày phát hiện", Kind.DATE),
        ColumnSpec("kind", "Loại", Kind.CHOICE, choices={"risk": "Điểm nguy cơ", "hot": "Tụ điểm phức tạp"}),
        ColumnSpec("cases", "Số vụ", Kind.INTEGER),
        ColumnSpec("grams", "Gam", Kind.DECIMAL),
        ColumnSpec("seen", "Chỉ để đọc", informative=True),
    ),
)


def workbook(rows: list[list[object]], title: str = "Địa điểm") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def csv(text: str) -> bytes:
    return ("\ufeff" + text).encode()


texts = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=20).map(
    lambda text: f"Đường {text}"
)
full_rows = st.fixed_dictionaries(
    {
        "code": st.from_regex(r"[A-Z0-9][A-Z0-9-]{0,8}", fullmatch=True),
        "name": texts,
        "found": st.none() | st.dates(dt.date(1900, 3, 1), dt.date(2099, 12, 31)),
        "kind": st.none() | st.sampled_from(["risk", "hot"]),
        "cases": st.none() | st.integers(0, 10**9),
        "grams": st.none() | st.decimals(0, 10**6, places=3),
    }
)


@settings(max_examples=25, deadline=None)
@given(st.lists(full_rows, max_size=5))
def test_what_the_template_writes_is_read_back(rows: list[dict[str, object]]) -> None:
    read_back, problems = read_rows(write_template(PLACES, rows), PLACES)
    assert problems == []
    assert [row.number for row in read_back] == list(range(3, 3 + len(rows)))
    for before, row in zip(rows, read_back, strict=True):
        name = str(row.values.pop("name"))
        # The reader gives every text back composed (NFC), so that one name has one spelling.
        written = unicodedata.normalize("NFC", str(before["name"]))
        assert name.split() == written.split() or "\u00a0" in written
        assert row.values == {key: value for key, value in before.items() if key != "name"}


def test_the_template_has_frozen_titles_over_codes_and_drop_downs() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_template(CLASSIFICATION)))
    sheet = book["Phân loại xã"]
    assert [cell.value for cell in sheet[2]] == list(CLASSIFICATION.codes)
    assert str(sheet["A1"].value).startswith("Mã đơn vị")
    assert sheet.freeze_panes == "B3"
    assert sheet.column_dimensions["A"].width > 5
    rules = sheet.data_validations.dataValidation
    assert [rule.type for rule in rules] == ["list"]
    assert [cell.value for cell in book["Danh mục"]["A"]] == ["Nội tỉnh", "Liên tỉnh"]
    assert book["Danh mục"].sheet_state == "hidden"
    guide = [cell.value for row in book["Hướng dẫn"].iter_rows() for cell in row]
    assert all(code in guide for code in CLASSIFICATION.codes)


def test_the_same_template_has_the_same_bytes() -> None:
    assert write_template(CLASSIFICATION) == write_template(CLASSIFICATION)


def test_every_wrong_cell_is_named_at_once() -> None:
    data = workbook(
        [
            ["BẢNG KÊ CỦA XÃ"],
            [],
            ["Mã", "Tên", "Ngày", "Loại", "Số vụ", "Gam"],
            ["code", "name", "found", "kind", "cases", "grams"],
            ["D-01", "Bến cá", "31/02/2026", "hot", "ba", "1.234"],
            ["", "", None, "", "", ""],
            ["D 02", None, 45123, "khác", -1, "1,5"],
            ["D-03", "Chợ", dt.date(2026, 3, 1), "Điểm nguy cơ", 2.5, 0.1],
        ]
    )
    rows, problems = read_rows(data, PLACES)
    assert [(p.row, p.column) for p in problems] == [
        (5, "found"),
        (5, "cases"),
        (5, "grams"),
        (7, "code"),
        (7, "found"),
        (7, "kind"),
        (7, "cases"),
        (7, "name"),
        (8, "cases"),
    ]
    by_place = {(p.row, p.column): p for p in problems}
    assert str(by_place[5, "grams"].why) == "Có thể đọc thành hai số: 1234 hoặc 1,234"
    assert by_place[7, "kind"].value == "khác"
    assert "Điểm nguy cơ; Tụ điểm phức tạp" in str(by_place[7, "kind"].accepted)
    assert rows[1].values["grams"] == Decimal("1.5")
    assert rows[2].values["kind"] == "risk"
    assert rows[2].values["found"] == dt.date(2026, 3, 1)


def test_an_absent_column_is_absent_and_an_empty_cell_is_none() -> None:
    rows, problems = read_rows(workbook([["name", "code", "cases"], ["Chợ", "D-1", None]]), PLACES)
    assert problems == []
    assert rows[0].values == {"name": "Chợ", "code": "D-1", "cases": None}


def test_a_code_eaten_by_the_spreadsheet_gets_its_zeros_back() -> None:
    rows, _ = read_rows(workbook([["unit_code", "points"], [4, 0]]), CLASSIFICATION)
    assert rows[0].values == {"unit_code": "00004", "points": 0}


def test_formulas_are_named_cell_by_cell_only_in_columns_that_count() -> None:
    data = workbook(
        [["code", "name", "cases", "seen", "tổng"], ["D-1", "Chợ", "=1+1", "=A2", "=C2*2"], ["D-2", "=A2", 3, "", ""]]
    )
    reading = read(data, PLACES)
    rows, problems = reading.gather()
    assert reading.ignored == ("tổng",)
    assert [(p.row, p.column, str(p.why)) for p in problems] == [
        (2, "cases", "Ô chứa công thức"),
        (3, "name", "Ô chứa công thức"),
    ]
    assert "cases" not in rows[0].values


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/workbook.xml", b"<workbook", b'<?xml version="1.0" encoding="g7-8"?><workbook'),
        ("xl/_rels/workbook.xml.rels", b"/xl/worksheets/", b"/xl/x/../worksheets/"),
        ("xl/_rels/workbook.xml.rels", b"sheet1.xml", b"Sheet1.xml"),
    ],
)
def test_formulas_are_found_even_when_the_list_of_sheets_is_strange(part: str, old: bytes, new: bytes) -> None:
    """Which part a sheet is may not be told: then a formula of any sheet counts. Or the file is refused."""
    data = workbook([["code", "name", "cases"], ["D-1", "Chợ", "=1+1"]])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = archive.read(part)
    assert old in content
    try:
        _rows, problems = read_rows(_with_part(data, part, content.replace(old, new)), PLACES)
    except Refusal:
        return
    assert [(p.row, p.column) for p in problems] == [(2, "cases")]


def test_the_sheet_is_found_among_others() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook([["nháp"]], "Nháp")))
    sheet = book.create_sheet("Số liệu")
    for row in (["code", "name"], ["D-1", "Chợ"]):
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    reading = read(buffer.getvalue(), PLACES)
    assert reading.sheet == "Số liệu"
    assert len(reading.gather()[0]) == 1


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_with_each_separator(separator: str) -> None:
    lines = [
        ["code", "name", "found", "cases"],
        ["D-1", '"Chợ ""cũ"""', "1/3/2026", "1.234"],
        ["D-2", '"a\nb"', "", ""],
    ]
    rows, problems = read_rows(csv("\n".join(separator.join(line) for line in lines)), PLACES)
    assert problems == []
    assert rows[0].values == {"code": "D-1", "name": 'Chợ "cũ"', "found": dt.date(2026, 3, 1), "cases": 1234}
    assert rows[1].values["name"] == "a\nb"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.234,5", "1234.5"),
        ("1234.5", "1234.5"),
        ("1 234", "1234"),
        ("-3", "-3"),
        ("1,2,3", None),
        ("٣", None),
        ("", None),
    ],
)
def test_numbers_written_in_the_vietnamese_way(text: str, value: str | None) -> None:
    found = parse_number(text)
    assert found == (None if value is None else Decimal(value))


def _zip(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _with_part(data: bytes, name: str, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    return _zip(parts | {name: content})


GOOD = workbook([["code", "name"], ["D-1", "Chợ"]])
SHEET = "xl/worksheets/sheet1.xml"
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504


def _far_cell(reference: str) -> bytes:
    body = f'<sheetData><row r="1"><c r="{reference}"><v>1</v></c></row></sheetData>'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return _with_part(GOOD, SHEET, f'<worksheet xmlns="{main}">{body}</worksheet>'.encode())


REFUSED = {
    "empty": (b"", "rỗng"),
    "not a workbook": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "không phải tệp Excel"),
    "legacy xls": (OLE2, "Excel cũ"),
    "encrypted": (OLE2 + "EncryptedPackage".encode("utf-16-le"), "mật khẩu"),
    "macro": (_with_part(GOOD, "xl/vbaProject.bin", b"x"), "macro"),
    "truncated": (GOOD[: len(GOOD) // 2], "hỏng"),
    "another zip": (_zip({"readme.txt": b"x"}), "không phải bảng tính"),
    "open document": (_zip({"content.xml": b"<a/>"}), ".ods"),
    "bomb by ratio": (_with_part(GOOD, "xl/media/x.bin", b"\0" * 30_000_000), "bung ra"),
    "bomb by entries": (_zip({"xl/workbook.xml": b""} | {f"e{n}": b"" for n in range(1001)}), "bung ra"),
    "far corner": (_far_cell("XFD1048576"), "quá lớn"),
    "far row": (_far_cell("A1048576"), "quá lớn"),
    "far column": (_far_cell("XFD1"), "quá lớn"),
    "document type": (_with_part(GOOD, "xl/styles.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"), "không an toàn"),
    "wrong sheet": (workbook([["a", "b"], [1, 2]]), "Không thấy dòng mã cột"),
    "missing column": (workbook([["name", "cases"], ["x", 1]]), "thiếu cột bắt buộc"),
    "column twice": (workbook([["code", "name", "name"], ["x", "y", "z"]]), "hai cột cùng mã"),
    "utf-16": ("code,name\nD-1,Chợ".encode("utf-16"), "UTF-16"),
    "cp1258": (csv("code,name\nD-1,")[3:] + b"Ch\xf3\xcc", "không phải UTF-8 (dòng 2)"),
    "open quote": (csv('code,name\nD-1,"Chợ'), "ngoặc kép"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_one_clear_sentence(name: str) -> None:
    data, words = REFUSED[name]
    with pytest.raises(Refusal) as caught:
        read_rows(data, PLACES)
    assert words in str(caught.value)
    assert "{" not in str(caught.value)


def test_a_macro_file_is_refused_by_its_name_too() -> None:
    with pytest.raises(Refusal, match="macro"):
        read(GOOD, PLACES, file_name="bang-ke.xlsm")


def test_a_lying_length_is_refused() -> None:
    """A part declares 100 bytes and inflates to many: the check must not trust the directory."""
    data = bytearray(_with_part(GOOD, "xl/media/x.bin", b"\0" * 4_000_000))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = -1
        while (at := data.find(signature, at + 1)) >= 0:
            if int.from_bytes(data[at + offset : at + offset + 4], "little") == 4_000_000:
                data[at + offset : at + offset + 4] = (100).to_bytes(4, "little")
    with pytest.raises(Refusal, match="bung ra"):
        container.inspect(bytes(data))


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diaban.adapters.workbooks.reader.MAX_DATA_ROWS", 3)
    with pytest.raises(Refusal, match="hơn 3 dòng"):
        read_rows(csv("code,name\n" + "D-1,Chợ\n" * 4), PLACES)


@pytest.mark.parametrize(("encoding", "typed"), [("TCVN3", "§iÓm phøc t¹p ë chî"), ("VNI", "Ñieåm phöùc taïp ôû chôï")])
def test_old_encodings_are_recognised_and_converted_on_request(encoding: str, typed: str) -> None:
    data = workbook([["code", "name"], ["D-1", typed], ["D-2", typed]])
    with pytest.raises(LegacyText) as caught:
        read(data, PLACES)
    assert caught.value.encoding == encoding
    assert "Điểm phức tạp ở chợ" in str(caught.value)
    rows, problems = read_rows(data, PLACES, legacy=encoding)
    assert problems == []
    assert rows[0].values["name"] == "Điểm phức tạp ở chợ"


def test_one_old_cell_among_unicode_is_a_problem_of_that_cell() -> None:
    data = workbook(
        [["code", "name"], *([f"D-{n}", "Điểm phức tạp"] for n in range(5)), ["D-9", "§iÓm phøc t¹p ë chî"]]
    )
    _rows, problems = read_rows(data, PLACES)
    assert [(p.row, p.column, str(p.why)) for p in problems] == [(7, "name", "Chữ gõ theo bảng mã cũ TCVN3")]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda tail: b"PK\x03\x04" + tail))
def test_random_bytes_never_break_the_reader(data: bytes) -> None:
    try:
        read_rows(data, PLACES)
    except Refusal as refusal:
        assert str(refusal).endswith(".")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_workbooks_never_break_the_reader(data: st.DataObject) -> None:
    """Bytes changed in the packed file, or inside a part with correct checksums."""
    if data.draw(st.booleans()):
        damaged = bytearray(GOOD)
        for _ in range(data.draw(st.integers(1, 6))):
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
        result = bytes(damaged)
    else:
        with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
            name = data.draw(st.sampled_from(archive.namelist()))
            part = bytearray(archive.read(name))
        at = data.draw(st.integers(0, len(part)))
        part[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=12))
        result = _with_part(GOOD, name, bytes(part))
    try:
        read_rows(result, PLACES)
    except Refusal as refusal:
        assert str(refusal)
