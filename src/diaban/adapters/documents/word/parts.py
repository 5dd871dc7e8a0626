"""Small pieces of WordprocessingML that python-docx has no words for: lines, fields, tables built in one go."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape  # only writes; nothing is parsed with the standard library

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from diaban.adapters.documents.layout import clean
from diaban.core.dossier.document import Kind, Run, Table, written

Element = Any  # an lxml element; python-docx gives them no static type
CENTRED = {Kind.INDEX, Kind.MARK, Kind.DAY}
RIGHT_ALIGNED = {Kind.COUNT, Kind.RATE}
TWIPS_PER_MM = 1440 / 25.4


def twips(mm: float) -> str:
    """Return millimetres as twentieths of a point."""
    return str(round(mm * TWIPS_PER_MM))


def element(tag: str, **attributes: str) -> Element:
    """Return a `w:` element with `w:` attributes."""
    made = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), value)
    return made


def write(paragraph: Any, runs: Iterable[Run], size: float | None = None) -> Any:
    """Add runs to a paragraph; a line break in the text is a line break on paper."""
    for run in runs:
        made = paragraph.add_run(clean(run.text))
        made.bold, made.italic = run.bold, run.italic
        if size is not None:
            made.font.size = Pt(size)
    return paragraph


def centred(paragraph: Any, text: str, size: float, *, bold: bool = False, italic: bool = False) -> Any:
    """Write one centred line without first-line indent or gaps."""
    shape = paragraph.paragraph_format
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    shape.first_line_indent, shape.space_before, shape.space_after, shape.line_spacing = Mm(0), Pt(0), Pt(0), 1.0
    return write(paragraph, (Run(text, bold, italic),), size)


def rule(paragraph: Any, length: float, width: float) -> None:
    """Turn an empty paragraph into a line `length` mm long in the middle of `width` mm."""
    shape = paragraph.paragraph_format
    shape.first_line_indent, shape.space_before, shape.space_after = Mm(0), Pt(2), Pt(6)
    shape.left_indent = shape.right_indent = Mm(max(0.0, (width - length) / 2))
    shape.line_spacing = Pt(3)
    borders = element("pBdr")
    borders.append(element("bottom", val="single", sz="6", space="0", color="000000"))
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr"
    )


def page_field(paragraph: Any, size: float) -> None:
    """Write the page number as a field."""
    for kind, content in (("begin", ""), ("", " PAGE "), ("separate", ""), ("text", "2"), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(size)
        if kind == "text":
            run.text = content
        elif kind:
            run._r.append(element("fldChar", fldCharType=kind))
        else:
            instruction = element("instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = content
            run._r.append(instruction)


def _cell(text: str, width: str, size: str, align: str, *, bold: bool, shade: bool) -> str:
    fill = '<w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/><w:vAlign w:val="center"/>' if shade else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{fill}</w:tcPr><w:p><w:pPr>'
        f'<w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/><w:ind w:firstLine="0"/>'
        f'<w:jc w:val="{align}"/></w:pPr><w:r><w:rPr>{"<w:b/>" if bold else ""}<w:sz w:val="{size}"/>'
        f'<w:szCs w:val="{size}"/></w:rPr><w:t xml:space="preserve">{escape(clean(text))}</w:t></w:r></w:p></w:tc>'
    )


def _row(cells: Iterable[str], *, head: bool) -> str:
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>{''.join(cells)}</w:tr>"


def _frame(widths: list[str], total: str) -> str:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in sides)
    margins = "".join(f'<w:{side} w:w="{twips(1.0)}" w:type="dxa"/>' for side in ("left", "right"))
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tblPr><w:tblW w:w="{total}" w:type="dxa"/><w:tblBorders>{borders}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
    )


def _alignment(kind: Kind) -> str:
    return "center" if kind in CENTRED else "right" if kind in RIGHT_ALIGNED else "left"


def table_element(table: Table, width: float) -> Element:
    """Return a whole `w:tbl` of `width` mm: fixed columns, head repeated on every page, rows never split.

    Written as XML (texts escaped) and read in one pass: element by element it takes ten times as long, and
    python-docx's own cell access is quadratic in the rows.
    """
    share = width / sum(column.width for column in table.columns)
    widths = [twips(column.width * share) for column in table.columns]
    size = str(round(table.size * 2))
    head = [
        _cell(column.title, w, size, "center", bold=True, shade=True)
        for column, w in zip(table.columns, widths, strict=True)
    ]
    rows = [_row(head, head=True)]
    for number, row in enumerate(table.rows):
        bold = table.total and number == len(table.rows) - 1
        cells = [
            _cell(written(column.kind, value), w, size, _alignment(column.kind), bold=bold, shade=False)
            for column, value, w in zip(table.columns, row, widths, strict=True)
        ]
        rows.append(_row(cells, head=False))
    return parse_xml(f"<w:tbl {nsdecls('w')}>{_frame(widths, twips(width))}{''.join(rows)}</w:tbl>")
