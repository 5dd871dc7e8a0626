"""Files made to break the reader of plans: refused with what to do, in bounded time and memory, never an error."""

from __future__ import annotations

import io
import zipfile

import pytest

from diaban.adapters.plan_files import PlanFileError, text_of

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LINE = "<w:p><w:r><w:t>a</w:t></w:r></w:p>"


def word(body: str, *, head: str = "", encoding: str = "utf-8") -> bytes:
    """Return a Word file with this body."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        text = f"{head}<w:document {W}><w:body>{body}</w:body></w:document>"
        archive.writestr("word/document.xml", text.encode(encoding))
    return out.getvalue()


def numbered(level: str) -> str:
    return (
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr>'
        "<w:r><w:t>a</w:t></w:r></w:p>"
    )


WIDE = '<?xml version="1.0" encoding="UTF-16"?>'
LAUGHS = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
BROKEN = {
    "tables in tables": word("<w:tbl><w:tr><w:tc>" * 3000 + LINE + "</w:tc></w:tr></w:tbl>" * 3000),
    "a span that is no number": word(
        f'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="²"/></w:tcPr>{LINE}</w:tc><w:tc>{LINE}</w:tc></w:tr></w:tbl>'
    ),
    "a level that is no number": word(numbered("²")),
    "a level without end": word(numbered("9" * 5000)),
    "entities in two bytes": word(
        LINE, head=f'{WIDE}<!DOCTYPE l [<!ENTITY a0 "lol">{LAUGHS}]>', encoding="utf-16"
    ),
    "a file of the machine": word(
        "<w:p><w:r><w:t>&x;</w:t></w:r></w:p>",
        head=f'{WIDE}<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>', encoding="utf-16",
    ),
    "more tags than memory": word("<w:p/>" * 2_000_001),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_word_file_made_to_break_is_refused(name: str) -> None:
    with pytest.raises(PlanFileError, match=r"\.docx"):
        text_of("ke-hoach.docx", BROKEN[name])


def test_deep_but_flat_reading_is_no_reason_to_refuse() -> None:
    assert text_of("a.docx", word("<w:x>" * 50_000 + LINE + "</w:x>" * 50_000)).text == "a"
