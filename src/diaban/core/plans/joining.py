"""Does a line go on with the one before? Told by marks, capitals, punctuation and how full the line before is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from diaban.core.plans.lines import Line
from diaban.core.plans.marks import BULLETS, Mark, follows
from diaban.core.plans.shadow import is_upper, lower
from diaban.core.plans.words import begins_with_verb

_END: Final = re.compile(r"[.;:!?…][\s\"”’')\]]*(?:\[\d+\])?\s*$|/\.\s*$")
# A number after one of these names it ("loại II", "quý I", "Điều 5") and begins nothing.
_NAMED: Final = re.compile(
    r"(?:loại|cấp|quý|điều|khoản|điểm|mục|số|năm|tháng|ngày|chương|phần|phụ lục|bảng|biểu|nhóm|giai đoạn|hạng|"
    r"lớp|mức|khu vực|"
    r"kỳ|và|hoặc|đến|từ|tại|ít nhất|tối thiểu|trên|dưới|đạt|vùng|dự án)$"
)
_OPEN: Final = re.compile(r"(?:,|-|–|/|\(|\b(?:và|của|với|các|do|tại|cho|về|theo|trên|những|một|là|sở|uỷ))$")
# Names that are written with a dash and may break at it.
_PAIRS_WRITTEN: Final = """
    rịa-vũng | thiên-huế | rang-tháp | động-thương | hội-quốc | tế-xã | lâm-đồng | ninh-trật | hoá-xã | tội-phạm
"""
_PAIRS: Final = tuple(" ".join(word.split()) for word in _PAIRS_WRITTEN.split("|"))


# The sentence that closes a plan stands by itself, however full the line before it is.
_CLOSING: Final = re.compile(
    r"trên đây là|(?:trong )?quá trình (?:tổ chức |triển khai )*thực hiện|yêu cầu "
    r"(?:các|thủ trưởng|giám đốc|chủ tịch)\s"
)


_OFFICE: Final = re.compile(
    r"(?:đề nghị |các )?(?:sở|công an|phòng|ban|uỷ ban|ubnd|ub|hội|trung tâm|bộ chỉ huy|văn phòng|trạm|đài|báo|"
    r"chi cục|cục|toà án|viện kiểm sát|đoàn|mặt trận)\s"
    r"(?!.*(?:chủ trì|phối hợp|trách nhiệm|tham mưu|tổ chức|hướng dẫn|chỉ đạo|:))"
)


def ended(text: str) -> bool:
    """Say whether a line ends like the end of a sentence or clause."""
    return _END.search(text) is not None


def width(lines: list[str]) -> int:
    """Return the width at which lines were wrapped: what nine of ten long lines stay below."""
    sizes = sorted(len(line) for line in lines)
    long = [size for size in sizes if size > 40] or sizes or [0]
    return long[min(len(long) - 1, int(len(long) * 0.9))]


def is_full(line: str, following: str, wrapped_at: int) -> bool:
    """Say whether the next word would not have fitted on the line, so that the break is only a wrap."""
    word = following.split(" ", 1)[0]
    return len(line) + 1 + len(word) >= wrapped_at * 0.86


def heading_like(mark: Mark | None, text: str) -> bool:
    """Say whether a unit so far looks like a heading: numbered and short without a sentence's end, or capitals."""
    if len(text) < 300 and is_upper(text):
        return True
    return mark is not None and mark.family not in BULLETS and len(text) <= 130 and not re.search(r"[.;]\s*$", text)


def glue(text: str, line: str) -> str:
    """Join a line to the text before it; a word broken by a hyphen is not guessed at."""
    if not text:
        return line
    return f"{text} {line}" if line else text


@dataclass(slots=True)
class Order:
    """The last value seen of each family of numbers: a number at the start of a line must come next, or first."""

    last: dict[str, int] = field(default_factory=dict)

    def expects(self, mark: Mark) -> bool:
        before = self.last.get(mark.family, 0)
        return mark.value == 1 or not mark.value or follows(mark.family, before, mark.value)

    def saw(self, mark: Mark) -> None:
        self.last[mark.family] = mark.value


def mark_is_real(
    mark: Mark, text: str, last: str, before: Mark | None, line: Line, wrapped_at: int, order: Order
) -> bool:
    """Say whether the mark at the start of a line begins a clause, and is no dash or number of a wrapped sentence."""
    if not text and before is not None:
        return mark.family not in BULLETS or before.family in ("annex", "part", "chapter", "section")
    if line.gap or ended(last):
        return True
    small = lower(last)
    # In "Các dự án / 1. …" the short line is a heading; a word that a number follows ends a line only where it is full.
    if mark.family not in BULLETS and _NAMED.search(small) and (len(text) > 60 or is_full(last, line.text, wrapped_at)):
        return False
    rest = mark.rest[:1]
    if mark.family == "dash":
        if rest.isdigit() and last[-1:].isdigit():
            return False
        first = re.match(r"\w+", lower(mark.rest))
        final = re.search(r"\w+$", small)
        if first and final and f"{final.group()}-{first.group()}" in _PAIRS:
            return False
    if heading_like(before, text) and not (mark.family in BULLETS and rest.islower()):
        return mark.family in BULLETS or order.expects(mark) or not is_full(last, line.text, wrapped_at)
    if mark.family == "dash" and before is not None and before.family == "dash" and text[:1].islower():
        return True  # whoever writes one item small writes the next one small
    if not is_full(last, line.text, wrapped_at):
        return not (mark.family == "dash" and (rest.isdigit() or rest.islower()) and not order.last.get("dash", 1))
    if mark.family in BULLETS:
        return rest.isupper()
    return order.expects(mark) and (rest.isupper() or not rest or mark.family in ("letter", "round", "bracket"))


def begins_paragraph(text: str, last: str, before: Mark | None, line: Line, wrapped_at: int) -> bool:
    """Say whether a line without mark begins a paragraph of its own."""
    if not text and before is not None:
        return False
    first = line.text[:1]
    small = lower(last)
    over = ended(last)
    if first.islower() or first in ",.;:)]”%":
        return line.gap and over and not small.endswith(",")
    if is_upper(line.text) and is_upper(last):
        return line.gap and not _OPEN.search(small)
    if is_upper(line.text) and len(line.text) > 8 and (over or line.gap):
        return True
    if _OPEN.search(small) and not over:
        return False
    if over and _CLOSING.match(lower(line.text)):
        return True
    # "2. Phòng Văn hóa - Xã hội; Trung tâm …" however long is a heading where the next line says what to do.
    named = before is not None and before.family not in BULLETS and not over and len(text) <= 160
    if named and first.isupper() and _OFFICE.match(lower(text)) and begins_with_verb(line.text):
        return True
    full = is_full(last, line.text, wrapped_at)
    if line.gap:
        return over or not full or heading_like(before, text)
    if small.endswith(":"):
        return not full or first.isupper()
    return not full
