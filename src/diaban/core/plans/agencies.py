"""Agencies named in a text: listed ones by their names and abbreviations, others by the shape of the name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from diaban.core.plans import citations
from diaban.core.plans.gazetteer import Agency, Gazetteer
from diaban.core.plans.shadow import is_upper, lower
from diaban.core.plans.shapes import (
    COMMUNE_WORDS,
    DISTRICT_WORDS,
    NEWSPAPER,
    PROPER,
    SHAPES,
    WORDS_OF_UNITS,
    Shape,
)

_OFFICE: Final = re.compile(r"(?:(?:giám đốc|chủ tịch|chánh văn phòng|thủ trưởng),?\s+)?")
_NOT_SO: Final = re.compile(r"bộ máy|hội nghị|hội thảo|hội thi")


@dataclass(frozen=True, slots=True)
class Mention:
    """An agency in a text, from `start` to `end`. `name` is as written, `canonical` one form for all spellings."""

    start: int
    end: int
    name: str
    canonical: str
    kind: str
    level: str
    line: str
    listed: bool
    weak: bool


@dataclass(frozen=True, slots=True)
class _Known:
    pattern: re.Pattern[str]
    by_key: dict[str, Agency]
    sectors: re.Pattern[str]
    by_sector: dict[str, Agency]
    provinces: tuple[tuple[str, re.Pattern[str]], ...]


def _key(text: str) -> str:
    return re.sub(r"[\W_]+|\bvà\b", "", lower(text))


def _loose(name: str) -> str:
    """Return a pattern for a name that takes any spacing, dash, comma and "&" or "và" where the name has one."""
    words = re.findall(r"[\w/]+|&", lower(name))
    parts = [r"(?:và|&)" if word in ("và", "&") else re.escape(word) for word in words]
    return r"[\s,\-–.]*".join(parts)


@lru_cache(maxsize=8)
def _known(gazetteer: Gazetteer) -> _Known:
    names: dict[str, Agency] = {}
    patterns: list[str] = []
    sectors: dict[str, Agency] = {}
    for agency in gazetteer.agencies:
        if agency.kind == "division":
            sectors.setdefault(_key(agency.sector or ""), agency)
        for name in (agency.name, *agency.aliases):
            names.setdefault(_key(name), agency)
            patterns.append(_loose(name))
        if agency.sector:
            for name in (agency.name, *agency.aliases):
                if name.startswith("Sở "):
                    sectors.setdefault(_key(name[3:]), agency)
    alternatives = "|".join(sorted(set(patterns), key=len, reverse=True)) or r"(?!)"
    sector_names = [_loose(agency.sector) for agency in gazetteer.agencies if agency.sector]
    sector_names += [
        _loose(alias[3:])
        for agency in gazetteer.agencies
        if agency.sector
        for alias in agency.aliases
        if alias.startswith("Sở ")
    ]
    sector_names.sort(key=len, reverse=True)
    return _Known(
        re.compile(rf"(?<!\w)(?:giám đốc,?\s+)?(?P<name>{alternatives})(?!\w)"),
        names,
        re.compile(rf"(?P<gap>\s*(?:,|;|:|và|-|–)?\s*(?:và\s+)?)(?P<name>{'|'.join(sector_names) or '(?!)'})(?!\w)"),
        sectors,
        tuple((name, re.compile(rf"\s+{_loose(name)}(?!\w)")) for name in gazetteer.provinces),
    )


def cased(name: str | None, gazetteer: Gazetteer) -> str | None:
    """Return an office's name with the capitals of the list: "Sở y tế tỉnh …" is "Sở Y tế tỉnh …"."""
    if not name:
        return name
    small = lower(name)
    if small.startswith("phòng "):
        found = _known(gazetteer).sectors.match(small, 5)
        if found and found["gap"].strip() == "":
            sector = _known(gazetteer).by_sector[_key(found["name"])].sector
            return f"Phòng {sector}{name[found.end() :]}" if sector else name
    at = _known(gazetteer).pattern.match(lower(name))
    agency = _known(gazetteer).by_key.get(_key(at["name"])) if at else None
    if at is None or agency is None or lower(agency.name) != at["name"]:
        return re.sub(r"^Ban chỉ đạo", "Ban Chỉ đạo", name)
    return agency.name + name[at.end() :]


def find(text: str, gazetteer: Gazetteer, home: str = "") -> list[Mention]:
    """Return the agencies that `text` names, in order, outside the documents that it cites. `home` is the name of the
    plan's own province, which a name may carry or not."""
    return list(_all(text, gazetteer, home))


@lru_cache(maxsize=4_096)
def _all(text: str, gazetteer: Gazetteer, home: str) -> tuple[Mention, ...]:
    small = lower(text)
    known = _known(gazetteer)
    found: list[Mention] = []
    for match in known.pattern.finditer(small):
        agency = known.by_key.get(_key(match["name"]))
        if agency is not None:
            start = match.start("name")
            if start > 1 and re.search(r"(?:thuộc|toàn|cán|nội|đồng)\s$", small[:start]) and not text[start].isupper():
                continue
            found.append(_listed(text, start, match.end("name"), agency))
            found.extend(_list_of_departments(text, small, match.end("name"), agency, known))
    found.extend(_after_departments(small, known))
    for shape in SHAPES:
        for match in shape.pattern.finditer(small):
            mention = _shaped(text, small, match, shape, gazetteer, home)
            if mention is not None:
                found.append(mention)
    found.extend(_newspapers(text))
    return tuple(_settle(found, text, small))


def _listed(text: str, start: int, end: int, agency: Agency) -> Mention:
    name = agency.name if is_upper(text[start:end]) and len(text[start:end]) > 8 else text[start:end]
    return Mention(start, end, name, agency.name, agency.kind, agency.level, agency.line, True, False)


def _list_of_departments(text: str, small: str, at: int, first: Agency, known: _Known) -> list[Mention]:
    """Read on in "Sở Y tế, Giáo dục và Đào tạo, Tài chính": names without "Sở" after the first."""
    made: list[Mention] = []
    while first.kind == "department":
        match = known.sectors.match(small, at)
        if not match or not match["gap"].strip() or not text[match.start("name")].isupper():
            break
        agency = known.by_sector[_key(match["name"])]
        made.append(
            Mention(
                match.start("name"),
                match.end(),
                agency.name,
                agency.name,
                agency.kind,
                agency.level,
                agency.line,
                True,
                False,
            )
        )
        at = match.end()
    return made


def _after_departments(small: str, known: _Known) -> list[Mention]:
    """Read "các Sở: Y tế, Tài chính", "các phòng: Y tế, Văn hóa và Thông tin": names under one word."""
    made: list[Mention] = []
    for head in re.finditer(
        r"(?<!\w)(?:các\s+)?(?P<office>sở|phòng)(?:\s*,\s*(?:ban\s*,\s*)?ngành)?\s*(?P<colon>:)", small
    ):
        office = "Sở" if head["office"] == "sở" else "Phòng"
        at = head.end()
        while True:
            match = known.sectors.match(small, at)
            if match is None or (made and at != head.end() and not match["gap"].strip()):
                break
            agency = known.by_sector[_key(match["name"])]
            if agency.kind == "division" and office == "Sở":
                break
            name = agency.name if office == "Sở" else f"Phòng {agency.sector}"
            level = agency.level if office == "Sở" else "district"
            made.append(
                Mention(
                    match.start("name"), match.end(), name, name, agency.kind, level, agency.line, office == "Sở", False
                )
            )
            at = match.end()
    return made


def _level(place: str, head: str) -> str:
    units = set(WORDS_OF_UNITS.findall(place))
    if "cấp tỉnh" in place:
        return "province"
    if units & COMMUNE_WORDS:
        return "commune"
    if units & DISTRICT_WORDS or ("các" in place and "thành phố" in units):
        return "district"
    if "trung ương" in place:
        return "central"
    if re.match(r"huyện|quận|thị ", head):
        return "district"
    return "province" if not re.search(r"các cấp|địa phương|đơn vị", place) else "any"


def _shaped(
    text: str, small: str, match: re.Match[str], shape: Shape, gazetteer: Gazetteer, home: str
) -> Mention | None:
    start, end = match.start(), match.end()
    if shape.capital and not text[start].isupper():
        return None
    if _NOT_SO.match(small, start):
        return None
    place = (match["place"] or "").strip() if shape.place else ""
    head = match["head"].strip()
    proper = ""
    single = place in (
        "tỉnh",
        "thành phố",
        "huyện",
        "quận",
        "thị xã",
        "xã",
        "phường",
        "thị trấn",
        "đặc khu",
        "tp",
        "tp.",
    )
    if single or not place or shape.kind in ("military", "media"):
        proper, end = _proper(text, end, gazetteer, single or shape.kind in ("branch", "military", "media", "school"))
    canonical = _canonical(text, start, match, shape, place, proper, home)
    level = _level(place, head)
    if shape.kind == "police" and head.endswith("công an") and not place and not proper:
        return None  # a bare "Công an" names a force, not an office
    start += len(_OFFICE.match(small[start:end]).group())  # type: ignore[union-attr]
    whole = text[start:end]
    name = canonical if is_upper(whole) and len(whole) > 8 else whole
    weak = (shape.weak and not (place and shape.name == "Thanh tra")) or (
        shape.kind in ("union", "court", "procuracy") and not place and not text[start].isupper()
    )
    return Mention(start, end, name.strip(), canonical, shape.kind, level, shape.line, False, weak)


def _proper(text: str, end: int, gazetteer: Gazetteer, single: bool) -> tuple[str, int]:
    """Return the proper name right after `end` ("… tỉnh Nghệ An"), and where it ends."""
    if text[end : end + 1].isspace():
        rest = lower(text[end : end + 40])
        for province, pattern in _known(gazetteer).provinces:
            if matched := pattern.match(rest):
                return province, end + matched.end()
    found = PROPER.match(text, end)
    if not single or not found or is_upper(text[max(0, end - 12) : end]):
        return "", end
    return found["name"], found.end()


def _canonical(text: str, start: int, match: re.Match[str], shape: Shape, place: str, proper: str, home: str) -> str:
    head = shape.name
    if not head or (shape.kind == "military" and re.search(r"\d", match["head"])):
        written = text[start : match.end("head")]
        head = (
            (written[:1].upper() + written[1:].lower()) if is_upper(written) and len(written) > 6 else written.strip()
        )
        head = head.removeprefix("các ").removeprefix("Các ")
        head = head[:1].upper() + head[1:]
    if shape.kind == "union" and re.match(r"(?:ban thường vụ )?(?:tỉnh|thành) ?đoàn", match["head"]):
        return f"{head} tỉnh" if "tỉnh" in match["head"] else f"{head} thành phố"
    if re.match(r"(?:huyện|quận|thị) ?đoàn", match["head"]):
        return f"{head} cấp huyện"
    if shape.kind == "group":
        return shape.name
    units = WORDS_OF_UNITS.findall(place)
    if not place:
        same = proper and home and _key(proper) == _key(home)
        return head if not proper or same else f"{head} {proper}"
    several = len(units) > 1 or place.startswith(("các", "cấp")) or place[:1].isdigit()
    if several and units:
        level = _level(place, "")
        both = set(units) & COMMUNE_WORDS and (set(units) & DISTRICT_WORDS)
        seat = (
            "cấp huyện, cấp xã"
            if both
            else {"commune": "cấp xã", "district": "cấp huyện", "province": "tỉnh"}.get(level, place)
        )
        return f"{head} {seat}"
    seat = {"tp": "thành phố", "tp.": "thành phố"}.get(place, place)
    if proper and not (home and _key(proper) == _key(home)):
        return f"{head} {seat} {proper}"
    return f"{head} {seat}"


def _newspapers(text: str) -> list[Mention]:
    made: list[Mention] = []
    for match in NEWSPAPER.finditer(text):
        whole = match.group().strip()
        if is_upper(whole) and len(whole.split()) > 5:
            continue  # a heading in capitals, where every word could be a name
        name = whole if not is_upper(whole) else whole.title()
        made.append(Mention(match.start(), match.end(), name, name, "media", "province", "other", False, False))
    return made


def _settle(found: list[Mention], text: str, small: str) -> list[Mention]:
    """Keep, of names that overlap, the longer; leave out documents' issuers and vague names that nobody assigns."""
    spans = [(item.start, item.end) for item in citations.find(text) if item.number or item.day]
    kept: list[Mention] = []
    ends: list[int] = []
    for mention in sorted(found, key=lambda m: (m.start, -m.end, m.weak, not m.listed)):
        if any(start <= mention.start < end for start, end in spans):
            continue
        if ends and mention.start < ends[-1]:
            continue
        kept.append(mention)
        ends.append(mention.end)
    return [m for m in kept if not m.weak or _assigned(m, small)]


def _assigned(mention: Mention, small: str) -> bool:
    before = small[: mention.start]
    if mention.canonical == "các cơ quan, đơn vị" and re.search(r"với\s*$", before):
        return False  # "phối hợp với các đơn vị liên quan" names nobody
    if not re.search(r"\w", re.sub(r"^\W*(?:đề nghị|giao|yêu cầu|trách nhiệm của|đối với)\s*", "", before)):
        return True
    return bool(
        re.search(
            r"(?:phối hợp(?: chặt chẽ)?(?: với| cùng)?|cùng với|giao(?: cho)?|đề nghị|yêu cầu|đôn đốc|hướng "
            r"dẫn|chỉ đạo)\s*(?:với\s*)?$",
            before,
        )
    )


def distinct(mentions: list[Mention]) -> list[Mention]:
    """Return the first mention of every agency."""
    seen: dict[str, Mention] = {}
    for mention in mentions:
        seen.setdefault(mention.canonical, mention)
    return list(seen.values())


def listed_after(text: str, mentions: list[Mention], at: int) -> list[Mention]:
    """Return the agencies that stand one after the other from `at`, with only commas and "và" between them."""
    run: list[Mention] = []
    small = lower(text)
    for mention in mentions:
        if mention.start < at:
            continue
        between = small[at : mention.start]
        if not re.fullmatch(
            r"\s*(?:(?:,|;|/|-|–|và|cùng|với|các|cơ quan|liên quan|có|lực lượng|đơn vị|:|của|ngành|như)\s*)*", between
        ):
            break
        run.append(mention)
        at = mention.end
    return run
