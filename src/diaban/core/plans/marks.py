"""The mark with which a clause begins: "Phần thứ hai", "II.", "1.", "1.2.", "a)", "(1)", "-", "+", "*", "•"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# Families from the widest to the narrowest. Bullets come last and have no value of their own.
ORDER: Final = (
    "part", "chapter", "section", "upper", "roman", "article", "decimal", "decimal2", "decimal3", "decimal4",
    "bracket", "letter", "letter2", "round", "small_roman", "star", "dash", "plus", "bullet",
)  # fmt: skip
RANK: Final = {family: rank for rank, family in enumerate(ORDER)}
BULLETS: Final = frozenset({"star", "dash", "plus", "bullet"})

_ORDINALS: Final = {
    "nhất": 1, "một": 1, "hai": 2, "nhì": 2, "ba": 3, "tư": 4, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "tám": 8,
    "chín": 9, "mười": 10,
}  # fmt: skip
_UPPER: Final = "ABCDĐEFGHIKLMNOPQRSTUVXY"
_LOWER: Final = "abcdđefghiklmnopqrstuvxy"
CAPITAL: Final = r"[A-ZĐÀ-ÖØ-ÝĂĨŨƠƯẠ-Ỹ]"
_ROMANS: Final = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}

_PART = re.compile(
    r"(?P<word>phần|chương|mục|điều)\s+(?:thứ\s+)?(?P<n>nhất|một|hai|nhì|ba|tư|bốn|năm|sáu|bảy|tám|chín|mười|"
    r"[IVXl]+|\d{1,2}|[A-ZĐ])"
    r"\s*(?P<end>[.:)\-–/]|$|(?=\s))\s*",
    re.IGNORECASE,
)
_DECIMAL = re.compile(
    r"(?P<n>\d{1,2}(?:\.\d{1,2}){0,3})(?P<end>(?:[.)/][-–]|\s?[.)/:-])?)(?P<space>\s*)(?=(?P<next>\S)|$)"
)
_ROMAN = re.compile(r"(?P<n>[IVXl1|]{1,6})\s?(?P<end>[.)/][-–]|[.)/:\-–])\s*(?=(?P<next>\S)|$)")
_LETTER = re.compile(r"(?P<n>[A-ZĐa-zđ])(?P<sub>\d{1,2}|\.\d{1,2})?\s?(?P<end>[.)/][-–]?)\s*(?=(?P<next>\S)|$)")
_ROUND = re.compile(r"\(\s*(?P<n>\d{1,2}|[a-zđ]|[ivx]{1,5})\s*\)\s*(?=\S|$)")
_SMALL_ROMAN = re.compile(r"(?P<n>i{2,3}|iv|vi{0,3}|ix)\s?\)\s*(?=\S|$)")
_BULLET = re.compile(r"(?P<n>[-–—−‐‑]{1,2}|\+|\*{1,3}|[•·▪●■◦○‣▶►➢➤✓✔❖◆♦Ø§]|o(?=\s[A-ZĐÀ-Ỹ]))\s*(?=[^\s\-–+*=_.])")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark: `label` goes into the path, `value` is its place in its row (0: none), `raw` is as written."""

    family: str
    label: str
    value: int
    raw: str
    rest: str
    prefix: str = ""  # of "1.2": "1"


def roman(word: str) -> int:
    """Return the value of Roman digits, 0 for what is no Roman number."""
    total = 0
    for digit, following in zip(word, [*word[1:], "I"], strict=True):
        value = _ROMANS.get(digit, 0)
        if not value:
            return 0
        total += -value if value < _ROMANS.get(following, 0) else value
    return total if to_roman(total) == word else 0


def to_roman(number: int) -> str:
    """Return a number below 90 in Roman digits."""
    tens, ones = divmod(number, 10)
    if not 0 < number < 90:
        return ""
    return ["", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX"][tens] + [
        "",
        "I",
        "II",
        "III",
        "IV",
        "V",
        "VI",
        "VII",
        "VIII",
        "IX",
    ][ones]


def parse(text: str) -> Mark | None:
    """Return the mark that `text` begins with, or None. A single capital may be a letter or a Roman number: "roman"
    is given for I, V and X, and the reader of the order decides."""
    if not text:
        return None
    first = text[0]
    if first in "PpCcMmĐđ" and (found := _PART.match(text)):
        return _part(text, found)
    if first == "(":
        return _round(text)
    if first.isdigit():
        return _decimal(text) or _roman(text)
    if found := _BULLET.match(text):
        return _bullet(text, found)
    return _roman(text) or _letter(text)


def _part(text: str, found: re.Match[str]) -> Mark | None:
    word = found["word"].lower()
    number = found["n"].lower()
    if number in _ORDINALS:
        value = _ORDINALS[number]
    elif number.isdigit():
        value = int(number)
    else:
        value = roman(found["n"].upper().replace("L", "I")) or (_UPPER.find(found["n"].upper()) + 1)
    rest = text[found.end() :].strip()
    ended = found["end"] != "" or not rest
    loud = found["word"][:1].isupper()
    # "phần hai của", "Điều 5 Luật …" in running text are no headings.
    if not value or not loud or not (ended or rest[:1].isupper()) or (word in ("điều", "mục") and not ended):
        return None
    if word in ("điều", "mục") and found["n"].isalpha() and not roman(found["n"]):
        return None
    family = {"phần": "part", "chương": "chapter", "mục": "section", "điều": "article"}[word]
    label = {"part": "P", "chapter": "C", "section": "M", "article": "Đ"}[family] + str(value)
    return Mark(family, label, value, text[: found.end()].strip(), rest)


def _round(text: str) -> Mark | None:
    found = _ROUND.match(text)
    if not found:
        return None
    number = found["n"]
    value = int(number) if number.isdigit() else len(number) if set(number) == {"i"} else _LOWER.find(number) + 1
    return Mark("round", f"({number})", value, found.group().strip(), text[found.end() :])


def _decimal(text: str) -> Mark | None:
    found = _DECIMAL.match(text)
    if not found:
        return None
    parts = found["n"].split(".")
    end, following = found["end"].strip()[:1], found["next"] or ""
    rest = text[found.end() :]
    counted = following.isdigit() and end == "." and found["space"] != ""
    if following and not (following.isalpha() or counted or following in "“\"'‘([*"):
        return None
    if not end and (len(parts) == 1 or not found["space"] or not following.isupper()):
        return None
    if following.islower() and not found["space"]:
        return None
    if any(int(part) > 60 for part in parts) or int(parts[0]) == 0:
        return None
    if end == ")" and len(parts) == 1:
        family = "bracket"
    else:
        family = "decimal" if len(parts) == 1 else f"decimal{len(parts)}"
    prefix = ".".join(str(int(part)) for part in parts[:-1])
    return Mark(family, str(int(parts[-1])), int(parts[-1]), text[: found.end()].strip(), rest, prefix)


def _roman(text: str) -> Mark | None:
    found = _ROMAN.match(text)
    if not found:
        return None
    word = re.sub(r"[l1|]", "I", found["n"])
    value = roman(word)
    if not value or (found["n"].isdigit() and len(found["n"]) != 2) or found["n"].isdigit():
        return None
    following = found["next"] or ""
    if following and not (following.isupper() or following in '“"(') and found["end"] in "-–:)":
        return None
    if found["n"] == "l":  # a typist's one
        return Mark("decimal", "1", 1, text[: found.end()].strip(), text[found.end() :])
    return Mark("roman", word, value, text[: found.end()].strip(), text[found.end() :])


def _letter(text: str) -> Mark | None:
    found = _SMALL_ROMAN.match(text)
    if found:
        value = roman(found["n"].upper())
        return Mark("small_roman", found["n"], value, found.group().strip(), text[found.end() :])
    found = _LETTER.match(text)
    if not found:
        return None
    letter, following = found["n"], found["next"] or ""
    if (
        following
        and not (following.isalpha() or following in "“\"'‘([")
        and not (following.isdigit() and found["end"][0] == ")")
    ):
        return None
    raw, rest = text[: found.end()].strip(), text[found.end() :]
    if letter.isupper():
        if found["end"][0] == ")" or not (following.isupper() or not following) or found["sub"]:
            return None
        return Mark("upper", letter, _UPPER.find(letter) + 1, raw, rest) if letter in _UPPER else None
    if letter not in _LOWER or (found["end"][0] != ")" and following.islower()):
        return None
    if found["sub"]:
        value = int(found["sub"].strip("."))
        return Mark("letter2", str(value), value, raw, rest, letter)
    return Mark("letter", letter, _LOWER.find(letter) + 1, raw, rest)


def _bullet(text: str, found: re.Match[str]) -> Mark | None:
    sign = found["n"]
    if sign[0] in "-–—−‐‑":
        family, label = "dash", "-"
    elif sign[0] == "+":
        family, label = "plus", "+"
    elif sign[0] == "*":
        family, label = "star", "*"
    else:
        family, label = "bullet", "•"
    return Mark(family, label, 0, sign, text[found.end() :])


def follows(family: str, before: int, value: int) -> bool:
    """Say whether `value` comes right after `before`. Letters may leave out đ, f (nobody uses all of them)."""
    if family in ("letter", "upper"):
        row = _LOWER
        skipped = [letter for letter in row[before : max(value - 1, before)] if letter not in "đf"]
        return value > before and not skipped
    return value == before + 1
