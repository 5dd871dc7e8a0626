"""Two shadows of a text that have its length, so that a place found in a shadow is a place in the text.

`plain` has no diacritics and no capitals (for words that scanning has damaged); `tone` keeps both but puts the tone on
the main vowel, so that "hóa" and "hoá", "ủy" and "uỷ" are one word. The text is given in NFC.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from diaban.core.text import normalise

_WORD: Final = re.compile(r"[^\W\d_]+")
# Two vowels with a tone on the first: the only words that the two ways of writing tones spell differently.
_MOVABLE: Final = re.compile("[òóỏõọùúủũụìíỉĩị][aeouyăâêôơư]", re.IGNORECASE)


class _Plain(dict[int, str]):
    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in "đĐ":
            base = "d"
        elif char in "–—−‐‑":
            base = "-"
        elif char in "“”«»„":
            base = '"'
        else:
            base = unicodedata.normalize("NFD", char)[0].lower()
            base = base if len(base) == 1 else char
        self[code] = base
        return base


_PLAIN: Final = _Plain()


def plain(text: str) -> str:
    """Return `text` in small letters without diacritics, character for character."""
    return text.translate(_PLAIN)


@lru_cache(maxsize=20_000)
def _moved(word: str) -> str:
    moved = normalise(word)
    return moved if len(moved) == len(word) else word


def tone(text: str) -> str:
    """Return `text` with every tone on the main vowel ("hoá", "uỷ", "thuý"), character for character."""
    # Looked for by the pair of vowels and not word by word: most words have none.
    parts: list[str] = []
    done = 0
    for found in _MOVABLE.finditer(text):
        if found.start() < done:
            continue
        start, end = found.span()
        while start > done and _is_letter(text[start - 1]):
            start -= 1
        while end < len(text) and _is_letter(text[end]):
            end += 1
        parts.append(text[done:start])
        parts.append(_moved(text[start:end]))
        done = end
    if not parts:
        return text
    parts.append(text[done:])
    return "".join(parts)


def _is_letter(char: str) -> bool:
    return _WORD.match(char) is not None


@lru_cache(maxsize=8_192)
def lower(text: str) -> str:
    """Return `tone(text)` in small letters, character for character."""
    toned = tone(text)
    small = toned.lower()
    return small if len(small) == len(toned) else "".join(c.lower() if len(c.lower()) == 1 else c for c in toned)


def is_upper(text: str) -> bool:
    """Say whether a line is written in capitals: at least two letters, hardly any of them small."""
    letters = sum(map(str.isalpha, text))
    return letters >= 2 and sum(map(str.islower, text)) * 12 <= letters
