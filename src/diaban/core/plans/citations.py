"""Documents that a text names: kind, number, day, issuer, title. Bases are those of the preamble."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from diaban.core.plans.model import Base
from diaban.core.plans.shadow import lower

_KINDS_WRITTEN: Final = """
    thông tư liên tịch | nghị quyết liên tịch | quy chế phối hợp | chương trình hành động | bộ luật | pháp lệnh |
    nghị định | nghị quyết | quyết định | chỉ thị | kết luận | thông tư | kế hoạch | công văn | văn bản | chương
    trình | thông báo | đề án | hướng dẫn | tờ trình | công điện | báo cáo | quy chế | hiến pháp | quy định |
    thông tri | lệnh | dự án | chiến lược | luật
"""
_KINDS: Final = tuple(" ".join(word.split()) for word in _KINDS_WRITTEN.split("|"))
_KIND = re.compile(r"\b(" + "|".join(_KINDS) + r")\b")
NUMBER: Final = re.compile(
    r"(?<![\w/.])(\d{1,5}[a-zA-Z]?)\s?((?:/\d{4})?\s?[/-]\s?(?=[A-ZĐ])[A-ZĐƯ][A-ZĐƯa-zđ0-9]*"
    r"(?:(?:\s?[-–]\s?|/|&|\.)[A-ZĐƯ][A-ZĐƯa-zđ0-9]*)*)"
)
_SLASHED = re.compile(r"ngày\s*(\d{1,2})\s?[/.-]\s?(\d{1,2})\s?[/.-]\s?(\d{4})")
_SPELLED = re.compile(r"ngày\s*(\d{1,2})\s*tháng\s*(\d{1,2})\s*,?\s*năm\s*(\d{4})")
_ISSUER = re.compile(
    r"\s*,?\s*(?:của|do)\s+(?P<who>.+?)(?=\s+(?:ngày|về|phê duyệt|ban hành|quy định|tại|sửa đổi|hướng dẫn|đề nghị|"
    r"thông qua|triển khai|"
    r"thực hiện|tổ chức|trên địa bàn|tiếp tục|tăng cường|xây dựng|giao|công nhận|xác định|trả lời|và (?:nghị|"
    r"quyết|kế|luật|chỉ thị|thông|công văn|đề án|kết luận|hướng dẫn|chương trình|văn bản|tờ trình|"
    r"quy)\w*)(?!\w)|[;,.(:]|$)"
)
_TITLE = re.compile(
    r"\s*,?\s*(?P<title>(?:về|phê duyệt|ban hành|quy định|sửa đổi|hướng dẫn|thông qua|triển khai|thực hiện|“).*)"
)
_LAW = re.compile(r"\b(?:bộ luật|luật|pháp lệnh|hiến pháp)\b")


@dataclass(frozen=True, slots=True)
class Cited:
    """A document named in a text, from `start` to `end` (its number, day and issuer; not its title)."""

    start: int
    end: int
    kind: str
    number: str | None
    day: dt.date | None
    issuer: str | None
    title: str | None
    nested: str | None


def day_of(year: str, month: str, day: str) -> dt.date | None:
    """Return a day, or None for one that does not exist."""
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def _day(small: str, at: int, reach: int = 12) -> tuple[dt.date | None, int]:
    """Return the day written right after `at` (at most `reach` characters on) and where it ends."""
    for pattern in (_SPELLED, _SLASHED):
        found = pattern.search(small, at, at + reach + 40)
        if found and found.start() - at <= reach:
            return day_of(found[3], found[2], found[1]), found.end()
    return None, at


def find(text: str) -> list[Cited]:
    """Return the documents that `text` names by number, and laws named by title, in order."""
    return list(_all(text))


@lru_cache(maxsize=4_096)
def _all(text: str) -> tuple[Cited, ...]:
    small = lower(text)
    cited: list[Cited] = []
    for found in NUMBER.finditer(text):
        number = re.sub(r"\s", "", found.group()).replace("–", "-")
        if not re.search(r"[A-ZĐ]{2}|/[A-ZĐ]", number):
            continue
        segment = max(small.rfind(";", 0, found.start()), small.rfind(". ", 0, found.start()))
        segment = max(segment, cited[-1].end if cited else -1, 0)
        kinds = list(_KIND.finditer(small, segment, found.start()))
        near = [kind for kind in kinds if found.start() - kind.end() < 130]
        if not near:
            again = cited and re.fullmatch(r"[\s,;]*(?:và\s+)?số:?\s*", small[cited[-1].end : found.start()])
            if not again:
                continue
            # "các Quyết định số 1452/…, số 2278/…": one word for several numbers.
            kinds = [m for m in _KIND.finditer(small, cited[-1].start, cited[-1].end) if m.start() == cited[-1].start]
            if not kinds:
                continue
            day, end = _day(small, found.end())
            cited.append(Cited(found.start(), end, cited[-1].kind, number, day, cited[-1].issuer, None, None))
            continue
        kind = near[-1]
        law = next((k for k in near if k[1] in ("luật", "bộ luật", "pháp lệnh")), None)
        between = small[kind.end() : found.start()]
        if not re.fullmatch(r"[\s:]*(?:liên tịch)?[\s:]*(?:số)?[\s:]*", between):
            if law is None and not re.search(r"(?:số|\()\s*:?\s*$", between):
                continue
            kind = law or kind
        cited.append(_complete(text, small, kind, found, number, cited))
    return tuple(_with_laws(text, small, cited))


def _complete(
    text: str, small: str, kind: re.Match[str], found: re.Match[str], number: str, before: list[Cited]
) -> Cited:
    day, end = _day(small, found.end())
    issuer = None
    if who := _ISSUER.match(small, end):
        issuer = text[who.start("who") : who.end("who")].strip(" ,.;:")
        end = who.end()
        if day is None:
            day, end = _day(small, end, 3)
    title = None
    if named := _TITLE.match(small, end):
        stop = re.compile(
            r";|\.\s|\.$|\(sau đây|\bcụ thể như sau|,? (?:uỷ ban nhân dân|ubnd) |(?:,|\bvà) (?=(?:nghị|quyết định|"
            r"kế hoạch|luật|chỉ thị|thông|công văn|đề án|kết luận)[^;]{0,20}số )"
        ).search(small, named.start("title"))
        title = text[named.start("title") : stop.start() if stop else len(text)].strip(" ,.;:") or None
    nested = None
    if before and not re.search(r"[;.]|\bvà\s*$|,\s*$", small[before[-1].end : kind.start()][-3:] or " "):
        nested = before[-1].nested or before[-1].number
        if ";" in small[before[-1].end : kind.start()] or not before[-1].title:
            nested = None
    label = text[kind.start() : kind.end()]
    return Cited(kind.start(), end, label[:1].upper() + label[1:].lower(), number, day, issuer, title, nested)


def _with_laws(text: str, small: str, cited: list[Cited]) -> list[Cited]:
    """Add laws that are named without number: one to a part between semicolons that names no number."""
    for piece in re.finditer(r"(?:[^;.]|\.(?!\s))+[;.]?\s*", small):
        start, stop, part = piece.start(), piece.end(), piece.group()
        law = re.match(
            r"[\s\-–+*]*(?:căn cứ|thực hiện|theo|và)?[\s:]*((?:các\s+)?(?:bộ luật|luật|pháp lệnh|hiến pháp)\b)", part
        )
        covered = any(start <= item.start < stop for item in cited)
        if law and not covered:
            at = start + law.start(1)
            days = [m for p in (_SPELLED, _SLASHED) for m in p.finditer(small, start, stop)]
            last = max(days, key=lambda m: m.start()) if days else None
            title = text[at : last.start() if last else stop].strip(" ,.;:")
            kind = _LAW.search(small, at)
            label = text[kind.start() : kind.end()] if kind else "Luật"
            cited.append(
                Cited(
                    at,
                    stop,
                    label[:1].upper() + label[1:].lower(),
                    None,
                    day_of(last[3], last[2], last[1]) if last else None,
                    None,
                    title,
                    None,
                )
            )
    return sorted(cited, key=lambda item: item.start)


def as_base(item: Cited, text: str, line: int, rule: str) -> Base:
    """Return a named document as a finding of the plan."""
    end = item.end
    if item.title:
        end = max(end, text.find(item.title, item.start) + len(item.title))
    return Base(
        item.kind,
        item.number,
        item.day,
        item.issuer,
        item.title,
        text[item.start : end].strip(),
        line,
        item.nested,
        rule,
    )
