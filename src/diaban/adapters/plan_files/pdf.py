"""Text out of PDF files that have a text layer: lines in reading order, without page numbers and running heads."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

import pypdfium2
from pypdfium2 import PdfiumError

from diaban.adapters.pdfium import LOCK
from diaban.adapters.plan_files.source import PlanFileError, SourceText
from diaban.core.messages import N_, Message, say

MOST_PAGES: Final = 400
MOST_LETTERS: Final = 1_600_000  # 400 pages as dense as print gets
_FEW: Final = 40  # letters on a page: a stamp or a page number, no text
_PAGE_NUMBER: Final = re.compile(r"[-–\s]*(?:trang\s*)?\d{1,3}(?:\s*/\s*\d{1,3})?[-–\s]*", re.IGNORECASE)


def text_of_pdf(name: str, data: bytes) -> SourceText:
    """Return the text of a PDF. Raises `PlanFileError` for a scan without text, a locked or broken file."""
    with LOCK:
        pages = _pages(name, data)
    letters = sum(len(re.findall(r"\w", text)) for text in pages)
    if letters < _FEW * len(pages) or letters == 0:
        raise PlanFileError(
            say(
                N_(
                    "{name} là bản quét: chỉ có ảnh, không có chữ. Nhận dạng chữ (OCR) bằng phần mềm quét, "
                    "hoặc xin bản Word, rồi gửi lại."
                ),
                name=name,
            )
        )
    notes: list[Message] = []
    empty = [at for at, text in enumerate(pages, 1) if len(re.findall(r"\w", text)) < _FEW]
    if empty and len(pages) > 1:
        notes.append(
            say(
                N_("Trang {pages} gần như không có chữ; nếu là ảnh quét thì nội dung trang ấy không đọc được."),
                pages=", ".join(map(str, empty[:20])),
            )
        )
    return SourceText("\n".join(_without_furniture(pages)), "pdf", tuple(notes))


def _pages(name: str, data: bytes) -> list[str]:
    try:
        document = pypdfium2.PdfDocument(data)
    except PdfiumError as error:
        if "password" in str(error).lower():
            raise PlanFileError(say(N_("{name} có mật khẩu. Bỏ mật khẩu rồi gửi lại."), name=name)) from None
        raise PlanFileError(
            say(N_("{name} bị hỏng hoặc không phải PDF. Xuất lại PDF từ Word rồi gửi lại."), name=name)
        ) from None
    try:
        if len(document) > MOST_PAGES:
            raise PlanFileError(
                say(
                    N_("{name} dài quá {limit} trang. Tách phần kế hoạch ra một tệp riêng."),
                    name=name,
                    limit=MOST_PAGES,
                )
            )
        found: list[str] = []
        room = MOST_LETTERS
        for page in document:
            words = page.get_textpage()
            room -= words.count_chars()
            if room < 0:  # asked before the text is taken out: a small file can unpack to very much
                raise PlanFileError(
                    say(
                        N_("{name} dài quá {limit} trang. Tách phần kế hoạch ra một tệp riêng."),
                        name=name,
                        limit=MOST_PAGES,
                    )
                )
            found.append(words.get_text_range())
            words.close()
            page.close()
        return found
    except PdfiumError:
        raise PlanFileError(
            say(N_("{name} bị hỏng: có trang không đọc được. Xuất lại PDF từ Word rồi gửi lại."), name=name)
        ) from None
    finally:
        document.close()


def _without_furniture(pages: list[str]) -> list[str]:
    """Return the pages' lines without page numbers and lines that stand at the top or foot of most pages."""
    split = [
        [line.strip() for line in re.split(r"\r\n|\r|\n", text.replace("\ufffe", "-").replace("\x02", "-"))]
        for text in pages
    ]
    kept = [[line for line in lines if line] for lines in split]
    edges = Counter(line for lines in kept for line in {*lines[:1], *lines[-1:]})
    repeated = {line for line, times in edges.items() if len(pages) > 2 and times * 2 > len(pages) and times > 2}
    out: list[str] = []
    for lines in kept:
        for at in (0, -1):
            while lines and (lines[at] in repeated or _PAGE_NUMBER.fullmatch(lines[at])):
                lines.pop(at)
        out.append("\n".join(lines))
    return out
