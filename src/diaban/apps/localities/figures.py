"""The figures a unit declares in a cycle: their names, their kind, what an answer may look like, how they must agree.

Pure of the database: forms, the workbook import, queries and actions all read the same list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from diaban.apps.localities.models import RouteKind

MAX_FIGURE: Final = 2_000_000_000  # what a 32-bit column holds; no figure of a commune comes near

Value = int | str | date | None
Values = Mapping[str, Value]


class BadFigure(ValueError):
    """A value that is not an answer. `figure` is the column, `str(error)` a sentence for people."""

    def __init__(self, figure: str, sentence: Any) -> None:
        super().__init__(figure)
        self.figure = figure
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


@dataclass(frozen=True, slots=True)
class Figure:
    """One declared figure. `flow`: counted over the whole cycle; otherwise as it stands on the cycle's last day."""

    code: str
    title: Promise
    unit: Promise | str
    flow: bool
    part_of: str = ""
    kind: str = "count"  # count | route | day | text


FIGURES: Final[tuple[Figure, ...]] = (
    Figure("population", _("Nhân khẩu hiện đang cư trú"), _("người"), False),
    Figure("population_as_of", _("Ngày của số nhân khẩu"), "", False, "population", "day"),
    Figure("population_source", _("Nguồn số nhân khẩu"), "", False, "population", "text"),
    Figure("persons_dependent", _("Người nghiện có hồ sơ quản lý"), _("người"), False, "persons"),
    Figure("persons_using", _("Người sử dụng trái phép có hồ sơ quản lý"), _("người"), False, "persons"),
    Figure("persons", _("Tổng số người có hồ sơ (mỗi người đếm một lần)"), _("người"), False),
    Figure("exempt_substitution", _("Đang điều trị bằng thuốc thay thế"), _("người"), False, "persons_exempt"),
    Figure("exempt_rehab", _("Đang cai nghiện tại gia đình, cộng đồng"), _("người"), False, "persons_exempt"),
    Figure("exempt_post_rehab", _("Đang bị quản lý sau cai nghiện"), _("người"), False, "persons_exempt"),
    Figure("persons_exempt", _("Tổng số người thuộc diện trừ ở Điều 6"), _("người"), False),
    Figure("points", _("Điểm tổ chức, chứa chấp sử dụng"), _("điểm"), False),
    Figure("gatherings", _("Tụ điểm tệ nạn ma túy"), _("tụ điểm"), False),
    Figure("arrested", _("Đối tượng phạm tội về ma túy bị bắt giữ trên địa bàn"), _("người"), True),
    Figure("resident_offenders", _("Người cư trú vi phạm pháp luật về ma túy trên địa bàn"), _("người"), True),
    Figure("wanted_hiding", _("Đối tượng truy nã về ma túy lẩn trốn trên địa bàn"), _("người"), False),
    Figure("plants", _("Cây có chứa chất ma túy bị phát hiện, triệt phá"), _("cây"), True),
    Figure("plant_m2", _("Diện tích cây bị phát hiện, triệt phá"), _("m²"), True),
    Figure("route", _("Tuyến trọng điểm"), "", False, kind="route"),
)
BY_CODE: Final[dict[str, Figure]] = {figure.code: figure for figure in FIGURES}
CODES: Final[tuple[str, ...]] = tuple(BY_CODE)
EMPTY: Final[Values] = dict.fromkeys(CODES)
SUMS: Final[dict[str, tuple[str, ...]]] = {
    "persons_exempt": ("exempt_substitution", "exempt_rehab", "exempt_post_rehab"),
}


def clean(code: str, value: object) -> Value:
    """Return `value` as the figure stores it; None stays "not reported".

    A count takes an int or text with Vietnamese thousand dots ("1.234"); a day takes a date or "2026-12-14".
    Raises `BadFigure` for a fraction, a negative number or any other text.
    """
    if code not in BY_CODE:
        raise BadFigure(code, format_lazy(_("Không có số liệu nào tên “{code}”."), code=code))
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    match BY_CODE[code].kind:
        case "route":
            text = str(value).strip().lower()
            if text not in RouteKind.values:
                raise BadFigure(code, _("Tuyến chỉ nhận: none (không), intra (nội tỉnh), inter (liên tỉnh)."))
            return text
        case "day":
            return _day(code, value)
        case "text":
            return " ".join(str(value).split())[:200]
        case _:
            return _whole_number(code, value)


POPULATION_DAY_AHEAD: Final = _("Ngày của số nhân khẩu ở tương lai: ghi ngày đã có số liệu.")


def not_yet(values: Mapping[str, Value], on: date) -> bool:
    """Return whether the population is said to be that of a day after `on`."""
    day = values.get("population_as_of")
    return isinstance(day, date) and day > on


def as_json(value: Value) -> int | str | None:
    """Return `value` as history and snapshots keep it: a day as "2026-12-14"."""
    return value.isoformat() if isinstance(value, date) else value


def _day(code: str, value: object) -> date:
    if type(value) is date:
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise BadFigure(
            code,
            format_lazy(
                _("{title}: cần một ngày, không nhận “{value}”."), title=BY_CODE[code].title, value=str(value)[:40]
            ),
        ) from None


def _whole_number(code: str, value: object) -> int:
    bad = format_lazy(
        _("{title}: cần một số nguyên từ 0 trở lên, không nhận “{value}”."),
        title=BY_CODE[code].title,
        value=str(value)[:40],
    )
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise BadFigure(code, bad)
    if isinstance(value, str):
        text = value.strip().replace("\u00a0", "").replace(" ", "")
        groups = text.split(".")
        if len(groups) > 1 and (not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:])):
            raise BadFigure(code, bad)
        digits = "".join(groups)
        if not digits.isascii() or not digits.isdigit():
            raise BadFigure(code, bad)
        value = int(digits)
    if not 0 <= value <= MAX_FIGURE:
        raise BadFigure(code, bad)
    return value


def completed(values: Values) -> dict[str, Value]:
    """Return `values` with a total filled in where all its parts were declared and the total was not.

    Never the other way round, and never from part of the parts: an absent part is not zero. `persons` is not filled
    from its parts, since one person may be in both.
    """
    filled = dict(values)
    for total, parts in SUMS.items():
        numbers = [filled.get(part) for part in parts]
        if filled.get(total) is None and all(isinstance(number, int) for number in numbers):
            filled[total] = sum(number for number in numbers if isinstance(number, int))
    return filled


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two or more figures that do not agree. `impossible`: they cannot all be right; otherwise only unusual."""

    figures: tuple[str, ...]
    sentence: Promise | str
    impossible: bool


Numbers = Mapping[str, int]


def check(values: Values) -> list[Disagreement]:
    """Return what does not agree among the reported figures. A figure not reported is in no check."""
    numbers = {code: value for code, value in values.items() if isinstance(value, int)}
    return [*_persons(numbers), *_exempt(numbers), *_against_residents(numbers), *_flows(numbers)]


def _have(numbers: Numbers, *codes: str) -> bool:
    return all(code in numbers for code in codes)


def _persons(numbers: Numbers) -> Iterator[Disagreement]:
    figures = ("persons_dependent", "persons_using", "persons")
    if not _have(numbers, *figures):
        return
    dependent, using, persons = (numbers[code] for code in figures)
    if persons > dependent + using:
        sentence = _("Tổng số người có hồ sơ lớn hơn số người nghiện cộng số người sử dụng.")
        yield Disagreement(figures, sentence, impossible=True)
    elif persons < max(dependent, using):
        sentence = _("Tổng số người có hồ sơ nhỏ hơn một trong hai số thành phần.")
        yield Disagreement(figures, sentence, impossible=True)
    elif persons < dependent + using:
        sentence = _("Có người được đếm ở cả hai nhóm nghiện và sử dụng; tổng số đã đếm mỗi người một lần.")
        yield Disagreement(figures, sentence, impossible=False)


def _exempt(numbers: Numbers) -> Iterator[Disagreement]:
    parts = SUMS["persons_exempt"]
    if _have(numbers, "persons_exempt", *parts) and sum(numbers[part] for part in parts) != numbers["persons_exempt"]:
        sentence = _("Ba nhóm thuộc diện trừ cộng lại khác tổng số người thuộc diện trừ.")
        yield Disagreement((*parts, "persons_exempt"), sentence, impossible=True)
    if _have(numbers, "persons", "persons_exempt") and numbers["persons_exempt"] > numbers["persons"]:
        sentence = _("Số người thuộc diện trừ lớn hơn tổng số người có hồ sơ.")
        yield Disagreement(("persons_exempt", "persons"), sentence, impossible=True)


def _against_residents(numbers: Numbers) -> Iterator[Disagreement]:
    """Persons with a file live there; those arrested there need not."""
    if "population" not in numbers:
        return
    if numbers["population"] == 0:
        yield Disagreement(("population",), _("Nhân khẩu bằng 0: không tính được tỷ lệ."), impossible=True)
    for code in ("persons", "arrested", "resident_offenders"):
        if _have(numbers, code) and numbers[code] > numbers["population"]:
            sentence = format_lazy(_("{title} lớn hơn nhân khẩu."), title=BY_CODE[code].title)
            yield Disagreement((code, "population"), sentence, impossible=code == "persons")


def _flows(numbers: Numbers) -> Iterator[Disagreement]:
    if _have(numbers, "arrested", "resident_offenders") and numbers["resident_offenders"] > numbers["arrested"]:
        sentence = _("Người cư trú vi phạm nhiều hơn số bị bắt giữ: có thể vì xử lý hành chính; hãy kiểm tra.")
        yield Disagreement(("resident_offenders", "arrested"), sentence, impossible=False)
    if _have(numbers, "plants", "plant_m2") and (numbers["plants"] == 0) != (numbers["plant_m2"] == 0):
        sentence = _("Có số cây mà không có diện tích, hoặc ngược lại; hãy kiểm tra.")
        yield Disagreement(("plants", "plant_m2"), sentence, impossible=False)
