"""Prints a plan's source as a PDF with a text layer, set by LibreOffice or typst."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from plan_docx import docx
from plan_source import Line, Source

FONTS = Path(__file__).resolve().parent.parent / "src/diaban/adapters/documents/fonts"


def pdf(source: Source) -> bytes:
    """Return the plan as PDF. Options: `engine soffice|typst`; `running words` is printed at the head of every page."""
    return _typst(source) if source.options.get("engine") == "typst" else _soffice(source)


def _soffice(source: Source) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{source.name}.docx")
        path.write_bytes(docx(source))
        profile = f"-env:UserInstallation=file://{folder}/profile"
        subprocess.run(
            ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", folder, path],
            check=True,
            capture_output=True,
            timeout=180,
        )
        return path.with_suffix(".pdf").read_bytes()


def _typst(source: Source) -> bytes:
    import typst

    running = source.options.get("running", "")
    size = source.options.get("size", "13pt")
    parts = [
        f'#set page(paper: "a4", margin: (x: 2.5cm, y: 2cm), numbering: "1", header: {_quoted(running)})',
        f'#set text(font: "Tinos", size: {size}, lang: "vi", hyphenate: false)',
        "#set par(justify: true, first-line-indent: 1cm)",
    ]
    index = 0
    while index < len(source.lines):
        kind = source.lines[index].kind
        end = index + 1
        if kind in ("pair", "titles"):
            while end < len(source.lines) and source.lines[end].kind == ("row" if kind == "titles" else "pair"):
                end += 1
        parts.append(_part(source.lines[index:end]))
        index = end
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "plan.typ")
        path.write_text("\n\n".join(parts), encoding="utf-8")
        return typst.compile(path, font_paths=[FONTS])


def _part(lines: list[Line]) -> str:
    first = lines[0]
    if first.kind == "pair":
        sides = [
            " #linebreak() ".join(f"#{_quoted(w)}" for w in side if w)
            for side in zip(*((x.text, x.right) for x in lines), strict=True)
        ]
        return f"#grid(columns: (2fr, 3fr), align: center, [{sides[0]}], [{sides[1]}])"
    if first.kind == "titles":
        cells = ", ".join(f"[#{_quoted(cell)}]" for line in lines for cell in line.cells)
        return f"#table(columns: {len(first.cells)}, {cells})"
    words = " #linebreak() ".join(
        f"#{_quoted(part.strip())}" for part in f"{first.mark} {first.text}".strip().split("//")
    )
    if first.kind == "raw":
        return f"#align(center)[{words}]" if first.text.isupper() else f"#par(first-line-indent: 0cm)[{words}]"
    return f"*{words}*" if first.heading else words


def _quoted(words: str) -> str:
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'
