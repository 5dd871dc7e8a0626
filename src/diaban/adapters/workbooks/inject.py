"""Add one sheet of text to an existing XLSX without loading it: every other part is copied as it stands."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter

from diaban.adapters.workbooks.container import column_letters, sheet_parts

SheetLines = Iterable[tuple[tuple[str | int, ...], tuple[str, int] | None]]

_PART = "xl/worksheets/diaban-errors.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def inject_sheet(original: bytes, name: str, lines: SheetLines) -> bytes:
    """Return the workbook with a further sheet `name`.

    `lines` are `(cells, target)`: `target` = `(sheet, row)` makes the second cell a link to that row. When the file's
    own list of sheets cannot be extended (an unusual writer, the name taken) the result holds only the sheet `name`.
    """
    known = list(lines)
    if name in sheet_parts(original):
        return _alone(name, known)
    source = zipfile.ZipFile(io.BytesIO(original))
    try:
        book = source.read("xl/workbook.xml").decode()
        links = source.read("xl/_rels/workbook.xml.rels").decode()
        types = source.read("[Content_Types].xml").decode()
    except (KeyError, UnicodeDecodeError):
        return _alone(name, known)
    if "</sheets>" not in book or "</Relationships>" not in links or "</Types>" not in types or _PART in types:
        return _alone(name, known)
    number = max((int(found) for found in re.findall(r'sheetId="(\d+)"', book)), default=0) + 1
    entry = f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rIdDiabanErrors" xmlns:r="{_LINKS}"/>'
    changed = {
        "xl/workbook.xml": book.replace("</sheets>", f"{entry}</sheets>"),
        "xl/_rels/workbook.xml.rels": links.replace(
            "</Relationships>",
            f'<Relationship Id="rIdDiabanErrors" Type="{_LINKS}/worksheet" Target="/{_PART}"/></Relationships>',
        ),
        "[Content_Types].xml": types.replace(
            "</Types>", f'<Override PartName="/{_PART}" ContentType="{_TYPE}"/></Types>'
        ),
    }
    buffer = io.BytesIO()
    with source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as target:
        for info in source.infolist():
            text = changed.get(info.filename)
            target.writestr(info.filename, source.read(info) if text is None else text)
        with target.open(_PART, "w") as part:
            for piece in _sheet_xml(known):
                part.write(piece.encode())
    return buffer.getvalue()


def _sheet_xml(lines: SheetLines) -> Iterable[str]:
    yield f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{_MAIN}">'
    yield '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft"'
    yield ' state="frozen"/></sheetView></sheetViews><cols>'
    for at, width in enumerate((18, 8, 18, 28, 26, 46, 56), start=1):
        yield f'<col min="{at}" max="{at}" width="{width}" customWidth="1"/>'
    yield "</cols><sheetData>"
    targets: list[tuple[int, str, int]] = []
    for number, (cells, target) in enumerate(lines, start=1):
        yield f'<row r="{number}">'
        for at, value in enumerate(cells, start=1):
            place = f"{column_letters(at)}{number}"
            if isinstance(value, int):
                yield f'<c r="{place}"><v>{value}</v></c>'
            else:
                text = escape(_NOT_XML.sub("", value))
                yield f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        yield "</row>"
        if target is not None and target[1] and len(targets) < 60_000:  # a sheet holds 65,530 links
            targets.append((number, target[0], target[1]))
    yield "</sheetData>"
    if targets:
        yield "<hyperlinks>"
        for number, sheet, row in targets:
            location = quoteattr(_NOT_XML.sub("", "'" + sheet.replace("'", "''") + f"'!A{row}"))
            yield f'<hyperlink ref="B{number}" location={location}/>'
        yield "</hyperlinks>"
    yield "</worksheet>"


def _alone(name: str, lines: SheetLines) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True})
    sheet = book.add_worksheet(name)
    for number, (cells, _target) in enumerate(lines):
        for at, value in enumerate(cells):
            if isinstance(value, int):
                sheet.write_number(number, at, value)
            else:
                sheet.write_string(number, at, value[:32_767])
    book.close()
    return buffer.getvalue()
