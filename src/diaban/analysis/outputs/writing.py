"""The answer in the asked format."""

from __future__ import annotations

import json

from diaban.analysis.answer import Answer, to_document
from diaban.analysis.outputs.geojson import geojson_of
from diaban.analysis.outputs.text import text_of
from diaban.analysis.outputs.workbook import workbook_of
from diaban.analysis.pictures import curve_svg, map_svg
from diaban.analysis.tables import Table


def content_of(answer: Answer, fmt: str, table: Table) -> str | bytes:
    """Return the answer as text, JSON, GeoJSON or a workbook."""
    if fmt == "json":
        return json.dumps(to_document(answer), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    if fmt == "geojson":
        return json.dumps(geojson_of(answer, table), ensure_ascii=False, allow_nan=False) + "\n"
    if fmt == "xlsx":
        return workbook_of(answer)
    return text_of(answer)


def pictures_of(answer: Answer, table: Table) -> dict[str, str]:
    """Return the pictures that the answer has, by file name."""
    made = {}
    if answer.shapes:
        made[f"{answer.question}-map.svg"] = map_svg(answer, table)
    for place, curve in enumerate(answer.curves, 1):
        made[f"{answer.question}-curve-{place}.svg"] = curve_svg(curve)
    return made
