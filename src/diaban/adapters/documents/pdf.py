"""The report as PDF, set by Typst from the same blocks as the DOCX: tagged, archivable, the same bytes every time."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from diaban.adapters.documents import layout
from diaban.core.dossier.document import Annex, Block, Document, Heading, Kind, Paragraph, Table, written
from diaban.core.dossier.narrative import compose
from diaban.core.dossier.snapshot import Dossier
from diaban.core.messages import N_, Message, say

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
TEMPLATE = HERE / "report.typ"
STANDARD: Final = "a-2a"  # archivable and tagged
ALIGN = {Kind.INDEX: "center", Kind.MARK: "center", Kind.DAY: "center", Kind.COUNT: "right", Kind.RATE: "right"}


class PdfUnavailable(RuntimeError):
    """The part that sets PDF is not installed; `message` says how to get it."""

    def __init__(self) -> None:
        self.message: Message = say(
            N_("Chưa có phần tạo PDF (gói typst). Cài bằng: pip install 'diaban[reports]'. Bản DOCX và XLSX không cần.")
        )
        super().__init__(str(self.message))


def pdf_available() -> bool:
    """Return whether the optional part that sets PDF is installed."""
    try:
        import typst  # noqa: F401
    except ImportError:
        return False
    return True


def report_pdf(dossier: Dossier) -> bytes:
    """Return the report with its annexes as PDF/A-2a; raise `PdfUnavailable` without the extra `reports`."""
    try:
        import typst  # an extra: 80 MB that a commune's install does not need
    except ImportError:
        raise PdfUnavailable from None
    made = typst.compile(
        TEMPLATE,
        root=HERE,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"data": json.dumps(page_data(compose(dossier)), ensure_ascii=False, sort_keys=True)},
        pdf_standards=[STANDARD],
        timestamp=layout.stamp(dossier),
    )
    if not isinstance(made, bytes):
        raise TypeError(f"typst gave {type(made).__name__}, not one file")
    return made


def page_data(document: Document) -> dict[str, Any]:
    """Return everything the template draws, as JSON values: text stays text."""
    dossier = document.dossier
    head = dossier.letterhead
    return {
        "measures": _measures(),
        "meta": {
            "title": f"{document.type_name}: {layout.clean(dossier.title)}",
            "author": layout.clean(head.issuer_short),
            "subject": f"SHA-256 {dossier.made_from}" if dossier.made_from else "",
        },
        "synthetic": layout.SYNTHETIC if dossier.synthetic else "",
        "head": {
            "parent": layout.clean(head.parent.upper()),
            "issuer": layout.clean(head.issuer.upper() or "…………"),
            "nation": layout.NATION_TEXT,
            "motto": layout.MOTTO_TEXT,
            "number": layout.number_line(dossier),
            "place": layout.clean(layout.place_line(dossier)),
            "addressee": layout.clean(f"Kính gửi: {head.addressee}") if head.addressee else "",
            "recipients_title": "Nơi nhận:",
            "recipients": [layout.clean(line) for line in layout.recipient_lines(dossier)],
            "authority": layout.clean(head.authority.upper()),
            "position": layout.clean(head.position.upper() or "…………"),
            "signer": layout.clean(head.signer),
        },
        "title": {
            "type": document.type_name,
            "text": layout.clean(dossier.title),
            "subtitle": document.subtitle,
        },
        "body": [_block(block) for block in document.body],
        "annexes": [_annex(annex, dossier) for annex in document.annexes],
    }


def _measures() -> dict[str, float]:
    return {
        "top": layout.TOP,
        "bottom": layout.BOTTOM,
        "left": layout.LEFT,
        "right": layout.RIGHT,
        "body": layout.BODY,
        "page_number": layout.PAGE_NUMBER,
        "nation": layout.NATION,
        "motto": layout.MOTTO,
        "agency": layout.AGENCY,
        "agency_width": layout.AGENCY_WIDTH,
        "number": layout.NUMBER,
        "place": layout.PLACE,
        "recipients_head": layout.RECIPIENTS_HEAD,
        "recipients": layout.RECIPIENTS,
        "small": layout.SMALL,
        "first_line": layout.FIRST_LINE,
        "gap": layout.PARAGRAPH_GAP,
        "title_inset": layout.TITLE_INSET,
        "title_rule": layout.TEXT_WIDTH / 3,
    }


def _annex(annex: Annex, dossier: Dossier) -> dict[str, Any]:
    width = layout.LANDSCAPE_WIDTH if annex.landscape else layout.TEXT_WIDTH
    return {
        "number": annex.number,
        "name": f"Phụ lục {annex.number}",
        "title": annex.title.upper(),
        "reference": layout.clean(layout.annex_reference(dossier)),
        "landscape": annex.landscape,
        "rule": width / 5,
        "blocks": [_block(block) for block in annex.blocks],
    }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"type": "heading", "level": block.level, "text": layout.clean(block.text)}
    if isinstance(block, Paragraph):
        runs = [{"text": layout.clean(run.text), "bold": run.bold, "italic": run.italic} for run in block.runs]
        return {"type": "paragraph", "runs": runs, "indent": block.indent, "small": block.small}
    return _table(block)


def _table(table: Table) -> dict[str, Any]:
    return {
        "type": "table",
        "size": table.size,
        "total": table.total,
        "columns": [
            {"title": column.title, "width": column.width, "align": ALIGN.get(column.kind, "left")}
            for column in table.columns
        ],
        "rows": [
            [layout.clean(written(column.kind, value)) for column, value in zip(table.columns, row, strict=True)]
            for row in table.rows
        ],
    }
