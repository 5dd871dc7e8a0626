"""Days, months, quarters, years and rhythms in a sentence: where, as written, and in one normal form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from diaban.core.plans.citations import day_of
from diaban.core.plans.marks import roman
from diaban.core.plans.shadow import lower

_BEFORE: Final = (
    r"(?P<pre>(?:xong|hoàn thành|hoàn tất|kết thúc)?\s*(?:trước|chậm nhất|muộn nhất|không muộn hơn|không quá|"
    r"đến hết|đến|tới|tính đến|vào|trong|"
    r"hết|từ|kể từ|sau|cho đến)?\s*(?:là|vào|trong|khoảng)?\s*(?:hết|cuối|đầu|giữa)?\s*)"
)
_DAY = re.compile(
    _BEFORE + r"(?:ngày\s*)?(?<![\d/])(?P<d>\d{1,2})(?:\s*[/.-]\s*|\s*tháng\s*)(?P<m>\d{1,2})(?:\s*[/.-]\s*|"
    r",?\s*năm\s*)(?P<y>20\d{2})(?![\d/])"
)
_YEARLESS = re.compile(
    _BEFORE + r"(?:ngày\s*(?P<d>\d{1,2})(?:\s*/\s*|\s+tháng\s+)(?P<m>\d{1,2})|"
    r"(?<![\d/,.])(?P<d2>\d{1,2})/(?P<m2>\d{1,2}))(?![\d/]|\s*(?:xã|khu|huyện|địa bàn|phường|thôn|bản|%|điểm|"
    r"đơn vị|trường|số|hộ))"
    r"(?P<each>(?:\s*(?:của\s+)?(?:hằng|hàng|mỗi)\s+năm)?)"
)
_OF_MONTH = re.compile(
    _BEFORE + r"ngày\s*(?P<d>\d{1,2})(?:\s*,)?\s*(?:của\s+)?(?P<each>(?:hằng|hàng|mỗi)\s+tháng|(?:của\s+)?tháng cuối "
    r"(?:mỗi\s+)?quý|tháng sau|tháng kế tiếp)"
)
_ONLY_DAY = re.compile(
    r"(?P<pre>(?:trước|chậm nhất|muộn nhất|vào)\s*(?:là\s*)?(?:vào\s*)?)ngày\s*(?P<d>\d{1,2})(?!\s*(?:[/\d]|"
    r"tháng\s*\d))"
)
_MONTH = re.compile(_BEFORE + r"tháng\s*(?P<m>\d{1,2})(?:\s*(?:/|năm|-)\s*(?P<y>20\d{2}))?(?![\d/])")
_QUARTER = re.compile(
    _BEFORE + r"quý\s*(?P<q>i{1,3}|iv|[1-4])(?P<more>(?:\s*(?:,|và|-)\s*(?:quý\s*)?(?:i{1,3}|iv|"
    r"[1-4])(?!\w))*)(?:\s*(?:/|năm|-|,)\s*(?:năm\s*)?(?P<y>20\d{2}))?(?!\w)"
)
_YEAR = re.compile(_BEFORE + r"năm\s*(?P<y>20\d{2})(?!\s*[-–]\s*20\d{2}|\d)")
_BARE_YEAR = re.compile(r"(?P<pre>(?:đến(?: hết| cuối)?|trước|hết)\s+)(?P<y>20\d{2})(?![\d/.-]|\s*[-–]\s*20)")
_HALF = re.compile(_BEFORE + r"(?:0?6|sáu)\s+tháng\s+(?P<w>đầu|cuối)\s+năm(?:\s+(?P<y>20\d{2}))?")
_SPAN = re.compile(
    r"(?:trong(?:\s+(?:vòng|thời hạn|thời gian))?|không quá|không (?:chậm|muộn) (?:quá|hơn)|chậm "
    r"nhất(?:\s+(?:là|sau))?|sau)\s+(?P<n>\d{1,3})\s*(?P<u>giờ|ngày làm việc|ngày|tháng|tuần)(?!\s*(?:đầu|"
    r"cuối|\d))"
)
_RHYTHM = re.compile(
    r"(?:định kỳ\s+)?(?P<w>(?:hằng|hàng|mỗi)\s+(?:ngày|tuần|tháng|quý|năm|học kỳ|6 tháng|06 tháng|nửa năm)|"
    r"(?:0?[1-9]|một|hai|ba|sáu)\s+(?:tháng|tuần|năm|quý)\s*(?:/|một|1|01)\s*(?:0?1\s*)?lần)"
    r"|định kỳ\s+(?P<p>(?:(?:0?[1-9]\s+)?(?:tháng|quý|năm|tuần)|sáu tháng)(?:\s*(?:,|và|/|"
    r"hoặc)\s*(?:(?:0?[1-9]|một|cả)\s+)?(?:hằng\s+|hàng\s+)?(?:tháng|quý|năm|đột xuất|9 tháng))*)"
    r"|(?P<s>(?:(?:báo cáo|sơ kết|kết quả|tổng kết)[^,.;]{0,20}\s)?(?:0?6|sáu) tháng(?:\s*(?:,|và|/)\s*(?:0?9 "
    r"tháng|(?:01|1|một|cả|hằng|hàng)?\s*năm))+)"
    r"|(?P<o>(?:(?<=[,;(])\s|^|(?<=định kỳ )|(?<=định kỳ, ))thường xuyên(?!\w))|(?P<t>(?<!\w)theo\s+(?:tháng|"
    r"quý|tuần)(?!\s*(?:[ivx\d]|năm)))"
    r"|(?P<c>(?:0?[1-9]|ba|sáu)\s+(?:tháng|năm))(?=\s[^,.;]{0,25}\s(?:0?1|một) lần)"
    r"|(?P<f>\d+\s*(?:lần|lượt|buổi|kỳ|đợt|cuộc)\s*/\s*(?P<fu>ngày|tuần|tháng|quý|năm))"
)

# What a text must hold before a pattern is tried: the patterns begin with words that may all be missing, and are slow.
_HINT: Final = re.compile(
    r"\d|hằng|hàng|mỗi|định kỳ|sáu tháng|thường xuyên|theo\s|quý|tết|khai giảng|năm học|học kỳ|nghỉ hè|mùa mưa|lần|"
    r"nửa năm|(?:ba|sáu)\s"
)
_EVENT = re.compile(
    r"(?:trước|sau|trong dịp|dịp|nhân)\s+(?:khi\s+)?(?:dịp\s+)?(?:tết(?:\s+nguyên "
    r"đán)?(?:\s+(?:[^\W\d]+\s+[^\W\d]+|20\d\d))?|"
    r"(?:ngày\s+)?khai giảng(?:\s+năm học)?|(?:kết thúc|bắt đầu|vào)\s+(?:năm học|học kỳ)|năm học mới|kỳ nghỉ "
    r"hè|mùa mưa bão)"
    r"|(?:từ|trong|đến hết|hết)\s+(?:học kỳ\s+[ivx\d]+\s+)?năm học(?:\s+20\d\d\s*[-–]\s*20\d\d)?"
)


@dataclass(frozen=True, slots=True)
class When:
    """A moment or rhythm. `value` is normal ("2024-12-20", "Q3/2024", "2025", "hằng tháng", "15/12 hằng năm");
    `before` tells that it must be done before it; `kind`: day, yearless, month, quarter, year, half, span, rhythm."""

    start: int
    end: int
    kind: str
    value: str
    pre: str
    words: str


def find(text: str) -> list[When]:
    """Return the moments and rhythms of a text in order; none overlaps another."""
    return list(_all(text))


@lru_cache(maxsize=4_096)
def _all(text: str) -> tuple[When, ...]:
    small = lower(text)
    if not _HINT.search(small):
        return ()
    taken: list[When] = []

    def take(found: re.Match[str], kind: str, value: str | None) -> None:
        if value is None:
            return
        pre = " ".join((found.groupdict().get("pre") or "").split())
        start = found.start() + (len(found.group()) - len(found.group().lstrip(" ,")))
        end = found.start() + len(found.group().rstrip(" ,"))
        core = start + len(found.groupdict().get("pre") or "")
        if any(item.start < end and core < item.end for item in taken):
            return
        start = max([start, *(item.end for item in taken if item.end <= core and item.end > start)])
        taken.append(When(start, end, kind, value, pre, text[start:end].strip()))

    for found in _each(_DAY, small, "20"):
        day = day_of(found["y"], found["m"], found["d"])
        take(found, "day", day.isoformat() if day else None)
    for found in _each(_OF_MONTH, small, "ngày"):
        each = found["each"].removeprefix("của ").replace("hàng", "hằng").replace("mỗi", "hằng")
        take(
            found,
            "yearless",
            f"{int(found['d'])} {each}" if "hằng" in each else f"trước ngày {int(found['d'])} của {each}",
        )
    for found in _each(_YEARLESS, small, "ngày", "/"):
        take(found, "yearless", _yearless(found))
    for found in _each(_QUARTER, small, "quý"):
        take(found, "quarter", _quarter(found, text))
    for found in _each(_HALF, small, "tháng"):
        year = f" {found['y']}" if found["y"] else ""
        take(found, "half", f"6 tháng {found['w']} năm{year}")
    for found in _each(_MONTH, small, "tháng"):
        month = int(found["m"])
        if 1 <= month <= 12:
            value = f"{found['y']}-{month:02}" if found["y"] else f"tháng {month}"
            if "trước" in found["pre"]:
                value = f"trước tháng {month}" + (f"/{found['y']}" if found["y"] else "")
            take(found, "month", value)
    for found in (*_each(_YEAR, small, "năm"), *_each(_BARE_YEAR, small, "20")):
        take(found, "year", ("trước năm " if "trước" in found["pre"] else "") + found["y"])
    for found in _SPAN.finditer(small):
        take(found, "span", f"{int(found['n'])} {found['u']}")
    for found in _RHYTHM.finditer(small):
        take(found, "rhythm", _rhythm(found))
    for found in _EVENT.finditer(small):
        take(found, "event", text[found.start() : found.end()].strip())
    for found in _ONLY_DAY.finditer(small):
        take(found, "dayonly", f"{' '.join(found['pre'].split())} ngày {int(found['d'])}")
    return tuple(sorted(taken, key=lambda item: item.start))


def _each(pattern: re.Pattern[str], small: str, *needed: str) -> Iterator[re.Match[str]]:
    if any(word in small for word in needed):
        yield from pattern.finditer(small)


def _yearless(found: re.Match[str]) -> str | None:
    day, month = int(found["d"] or found["d2"]), int(found["m"] or found["m2"])
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    if found["d2"] and not found["pre"].strip() and not found["each"]:
        return None  # "3/6" alone is a share, not a day
    return f"{day}/{month}" + (" hằng năm" if found["each"] else "")


def _quarter(found: re.Match[str], text: str) -> str | None:
    number = roman(found["q"].upper()) or (int(found["q"]) if found["q"].isdigit() else 0)
    before = "trước " if "trước" in found["pre"] else ""
    if not number:
        return None
    if found["more"]:
        start = found.start() + len(found["pre"])
        return text[start : found.end()].strip()
    return f"{before}Q{number}/{found['y']}" if found["y"] else f"{before}quý {text[found.start('q') : found.end('q')]}"


def _rhythm(found: re.Match[str]) -> str:
    if found["t"]:
        return "hằng " + found["t"].split()[-1]
    if found["c"]:
        return " ".join(found["c"].split())
    if found["o"]:
        return "thường xuyên"
    if found["f"]:
        return f"hằng {found['fu']}"
    if found["w"]:
        word = " ".join(found["w"].split()).replace("hàng ", "hằng ")
        if re.match(r"0?1 (?:tháng|năm|quý|tuần)", word):
            return f"hằng {word.split()[1].split('/')[0]}"
        return word
    if found["p"]:
        word = re.sub(r"\b0(?=\d)", "", " ".join(found["p"].split()).replace("hàng ", "hằng "))
        return f"hằng {word}" if word in ("tháng", "quý", "năm", "tuần") else word
    return " ".join(re.sub(r"^(?:báo cáo|sơ kết|kết quả|tổng kết)[^,.;]*?\s(?=0?6|sáu)", "", found["s"]).split())
