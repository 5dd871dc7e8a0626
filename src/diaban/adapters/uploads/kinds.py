"""What a file is, by its bytes. The name and the type that a browser states are claims of the sender."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from enum import Enum
from typing import Final

from diaban.adapters.uploads import document, pdf
from diaban.adapters.uploads.spreadsheet import check_spreadsheet
from diaban.adapters.workbooks.problems import Refusal
from diaban.core.messages import N_, Message, say


class Kind(Enum):
    """A kind of file that may be taken: its words, its ending, the most bytes it may have."""

    XLSX = (N_("Excel (.xlsx)"), ".xlsx", 20 * 2**20)
    TEXT = (N_("CSV hoặc văn bản (.csv, .txt)"), ".csv", 20 * 2**20)
    GEOJSON = (N_("ranh giới GeoJSON (.geojson)"), ".geojson", 50 * 2**20)
    JPEG = (N_("ảnh JPEG (.jpg)"), ".jpg", 15 * 2**20)
    PNG = (N_("ảnh PNG (.png)"), ".png", 15 * 2**20)
    PDF = (N_("PDF (.pdf)"), ".pdf", 20 * 2**20)
    DOCX = (N_("Word (.docx)"), ".docx", 20 * 2**20)

    def __init__(self, words: str, ending: str, most: int) -> None:
        self.words, self.ending, self.most = words, ending, most


_MAGIC: Final = ((b"\xff\xd8\xff", Kind.JPEG), (b"\x89PNG\r\n\x1a\n", Kind.PNG), (b"%PDF-", Kind.PDF))
_ZIP: Final = b"PK\x03\x04"

# What people send by mistake or others on purpose: named, so that the sender knows what to do.
_KNOWN: Final = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", N_("tệp Office kiểu cũ hoặc có mật khẩu (.xls, .doc)")),
    (b"MZ", N_("chương trình Windows")),
    (b"\x7fELF", N_("chương trình")),
    (b"#!", N_("tập lệnh")),
    (b"GIF8", N_("ảnh GIF")),
    (b"RIFF", N_("ảnh WebP, âm thanh hoặc phim")),
    (b"Rar!", N_("tệp nén RAR")),
    (b"7z\xbc\xaf", N_("tệp nén 7z")),
    (b"\x1f\x8b", N_("tệp nén gzip")),
    (b"{\\rtf", N_("văn bản RTF")),
)
_CHECKS: Final = {
    Kind.XLSX: check_spreadsheet,
    Kind.PDF: pdf.check_pdf,
    Kind.DOCX: document.check_document,
}
_MARKUP = re.compile(rb"\s*<(?:!doctype|\?xml|html|head|body|script|svg|iframe)\b", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = b"\xef\xbb\xbf"


def check(data: bytes, *, allowed: Collection[Kind]) -> Kind:
    """Return what the file is. Raises `Refusal` when it is none of the allowed kinds, too large, or not safe to open.

    A workbook and a Word file are looked through whole (bombs, macros, links outside, embedded files, foreign bytes
    around them), a PDF is opened and searched for acts. A photo is only recognised here: `clean_photo` draws it anew.
    Text is only known not to be anything else.
    """
    if not data:
        raise Refusal(say(N_("Tệp rỗng. Chọn lại tệp.")))
    kind = _kind(data, allowed)
    if kind not in allowed:
        raise Refusal(_unwanted(say(kind.words), allowed))
    if len(data) > kind.most:
        raise Refusal(
            say(
                N_("Tệp nặng {n} MB, quá giới hạn {limit} MB. Chia nhỏ hoặc giảm cỡ rồi gửi lại."),
                n=-(-len(data) // 2**20),
                limit=kind.most // 2**20,
            )
        )
    if kind in _CHECKS:
        _CHECKS[kind](data)
    return kind


def traces_left(data: bytes, kind: Kind) -> list[Message]:
    """Return what a file that passed `check` still tells of whoever wrote it; nothing for kinds that tell nothing.

    A photo is drawn anew, a document is not: its seals and signatures must stay whole. So people are told.
    """
    return pdf.traces(data) if kind is Kind.PDF else document.traces(data) if kind is Kind.DOCX else []


def shown_name(name: str) -> str:
    """Return the name of a sent file fit to be shown and kept: no folders, controls or marks that turn text round."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = "".join(char for char in last if unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp"))
    stem, dot, ending = " ".join(plain.split()).rpartition(".")
    return f"{stem[: 120 - len(ending[:12])]}{dot}{ending[:12]}" if dot else ending[:120]


def _kind(data: bytes, allowed: Collection[Kind]) -> Kind:
    for start, kind in _MAGIC:
        if data.startswith(start):
            return kind
    if data.startswith(_ZIP):
        return Kind.DOCX if document.is_document(data) else Kind.XLSX
    for start, words in _KNOWN:
        if data.startswith(start):
            raise Refusal(_unwanted(say(words), allowed))
    if _MARKUP.match(data.removeprefix(_BOM)[:200]):
        raise Refusal(_unwanted(say(N_("trang web hoặc tệp XML")), allowed))
    if not _is_text(data):
        raise Refusal(_unwanted(say(N_("tệp nhị phân không rõ loại")), allowed))
    return Kind.GEOJSON if data.removeprefix(_BOM).lstrip()[:1] == b"{" else Kind.TEXT


def _is_text(data: bytes) -> bool:
    """Say whether these bytes are text. Old Vietnamese code pages use every byte from 0x80 up: only controls tell."""
    encoding = "utf-16" if data.startswith(_UTF16) else "latin-1"
    try:
        return _CONTROLS.search(data.decode(encoding)) is None
    except UnicodeDecodeError:
        return False


def _unwanted(what: Message, allowed: Collection[Kind]) -> Message:
    wanted: Message = say("")
    for kind in allowed:
        wanted = say(kind.words) if not wanted.msgid else say("{a}, {b}", a=wanted, b=say(kind.words))
    return say(N_("Đây là {what}. Ở đây chỉ nhận: {wanted}."), what=what, wanted=wanted)
