"""A PDF from outside: it opens, shows pages, is not locked, and asks the reader's program to do nothing.

PDFium opens it (it has no script engine here). What PDFium does not tell is looked for in the bytes: actions by their
names, in the objects as written and in those packed into object streams.
"""

from __future__ import annotations

import re
import zlib
from typing import Final

import pypdfium2
from pypdfium2 import PdfiumError
from pypdfium2 import raw as pdfium

from diaban.adapters.pdfium import LOCK
from diaban.adapters.workbooks.problems import Refusal
from diaban.core.messages import N_, Message, say

MOST_PAGES: Final = 2_000
MOST_UNPACKED: Final = 32 * 2**20  # of all object streams together: a book's structure has a few megabytes
_TAIL: Final = 1_024

_DAMAGED: Final = say(N_("Tệp PDF bị hỏng hoặc tải lên chưa trọn. Xuất lại PDF từ Word hoặc quét lại rồi gửi."))
_LOCKED: Final = say(N_("Tệp PDF có mật khẩu hoặc bị khóa quyền. Bỏ mật khẩu, hoặc in lại thành PDF, rồi gửi."))
_RUNS: Final = say(N_("Tệp PDF chứa lệnh tự chạy (JavaScript). In lại thành PDF (In → Lưu dạng PDF) rồi gửi."))
_STARTS: Final = say(
    N_("Tệp PDF chứa lệnh mở chương trình hoặc gửi dữ liệu đi nơi khác. In lại thành PDF (In → Lưu dạng PDF) rồi gửi.")
)
_CARRIES: Final = say(N_("Tệp PDF mang tệp khác bên trong. Tách tệp kèm ra gửi riêng, in lại thành PDF rồi gửi."))
_FORM: Final = say(N_("Tệp PDF là biểu mẫu động (XFA). In lại thành PDF (In → Lưu dạng PDF) rồi gửi."))
_UNSEEN: Final = say(
    N_("Tệp PDF ghi theo cách không xem trước được hết. In lại thành PDF (In → Lưu dạng PDF) rồi gửi.")
)


def _named(*names: str) -> re.Pattern[bytes]:
    """Return what finds one of these PDF names, each letter plain or escaped ("/J#61vaScript")."""
    spelt = ("".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in name) for name in names)
    return re.compile(f"/(?:{'|'.join(spelt)})(?![A-Za-z0-9#])".encode())


_ACTS: Final = (
    (_named("JavaScript", "Rendition"), _RUNS),
    (_named("Launch", "SubmitForm", "ImportData", "GoToE"), _STARTS),
    (_named("EmbeddedFile", "EmbeddedFiles", "RichMedia", "FileAttachment"), _CARRIES),
)
_STREAM: Final = re.compile(rb"(?<!end)stream(\r\n|\n|\r)?")
_PACK: Final = _named("ObjStm")
_FLATE: Final = _named("FlateDecode", "Fl")
_OTHER: Final = _named(
    "ASCIIHexDecode", "AHx", "ASCII85Decode", "A85", "LZWDecode", "LZW", "RunLengthDecode", "RL", "Crypt", "Predictor"
)  # fmt: skip


def check_pdf(data: bytes) -> None:
    """Raise `Refusal` when the PDF is broken, empty, locked, too long, or holds anything but pages to be read."""
    end = data.rstrip(b"\x00\t\n\x0c\r ").rfind(b"%%EOF")
    if end < 0:
        raise Refusal(_DAMAGED)
    if len(data.rstrip(b"\x00\t\n\x0c\r ")) - end > _TAIL:
        raise Refusal(say(N_("Tệp có dữ liệu lạ kèm sau văn bản PDF. In lại thành PDF rồi gửi.")))
    with LOCK:
        _check_opened(data)
    _check_words(data)
    _check_packed(data)


def traces(data: bytes) -> list[Message]:
    """Return what a PDF that passed `check_pdf` still tells beside its pages."""
    with LOCK:
        document = pypdfium2.PdfDocument(data)
        try:
            author = document.get_metadata_value("Author").strip()
        finally:
            document.close()
    return [say(N_("Tệp PDF còn ghi tên người soạn trong thuộc tính của tệp."))] if author else []


def _check_opened(data: bytes) -> None:
    try:
        document = pypdfium2.PdfDocument(data)
    except PdfiumError as error:
        raise Refusal(_LOCKED if re.search("password|security", str(error), re.IGNORECASE) else _DAMAGED) from None
    try:
        if pdfium.FPDF_GetSecurityHandlerRevision(document) != -1:
            raise Refusal(_LOCKED)
        pages = len(document)
        if pages < 1:
            raise Refusal(_DAMAGED)
        if pages > MOST_PAGES:
            raise Refusal(say(N_("Tệp PDF dài {n} trang, quá giới hạn {limit}. Tách ra nhiều tệp."), n=pages,
                              limit=MOST_PAGES))  # fmt: skip
        if pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0:
            raise Refusal(_RUNS)
        if pdfium.FPDFDoc_GetAttachmentCount(document) > 0:
            raise Refusal(_CARRIES)
        if pdfium.FPDF_GetFormType(document) in (pdfium.FORMTYPE_XFA_FULL, pdfium.FORMTYPE_XFA_FOREGROUND):
            raise Refusal(_FORM)
        document[0].close()
    except PdfiumError:
        raise Refusal(_DAMAGED) from None
    finally:
        document.close()


def _check_words(content: bytes) -> None:
    for pattern, why in _ACTS:
        if pattern.search(content):
            raise Refusal(why)


def _check_packed(data: bytes) -> None:
    """Look through the object streams. What stands between one stream's beginning and the next tells its kind.

    Whatever cannot be followed for certain (other filters, words placed to mislead) is refused, not passed over.
    """
    before, left = 0, MOST_UNPACKED
    for found in _STREAM.finditer(data):
        start, before = before, found.end()
        if not _PACK.search(data, start, found.start()):
            continue
        ends = data.count(b"endstream", start, found.start())
        if found[1] is None or ends != (1 if start else 0):
            raise Refusal(_UNSEEN)
        head = data[max(data.rfind(b"endstream", start, found.start()), start) : found.start()]
        if _OTHER.search(head) or not (_PACK.search(head) and _FLATE.search(head)):
            raise Refusal(_UNSEEN)
        try:
            content = zlib.decompressobj().decompress(data[found.end() :], left + 1)
        except zlib.error:
            raise Refusal(_UNSEEN) from None
        left -= len(content)
        if left < 0:
            raise Refusal(_UNSEEN)
        _check_words(content)
