"""Vietnamese text: search form, comparable form, alphabetical order, and rescue of pre-Unicode encodings.

Everything here works on `str` and never fails on odd input: text that is not Vietnamese passes through.
"""

from __future__ import annotations

import re
import unicodedata

from diaban.core.text_legacy import LegacyEncoding, convert_legacy, detect_legacy

__all__ = ["LegacyEncoding", "convert_legacy", "detect_legacy", "fold", "normalise", "sort_key"]

_APOSTROPHES = frozenset("'’ʼ‘`´")
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}  # huyền hỏi ngã sắc nặng
_TONE_CLASS = "[\u0300\u0301\u0303\u0309\u0323]"
_MARK = "[\u0300-\u036f]"
# A stray tone typed before the circumflex or breve has the same combining class, so NFC leaves it out of order.
_MISORDERED = re.compile("([\u0300\u0301\u0303\u0309])([\u0302\u0306])")
# Eth and African D look exactly like Đ and are what some old keyboards produced.
_LOOKALIKES = str.maketrans({"\u00d0": "Đ", "\u00f0": "đ", "\u0189": "Đ", "\u0256": "đ"})


class _FoldTable(dict[int, str]):
    """Decomposed character -> what remains of it in the search form; filled on demand."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char in "đĐðÐƉɖ":
            kept = "d"
        elif unicodedata.category(char) in ("Mn", "Cf") or char in _APOSTROPHES:
            kept = ""
        elif char.isalnum():
            kept = char.casefold()
        else:
            kept = " "
        self[code] = kept
        return kept


_FOLD = _FoldTable()


def fold(text: str) -> str:
    """Return the search form: no diacritics, đ as d, lower case, punctuation as single spaces.

    Independent of NFC/NFD and of tone placement ("Hòa", "Hoà" and "hoa" are all "hoa"). Apostrophes join
    ("Ea H'leo" is "ea hleo") because people type such names either way; other punctuation separates.
    """
    # Compatibility forms too: workbooks carry no-break spaces, full-width digits and ligatures.
    return " ".join(unicodedata.normalize("NFKD", text).translate(_FOLD).split())


def _decompose(text: str) -> str:
    return _MISORDERED.sub(r"\2\1", unicodedata.normalize("NFD", text.translate(_LOOKALIKES)))


# Syllables where old and new spelling differ: the tone moves from the glide to the main vowel. `q` and `gi` are
# consonants followed by a glide, so "qúy" and "gía" are the same slip.
_GLIDE = re.compile(
    rf"""(?xi) (?<![^\W\d_])                       # a syllable begins
        (?P<head>[^\W\d_aeiouy]*?)                 # its consonants, without the glide
        (?: (?P<o>o)(?P<t1>{_TONE_CLASS})(?P<v1>[ae])(?!{_MARK})
          | (?P<u>u)(?P<t2>{_TONE_CLASS})(?P<v2>y)(?!{_MARK})
          | (?<=q)(?P<qu>u)(?P<t3>{_TONE_CLASS})(?P<v3>[aeioy][\u0302\u0306\u031b]?)(?!{_MARK})
          | (?<=g)(?P<gi>i)(?P<t4>{_TONE_CLASS})(?P<v4>[aeou][\u0302\u0306\u031b]?)(?!{_MARK}) )
    """
)


def _move_tone(match: re.Match[str]) -> str:
    parts = match.groupdict()
    glide = parts["o"] or parts["u"] or parts["qu"] or parts["gi"]
    tone = parts["t1"] or parts["t2"] or parts["t3"] or parts["t4"]
    vowel = parts["v1"] or parts["v2"] or parts["v3"] or parts["v4"]
    return f"{parts['head']}{glide}{vowel}{tone}"


def normalise(text: str) -> str:
    """Return NFC text with the modern tone placement (hoà, thuỷ) and single spaces, diacritics and case kept.

    Two spellings of one name compare equal after it: "Hòa"/"Hoà", "Thủy"/"Thuỷ", NFC/NFD, eth for Đ.
    It is for comparing and for keys, not for showing: names are shown as their instrument writes them.
    """
    moved = _GLIDE.sub(_move_tone, _decompose(text))
    return " ".join(unicodedata.normalize("NFC", moved).split())


_LETTER_RANK = {"\u0306": "1", "\u0302": "2", "\u031b": "3"}  # ă before â; ô before ơ; ê and ư are alone
_SORT_WORDS = re.compile(r"\d+|(?:[^\W\d_][\u0300-\u036f]*)+")


def sort_key(text: str) -> str:
    """Return a plain ASCII key that orders by the Vietnamese alphabet: a ă â b c d đ e ê … u ư v x y.

    Tones break ties (ngang, huyền, hỏi, ngã, sắc, nặng), a space comes before any letter, and numbers count
    ("Phường 2" before "Phường 10"). The key has only [0-9a-z], so it orders alike in Python, SQLite and any
    collation of PostgreSQL and may be stored in a column.
    """
    primary: list[str] = []
    tones: list[str] = []
    plain = _decompose(text.casefold()).replace("đ", "d\u0335")
    for word in _SORT_WORDS.findall(plain):
        if word[0].isdigit() and word.isascii():
            digits = word.lstrip("0") or "0"
            primary.append(f"2{chr(ord('a') + min(len(digits), 25))}{digits}")
            continue
        letters: list[str] = []
        tone = "0"
        for char in word:
            if char in _TONES:
                tone = _TONES[char]
            elif char in _LETTER_RANK and letters:
                letters[-1] = letters[-1][0] + _LETTER_RANK[char]
            elif char == "\u0335" and letters:
                letters[-1] = "d1"
            elif "a" <= char <= "z":
                letters.append(char + "0")
            elif not unicodedata.combining(char):
                letters.append(f"z9{ord(char):06x}")
        primary.append("".join(letters))
        tones.append(tone)
    return "1".join(primary) + "0" + "".join(tones)


def name_key(full_name: str) -> str:
    """Return the key that sorts people as Vietnamese lists do: by the given name, which comes last, then the rest."""
    *before, given = normalise(full_name).split() or [""]
    return f"{sort_key(given)}\x00{sort_key(' '.join(before))}"
