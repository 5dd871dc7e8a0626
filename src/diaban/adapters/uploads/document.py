"""A Word file (DOCX) from outside: nothing in it may run, fetch, unpack without end, or hide beside it."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from typing import Final
from xml.parsers import expat

from diaban.adapters.uploads import package
from diaban.adapters.uploads.spreadsheet import check_spreadsheet
from diaban.adapters.workbooks.container import inflate
from diaban.adapters.workbooks.problems import Refusal
from diaban.core.messages import N_, Message, say

MAIN_PART: Final = "word/document.xml"
MAX_PARTS: Final = 3_000
MAX_TOTAL_BYTES: Final = 200 * 2**20
MAX_TEXT_BYTES: Final = 40 * 2**20  # of one XML part: the text of some ten thousand pages
MAX_RATIO: Final = 200
RATIO_FROM_BYTES: Final = 8 * 2**20

_DAMAGED: Final = say(N_("Tệp Word bị hỏng hoặc tải lên chưa trọn. Mở bằng Word, lưu lại dạng .docx rồi gửi."))
_BOMB: Final = say(N_("Tệp nén bất thường, bung ra quá lớn so với một văn bản. Hệ thống không mở tệp này."))
_MACRO: Final = say(N_("Tệp Word có macro. Lưu lại dưới dạng .docx (không macro) rồi gửi."))
_EMBEDDED: Final = say(
    N_("Tệp Word nhúng tệp hoặc điều khiển khác bên trong. Dán biểu đồ, bảng dạng ảnh; gửi tệp kèm riêng.")
)
_LINKS: Final = say(
    N_("Tệp Word liên kết tới tệp hoặc máy khác. Trong Word: Tệp → Thông tin → Sửa liên kết → Ngắt liên kết, rồi gửi.")
)
_TEMPLATE: Final = say(
    N_("Tệp Word gắn với mẫu ở máy khác. Trong Word: Tệp → Tùy chọn → Phần bổ trợ → Mẫu → bỏ mẫu, lưu lại rồi gửi.")
)
_FIELDS: Final = say(
    N_("Tệp Word có trường gọi chương trình hoặc tệp khác. Bấm Ctrl+A rồi Ctrl+Shift+F9 để bỏ trường, lưu lại rồi gửi.")
)

_PARTS: Final[tuple[tuple[re.Pattern[str], Message], ...]] = (
    (re.compile(r"vbaproject|vbadata|(^|/)(customui|webextensions)/|attachedtoolbars"), _MACRO),
    (
        re.compile(r"(^|/)(activex|oleobjects|afchunks?)/|(^|/)afchunk|\.(ole|exe|dll|vbs|js|hta|scr|lnk|html?|mht)$"),
        _EMBEDDED,
    ),
)
_CHART_BOOK: Final = re.compile(r"(^|/)embeddings/[^/]+\.xlsx$")
_HARMLESS_OUTSIDE: Final = frozenset({"hyperlink"})  # shown as text, never followed by us
_OWN_TEMPLATE: Final = re.compile(r"(file:///[a-z]:[/\\]|[a-z]:[/\\])?[^/\\:][^:]*", re.IGNORECASE)
# Fields that start a program or bring in a file: Word asks, people agree. QUOTE with numbers spells such a word.
_RUNS: Final = re.compile(
    r"\bDDE(?:AUTO)?\b|\bQUOTE\s+\"?\d|\bINCLUDE(?:TEXT|PICTURE)\b[^{}]{0,300}?(?:://|\\\\)", re.IGNORECASE
)
_BROKEN: Final = (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, NotImplementedError, OSError, struct.error)


def check_document(data: bytes) -> None:
    """Raise `Refusal` when the Word file is not safe to keep and hand on to somebody else."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except _BROKEN:
        raise Refusal(_DAMAGED) from None
    _check_entries(entries, len(data))
    if not package.ends_cleanly(data):
        raise Refusal(say(N_("Tệp có dữ liệu lạ kèm ngoài văn bản. Mở bằng Word, lưu lại thành tệp mới rồi gửi.")))
    for entry in entries:
        name, content = entry.filename.lower(), _inflated(data, entry)
        if _CHART_BOOK.search(name):
            check_spreadsheet(content)  # the figures of a chart
        if not name.endswith((".xml", ".rels")):
            continue
        _check_markup(content)
        if name.endswith(".rels"):
            _check_links(content)
        elif name.startswith("word/"):
            _check_fields(content)
        elif name == "[content_types].xml" and b"macroenabled" in content.lower():
            raise Refusal(_MACRO)


def is_document(data: bytes) -> bool:
    """Say whether a ZIP, whole or not, is a Word file rather than a workbook, by the names of its parts."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return MAIN_PART in archive.namelist()
    except _BROKEN:
        return MAIN_PART.encode() in data


def traces(data: bytes) -> list[Message]:
    """Return what a Word file that passed `check_document` still tells beside its text."""
    found = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        core = archive.read("docProps/core.xml") if "docProps/core.xml" in names else b""
        body = archive.read(MAIN_PART)
    if re.search(rb"(?:creator|lastModifiedBy)>[^<\s]", core):
        found.append(say(N_("Tệp Word còn ghi tên người soạn. Bỏ: Tệp → Thông tin → Kiểm tra tài liệu.")))
    if "word/comments.xml" in names or re.search(rb"<w:(?:ins|del)\s", body):
        found.append(say(N_("Tệp Word còn nhận xét hoặc dấu vết sửa đổi; người xem tệp sẽ thấy.")))
    return found


def _check_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    names = [entry.filename.lower() for entry in entries]
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Refusal(say(N_("Tệp nén có mật khẩu. Bỏ mật khẩu rồi tải lên lại.")))
    total = sum(entry.file_size for entry in entries)
    if (
        len(entries) > MAX_PARTS
        or total > MAX_TOTAL_BYTES
        or (total > RATIO_FROM_BYTES and total > MAX_RATIO * size)
        or any(entry.file_size > MAX_TEXT_BYTES for entry in entries if entry.filename.lower().endswith(".xml"))
    ):
        raise Refusal(_BOMB)
    if len(set(names)) != len(names) or MAIN_PART not in names or "[content_types].xml" not in names:
        raise Refusal(_DAMAGED)
    for name in names:
        for pattern, why in _PARTS:
            if pattern.search(name):
                raise Refusal(why)
        if "embeddings/" in name and not _CHART_BOOK.search(name):
            raise Refusal(_EMBEDDED)


def _inflated(data: bytes, entry: zipfile.ZipInfo) -> bytes:
    try:
        return b"".join(inflate(data, entry))
    except Refusal:
        raise Refusal(_DAMAGED) from None


def _check_markup(content: bytes) -> None:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in content[:64]:
        raise Refusal(_DAMAGED)  # Word writes UTF-8; the checks below could not see
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise Refusal(say(N_("Tệp chứa khai báo XML không an toàn. Mở bằng Word, lưu lại rồi gửi.")))


def _check_links(content: bytes) -> None:
    for link in package.links_outside(content):
        if link.kind == "attachedTemplate":
            # A template on the writer's own disk is what Word notes in ordinary work; one elsewhere would be fetched.
            if not _OWN_TEMPLATE.fullmatch(link.target):
                raise Refusal(_TEMPLATE)
        elif link.kind not in _HARMLESS_OUTSIDE:
            raise Refusal(_LINKS)


def _check_fields(content: bytes) -> None:
    """Refuse fields that run or fetch. Their code may be cut over many runs: it is put together first."""
    code: list[str] = []
    inside = False

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        name = tag.rpartition(":")[2]
        inside = name in ("instrText", "delInstrText")
        if name == "altChunk":
            raise Refusal(_EMBEDDED)
        if name == "fldChar":
            code.append(" ")
        elif name == "fldSimple":
            code.extend(f" {value} " for key, value in attributes.items() if key.rpartition(":")[2] == "instr")

    def end(_tag: str) -> None:
        nonlocal inside
        inside = False

    def text(words: str) -> None:
        if inside:
            code.append(words)

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, text
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError):
        raise Refusal(_DAMAGED) from None
    if _RUNS.search("".join(code)):
        raise Refusal(_FIELDS)
