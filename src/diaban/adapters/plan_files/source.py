"""What kind of file it is, by its bytes, and its text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from diaban.core.messages import N_, Message, say
from diaban.core.text import convert_legacy, detect_legacy

MOST_BYTES: Final = 30 * 2**20
MOST_CHARACTERS: Final = 5_000_000
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_WIDE: Final = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# What people send in place of a text, and what to do about it.
_OTHERS: Final = (
    (b"\xd0\xcf\x11\xe0", N_("tệp Word kiểu cũ (.doc) hoặc tệp Office có mật khẩu")),
    (b"{\\rtf", N_("tệp RTF")),
    (b"\xff\xd8\xff", N_("ảnh JPEG")),
    (b"\x89PNG", N_("ảnh PNG")),
    (b"II*\x00", N_("ảnh TIFF")),
    (b"MM\x00*", N_("ảnh TIFF")),
    (b"Rar!", N_("tệp nén RAR")),
    (b"7z\xbc\xaf", N_("tệp nén 7z")),
    (b"MZ", N_("chương trình Windows")),
)
_PAGE: Final = re.compile(rb"\s*(?:<!doctype html|<html|<\?xml)", re.IGNORECASE)


class PlanFileError(Exception):
    """A file from which no text can be taken; `message` says why and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text of a file in reading order, one line per line of the file or paragraph; table rows as "| a | b |"."""

    text: str
    format: str
    notes: tuple[Message, ...] = ()


def text_of(name: str, data: bytes) -> SourceText:
    """Return the text of the file called `name`. Raises `PlanFileError`, and nothing else, when there is none.

    The kind is told by the bytes; the name only serves the messages. DOCX gets the numbers that Word computes.
    """
    # The readers of formats are loaded when a file of that kind comes: a plain text starts at once.
    if not data.strip():
        raise PlanFileError(say(N_("Tệp {name} rỗng. Chọn lại tệp."), name=name))
    if len(data) > MOST_BYTES:
        raise PlanFileError(
            say(
                N_("Tệp {name} nặng quá {limit} MB. Tách phần kế hoạch ra một tệp riêng."),
                name=name,
                limit=MOST_BYTES // 2**20,
            )
        )
    if data.startswith(b"PK\x03\x04"):
        from diaban.adapters.plan_files.docx import text_of_docx

        source = text_of_docx(name, data)
    elif b"%PDF-" in data[:1024]:
        from diaban.adapters.plan_files.pdf import text_of_pdf

        source = text_of_pdf(name, data)
    else:
        source = _plain(name, data)
    if not source.text.strip():
        raise PlanFileError(say(N_("Tệp {name} không có chữ nào."), name=name))
    if len(source.text) > MOST_CHARACTERS:
        raise PlanFileError(
            say(
                N_("Văn bản trong {name} dài quá {limit} ký tự. Tách thành nhiều tệp."),
                name=name,
                limit=MOST_CHARACTERS,
            )
        )
    return source


def _plain(name: str, data: bytes) -> SourceText:
    for start, words in _OTHERS:
        if data.startswith(start):
            raise PlanFileError(
                say(
                    N_("{name} là {what}, chưa đọc được. Mở tệp và lưu lại dạng .docx, .pdf có chữ hoặc .txt."),
                    name=name,
                    what=say(words),
                )
            )
    if _PAGE.match(data[:200].removeprefix(b"\xef\xbb\xbf")):
        raise PlanFileError(
            say(N_("{name} là trang web hoặc XML. Chép phần văn bản sang tệp .txt hoặc .docx."), name=name)
        )
    text, notes = _decoded(name, data)
    if _CONTROLS.search(text.replace("\x0c", "")) and len(_CONTROLS.findall(text)) * 200 > len(text):
        raise PlanFileError(say(N_("{name} không phải văn bản. Nhận tệp .txt, .docx, .pdf có chữ."), name=name))
    return SourceText(text, "txt", notes)


def _decoded(name: str, data: bytes) -> tuple[str, tuple[Message, ...]]:
    for start, encoding in _WIDE:
        if data.startswith(start):
            try:
                return data.decode(encoding), ()
            except UnicodeDecodeError:
                raise PlanFileError(
                    say(N_("{name} ghi là Unicode 16 bit nhưng bị hỏng. Lưu lại dạng UTF-8."), name=name)
                ) from None
    try:
        return _rescued(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        pass
    if len(data) % 2 == 0 and data[1::2].count(0) * 4 > len(data) // 2:
        try:
            return data.decode("utf-16-le"), ()
        except UnicodeDecodeError:
            pass
    if b"\x00" in data:
        raise PlanFileError(say(N_("{name} không phải văn bản. Nhận tệp .txt, .docx, .pdf có chữ."), name=name))
    text, notes = _rescued(data.decode("latin-1"))
    if notes:
        return text, notes
    # The Windows code page of Vietnamese writes tones as marks of their own.
    try:
        return unicodedata.normalize("NFC", data.decode("cp1258")), (
            say(N_("Văn bản theo bảng mã Windows-1258 đã đổi sang Unicode.")),
        )
    except UnicodeDecodeError:
        return data.decode("utf-8", errors="replace"), (
            say(N_("Một số ký tự không đọc được và được thay bằng dấu �.")),
        )


def _rescued(text: str) -> tuple[str, tuple[Message, ...]]:
    """Turn text typed in the old fonts into Unicode."""
    legacy = detect_legacy(text[:40_000])
    if legacy is None:
        return text, ()
    return convert_legacy(text, legacy), (
        say(N_("Văn bản gõ bằng bảng mã {encoding} đã đổi sang Unicode."), encoding=legacy),
    )
