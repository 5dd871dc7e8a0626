"""What a dossier says that the one before it did not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from diaban.core.dossier.snapshot import STANDING_LABELS, ClassRow, Dossier, HotspotRow, Standing
from diaban.core.dossier.writing import NOT_REPORTED, count, day
from diaban.core.messages import N_

ABSENT = "–"
CLASS_FIELDS: Mapping[str, str] = {
    "population": N_("Nhân khẩu"),
    "persons": N_("Người nghiện, người sử dụng có hồ sơ"),
    "persons_exempt": N_("Người thuộc diện trừ"),
    "points": N_("Điểm tổ chức, chứa chấp"),
    "arrested": N_("Đối tượng bị bắt giữ"),
    "resident_offenders": N_("Người cư trú vi phạm"),
    "wanted_hiding": N_("Đối tượng truy nã lẩn trốn"),
    "plants": N_("Cây"),
    "plant_m2": N_("Diện tích cây (m²)"),
    "route": N_("Tuyến trọng điểm"),
    "literal": N_("Loại đề xuất, đọc đúng từng chữ"),
    "at_least": N_("Loại đề xuất, mức cao gồm mức thấp"),
    "drug_free": N_("Không ma túy"),
    "self_assessed": N_("Loại tự đánh giá"),
    "approved": N_("Loại duyệt"),
    "decision_number": N_("Số quyết định"),
    "decision_date": N_("Ngày quyết định"),
    "previous": N_("Loại năm trước"),
}
REPORTED = frozenset(list(CLASS_FIELDS)[:10])  # the declared figures
HOTSPOT_FIELDS: Mapping[str, str] = {
    "name": N_("Tên"),
    "address": N_("Địa chỉ"),
    "unit_name": N_("Xã"),
    "kind": N_("Loại điểm"),
    "listed_on": N_("Ngày đưa vào"),
    "state": N_("Tình trạng"),
    "eliminated_on": N_("Ngày triệt xóa"),
    "reformed": N_("Tái phức tạp (lần)"),
}
IN_FILE, OUT_OF_FILE = N_("Có trong hồ sơ"), N_("Không còn trong hồ sơ")
RULE, NUMBER, ISSUED = N_("Căn cứ và thiết lập"), N_("Số văn bản"), N_("Ngày văn bản")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: `what` is a msgid, the values are as a paper writes them."""

    subject: str
    what: str
    before: str
    after: str


def changes(before: Dossier, after: Dossier) -> tuple[Change, ...]:
    """Return every difference a reader would want to know, communes first, then hot-spots, then the frame."""
    return (
        *_rows(before.classes, after.classes),
        *_rows(before.hotspots or (), after.hotspots or ()),
        *_frame(before, after),
    )


def _rows(before: Iterable[ClassRow | HotspotRow], after: Iterable[ClassRow | HotspotRow]) -> Iterable[Change]:
    old = {_key(row): row for row in before}
    new = {_key(row): row for row in after}
    for key in dict.fromkeys((*old, *new)):
        one, other = old.get(key), new.get(key)
        if one is None and other is not None:
            yield Change(_name(other), IN_FILE, ABSENT, _name(other))
        elif other is None and one is not None:
            yield Change(_name(one), OUT_OF_FILE, _name(one), ABSENT)
        elif one is not None and other is not None:
            for field, what in (CLASS_FIELDS if isinstance(other, ClassRow) else HOTSPOT_FIELDS).items():
                was, now = getattr(one, field), getattr(other, field)
                if was != now:
                    none = NOT_REPORTED if field in REPORTED else ABSENT
                    yield Change(_name(other), what, _shown(was, none), _shown(now, none))


def _key(row: ClassRow | HotspotRow) -> str:
    return row.unit_code if isinstance(row, ClassRow) else row.code


def _name(row: ClassRow | HotspotRow) -> str:
    return row.unit_name if isinstance(row, ClassRow) else f"{row.name} ({row.code})"


def _shown(value: object, none: str = ABSENT) -> str:
    if value is None:
        return none
    if isinstance(value, Standing):
        return STANDING_LABELS[value]
    if isinstance(value, bool):
        return "đạt" if value else "không đạt"
    if isinstance(value, int):
        return count(value)
    if isinstance(value, date):
        return day(value)
    return (
        {"intra": "nội tỉnh", "inter": "liên tỉnh", "": ABSENT}.get(value, value) if isinstance(value, str) else ABSENT
    )


def _frame(before: Dossier, after: Dossier) -> Iterable[Change]:
    if before.rule != after.rule:
        yield Change(after.rule.title, RULE, "; ".join(before.rule.settings), "; ".join(after.rule.settings))
    if before.number != after.number:
        yield Change(after.title, NUMBER, _shown(before.number), _shown(after.number))
    if before.issued_on != after.issued_on:
        yield Change(after.title, ISSUED, _shown(before.issued_on), _shown(after.issued_on))
