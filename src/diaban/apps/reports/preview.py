"""The report as a page on the screen, drawn from the same blocks as the files."""

from __future__ import annotations

from typing import Any

from diaban.adapters.documents import layout
from diaban.apps.reports.queries import without_spots
from diaban.core.dossier import Dossier, compose
from diaban.core.dossier.document import Block, Heading, Kind, Paragraph, Table, written

WORKINGS = "III"  # hundreds of tables: in the files, and on every commune's own page
SPOTS = "I"  # one line a hot-spot
NUMERIC = {Kind.COUNT, Kind.RATE}


def paper(dossier: Dossier, *, spots: bool = True) -> dict[str, Any]:
    """Return what `reports/paper.html` draws: head, title, blocks, signature, annexes. Texts only; templates escape.

    Without `spots`, for a reader who may not see single hot-spots, their annex is left out and no sentence names one.
    """
    made = compose(dossier if spots else without_spots(dossier))
    left_out = {WORKINGS} if spots else {WORKINGS, SPOTS}
    head = dossier.letterhead
    return {
        "parent": head.parent.upper(),
        "issuer": head.issuer.upper(),
        "nation": layout.NATION_TEXT,
        "motto": layout.MOTTO_TEXT,
        "number": layout.number_line(dossier),
        "place": layout.place_line(dossier),
        "type_name": made.type_name,
        "title": dossier.title,
        "subtitle": made.subtitle,
        "addressee": head.addressee,
        "blocks": [_block(block) for block in made.body],
        "recipients": layout.recipient_lines(dossier),
        "authority": head.authority.upper(),
        "position": head.position.upper(),
        "signer": head.signer,
        "synthetic": layout.SYNTHETIC if dossier.synthetic else "",
        "annexes": [
            {
                "number": annex.number,
                "title": annex.title,
                "reference": layout.annex_reference(dossier),
                "blocks": [_block(block) for block in annex.blocks],
            }
            for annex in made.annexes
            if annex.number not in left_out
        ],
    }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Heading):
        return {"type": "heading", "level": block.level + 2, "text": block.text}
    if isinstance(block, Paragraph):
        return {"type": "paragraph", "runs": block.runs, "small": block.small}
    return _table(block)


def _table(table: Table) -> dict[str, Any]:
    numeric = [column.kind in NUMERIC for column in table.columns]
    return {
        "type": "table",
        "titles": list(zip((column.title for column in table.columns), numeric, strict=True)),
        "rows": [
            [
                (written(column.kind, value), number)
                for column, value, number in zip(table.columns, row, numeric, strict=True)
            ]
            for row in table.rows
        ],
    }
