"""Prints a plan's source as a text, a Word document or a PDF with a text layer, in the layouts found in practice."""

from __future__ import annotations

import textwrap
import unicodedata

from plan_docx import docx
from plan_pdf import pdf
from plan_source import Line, Source

TextOptions = dict[str, str]


def render(source: Source) -> bytes:
    """Return the bytes of the plan's file."""
    kind = source.options["out"]
    if kind == "docx":
        return docx(source)
    if kind == "pdf":
        return pdf(source)
    return text(source).encode(source.options.get("encoding", "utf-8"))


def text(source: Source) -> str:
    """Return the plan as text.

    Options: `wrap N` breaks lines at N characters; `blank no` leaves no blank lines;
    `letterhead rows|columns|right-first` flattens the two columns; `cells tab|pipe|lines` flattens tables;
    `form NFD`; `newline crlf`.
    """
    options = source.options
    blocks: list[str] = []
    lines = source.lines
    index = 0
    while index < len(lines):
        line = lines[index]
        if line.kind == "pair":
            end = index
            while end < len(lines) and lines[end].kind == "pair":
                end += 1
            blocks.append(_letterhead(lines[index:end], options.get("letterhead", "columns")))
            index = end
            continue
        block = _block(line, options)
        if line.joined and blocks:
            blocks[-1] += " " + block
        else:
            blocks.append(block)
        index += 1
    gap = "\n" if options.get("blank") == "no" else "\n\n"
    whole = gap.join(_wrapped(block, options) for block in blocks) + "\n"
    whole = unicodedata.normalize(options.get("form", "NFC"), whole)
    return whole.replace("\n", "\r\n") if options.get("newline") == "crlf" else whole


def _letterhead(rows: list[Line], how: str) -> str:
    if how == "rows":
        width = max(len(row.text) for row in rows) + 6
        return "\n".join(f"{row.text:<{width}}{row.right}".rstrip() for row in rows)
    if how == "right-first":
        return "\n".join([*(r.right for r in rows if r.right), *(r.text for r in rows if r.text)])
    return "\n".join([*(r.text for r in rows if r.text), "", *(r.right for r in rows if r.right)])


def _block(line: Line, options: TextOptions) -> str:
    if line.kind in ("titles", "row"):
        glue = {"tab": "\t", "pipe": " | ", "lines": "\n"}[options.get("cells", "tab")]
        blank = line.merged or [False] * len(line.cells)
        return glue.join("" if merged else cell for cell, merged in zip(line.cells, blank, strict=True))
    words = "\n".join(part.strip() for part in line.text.split("//"))
    return f"{line.mark} {words}".strip() if line.kind == "clause" else words


def _wrapped(block: str, options: TextOptions) -> str:
    width = int(options.get("wrap", "0"))
    if not width or "\t" in block or "      " in block:
        return block
    rows = block.split("\n")
    return "\n".join("\n".join(textwrap.wrap(row, width, break_on_hyphens=False)) or row for row in rows)
