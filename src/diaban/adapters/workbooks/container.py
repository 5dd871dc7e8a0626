"""Look into a file before any reader touches it: is it a workbook at all, a safe one, and where are its formulas?

An XLSX is a ZIP of XML. Every part is inflated here once, in small pieces and against limits, so that a bomb, a lying
header or a cell at the far corner of the sheet (for which readers lay out the whole rectangle) stops at the door.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree

from diaban.adapters.workbooks.problems import Refusal
from diaban.adapters.workbooks.specs import MAX_DATA_ROWS, MAX_FILE_BYTES
from diaban.core.messages import N_, Message, say

MAX_ENTRIES = 1_000
MAX_TOTAL_BYTES = 400 * 1024 * 1024
MAX_RATIO = 200  # a real sheet of figures packs 8 to 25 times
RATIO_FROM_BYTES = 8 * 1024 * 1024  # below this a high ratio harms nobody
MAX_COLUMNS = 256
MAX_LAST_ROW = MAX_DATA_ROWS + 50
MAX_AREA = 6_000_000  # cells of the rectangle that a reader lays out: 16 to 32 bytes each
MAX_FORMULAS = 200_000

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_PIECE = 256 * 1024
_MAX_TAIL = 1024 * 1024  # an inline text of 32,767 characters fits several times

_CELL = re.compile(rb"<(?:[^\s<>/:]+:)?c(\s[^>]*)?>(\s*<(?:[^\s<>/:]+:)?f[\s/>])?")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")


@dataclass(slots=True)
class Contents:
    """What the look found: formula cells as `(row, column)` from 1, per sheet part ("xl/worksheets/sheet1.xml")."""

    formulas: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    sheets: set[str] = field(default_factory=set)  # the sheet parts that were looked through

    def formulas_of(self, part: str | None) -> set[tuple[int, int]]:
        """Return the formula cells of a sheet part; of all sheets when it is not known which part a sheet is."""
        if part in self.sheets:
            return self.formulas.get(part or "", set())
        return set().union(*self.formulas.values())


def check_size(size: int) -> None:
    """Refuse an empty file or one over the limit."""
    if size == 0:
        raise Refusal(say(N_("Tệp rỗng. Chọn lại tệp.")))
    if size > MAX_FILE_BYTES:
        raise Refusal(
            say(
                N_("Tệp nặng {n} MB, quá giới hạn {limit} MB. Tách thành nhiều tệp."),
                n=-(-size // 2**20),
                limit=MAX_FILE_BYTES // 2**20,
            )
        )


def inspect(data: bytes) -> Contents:
    """Return the contents of an XLSX. Raises `Refusal` with the reason for anything else."""
    check_size(len(data))
    if data.startswith(_OLE2):
        raise Refusal(_ole2_reason(data))
    if not data.startswith(b"PK"):
        raise Refusal(say(N_("Đây không phải tệp Excel (.xlsx) hay CSV. Lưu lại bảng tính dưới dạng .xlsx.")))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, NotImplementedError, OSError, struct.error):
        raise Refusal(_DAMAGED) from None
    _check_entries(entries, len(data))
    contents = Contents()
    for entry in entries:
        pieces = inflate(data, entry)
        if not entry.filename.endswith((".xml", ".rels")):
            for _piece in pieces:
                pass
            continue
        _scan_xml(entry.filename, pieces, contents)
    return contents


_DAMAGED = say(N_("Tệp bị hỏng hoặc tải lên chưa trọn. Mở bằng Excel, lưu lại rồi tải lên lần nữa."))
_BOMB = say(N_("Tệp nén bất thường, bung ra quá lớn so với một bảng tính. Hệ thống không mở tệp này."))


def _ole2_reason(data: bytes) -> Message:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return say(N_("Tệp được đặt mật khẩu. Bỏ mật khẩu trong Excel (Tệp → Thông tin → Bảo vệ) rồi tải lên lại."))
    return say(N_("Tệp kiểu Excel cũ (.xls). Mở bằng Excel hoặc LibreOffice, lưu lại dưới dạng .xlsx rồi tải lên."))


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    names = [entry.filename for entry in entries]
    if any(name.lower().endswith("vbaproject.bin") or "/macrosheets/" in name.lower() for name in names):
        raise Refusal(say(N_("Tệp có macro. Lưu lại dưới dạng .xlsx (không macro) rồi tải lên.")))
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Refusal(say(N_("Tệp nén có mật khẩu. Bỏ mật khẩu rồi tải lên lại.")))
    total = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_ENTRIES or total > MAX_TOTAL_BYTES or (total > RATIO_FROM_BYTES and total > MAX_RATIO * size):
        raise Refusal(_BOMB)
    if len(set(names)) != len(names):
        raise Refusal(_DAMAGED)
    if "xl/workbook.xml" not in names and not any(name.startswith("xl/workbook") for name in names):
        if "content.xml" in names:
            raise Refusal(say(N_("Tệp kiểu .ods. Trong LibreOffice chọn Lưu thành, kiểu Excel (.xlsx).")))
        raise Refusal(say(N_("Tệp nén này không phải bảng tính Excel (.xlsx).")))
    if "xl/workbook.bin" in names:
        raise Refusal(say(N_("Tệp kiểu .xlsb. Mở bằng Excel, lưu lại dưới dạng .xlsx rồi tải lên.")))


def inflate(data: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the part in pieces; refuse it when its header lies about length or checksum."""
    start = entry.header_offset
    if start < 0 or start + _LOCAL_HEADER.size > len(data) or entry.compress_type not in (0, 8):
        raise Refusal(_DAMAGED)
    header = _LOCAL_HEADER.unpack_from(data, start)
    begin = start + _LOCAL_HEADER.size + header[9] + header[10]
    packed = memoryview(data)[begin : begin + entry.compress_size]
    if header[0] != b"PK\x03\x04" or header[3] != entry.compress_type or len(packed) != entry.compress_size:
        raise Refusal(_DAMAGED)
    left, checksum = entry.file_size, 0
    for piece in _stored(packed) if entry.compress_type == 0 else _deflated(packed):
        left -= len(piece)
        if left < 0:
            raise Refusal(_BOMB)
        checksum = zlib.crc32(piece, checksum)
        yield piece
    if left or checksum != entry.CRC:
        raise Refusal(_DAMAGED)


def _stored(packed: memoryview) -> Iterator[bytes]:
    for at in range(0, len(packed), _PIECE):
        yield bytes(packed[at : at + _PIECE])


def _deflated(packed: memoryview) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-15)
    pending: bytes | memoryview = packed
    try:
        while not inflater.eof:
            piece = inflater.decompress(pending, _PIECE)
            pending = inflater.unconsumed_tail
            if piece:
                yield piece
            elif not pending and not inflater.eof:
                raise Refusal(_DAMAGED)
    except zlib.error:
        raise Refusal(_DAMAGED) from None
    if inflater.unused_data or pending:
        raise Refusal(_DAMAGED)


def _scan_xml(name: str, pieces: Iterator[bytes], contents: Contents) -> None:
    is_sheet = "worksheets/" in name and name.endswith(".xml")
    formulas: set[tuple[int, int]] = set()
    last_row = last_column = 0
    tail, first = b"", True
    for piece in pieces:
        if first:
            first = False
            if piece[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in piece[:64]:
                raise Refusal(_DAMAGED)  # no spreadsheet writes its parts in UTF-16; the checks below could not see
        text = tail + piece
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise Refusal(say(N_("Tệp chứa khai báo XML không an toàn. Mở bằng Excel, lưu lại rồi tải lên.")))
        if is_sheet:
            rows, columns = _scan_cells(text, formulas)
            last_row, last_column = max(last_row, rows), max(last_column, columns)
        tail = _tail(text)
    if last_row > MAX_LAST_ROW or last_column > MAX_COLUMNS or last_row * last_column > MAX_AREA:
        raise Refusal(
            say(
                N_("Trang tính quá lớn: ô cuối ở dòng {row}, cột thứ {column}; giới hạn {rows} dòng, {columns} cột."),
                row=last_row,
                column=last_column,
                rows=MAX_DATA_ROWS,
                columns=MAX_COLUMNS,
            )
        )
    if is_sheet:
        contents.sheets.add(name)
        contents.formulas[name] = formulas


def _tail(text: bytes) -> bytes:
    """Return the end of `text` from its last tag but one: a cell and its formula may go on in the next piece."""
    last = text.rfind(b"<")
    before = text.rfind(b"<", 0, max(last, 0))
    tail = text[max(before, 0) :]
    if len(tail) > _MAX_TAIL:
        raise Refusal(_DAMAGED)
    return tail


def _scan_cells(text: bytes, formulas: set[tuple[int, int]]) -> tuple[int, int]:
    """Add the formula cells of `text`; return the last row and column that hold a value."""
    last_row = last_column = 0
    columns: dict[bytes, int] = {}
    for found in _CELL.finditer(text):
        attributes = found[1] or b""
        if attributes.endswith(b"/"):
            continue  # a styled cell without a value takes no room
        reference = _REFERENCE.search(attributes)
        if reference is None or (b"'" in attributes and len(_REFERENCE.findall(attributes)) != 1):
            raise Refusal(say(N_("Tệp không ghi địa chỉ ô. Mở bằng Excel hoặc LibreOffice, lưu lại rồi tải lên.")))
        letters = reference[1]
        column = columns.get(letters) or columns.setdefault(letters, column_number(letters.decode()))
        row = int(reference[2])
        last_row, last_column = max(last_row, row), max(last_column, column)
        if found[2] is not None:
            if len(formulas) >= MAX_FORMULAS:
                raise Refusal(say(N_("Trang tính đầy công thức. Chép rồi dán dạng giá trị sang mẫu nhập.")))
            formulas.add((row, column))
    return last_row, last_column


def sheet_parts(data: bytes) -> dict[str, str]:
    """Return the part of each sheet by its name, for a file that passed `inspect`; {} when the parts do not say."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - no DTD gets past `inspect`
            links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except (LookupError, ElementTree.ParseError, zipfile.BadZipFile, zlib.error, ValueError):  # also: unknown encoding
        return {}
    targets = {link.get("Id", ""): link.get("Target", "") for link in links}
    parts: dict[str, str] = {}
    for element in book.iter():
        if element.tag.rpartition("}")[2] != "sheet":
            continue
        identifier = next((value for name, value in element.items() if name.endswith("}id")), "")
        target = targets.get(identifier, "")
        parts[element.get("name", "")] = posixpath.normpath(posixpath.join("/xl", target))[1:]
    return parts


def column_number(letters: str) -> int:
    """Return 1 for "A", 27 for "AA"."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Return "A" for 1, "AA" for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
