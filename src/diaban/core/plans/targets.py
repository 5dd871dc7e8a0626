"""Measurable aims in a clause: how it compares, the figure, its unit, against what, by when, and the words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from diaban.core.messages import N_
from diaban.core.plans import moments, quantities
from diaban.core.plans.model import Op, Reading, Target
from diaban.core.plans.moments import When
from diaban.core.plans.quantities import Quantity
from diaban.core.plans.shadow import lower

_AGAINST: Final = re.compile(
    r"(?:so(?: sánh)? với|so)\s+(?P<what>(?:số liệu\s+|kết quả\s+|thời điểm\s+|mức\s+)?(?:cùng kỳ(?: của)?(?: "
    r"năm)?(?:\s+(?:trước|20\d{2}|liền kề))*(?: liền kề)?|"
    r"(?:các\s+)?năm(?: liền)?(?: kề)? trước(?: đó)?(?: liền kề| đó)?|năm\s+20\d{2}|giai "
    r"đoạn\s+(?:20\d{2}\s*[-–]\s*20\d{2}|trước(?: đó)?)|"
    r"(?:kỳ|quý|tháng|nhiệm kỳ|chu kỳ) trước(?: đó)?(?: liền kề)?|hiện nay|thời điểm\s+[^,.;]{0,30}|cuối "
    r"năm\s+20\d{2}|đầu (?:kỳ|năm|giai đoạn|nhiệm kỳ)(?:\s+20\d{2})?|"
    r"tổng số[^,.;]{0,60}|(?:mức |số )?(?:trung )?bình quân[^,.;]{0,40}|trước (?:khi[^,.;]{0,40}|đó|đây)))"
)
_LAST_YEAR: Final = re.compile(
    r"(?P<what>năm sau (?:luôn |phải )?(?P<dir>cao|nhiều|tăng|lớn|thấp|ít|giảm)(?: hơn| so với)? (?:so với )?năm trước)"
)
_ZERO: Final = re.compile(
    r"(?<!\w)không\s+(?:để|phát sinh|hình thành|còn(?!\s+phù hợp)|xảy ra|tái\s)(?=(?P<rest>[^;.]*))"
)
_STRONG: Final = re.compile(
    r"không (?:phát sinh|hình thành|xảy ra)|không để (?:xảy ra|phát sinh|hình thành|tái|tồn tại|điểm|tụ điểm)"
)
_NONE: Final = re.compile(r"(?<!\w)không có\s+(?=(?P<rest>[^;.,]*))")
_YEARLY: Final = re.compile(
    r"(?<!\w)(?P<dir>tăng|giảm|nâng|cao hơn|kéo giảm|giảm dần|tăng dần)(?: dần| thêm| "
    r"mạnh)?(?:[^;.,]{0,60}?)\s(?:(?:theo|qua)\s+)?(?:hằng|hàng|từng|các|mỗi)\s+năm(?!\s+(?:20|học))"
)
_TREND: Final = re.compile(
    r"(?<!\w)(?P<dir>kéo giảm|làm giảm|tiến tới giảm|giảm|tăng|nâng|kiềm chế)(?=\s)[^;.]*?\bso với\b"
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a clause stands, for what counts as an aim there and until when."""

    path: str
    section: str  # goal, purpose, state, scope, money, task, duty or ""
    by: str | None = None  # "Đến năm 2027" of a heading above


def find(text: str, place: Place) -> list[Target]:
    """Return the aims of one clause. What reports on the past (section "state") has none."""
    if place.section in ("state", "scope"):
        return []
    small = lower(text)
    whens = moments.find(text)
    made: list[tuple[int, int, Target]] = []
    parts = quantities.segments(small)
    figures = quantities.find(text, small)
    for quantity in figures:
        target = _of_quantity(text, small, quantity, place, parts, whens, figures)
        if target is not None:
            made.append(target)
    made.extend(_zeros(text, small, place))
    made.extend(_trends(text, small, place, parts, made))
    made.sort(key=lambda item: item[0])
    return [target for _, _, target in made]


def _segment(parts: list[tuple[int, int]], at: int) -> tuple[int, int]:
    return next(((start, end) for start, end in parts if start <= at < end), parts[-1] if parts else (0, 0))


def _against(small: str, text: str, start: int, end: int) -> str | None:
    found = _AGAINST.search(small, start, end)
    if found:
        return text[found.start("what") : found.end("what")].strip()
    return None


def _by(small: str, quantity: Quantity, segment: tuple[int, int], whens: list[When], place: Place) -> str | None:
    """Return by when, or how often: said next to the figure, in its part of the sentence, or above."""
    inside = [w for w in whens if segment[0] <= w.start < segment[1] and w.kind != "span"]
    inside = [
        w
        for w in inside
        if not re.search(r"(?:so với|cùng kỳ|kể từ|giai đoạn)\s*(?:của\s+)?$", small[max(0, w.start - 14) : w.start])
        and not w.pre.startswith(("từ", "kể từ", "sau"))
    ]
    inside = [w for w in inside if not (w.kind == "year" and re.search(r"so với[^,;]*$", small[segment[0] : w.start]))]
    deadline = [w for w in inside if w.kind not in ("rhythm", "half")]
    before = [w for w in deadline if w.end <= quantity.start]
    after = [w for w in deadline if w.start >= quantity.end]
    rhythm = [w for w in inside if w.kind == "rhythm" and w.value != "thường xuyên"]
    if each := re.compile(
        r"(?:\s[^\W\d]+){0,4}(?:\s?/\s?(?!năm|tháng|quý)[^\W\d]+(?:\s[^\W\d]+)?)?\s?/\s?(năm|tháng|quý|tuần)\b"
    ).match(small, quantity.end):
        return f"hằng {each[1]}"
    # "dưới 65% vào năm 2023 và dưới 55% vào năm 2025": the moment right after the figure belongs to it.
    between = small[quantity.end : after[0].start] if after else ""
    apart = r"\d\s*%|;|và\s*$" if after and after[0].pre and not before else r"\d\s*%|;|(?:và|,)\s*$"
    if after and not re.search(apart, between) and (not before or len(between) < 25):
        return _value(after[0])
    if before:
        return _value(before[-1])
    if rhythm:
        return rhythm[0].value
    first = [
        w
        for w in whens
        if w.start < 3
        and w.kind in ("day", "year", "rhythm", "month", "quarter")
        and (w.pre or w.kind in ("rhythm", "year"))
    ]
    if first and first[0].value != "thường xuyên":
        return _value(first[0])
    return place.by


def _value(when: When) -> str:
    return when.value


def _of_quantity(
    text: str,
    small: str,
    quantity: Quantity,
    place: Place,
    parts: list[tuple[int, int]],
    whens: list[When],
    others: list[Quantity],
) -> tuple[int, int, Target] | None:
    segment = _segment(parts, quantity.number)
    change = quantity.change
    against = _against(small, text, quantity.number, segment[1]) or _against(small, text, segment[0], quantity.number)
    if not quantity.percent and not _counts(small, quantity, place, segment):
        return None
    if quantity.percent and place.section == "purpose" and not quantity.bound and not change:
        return None
    # "tăng không quá 2%" is a ceiling on growth, not growth that is asked for.
    capped = bool(change) and quantity.bound in (Op.AT_MOST.value, Op.BELOW.value)
    op = quantity.bound if capped else change or quantity.bound or Op.EQUAL.value
    start, end = _words(small, quantity, segment, others)
    uncertain, why, readings = _garbled(text, small, segment, op, quantity, against)
    if quantity.note:
        uncertain, why = True, quantity.note
    if place.section == "money" or quantity.unit_kind == "money":
        uncertain, why = True, "số tiền, không phải chỉ tiêu"
    target = Target(
        clause=place.path,
        op=op,
        value=quantity.value,
        unit=quantity.unit,
        against=against,
        by=_by(small, quantity, segment, whens, place),
        words=text[start:end].strip(" ,;"),
        subject=_subject(text, small, quantity, (start, end)),
        direction=change or None,
        uncertain=uncertain,
        why=why,
        readings=readings,
        rule=f"số {text[quantity.number : quantity.end]}" + (f", từ “{quantity.sign}”" if quantity.sign else ""),
    )
    return start, end, target


_DOING: Final = re.compile(
    r"(?:xây dựng|triệt phá|triệt xoá|xoá|mở|tổ chức|thành lập|có thêm|có|đạt|duy trì|phát sóng|phát động|lắp "
    r"đặt|đào tạo|sản xuất|phấn đấu|chuyển hoá|"
    r"tập huấn|hỗ trợ|thí điểm|tại|công nhận|ra mắt|cấp phát|in|phát hành|biên soạn|lên|bố trí|chọn|mỗi|phát "
    r"hiện|xử lý|điều tra|bắt giữ|đăng tải|thực hiện|kiểm tra|nhân rộng|giảm|tăng|cho|và|khởi tố|xét xử|cai "
    r"nghiện|triển khai)\b[^;.:]*$"
)


def _counts(small: str, quantity: Quantity, place: Place, segment: tuple[int, int]) -> bool:
    """Say whether a count is an aim: it is compared, or it stands among goals, or something is to be made of it."""
    if quantity.unit is None:
        return False
    if not quantity.bound and not quantity.change:
        if small.rfind("(", 0, quantity.number) > small.rfind(")", 0, quantity.number):
            return False  # a number in brackets explains another
        if _ZERO.search(small, segment[0], quantity.number):
            return False  # "không để phát sinh tại 19 xã": the aim is none
    if quantity.unit_kind == "time":
        return (
            bool(quantity.bound)
            and place.section == "goal"
            and bool(re.search(r"thời gian|duy trì|theo dõi", small[segment[0] : quantity.start]))
        )
    if quantity.unit_kind == "money":
        return place.section in ("money", "goal")
    if quantity.bound or quantity.change:
        return True
    if place.section == "goal":
        return True
    if place.section in ("task", "duty") and re.match(r"0\d\b", small[quantity.number : quantity.number + 3]):
        return True  # "05 tổ": the way plans write what they want to have
    before = small[max(segment[0], quantity.number - 60) : quantity.number]
    return place.section in ("task", "duty", "", "money") and _DOING.search(before) is not None and "gồm" not in before


# A comma after which another aim begins; the commas of a list ("xã, phường, thị trấn") are not such.
_NEXT_AIM: Final = re.compile(
    r",\s*(?=(?:trong đó|đồng thời|phấn đấu|bảo đảm|đảm bảo|nâng|tăng|giảm|kéo giảm|hoàn thành|xong|đạt|duy "
    r"trì|góp phần|và|trên|dưới|ít nhất|tối thiểu|"
    r"không|hằng năm|hàng năm|(?:đến|vào|trong)\s+(?:hết\s+|cuối\s+)?năm|năm 20\d\d|"
    r"giai đoạn 20\d\d|xây dựng|mỗi|tỷ lệ|số|từ)\b|\d)|\svà\s+(?=(?:đến\s+)?(?:năm 20\d\d|trên|"
    r"dưới|ít nhất|tối thiểu|từ|khoảng|không quá)\s?\d?|\d+[\d.,]*\s)|(?<=:)\s"
)


def _words(small: str, quantity: Quantity, segment: tuple[int, int], others: list[Quantity]) -> tuple[int, int]:
    """Return the part of the sentence that says the aim: from its verb or subject to the end of what is counted."""
    before = [other.end for other in others if segment[0] <= other.number and other.end <= quantity.start]
    left = max([segment[0], *before])
    # After another figure a comma before this one's own words ("…, ít nhất 90%") parts the two aims.
    reach = quantity.end if before else quantity.start
    breaks = [m.end() for m in _NEXT_AIM.finditer(small, left, reach) if m.end() <= quantity.start]
    start = breaks[-1] if breaks else left
    after = [other.start for other in others if other.number > quantity.number and other.start < segment[1]]
    end = min([segment[1], *after])
    cut = _NEXT_AIM.search(small, quantity.end, end)
    # "…, số người chết so với năm trước" goes on with the list; with a figure of its own it is another aim.
    if cut and (after or not re.match(r"(?:số|tỷ lệ|từ|và)\b", small[cut.end() :])):
        end = cut.start()
    if small.count("(", quantity.end, end) > small.count(")", quantity.end, end):
        end = small.rfind("(", quantity.end, end)  # what explains the figure is begun and not ended
    lead = re.compile(r"[\s,;]*(?:và\s+)?").match(small, start)
    start = min(lead.end() if lead else start, quantity.start)
    return start, max(end, quantity.end)


def _subject(text: str, small: str, quantity: Quantity, span: tuple[int, int]) -> str | None:
    """Return what the figure is of: the words after "80%", or before "đạt trên 80%"."""
    if not quantity.percent:
        return text[quantity.number : span[1]].lstrip("0123456789.,/ -–").strip(" ,;.") or quantity.unit
    after = re.compile(r"\s*((?:tổng\s+)?(?:số|các)?\s*[^.;:(]{3,160})").match(small, quantity.end, span[1])
    if after and not re.match(r"\s*(?:so với|trở lên|vào|trong|và|hằng|hàng|mỗi|trước|đến)\b", after.group()):
        words = re.split(r"\s(?:so với|trước ngày|vào năm)\b", after.group(1))[0]
        return text[after.start(1) : after.start(1) + len(words)].strip(" ,") or None
    before = re.search(
        r"^\W*(.{3,200}?)\s*(?:đạt(?: tỷ lệ)?|chiếm|là|giảm|tăng|lên|xuống)*\s*$", small[span[0] : quantity.start]
    )
    if before:
        return text[span[0] + before.start(1) : span[0] + before.end(1)].strip(" ,") or None
    return None


_CLEAN_PLACES: Final = re.compile(
    r"(?P<units>(?:số\s+)?(?:đơn vị hành chính cấp xã|(?:xã|phường)(?:\s*,\s*(?:phường|thị trấn|đặc khu|"
    r"xã))*))\s+(?P<no>không có|không)\s+(?:tệ nạn\s+)?ma tuý"
)


def _garbled(
    text: str, small: str, segment: tuple[int, int], op: str, quantity: Quantity, against: str | None
) -> tuple[bool, str | None, tuple[Reading, ...]]:
    """Keep both readings where an aim holds down what it should raise: fewer places *without* drugs."""
    part = small[segment[0] : segment[1]]
    down = re.search(
        r"kiềm chế|hạn chế|kéo giảm|(?<!làm )giảm(?! tác hại| cung| cầu)", part[: max(quantity.start - segment[0], 0)]
    )
    clean = _CLEAN_PLACES.search(part)
    if not down or not clean or clean.start() < down.start() or clean.start() > quantity.number - segment[0] + 60:
        return False, None, ()
    if op not in (Op.BELOW.value, Op.AT_MOST.value, Op.DECREASE.value):
        return False, None, ()
    place = segment[0] + clean.start()
    literal = text[place : segment[0] + clean.end()]
    without = literal.replace(text[segment[0] + clean.start("no") : segment[0] + clean.end("no")], "có", 1)
    readings = tuple(Reading(words, op, quantity.value, quantity.unit, against) for words in (literal, without))
    return (
        True,
        N_("Đọc đúng từng chữ thì mục tiêu ghìm số nơi không có ma túy; có thể là “có”. Giữ cả hai cách đọc."),
        readings,
    )


def _zeros(text: str, small: str, place: Place) -> list[tuple[int, int, Target]]:
    """Find "không để …", "không phát sinh …": zero, without a number in the words."""
    found: list[tuple[int, int, Target]] = []
    firm = place.section in ("goal", "purpose")
    patterns = [_ZERO, _NONE] if firm else [_ZERO]
    for pattern in patterns:
        for match in pattern.finditer(small):
            rest = match["rest"]
            strong = _STRONG.match(small, match.start())
            if not firm and not strong:
                continue
            if pattern is _NONE and (match.start() > 0 and re.search(r"[\wà-ỹ]\s*$", small[: match.start()])):
                continue  # "xã không có ma túy" names a kind of place
            comma = re.search(
                r",\s*(?=không|bảo đảm|đảm bảo|phấn đấu|góp phần|kịp thời|trong đó|làm|nhằm|từng bước|nhất là)", rest
            )
            cut = len(rest) if comma is None else comma.start()
            end = match.start("rest") + cut
            words = text[match.start() : end].strip(" ,;")
            if len(words.split()) < 3 or any(start < end and match.start() < stop for start, stop, _ in found):
                continue
            unit = quantities.unit_at(small, match.start("rest"))
            found.append(
                (
                    match.start(),
                    end,
                    Target(
                        place.path,
                        Op.EQUAL.value,
                        0.0,
                        unit,
                        None,
                        _year_before(small, text, match.start()) or place.by,
                        words,
                        subject=text[match.start("rest") : end].strip(" ,;") or None,
                        uncertain=not firm,
                        why=None if firm else "ngoài phần mục tiêu",
                        rule="không để, không phát sinh",
                    ),
                )
            )
    return found


def _year_before(small: str, text: str, at: int) -> str | None:
    """Return the year or day that the sentence names before a place in it ("Đến năm 2025 không còn …")."""
    start = max(small.rfind(";", 0, at), small.rfind(". ", 0, at)) + 1
    found = [
        when for when in moments.find(text[start:at]) if when.kind in ("year", "day", "month", "quarter") and when.pre
    ]
    return found[-1].value if found and not found[-1].pre.startswith(("từ", "kể", "sau")) else None


def _trends(
    text: str, small: str, place: Place, parts: list[tuple[int, int]], made: list[tuple[int, int, Target]]
) -> list[tuple[int, int, Target]]:
    """Find directions without a figure: "tăng hàng năm", "giảm … so với năm trước", "năm sau cao hơn năm trước"."""
    if place.section not in ("goal", "purpose", ""):
        return []
    found: list[tuple[int, int, Target]] = []
    for start, end in parts:
        if any(s < end and start < e and (t.change_like or t.against) for s, e, t in made if t.value != 0):
            continue
        part = small[start:end]
        if re.search(r"\d\s*%", part) and not _YEARLY.search(part):
            continue
        yearly, trend, later = _YEARLY.search(part), _TREND.search(part), _LAST_YEAR.search(part)
        match = later or yearly or trend
        if match is None or (match is yearly and re.search(r"\d\s*%?\s*(?:\w+\s*){0,3}$", match.group())):
            continue
        up = re.match(r"tăng|nâng|cao|nhiều|lớn", match["dir"]) is not None
        against = "năm trước" if match is not trend else _against(small, text, start, end)
        if against is None or (match is yearly and re.search(r"tăng cường|nâng cao", match.group())):
            continue
        left = start + (max(part.rfind(";", 0, match.start()), -1) + 1)
        found.append(
            (
                left,
                end,
                Target(
                    place.path,
                    Op.ABOVE.value if up else Op.BELOW.value,
                    None,
                    None,
                    against,
                    "hằng năm" if match is not trend else place.by,
                    text[left:end].strip(" ,;."),
                    subject=text[left : start + match.start()].strip(" ,;") or None,
                    direction=Op.INCREASE.value if up else Op.DECREASE.value,
                    uncertain=match is trend,
                    why="chỉ có chiều, không có con số" if match is trend else None,
                    rule="tăng, giảm theo thời gian",
                ),
            )
        )
    return found
