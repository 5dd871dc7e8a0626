"""Figures in a sentence: the number or range, its unit, the comparing words before and after."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from typing import Final

_NUMBER: Final = r"(?:\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)"
_RANGE: Final = rf"(?P<low>{_NUMBER})\s*(?:%|phần trăm)?\s*(?:-|–|đến|tới|÷)\s*(?P<high>{_NUMBER})"
_FIGURE: Final = re.compile(
    rf"(?<![\w/.,\-–])(?:{_RANGE}|"
    rf"(?P<one>{_NUMBER})(?P<share>\s?/\s?\d{{1,4}}(?=\s+[^\W\d]))?)(?!\d)(?P<percent>\s*(?:%|phần trăm))?"
)
# Longest first: "lượt người" before "lượt", "xã, phường, thị trấn" before "xã".
_UNITS_WRITTEN: Final = """
    đơn vị hành chính cấp xã | xã, phường, thị trấn | xã, phường, đặc khu | xã, phường | điểm, tụ điểm | tin, bài
    | tin bài | lượt người | tổ dân phố | khu dân cư | khu phố | người sử dụng | người nghiện | người | vụ án |
    vụ, việc | vụ việc | vụ | đối tượng | bị can | bị cáo | chuyên án | chuyên đề | chuyên mục | chuyên trang |
    phóng sự | mô hình | câu lạc bộ | đường dây | tụ điểm | điểm | địa bàn | tuyến | phường | xã | thị trấn | đặc
    khu | huyện | thôn | bản | ấp | khu | hộ gia đình | hộ | buổi | lớp tập huấn | lớp | hội nghị | hội thi | cuộc
    thi | cuộc | đợt cao điểm | đợt | lần | lượt | ca | tin | bài | bài viết | bản tin | tờ rơi | tờ gấp | pa nô |
    pano | áp phích | băng rôn | khẩu hiệu | video clip | video | clip | tác phẩm | sản phẩm | tài liệu | cuốn |
    bộ tài liệu | bộ | trường học | trường | học sinh | sinh viên | học viên | giáo viên | cán bộ | chiến sĩ | bác
    sĩ | y sĩ | đội | tổ | nhóm liên gia | nhóm | hòm thư | đường dây nóng | camera | cơ sở | trung tâm | trạm y
    tế | trạm | phòng | thành viên | hội viên | đoàn viên | báo cáo | kế hoạch | đoàn kiểm tra | đoàn | phiên toà
    | phiên | doanh nghiệp | phương tiện | cây | kg | gam | ha | m2 | đơn vị | địa phương | xã trọng điểm | giường
    | chỉ tiêu | hồ sơ | văn bản | quy chế | chương trình | suất | tiêu chí | dự án | công trình | thuyền viên |
    tổ trưởng | giải chạy | giải | diễn đàn | công nhân | người lao động | phụ huynh | thanh niên | toạ đàm | hội
    thảo | bài tuyên truyền | cụm loa | trang thiết bị | xã biên giới | tàu | xuồng | lượt phương tiện | lượt |
    bệnh nhân | trẻ em | mẫu | tin nhắn | suất học bổng | chốt | chi hội | tổ chức
"""
_UNITS: Final = tuple(" ".join(word.split()) for word in _UNITS_WRITTEN.split("|"))
_TIME: Final = ("tháng", "năm", "ngày", "giờ", "tuần", "quý", "phút", "tuổi", "giai đoạn", "học kỳ", "nhiệm kỳ")
_MONEY: Final = ("triệu đồng", "tỷ đồng", "tỉ đồng", "nghìn đồng", "đồng", "triệu", "tỷ", "tỉ")
_UNIT: Final = re.compile(
    r"\s*(?:số\s+)?(?P<unit>"
    + "|".join(sorted(map(re.escape, (*_UNITS, *_TIME, *_MONEY)), key=len, reverse=True))
    + r")(?!\w)(?P<list>(?:,\s*(?:"
    + "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
    + r")(?!\w))*)"
)
_UP_TO: Final = r"(?:đạt|được|còn|chiếm|có|là|từ|khoảng|mức|tỷ lệ|số|thêm)"
# The words right before a figure, the longest first. The value is the comparison.
_SIGNS: Final = tuple(
    (re.compile(rf"(?<!\w)(?P<sign>{words})(?:\s+{_UP_TO}){{0,2}}\s*$"), op)
    for words, op in (
        (
            r"không (?:được )?(?:vượt )?quá|không (?:cao|nhiều|lớn) hơn|tối đa|nhiều nhất|cao nhất|không vượt|"
            r"không trên",
            "<=",
        ),
        (r"không (?:được )?(?:dưới|thấp hơn|ít hơn|nhỏ hơn|kém)|ít nhất|tối thiểu|thấp nhất|chí ít|bét nhất", ">="),
        (r"trên|hơn|vượt(?: quá| mức)?|cao hơn|lớn hơn|nhiều hơn|quá", ">"),
        (r"dưới|thấp hơn|nhỏ hơn|ít hơn|chưa (?:đến|tới|đầy)", "<"),
    )
)
_AFTER: Final = re.compile(r"[^,.;:%]{0,60}?\b(?P<up>trở lên|trở xuống)\b")
_CHANGE: Final = re.compile(
    r"(?<!\w)(?P<dir>kéo giảm|làm giảm|giảm|tăng)(?!\s*(?:cường|xuống|còn|lên|dần "
    r"xuống))(?P<gap>(?:\s+(?!lên\b|xuống\b|còn\b)[^\s,;:.%\d]+){0,9}?)\s*$"
)
_LEVEL: Final = re.compile(r"(?:giảm|tăng|nâng)[^,;:.]*\b(?:xuống(?: còn)?|còn|lên(?: thành)?|đạt)\b[^,;:.]*$")
_NO_FIGURE: Final = re.compile(
    r"(?:điều|khoản|điểm|mục|số|loại|cấp|lớp|quý|chương|phần|phụ lục|biểu|mẫu|bước|khu vực|khu phố|tổ|đội|ban "
    r"chỉ đạo|bcđ|giai đoạn|năm|tháng|ngày|từ năm|nhóm|"
    r"vùng|quốc lộ|tỉnh lộ|đường|dự án|đề án|chương trình|kỳ|khoá|methadone|hiv|thứ|tuýp|hạng|đợt|số hiệu|"
    r"phòng|pc|tổng đài|đảo|quận|phường|lần thứ|cơ sở)\s*(?:số\s*)?$"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure with its words. `number` is where the digits begin, `start` where its comparing words begin."""

    start: int
    number: int
    end: int
    value: float | tuple[float, float]
    percent: bool
    unit: str | None
    unit_kind: str  # percent, count, time, money or ""
    bound: str  # a comparison sign or ""
    sign: str  # the words of it
    change: str  # increase, decrease or ""
    note: str | None = None


def segments(small: str) -> list[tuple[int, int]]:
    """Return the parts of a sentence between semicolons and full stops (not those inside a number)."""
    bounds = [0, *(m.end() for m in re.finditer(r";|\.(?=\s|$)", small)), len(small)]
    return [(a, b) for a, b in itertools.pairwise(bounds) if b > a]


def _value(digits: str) -> float:
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", digits):
        digits = digits.replace(".", "")
    return float(digits.replace(",", "."))


def unit_at(small: str, at: int) -> str | None:
    """Return the unit that stands at `at`, or None."""
    found = re.compile(r"\s*(?:để\s+|xảy ra\s+|phát sinh\s+|tái\s+|hình thành\s+|các\s+|thêm\s+|còn\s+|có\s+)*").match(
        small, at
    )
    unit = _UNIT.match(small, found.end() if found else at)
    return (unit["unit"] + unit["list"]) if unit and unit["unit"] not in (*_TIME, *_MONEY) else None


def find(text: str, small: str) -> list[Quantity]:
    """Return the figures of a text that may be aims: shares in percent, counts with a known unit."""
    found: list[Quantity] = []
    for match in _FIGURE.finditer(small):
        quantity = _quantity(text, small, match)
        if quantity is None:
            continue
        before = found[-1] if found else None
        if (
            before
            and before.change
            and quantity.percent
            and before.percent
            and not quantity.change
            and not quantity.bound
        ) and re.fullmatch(r"[^;.:]{0,40}(?:,|và)\s*", small[before.end : quantity.number]):
            quantity = replace(quantity, change=before.change)
        if (
            before
            and before.bound
            and not quantity.bound
            and not quantity.change
            and before.percent == quantity.percent
        ):
            # "ít nhất 03 địa bàn loại II và 07 địa bàn loại III": the comparison holds for both.
            between = small[before.end : quantity.number]
            same = before.unit == quantity.unit and re.fullmatch(r"[^;.,]{0,25}\s(?:và|,)\s*", between)
            if same or re.fullmatch(r"\s*(?:và|,)\s*", between):
                quantity = replace(quantity, bound=before.bound, sign=before.sign)
        found.append(quantity)
    return found


def _quantity(text: str, small: str, match: re.Match[str]) -> Quantity | None:
    number, end = match.start(), match.end()
    percent = match["percent"] is not None
    if re.match(r"\s*(?:/|-)\s*\d", small[end : end + 4]) or (
        not percent and _NO_FIGURE.search(small[max(0, number - 24) : number])
    ):
        return None
    if match["one"] and not percent and re.fullmatch(r"(?:19|20)\d\d", match["one"]):
        return None
    unit, kind, after = _unit(text, small, end, percent)
    if not percent and unit is None:
        return None
    if re.search(r"(?<!\w)từ\s*$", small[max(0, number - 12) : number]) and re.match(
        r"[^,;.%]{0,30}\b(?:xuống|(?<!trở )lên|còn)\b", small[end:]
    ):
        return None  # "từ 63% năm 2020 xuống còn 35%": where it begins is no aim
    value: float | tuple[float, float]
    if match["one"]:
        value = _value(match["one"])
    else:
        value = (_value(match["low"]), _value(match["high"]))
        if value[0] >= value[1]:
            return None
    bound, sign, start = _bound(small, number)
    late = _AFTER.match(small, end)
    words_end = max(end, after)
    if late and not bound:
        bound = ">=" if late["up"] == "trở lên" else "<="
        sign = late["up"]
        words_end = max(words_end, late.end())
    elif late:
        words_end = max(words_end, late.end())
    if re.search(r"\b(?:còn|xuống|lên)\b", small[start:number]):
        change = ""  # "giảm tối đa còn 03 người": a level, not a change
    else:
        change, start = _change(small, start)
    if (
        bound == ""
        and re.search(r"(?<!\w)từ\s*$", small[max(0, number - 12) : number])
        and match["one"]
        and not change
        and not re.match(r"\s*(?:đến|-)", small[end:])
    ):
        bound, sign, start = ">=", "từ", small.rfind("từ", 0, number)
    return Quantity(start, number, words_end, value, percent, unit, kind, bound, sign, change)


def _unit(text: str, small: str, end: int, percent: bool) -> tuple[str | None, str, int]:
    if percent:
        return "%", "percent", end
    found = _UNIT.match(small, end)
    if found is None:
        return None, "", end
    unit = found["unit"]
    kind = "time" if unit in _TIME else "money" if unit in _MONEY else "count"
    whole = text[found.start("unit") : found.end("list") if kind == "count" else found.end("unit")]
    return whole, kind, found.end("list") if kind == "count" else found.end("unit")


def _bound(small: str, number: int) -> tuple[str, str, int]:
    """Return the comparison in the words right before the figure, those words, and where they begin."""
    before = small[max(0, number - 60) : number]
    offset = max(0, number - 60)
    for pattern, op in _SIGNS:
        found = pattern.search(before)
        if found:
            return op, found["sign"], offset + found.start("sign")
    symbol = re.search(r"(≥|>=|>|≤|<=|<)\s*$", before)
    if symbol:
        return {"≥": ">=", "≤": "<="}.get(symbol[1], symbol[1]), symbol[1], offset + symbol.start()
    return "", "", number


def _change(small: str, start: int) -> tuple[str, int]:
    """Return whether the figure is an increase or a decrease, and where the words for it begin."""
    before = small[max(0, start - 90) : start]
    offset = max(0, start - 90)
    cut = max(before.rfind(";"), before.rfind(". "), before.rfind(","))
    before, offset = before[cut + 1 :], offset + cut + 1
    found = _CHANGE.search(before)
    if not found or _LEVEL.search(before):
        return "", start
    if re.search(r"gia\s*$", before[: found.start()]):
        return "", start  # "gia tăng" is spoken of, not asked for
    return ("increase" if found["dir"] == "tăng" else "decrease"), offset + found.start("dir")
