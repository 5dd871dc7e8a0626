"""The numbers that Word shows before paragraphs and keeps out of their text: computed as Word does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS: Final = 9


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: how its number looks ("%1.%2.") and where it begins."""

    form: str
    text: str
    start: int


@dataclass(slots=True)
class Numbering:
    """Lists by their id, lists of styles, and the counters while the document is read from top to bottom."""

    lists: dict[str, tuple[str, dict[int, Level]]] = field(default_factory=dict)
    styles: dict[str, tuple[str | None, int | None]] = field(default_factory=dict)
    counters: dict[str, list[int]] = field(default_factory=dict)
    restarts: dict[tuple[str, int], int] = field(default_factory=dict)
    used: set[tuple[str, int]] = field(default_factory=set)

    def mark(self, number: str | None, level: int | None, style: str | None) -> str:
        """Return what Word writes before the paragraph ("II.", "a)", "-"), or an empty text; the counters go on."""
        own, depth = number, level
        if own is None and style in self.styles:
            own, depth = self.styles[style][0], self.styles[style][1] if level is None else level
        if own in (None, "0") or own not in self.lists:
            return ""
        abstract, levels = self.lists[own]
        depth = min(max(depth or 0, 0), _LEVELS - 1)
        form = levels.get(depth)
        if form is None:
            return ""
        counts = self.counters.setdefault(
            abstract, [levels[at].start - 1 if at in levels else 0 for at in range(_LEVELS)]
        )
        restart = self.restarts.get((own, depth))
        if restart is not None and (own, depth) not in self.used:
            counts[depth] = restart - 1
        self.used.add((own, depth))
        counts[depth] += 1
        for below in range(depth + 1, _LEVELS):
            counts[below] = levels[below].start - 1 if below in levels else 0
        if form.form == "bullet":
            return _bullet(form.text)
        text = form.text
        for at in range(_LEVELS):
            if f"%{at + 1}" in text:
                shown = counts[at] if at == depth or counts[at] > 0 else levels[at].start if at in levels else 1
                text = text.replace(f"%{at + 1}", _written(shown, levels[at].form if at in levels else "decimal"))
        return text.strip()


def _bullet(text: str) -> str:
    sign = text.strip()[:1]
    if not sign:
        return ""
    if sign in "-–—\uf02d\u2010\u2011\u2212":
        return "-"
    if sign in "+*":
        return sign
    return "+" if sign == "\uf02b" else "*" if sign == "\uf02a" else "•"


def _roman(number: int) -> str:
    signs = (
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
    )
    text = ""
    for value, sign in (*signs, (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        while number >= value and len(text) < 30:
            text += sign
            number -= value
    return text


def _written(number: int, form: str) -> str:
    if form in ("upperRoman", "lowerRoman"):
        text = _roman(number)
        return text if form == "upperRoman" else text.lower()
    if form in ("upperLetter", "lowerLetter") and number > 0:
        letter = "abcdefghijklmnopqrstuvwxyz"[(number - 1) % 26] * min((number - 1) // 26 + 1, 4)
        return letter.upper() if form == "upperLetter" else letter
    if form == "decimalZero":
        return f"{number:02}"
    return "" if form == "none" else str(number)


def _value(element: Element | None, default: str = "") -> str:
    return element.get(f"{W}val", default) if element is not None else default


def _number(text: str, default: int = 0) -> int:
    return int(text) if text.lstrip("-").isdigit() and len(text) < 7 else default


def read(numbering: Element | None, styles: Element | None) -> Numbering:
    """Return the lists of a document; missing parts give none."""
    made = Numbering()
    abstracts: dict[str, dict[int, Level]] = {}
    links: dict[str, str] = {}
    if numbering is not None:
        for shape in numbering.iter(f"{W}abstractNum"):
            key = shape.get(f"{W}abstractNumId", "")
            abstracts[key] = {_number(level.get(f"{W}ilvl", "0")): _level(level) for level in shape.findall(f"{W}lvl")}
            if (linked := shape.find(f"{W}numStyleLink")) is not None:
                links[key] = _value(linked)
        for item in numbering.iter(f"{W}num"):
            _list(made, item, abstracts)
    if styles is not None:
        _styles(made, styles)
    for own, (abstract, levels) in list(made.lists.items()):
        if not levels and abstract in links and links[abstract] in made.styles:
            other = made.styles[links[abstract]][0]
            if other in made.lists:
                made.lists[own] = made.lists[other]
    return made


def _level(level: Element) -> Level:
    return Level(
        _value(level.find(f"{W}numFmt"), "decimal"),
        _value(level.find(f"{W}lvlText")),
        _number(_value(level.find(f"{W}start"), "1"), 1),
    )


def _list(made: Numbering, item: Element, abstracts: Mapping[str, dict[int, Level]]) -> None:
    own = item.get(f"{W}numId", "")
    abstract = _value(item.find(f"{W}abstractNumId"))
    levels = dict(abstracts.get(abstract, {}))
    key = abstract
    for override in item.findall(f"{W}lvlOverride"):
        depth = _number(override.get(f"{W}ilvl", "0"))
        begin = override.find(f"{W}startOverride")
        if begin is not None:
            made.restarts[(own, depth)] = _number(_value(begin, "1"), 1)
        if (level := override.find(f"{W}lvl")) is not None:
            levels[depth] = _level(level)
    made.lists[own] = (key, levels)


def _styles(made: Numbering, styles: Element) -> None:
    based: dict[str, str] = {}
    for style in styles.iter(f"{W}style"):
        key = style.get(f"{W}styleId", "")
        based[key] = _value(style.find(f"{W}basedOn"))
        properties = style.find(f"{W}pPr/{W}numPr")
        if properties is not None:
            number = properties.find(f"{W}numId")
            level = properties.find(f"{W}ilvl")
            made.styles[key] = (
                _value(number) if number is not None else None,
                _number(_value(level)) if level is not None else None,
            )
    for key in based:
        seen: set[str] = set()
        at = key
        while at and at not in seen:
            seen.add(at)
            found = made.styles.get(at)
            if found is not None and found[0] is not None:
                own = made.styles.get(key, (None, None))[1]
                made.styles[key] = (found[0], own if own is not None else found[1])
                break
            at = based.get(at, "")
