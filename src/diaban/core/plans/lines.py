"""Raw text to lines: one encoding, one kind of space, no page furniture. The number of a line is that of the file."""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from diaban.core.text import convert_legacy, detect_legacy

_BREAKS: Final = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\x00-\x08\x0e-\x1f\x7f\u202a-\u202e]")
# Bullets that Word keeps in private places of its symbol fonts.
_SYMBOLS: Final = str.maketrans(
    {"\uf0b7": "•", "\uf0a7": "•", "\uf0d8": "•", "\uf0fc": "•", "\uf02d": "-", "\uf02b": "+", "\uf02a": "*",
     "\u2044": "/", "\u2215": "/", "\u00d0": "Đ", "\u0189": "Đ"}
)  # fmt: skip
_RULE: Final = re.compile(r"[-_=*.~–—\s|+:]{3,}")
_PAGE: Final = re.compile(r"[-–\s]*(?:trang\s*)?(\d{1,3})(?:\s*/\s*\d{1,3})?[-–\s]*", re.IGNORECASE)
PAGE_LINES: Final = 16  # two page numbers are further apart than two rows of a table


@dataclass(frozen=True, slots=True)
class Line:
    """One line that says something; `gap` tells whether a blank line stands before it."""

    number: int
    text: str
    gap: bool


def clean(text: str) -> str:
    """Return the text in Unicode NFC, without invisible characters; line breaks stay where they are."""
    sample = text[:40_000]
    legacy = detect_legacy(sample)
    if legacy:
        text = convert_legacy(text, legacy)
    text = unicodedata.normalize("NFC", text.translate(_SYMBOLS))
    return _INVISIBLE.sub("", text)


# Words that a site ran together when it joined lines. Vietnamese capitals and small letters alternate in their block of
# Unicode, so they are listed and not given as a range.
_LETTERS: Final = "".join(
    chr(code) for code in range(0x41, 0x1F00) if chr(code).isalpha() and (code < 0x250 or code > 0x1E9F)
)
_CAPITAL: Final = f"[{''.join(char for char in _LETTERS if char.isupper())}]"
_SMALL: Final = f"[{''.join(char for char in _LETTERS if char.islower())}]"
_RUN_CAPITALS: Final = re.compile(
    r"(?:^(?:KẾ HOẠCH|QUYẾT ĐỊNH|CHƯƠNG TRÌNH|PHƯƠNG ÁN|CHỈ THỊ|NGHỊ QUYẾT)|"
    rf"(?<!\w)(?:TỈNH|THÀNH PHỐ|HUYỆN|NHÂN DÂN|MA T[ÚU][YÝ]))(?={_CAPITAL}{{2}})",
    re.MULTILINE,
)
_RUN_NAME: Final = re.compile(rf"(?<!\w)({_CAPITAL}?{_SMALL}+)({_CAPITAL}{_SMALL}+)(?!\w)")
_RUN_NUMBER: Final = re.compile(r"(?<!\w)(ngày|tháng|năm|số)(?=\d)", re.IGNORECASE)
_RUN_PAIRS: Final = re.compile(
    r"(?<!\w)(?:ma(?=t(?:úy|uý)(?!\w))|(?:[Ủủ]y|[Uu]ỷ)(?=ban(?!\w))|[Nn]hân(?=dân(?!\w)))|(?<=\d)(?=(?:tháng|năm)\s?\d)"
)


def _apart(found: re.Match[str]) -> str:
    """Part a small letter from the capital after it where a word is Vietnamese ("phốHồ", not "YouTube")."""
    left, right = found.group(1), found.group(2)
    return f"{left} {right}" if any(ord(char) > 127 for char in found.group()) and len(left) > 1 else found.group()


def spaced(text: str) -> str:
    """Return a line of the head with the spaces that were lost where lines were joined; clauses stay as they stand."""
    text = _RUN_CAPITALS.sub(lambda m: m.group() + " ", text)
    text = _RUN_NUMBER.sub(r"\1 ", text)
    text = _RUN_PAIRS.sub(lambda m: m.group() + " ", text)
    return _RUN_NAME.sub(_apart, text)


def _tidy(raw: str) -> str:
    text = " ".join(raw.replace("\t", " \t ").split()) if "\t" not in raw.strip() else _tabbed(raw)
    if text.startswith("#"):
        text = text.lstrip("#").strip()  # headings of Markdown
    if "**" in text and text.count("**") % 2 == 0:
        text = text.replace("**", "")
    if not text.startswith("|"):
        text = text.rstrip("| ").rstrip()  # what is left of the letterhead's table
    elif text.count("|") == 1:
        text = text.strip("| ")
    elif not re.search(r"\w", text) or re.fullmatch(r"[|\s:–-]+", text):
        text = ""
    return text


def _tabbed(raw: str) -> str:
    """Return a line with tabs inside as a row of cells where it has three or more, else as a line."""
    cells = [" ".join(cell.split()) for cell in raw.strip().split("\t")]
    full = [cell for cell in cells if cell]
    if len(full) >= 3:
        return "| " + " | ".join(cells) + " |"
    return " ".join(full)


def split(text: str) -> list[Line]:
    """Return the lines of a cleaned text without rules, empty lines and page numbers."""
    kept: list[Line] = []
    gap = False
    for number, raw in enumerate(_BREAKS.split(text), 1):
        tidy = _tidy(raw)
        if not tidy or (_RULE.fullmatch(tidy) and not tidy.strip("-–").isdigit()):
            gap = True
            continue
        kept.append(Line(number, tidy, gap))
        gap = False
    return _without_pages(kept)


def _without_pages(lines: list[Line]) -> list[Line]:
    """Leave out lines that only number a page: they rise by one and stand a page apart, not a row apart."""
    alone = [(at, int(m.group(1))) for at, line in enumerate(lines) if (m := _PAGE.fullmatch(line.text))]
    pages: set[int] = set()
    for (at, value), (then, following) in itertools.pairwise(alone):
        if following == value + 1 and then - at >= PAGE_LINES:
            pages.update((at, then))
    for at, _value in alone:
        if re.match(r"\s*(?:[-–]\s*\d+\s*[-–]|trang\b)", lines[at].text, re.IGNORECASE):
            pages.add(at)
    if not pages:
        return lines
    kept: list[Line] = []
    after = False
    for at, line in enumerate(lines):
        if at in pages:
            after = True
            continue
        # The blank lines around a page number are the page's, not the author's.
        kept.append(Line(line.number, line.text, line.gap and not after))
        after = False
    return kept
