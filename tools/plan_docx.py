"""Prints a plan's source as a Word document: typed or automatic numbers, tables, footnotes, page numbers."""

from __future__ import annotations

import io
import re
from typing import Any
from xml.sax.saxutils import escape

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from plan_source import Line, Source, SourceError

FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
NOTE = re.compile(r"\[(\d+)\]")
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")
LIST = "77"


def docx(source: Source) -> bytes:
    """Return the plan as DOCX.

    Options: `levels FORMAT TEXT | …` gives automatic numbers by depth (upperRoman, decimal, lowerLetter, bullet; "%2."
    as Word writes it) to the clauses whose mark is of that form, else marks are typed; `note.N words` makes [N] a
    footnote; `pages yes` prints page numbers.
    """
    document = Document()
    style = document.styles["Normal"]
    style.font.name = "Times New Roman"
    notes = {key[5:]: words for key, words in source.options.items() if key.startswith("note.")}
    numbers = _Numbers(document, source.options["levels"]) if "levels" in source.options else None
    table: Any = None
    index = 0
    while index < len(source.lines):
        line = source.lines[index]
        if line.kind == "pair":
            end = index
            while end < len(source.lines) and source.lines[end].kind == "pair":
                end += 1
            _letterhead(document, source.lines[index:end])
            index = end
            continue
        if line.kind == "titles":
            table = document.add_table(rows=0, cols=len(line.cells))
        if line.kind in ("titles", "row"):
            _table_row(table, line)
        else:
            _paragraph(document, line, numbers, notes)
        index += 1
    if notes:
        _footnotes(document, notes)
    if source.options.get("pages") == "yes":
        _page_numbers(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _letterhead(document: Any, rows: list[Line]) -> None:
    table = document.add_table(rows=1, cols=2)
    for cell, side in zip(table.rows[0].cells, ("text", "right"), strict=True):
        words = [getattr(row, side) for row in rows if getattr(row, side)]
        cell.paragraphs[0].text = words[0]
        for more in words[1:]:
            cell.add_paragraph(more)


def _table_row(table: Any, line: Line) -> None:
    cells = table.add_row().cells
    above = table.rows[-2].cells if len(table.rows) > 1 else cells
    if line.heading:
        cells[1].merge(cells[-1]).text = line.text
        cells[0].text = line.cells[0]
        return
    for position, (cell, words) in enumerate(zip(cells, line.cells, strict=True)):
        if line.merged and line.merged[position]:
            above[position].merge(cell)
        else:
            cell.text = words


def _paragraph(document: Any, line: Line, numbers: _Numbers | None, notes: dict[str, str]) -> None:
    paragraph = document.add_paragraph()
    if line.kind == "raw" and line.text.isupper():
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    counted = line.kind == "clause" and numbers is not None and numbers.take(paragraph, line)
    text = line.text if counted or not line.mark else f"{line.mark} {line.text}"
    for position, part in enumerate(text.split("//")):
        if position:
            paragraph.add_run().add_break()
        for place, words in enumerate(NOTE.split(part.strip())):
            if place % 2 and words in notes:
                paragraph.add_run()._r.append(
                    parse_xml(f'<w:footnoteReference {nsdecls("w")} w:id="{int(words) + 1}"/>')
                )
            elif words:
                run = paragraph.add_run(f"[{words}]" if place % 2 else words)
                run.bold = line.heading or None


class _Numbers:
    """One multi-level list; counts along with Word and refuses a source whose marks Word would not print."""

    def __init__(self, document: Any, levels: str) -> None:
        self.levels = [tuple(one.strip().split(" ", 1)) for one in levels.split("|")]
        self.counts = [0] * len(self.levels)
        body = "".join(
            f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
            f'<w:lvlText w:val="{escape(shown)}"/></w:lvl>'
            for at, (kind, shown) in enumerate(self.levels)
        )
        numbering = document.part.numbering_part.element
        first = numbering.find(qn("w:num"))
        abstract = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{LIST}">'
            f'<w:multiLevelType w:val="multilevel"/>{body}</w:abstractNum>'
        )
        first.addprevious(abstract)
        numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="{LIST}"><w:abstractNumId w:val="{LIST}"/></w:num>'))

    def take(self, paragraph: Any, line: Line) -> bool:
        """Number the paragraph if the level of its depth prints its mark; say whether it did."""
        at = line.depth - 1
        if at >= len(self.levels) or not self._fits(line.mark, *self.levels[at]):
            return False
        self.counts[at] += 1
        self.counts[at + 1 :] = [0] * (len(self.counts) - at - 1)
        if self._shown(at) != line.mark:
            raise SourceError(f"{line.path}: Word would print {self._shown(at)!r}, the source has {line.mark!r}")
        properties = paragraph._p.get_or_add_pPr()
        properties.append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{at}"/><w:numId w:val="{LIST}"/></w:numPr>')
        )
        return True

    @staticmethod
    def _fits(mark: str, kind: str, shown: str) -> bool:
        if kind == "bullet":
            return mark == shown
        pattern = {"upperRoman": r"[IVX]+", "decimal": r"\d+", "lowerLetter": r"[a-z]", "upperLetter": r"[A-Z]"}
        return re.fullmatch(re.sub(r"%\d", "N", re.escape(shown)).replace("N", pattern[kind]), mark) is not None

    def _shown(self, at: int) -> str:
        def number(found: re.Match[str]) -> str:
            level = int(found[1]) - 1
            count, kind = self.counts[level], self.levels[level][0]
            return {
                "upperRoman": lambda: ROMAN[count - 1], "decimal": lambda: str(count),
                "lowerLetter": lambda: chr(96 + count), "upperLetter": lambda: chr(64 + count),
            }[kind]()  # fmt: skip

        kind, shown = self.levels[at]
        return shown if kind == "bullet" else re.sub(r"%(\d)", number, shown)


def _footnotes(document: Any, notes: dict[str, str]) -> None:
    body = "".join(
        f'<w:footnote w:id="{int(number) + 1}"><w:p><w:r><w:footnoteRef/></w:r>'
        f'<w:r><w:t xml:space="preserve"> {escape(words)}</w:t></w:r></w:p></w:footnote>'
        for number, words in sorted(notes.items())
    )
    separators = "".join(
        f'<w:footnote w:type="{kind}" w:id="{at}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>'
        for at, kind in enumerate(("separator", "continuationSeparator"))
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    xml = f"{head}<w:footnotes {nsdecls('w')}>{separators}{body}</w:footnotes>"
    part = Part(PackURI("/word/footnotes.xml"), FOOTNOTES, xml.encode("utf-8"), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def _page_numbers(document: Any) -> None:
    paragraph = document.sections[0].header.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph._p.append(parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'))
