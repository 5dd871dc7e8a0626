"""Text out of Word files (DOCX): paragraphs with their computed numbers, tables as rows, footnotes at the end."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError, XMLParser, fromstring

from diaban.adapters.plan_files import numbering
from diaban.adapters.plan_files.numbering import Numbering, W
from diaban.adapters.plan_files.source import PlanFileError, SourceText
from diaban.core.messages import N_, Message, say
from diaban.core.text import fold

MOST_XML: Final = 60 * 2**20
MOST_TAGS: Final = 2_000_000  # a thousand pages: a tag costs a hundred bytes of memory, and packs into less than one
_SKIPPED: Final = frozenset(
    f"{W}{name}"
    for name in (
        "del",
        "moveFrom",
        "delText",
        "instrText",
        "pPr",
        "rPr",
        "sectPr",
        "tblPr",
        "tcPr",
        "trPr",
        "sdtPr",
        "fldData",
    )
)
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_SYMBOLS: Final = {"F0B7": "•", "F02D": "-", "F02B": "+", "F02A": "*", "F0A7": "•", "F0D8": "•", "F0FC": "•"}


def text_of_docx(name: str, data: bytes) -> SourceText:
    """Return the text of a Word file. Raises `PlanFileError` for anything else that is zipped, and for broken files."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "word/document.xml" not in names:
                raise PlanFileError(_unwanted(name, names))
            if sum(item.file_size for item in archive.infolist() if item.filename.endswith(".xml")) > MOST_XML:
                raise PlanFileError(
                    say(N_("Tệp {name} quá lớn khi mở ra. Tách phần kế hoạch ra một tệp riêng."), name=name)
                )
            body = _part(archive, "word/document.xml")
            lists = numbering.read(_part(archive, "word/numbering.xml"), _part(archive, "word/styles.xml"))
            notes = _footnotes(_part(archive, "word/footnotes.xml"))
        if body is None:
            raise PlanFileError(say(N_("Tệp {name} không có nội dung."), name=name))
        reader = _Body(lists, notes)
        root = body.find(f"{W}body")
        # Within the try: what is nested, numbered or spanned as in no file of Word breaks the walk, not the reading.
        lines = list(reader.blocks(root if root is not None else body))
    except (
        zipfile.BadZipFile,
        ParseError,
        zlib.error,
        KeyError,
        ValueError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
        RecursionError,
    ):
        raise PlanFileError(
            say(N_("Tệp {name} bị hỏng hoặc có mật khẩu. Mở bằng Word, bỏ mật khẩu và lưu lại dạng .docx."), name=name)
        ) from None
    told: list[Message] = []
    if reader.numbered:
        told.append(say(N_("{n} số thứ tự do Word tự đánh đã được tính lại."), n=reader.numbered))
    tail = [f"[{mark}] {text}" for mark, text in reader.notes_in_order()]
    return SourceText("\n\n".join([*lines, *tail]), "docx", tuple(told))


def _unwanted(name: str, names: set[str]) -> Message:
    if any(item.startswith("xl/") for item in names):
        return say(N_("{name} là bảng tính Excel, không phải văn bản. Nhận tệp .txt, .docx, .pdf có chữ."), name=name)
    if "content.xml" in names:
        return say(N_("{name} là tệp OpenDocument. Mở tệp và lưu lại dạng .docx."), name=name)
    return say(
        N_("{name} là tệp nén, không phải văn bản. Giải nén rồi gửi tệp .docx, .pdf hoặc .txt bên trong."), name=name
    )


def _part(archive: zipfile.ZipFile, name: str) -> Element | None:
    try:
        raw = archive.read(name)
    except KeyError:
        return None
    # Office writes no entities; who sends them wants to blow something up.
    plain = raw.replace(b"\0", b"")  # the same in an encoding of two bytes
    if b"<!DOCTYPE" in plain[:4096] or b"<!ENTITY" in plain or plain.count(b"<") > MOST_TAGS:
        raise ValueError(name)
    return fromstring(raw, parser=XMLParser())  # noqa: S314 (no entities: refused above)


def _footnotes(root: Element | None) -> dict[str, str]:
    found: dict[str, str] = {}
    if root is not None:
        for note in root.iter(f"{W}footnote"):
            if note.get(f"{W}type") in (None, "normal"):
                text = " ".join("".join(_runs(paragraph, {})) for paragraph in note.iter(f"{W}p"))
                found[note.get(f"{W}id", "")] = " ".join(text.split())
    return found


def _runs(paragraph: Element, seen: dict[str, int]) -> Iterator[str]:
    """Yield the visible text of a paragraph; footnote marks as "[1]" by their order in the document."""
    stack = [(child, False) for child in reversed(list(paragraph))]
    while stack:
        node, loud = stack.pop()
        tag = node.tag
        if tag in _SKIPPED or tag == _FALLBACK:
            continue
        if tag == f"{W}t":
            text = node.text or ""
            yield text.upper() if loud else text
        elif tag in (f"{W}tab", f"{W}ptab"):
            yield " "
        elif tag in (f"{W}br", f"{W}cr"):
            yield "\n"
        elif tag == f"{W}noBreakHyphen":
            yield "-"
        elif tag == f"{W}sym":
            yield _SYMBOLS.get(node.get(f"{W}char", "").upper(), "")
        elif tag == f"{W}footnoteReference":
            number = seen.setdefault(node.get(f"{W}id", ""), len(seen) + 1)
            yield f"[{number}]"
        else:
            if tag == f"{W}r":
                caps = node.find(f"{W}rPr/{W}caps")
                loud = caps is not None and caps.get(f"{W}val", "true") not in ("0", "false", "off")
            stack.extend((child, loud) for child in reversed(list(node)))


class _Body:
    """Walk the body from top to bottom: the counters of lists depend on the order."""

    def __init__(self, lists: Numbering, notes: dict[str, str]) -> None:
        self.lists = lists
        self.notes = notes
        self.seen: dict[str, int] = {}
        self.numbered = 0

    def notes_in_order(self) -> list[tuple[int, str]]:
        return [(number, self.notes[key]) for key, number in self.seen.items() if self.notes.get(key)]

    def blocks(self, root: Element) -> Iterator[str]:
        stack = list(reversed(list(root)))
        while stack:
            block = stack.pop()
            if block.tag == f"{W}p":
                yield from filter(None, [self.paragraph(block)])
            elif block.tag == f"{W}tbl":
                yield from self.table(block)
            elif block.tag not in _SKIPPED:
                stack.extend(reversed(list(block)))

    def paragraph(self, block: Element) -> str:
        text = "\n".join(" ".join(line.split()) for line in "".join(_runs(block, self.seen)).split("\n")).strip()
        properties = block.find(f"{W}pPr")
        if properties is None:
            return text
        number, level = properties.find(f"{W}numPr/{W}numId"), properties.find(f"{W}numPr/{W}ilvl")
        style = properties.find(f"{W}pStyle")
        if not text:
            return ""
        mark = self.lists.mark(
            number.get(f"{W}val") if number is not None else None,
            int(level.get(f"{W}val", "0")) if level is not None and level.get(f"{W}val", "0").isdigit() else None,
            style.get(f"{W}val") if style is not None else None,
        )
        if not mark:
            return text
        self.numbered += 1
        return f"{mark} {text}"

    def table(self, table: Element) -> Iterator[str]:
        rows = [[self._cell(cell) for cell in row.findall(f"{W}tc")] for row in table.findall(f"{W}tr")]
        whole = fold(" ".join(text for row in rows for text, _, _ in row)[:4000])
        layout = "cong hoa xa hoi chu nghia" in whole or "noi nhan" in whole or all(len(row) <= 1 for row in rows)
        if layout:
            # A letterhead or signature: columns, not data.
            for row in rows:
                yield from (text for text, _, _ in row if text)
            return
        above: dict[int, str] = {}
        lines = []
        for row in rows:
            cells: list[str] = []
            for text, span, goes_on in row:
                at = len(cells)
                shown = re.sub(r"\s*\n\s*", " ", text).replace("|", "/")
                if goes_on and not shown:
                    shown = above.get(at, "")
                above[at] = shown
                cells.extend([shown, *[""] * (span - 1)])
            lines.append("| " + " | ".join(cells) + " |")
        yield "\n".join(lines)

    def _cell(self, cell: Element) -> tuple[str, int, bool]:
        text = "\n".join(self.blocks(cell))
        span = cell.find(f"{W}tcPr/{W}gridSpan")
        merge = cell.find(f"{W}tcPr/{W}vMerge")
        width = int(span.get(f"{W}val", "1")) if span is not None and span.get(f"{W}val", "1").isdigit() else 1
        return text, min(max(width, 1), 60), merge is not None and merge.get(f"{W}val", "continue") == "continue"
