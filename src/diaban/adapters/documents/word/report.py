"""The report as an editable DOCX in the layout of NĐ 30/2020/NĐ-CP."""

from __future__ import annotations

import io
from typing import Any

from docx import Document as new_document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from diaban.adapters.documents import layout
from diaban.adapters.documents.archive import repack
from diaban.adapters.documents.word.parts import centred, element, page_field, rule, table_element, twips, write
from diaban.core.dossier.document import Annex, Block, Document, Heading, Paragraph, Run, Table
from diaban.core.dossier.narrative import compose
from diaban.core.dossier.snapshot import Dossier

BODY_STYLE = "NoiDung"
BLANK_LINES_FOR_SIGNATURE = 4


def report_docx(dossier: Dossier) -> bytes:
    """Return the report with its annexes as DOCX; the same dossier gives the same bytes."""
    document = compose(dossier)
    made = new_document()
    made.element.body.remove(made.element.body[0]) if len(made.element.body) > 1 else None
    _styles(made)
    _properties(made, document)
    _section(made.sections[0], landscape=False)
    _page_numbers(made.sections[0], dossier)
    _head(made, dossier)
    _title(made, document)
    for block in document.body:
        _block(made, block, layout.TEXT_WIDTH)
    made.paragraphs[-1].paragraph_format.keep_with_next = True  # no page holds a signature alone
    _signature(made, dossier)
    for annex in document.annexes:
        _annex(made, annex, dossier)
    out = io.BytesIO()
    made.save(out)
    return repack(out.getvalue())


def _face(style: Any, size: float, *, bold: bool = False) -> None:
    style.font.name = layout.FONT
    style.font.size = Pt(size)
    style.font.bold = bold
    style.font.italic = False
    style.font.color.rgb = RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    for name in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{name}"), layout.FONT)


def _styles(made: Any) -> None:
    normal = made.styles["Normal"]
    _face(normal, layout.BODY)
    normal.element.get_or_add_rPr().append(element("lang", val="vi-VN", eastAsia="vi-VN"))
    normal.paragraph_format.space_after = Pt(0)
    for level in (1, 2, 3):
        style = made.styles[f"Heading {level}"]
        _face(style, layout.BODY, bold=True)
        style.font.italic = level == 3
        shape = style.paragraph_format
        shape.first_line_indent, shape.space_before, shape.space_after = Mm(layout.FIRST_LINE), Pt(6), Pt(6)
        shape.keep_with_next, shape.line_spacing = True, layout.LINE_SPACING
    body = made.styles.add_style("Nội dung", WD_STYLE_TYPE.PARAGRAPH)
    body.element.set(qn("w:styleId"), BODY_STYLE)
    body.base_style = normal
    shape = body.paragraph_format
    shape.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    shape.first_line_indent = Mm(layout.FIRST_LINE)
    shape.space_before, shape.space_after = Pt(layout.PARAGRAPH_GAP), Pt(layout.PARAGRAPH_GAP)
    shape.line_spacing = layout.LINE_SPACING


def _properties(made: Any, document: Document) -> None:
    dossier, properties, moment = document.dossier, made.core_properties, layout.stamp(document.dossier)
    properties.title = f"{document.type_name}: {layout.clean(dossier.title)}"
    properties.author = properties.last_modified_by = layout.clean(dossier.letterhead.issuer_short)
    properties.subject = f"SHA-256 {dossier.made_from}" if dossier.made_from else ""
    properties.comments = layout.SYNTHETIC if dossier.synthetic else ""
    properties.keywords, properties.language, properties.revision = "", "vi-VN", 1
    properties.created = properties.modified = moment.replace(tzinfo=None)


def _section(section: Any, *, landscape: bool) -> None:
    short, long = Mm(layout.PAGE_SHORT), Mm(layout.PAGE_LONG)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (long, short) if landscape else (short, long)
    section.top_margin, section.bottom_margin = Mm(layout.TOP), Mm(layout.BOTTOM)
    section.left_margin, section.right_margin = Mm(layout.LEFT), Mm(layout.RIGHT)
    section.header_distance = section.footer_distance = Mm(layout.NUMBER_FROM_EDGE)
    section.different_first_page_header_footer = True
    properties = section._sectPr
    for old in properties.findall(qn("w:pgNumType")):
        properties.remove(old)
    numbers = element("pgNumType", start="1")
    properties.insert_element_before(
        numbers, "w:cols", "w:formProt", "w:vAlign", "w:noEndnote", "w:titlePg", "w:textDirection", "w:docGrid"
    )


def _page_numbers(section: Any, dossier: Dossier) -> None:
    """Number in the middle of the top margin from page 2 on; later sections inherit it and restart at 1."""
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    page_field(paragraph, layout.PAGE_NUMBER)
    section.first_page_header.is_linked_to_previous = False
    for footer in (section.footer, section.first_page_footer):
        footer.is_linked_to_previous = False
        if dossier.synthetic:
            centred(footer.paragraphs[0], layout.SYNTHETIC, layout.SMALL, bold=True)


def _bare_table(made: Any, rows: int, left: float) -> Any:
    table = made.add_table(rows, 2)
    table.autofit = False
    margins = element("tblCellMar")
    for side in ("left", "right"):
        margins.append(element(side, w="0", type="dxa"))
    properties = table._tbl.tblPr
    properties.insert_element_before(margins, "w:tblLook")
    for number, width in enumerate((left, layout.TEXT_WIDTH - left)):
        table._tbl.tblGrid.findall(qn("w:gridCol"))[number].set(qn("w:w"), twips(width))
        for row in table.rows:
            row.cells[number].width = Mm(width)
    return table


def _head(made: Any, dossier: Dossier) -> None:
    head, left = dossier.letterhead, layout.AGENCY_WIDTH
    right = layout.TEXT_WIDTH - left
    table = _bare_table(made, 2, left)
    agency, nation = table.rows[0].cells
    first = agency.paragraphs[0]
    if head.parent:
        centred(first, head.parent.upper(), layout.AGENCY)
        first = agency.add_paragraph()
    centred(first, head.issuer.upper() or "…………", layout.AGENCY, bold=True)
    rule(agency.add_paragraph(), layout.agency_line(head.issuer), left)
    centred(nation.paragraphs[0], layout.NATION_TEXT, layout.NATION, bold=True)
    centred(nation.add_paragraph(), layout.MOTTO_TEXT, layout.MOTTO, bold=True)
    rule(nation.add_paragraph(), layout.MOTTO_LINE, right)
    number, place = table.rows[1].cells
    centred(number.paragraphs[0], layout.number_line(dossier), layout.NUMBER)
    centred(place.paragraphs[0], layout.place_line(dossier), layout.PLACE, italic=True)


def _title(made: Any, document: Document) -> None:
    dossier = document.dossier
    first = centred(made.add_paragraph(), document.type_name, layout.BODY, bold=True)
    first.paragraph_format.space_before = Pt(18)
    title = centred(made.add_paragraph(), dossier.title, layout.BODY, bold=True)
    title.paragraph_format.left_indent = title.paragraph_format.right_indent = Mm(layout.TITLE_INSET)
    rule(made.add_paragraph(), layout.TEXT_WIDTH / 3, layout.TEXT_WIDTH)
    centred(made.add_paragraph(), document.subtitle, layout.BODY, italic=True)
    if dossier.letterhead.addressee:
        to = centred(made.add_paragraph(), f"Kính gửi: {dossier.letterhead.addressee}", layout.BODY)
        to.paragraph_format.space_before = to.paragraph_format.space_after = Pt(12)


def _styled(made: Any, style_id: str) -> Any:
    """Add a paragraph by the style's id: looking a style up by name walks all of them each time."""
    paragraph = made.add_paragraph()
    paragraph._p.style = style_id
    return paragraph


def _block(made: Any, block: Block, width: float) -> None:
    if isinstance(block, Heading):
        write(_styled(made, f"Heading{block.level}"), (Run(block.text, True, block.level == 3),))
    elif isinstance(block, Paragraph):
        paragraph = write(_styled(made, BODY_STYLE), block.runs, layout.SMALL if block.small else layout.BODY)
        if not block.indent:
            paragraph.paragraph_format.first_line_indent = Mm(0)
        if block.small:
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    else:
        _table(made, block, width)


def _table(made: Any, table: Table, width: float) -> None:
    body = made.element.body
    body.insert(len(body) - 1, table_element(table, width))
    after = made.add_paragraph()  # two tables that touch become one in Word
    after.paragraph_format.line_spacing = Pt(4)


def _signature(made: Any, dossier: Dossier) -> None:
    head, left = dossier.letterhead, layout.AGENCY_WIDTH
    gap = made.add_paragraph().paragraph_format
    gap.line_spacing, gap.keep_with_next = Pt(8), True
    table = _bare_table(made, 1, left)
    table.rows[0]._tr.get_or_add_trPr().append(element("cantSplit"))
    recipients, signature = table.rows[0].cells
    write(recipients.paragraphs[0], (Run("Nơi nhận:", True, True),), layout.RECIPIENTS_HEAD)
    for line in layout.recipient_lines(dossier):
        write(recipients.add_paragraph(), (Run(line),), layout.RECIPIENTS)
    first = signature.paragraphs[0]
    if head.authority:
        centred(first, head.authority.upper(), layout.BODY, bold=True)
        first = signature.add_paragraph()
    centred(first, head.position.upper() or "…………", layout.BODY, bold=True)
    for _ in range(BLANK_LINES_FOR_SIGNATURE):
        centred(signature.add_paragraph(), "", layout.BODY)
    centred(signature.add_paragraph(), head.signer, layout.BODY, bold=True)


def _annex(made: Any, annex: Annex, dossier: Dossier) -> None:
    section = made.add_section(WD_SECTION.NEW_PAGE)
    _section(section, landscape=annex.landscape)
    width = layout.LANDSCAPE_WIDTH if annex.landscape else layout.TEXT_WIDTH
    heading = _styled(made, "Heading1")
    centred(heading, f"Phụ lục {annex.number}", layout.BODY, bold=True)
    centred(made.add_paragraph(), annex.title.upper(), layout.BODY, bold=True)
    centred(made.add_paragraph(), layout.annex_reference(dossier), layout.BODY, italic=True)
    rule(made.add_paragraph(), width / 5, width)
    for block in annex.blocks:
        _block(made, block, width)
