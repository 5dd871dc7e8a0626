"""The register of hot-spots as a sheet: opens new ones, corrects what describes them, adds steps that dates tell."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.http import QueryDict

from diaban.adapters.workbooks import ColumnSpec, SheetSpec
from diaban.adapters.workbooks import Kind as Cell
from diaban.apps.access import Permission, Rights
from diaban.apps.exchange.registry import Change, Context, Draft, Fault, Json, Sheet, Stored, to_json
from diaban.apps.hotspots.actions.bulk import BulkRefused, bulk_upsert_hotspots, check_hotspot_rows, revert_hotspots
from diaban.apps.hotspots.actions.bulk_base import Reach, load_by_code
from diaban.apps.hotspots.actions.projection import day_of
from diaban.apps.hotspots.actions.rows import HotspotRow
from diaban.apps.hotspots.listing import hotspot_order, read_hotspots
from diaban.apps.hotspots.models import Agency, Behaviour, Form, Grade, Hotspot, HotspotStep, Kind
from diaban.apps.hotspots.queries import carried, hotspots_list, ordered_rows
from diaban.apps.hotspots.queries.lists import HOTSPOT_ORDERS
from diaban.apps.hotspots.sheets.refusals import faults, refused
from diaban.apps.hotspots.sheets.units import Units
from diaban.apps.places.scope import Scope
from diaban.core.messages import N_, say
from diaban.core.privacy import classed
from diaban.core.text import fold

_BATCH: Final = 1000
CODE_ACCEPTED: Final = say(N_("Mã của xã, phường, đặc khu có vào ngày ghi ở dòng này"))
NAME_ACCEPTED: Final = say(N_("Tên đúng của mã, hoặc mã đúng của tên, hoặc để trống"))
_VERBS: Final = {
    "plan": "planned_on",
    "eliminate": "eliminated_on",
    "watch": "watched_on",
    "remove": "removed_on",
    "strike": "removed_on",
    "reform": "reformed_on",
}
_DATES: Final = (
    "detected_on", "listed_on", "planned_on", "eliminated_on", "watched_on", "removed_on", "reformed_on",
)  # fmt: skip
_ACTS: Final = ("document", "decider", "reason", "evidence")
_TEXTS: Final = ("name", "kind", "grade", "form", "address", "lead_agency", "note")


def labels(choices: Any) -> dict[str, str]:
    """Return the Vietnamese labels: the workbook is a Vietnamese form whatever the reader's language."""
    return {member.value: str(member.label) for member in choices}


BEHAVIOUR_LABELS: Final = labels(Behaviour)  # once: translating them for every row took a tenth of a check
BEHAVIOURS: Final = {fold(label): code for code, label in BEHAVIOUR_LABELS.items()} | {
    fold(code): code for code in Behaviour.values
}

SPEC: Final = SheetSpec(
    code="hotspots",
    title="Điểm, tụ điểm",
    key=("code",),
    guide=(
        "Mỗi dòng là một điểm, tụ điểm. Mã do đơn vị đặt, không đổi: mã đã có trong sổ là sửa, chưa có là thêm.",
        "Điểm mới cần: tên gọi, loại, mức căn cứ, mã đơn vị, ngày vào danh sách (hoặc ngày phát hiện nếu chưa vào), "
        "văn bản, người quyết định.",
        "Mã đơn vị hiểu theo ngày vào danh sách (hoặc ngày phát hiện): từ 01/7/2025 nhiều mã cũ chỉ đơn vị khác. "
        "Ghi thêm tên đơn vị để hệ thống đối chiếu.",
        "Mỗi ngày ghi thêm (triệt xóa, theo dõi, đưa ra, tái phức tạp) là một bước mới, cần văn bản và "
        "người quyết định; triệt xóa cần ghi căn cứ.",
        "Ô để trống: giữ nguyên điều đã ghi trong sổ.",
        "Không ghi tên, số định danh của người; không ghi nội dung chuyên án, cơ sở bí mật, biện pháp nghiệp vụ.",
    ),
    columns=(
        ColumnSpec("code", "Mã điểm", Cell.CODE, required=True, max_length=40, width=18, example="DTD-26506-0001"),
        ColumnSpec("name", "Tên gọi", max_length=200, width=28, help="Theo địa danh", example="Khu sau chợ cũ"),
        ColumnSpec("kind", "Loại", Cell.CHOICE, choices=labels(Kind), width=24, example="Tụ điểm phức tạp"),
        ColumnSpec("grade", "Mức căn cứ", Cell.CHOICE, choices=labels(Grade), width=20, example="Nghi vấn"),
        ColumnSpec("form", "Hình thức", Cell.CHOICE, choices=labels(Form), width=18, example="Địa điểm cụ thể"),
        ColumnSpec("unit_code", "Mã đơn vị", Cell.CODE, required=True, width=10, example="26506"),
        ColumnSpec("unit_name", "Tên đơn vị", max_length=120, width=22, help="Để đối chiếu với mã"),
        ColumnSpec("address", "Địa chỉ", max_length=300, width=30),
        ColumnSpec("lon", "Kinh độ", Cell.DECIMAL, minimum=-180, maximum=180, width=11, example="107,0843"),
        ColumnSpec("lat", "Vĩ độ", Cell.DECIMAL, minimum=-90, maximum=90, width=11, example="10,3460"),
        ColumnSpec(
            "behaviours", "Hành vi", width=22, example="Mua bán; Sử dụng",
            help="Một hoặc nhiều, cách nhau bằng dấu chấm phẩy: " + "; ".join(BEHAVIOUR_LABELS.values()),
        ),
        ColumnSpec("lead_agency", "Đơn vị chủ trì", Cell.CHOICE, choices=labels(Agency), width=22),
        ColumnSpec("detected_on", "Ngày phát hiện", Cell.DATE, width=12),
        ColumnSpec("listed_on", "Ngày vào danh sách", Cell.DATE, width=12, example="15/12/2025"),
        ColumnSpec("planned_on", "Ngày có kế hoạch đấu tranh", Cell.DATE, width=12),
        ColumnSpec("eliminated_on", "Ngày triệt xóa", Cell.DATE, width=12),
        ColumnSpec("watched_on", "Ngày bắt đầu theo dõi", Cell.DATE, width=12),
        ColumnSpec("removed_on", "Ngày đưa ra khỏi danh sách", Cell.DATE, width=12),
        ColumnSpec("reformed_on", "Ngày tái phức tạp", Cell.DATE, width=12),
        ColumnSpec("document", "Văn bản", max_length=200, width=22, help="Của các bước mà dòng này thêm"),
        ColumnSpec("decider", "Người quyết định", max_length=200, width=22, help="Chức danh, không ghi tên"),
        ColumnSpec("reason", "Lý do", max_length=2000, width=24),
        ColumnSpec("evidence", "Tài liệu chứng minh", max_length=2000, width=24),
        ColumnSpec("note", "Ghi chú", max_length=2000, width=24),
    ),
)  # fmt: skip


class HotspotSheet(Sheet):
    """See `SPEC`. The dates of the sheet are the latest standing step of each sort."""

    spec = SPEC
    asks = (Permission.HOTSPOT_RECORD, Permission.HOTSPOT_STEP)
    shows = Permission.HOTSPOT_VIEW
    personal = classed(officer="decider", personal="name address lon lat", sensitive="reason evidence note")
    fixed = frozenset({"grade"})
    act_columns = frozenset(_ACTS)

    def prepare(self, drafts: Sequence[Draft], context: Context) -> Iterable[Fault]:
        """Find units, read behaviours, and ask the lifecycle whether the steps are allowed."""
        units, today = Units(), day_of(context.at)
        existing = _seen({draft.key for draft in drafts}, context.rights)
        heirs = carried({spot.unit_id for spots in existing.values() for spot in spots}, today)
        found: list[Fault] = []
        good: list[Draft] = []
        for draft in drafts:
            spots = existing.get(draft.key, [])
            if len(spots) > 1:
                found.append(Fault(draft.number, "code", say(N_("Mã này có ở sổ của nhiều tỉnh; sửa từng điểm."))))
                continue
            problem = self._unit(draft, spots[0] if spots else None, units, heirs, today) or self._behaviours(draft)
            if problem is not None:
                found.append(problem)
            else:
                good.append(draft)
        rows = [_row(draft.key, values, units, values) for draft, values in ((d, _jsoned(d)) for d in good)]
        return [*found, *faults(good, check_hotspot_rows(rows, by=context.by, at=context.at))]

    def _unit(
        self, draft: Draft, spot: Hotspot | None, units: Units, heirs: Mapping[int, int | None], today: dt.date
    ) -> Fault | None:
        """Replace the code and name that the row gives by the unit itself."""
        values = draft.values
        code, name = values.pop("unit_code"), values.pop("unit_name", None) or ""
        day = values.get("listed_on") or values.get("detected_on") or today
        unit = units.by_code(code, day)
        if spot is not None:
            meant = {found for found in (unit, units.by_code(code, today)) if isinstance(found, int)}
            if spot.unit_id in meant or heirs.get(spot.unit_id) in meant or units.has_code(spot.unit_id, code):
                unit = spot.unit_id
        if not isinstance(unit, int):
            return Fault(draft.number, "unit_code", unit, CODE_ACCEPTED)
        heir = heirs.get(unit)
        if (wrong := units.other_name(unit, name, day)) and (heir is None or units.other_name(heir, name, today)):
            return Fault(draft.number, "unit_name", wrong, NAME_ACCEPTED)
        values["unit"] = units.held.uids[unit]
        return None

    def _behaviours(self, draft: Draft) -> Fault | None:
        text = draft.values.get("behaviours")
        if not text:
            return None
        words = [fold(word) for word in text.replace(",", ";").split(";") if fold(word)]
        if strange := [word for word in words if word not in BEHAVIOURS]:
            return Fault(
                draft.number, "behaviours", say(N_("Không có hành vi “{word}”"), word=strange[0]),
                say(N_("Chọn một trong: {labels}"), labels="; ".join(BEHAVIOUR_LABELS.values())),
            )  # fmt: skip
        draft.values["behaviours"] = _behaviour_words(BEHAVIOURS[word] for word in words)
        return None

    def current(self, keys: Collection[str], context: Context) -> dict[str, Stored]:
        """Return what the register says of each spot that the importer sees; `unit` is the uid."""
        spots = [found[0] for found in _seen(keys, context.rights).values()]
        return {
            spot.code: {name: to_json(value) for name, value in values.items()}
            for spot, values in zip(spots, _values(spots, Units()), strict=True)
        }

    def write(self, changes: Sequence[Change], context: Context) -> Json:
        """Open and update by the register's bulk action."""
        units = Units()
        rows = [_row(change.key, change.after, units, change.act) for change in changes]
        try:
            return bulk_upsert_hotspots(rows, by=context.by, at=context.at).image
        except BulkRefused as error:
            raise refused(error, changes) from None

    def revert(self, changes: Sequence[Change], image: Json, context: Context) -> None:  # noqa: ARG002
        """Take the part back by the image that the bulk action gave."""
        try:
            revert_hotspots(image, by=context.by, at=context.at)
        except BulkRefused as error:
            raise refused(error) from None

    def for_eyes(self, rows: Sequence[Stored]) -> Sequence[Stored]:
        """Return rows with their unit's code and name."""
        return Units().named(rows)

    def export_rows(self, query: QueryDict, scope: Scope, rights: Rights) -> Iterator[Mapping[str, Any]]:
        """Yield the spots of the list page, in its order."""
        asked = read_hotspots(query, scope, rights, Permission.REGISTER_EXPORT)
        rows = ordered_rows(hotspots_list(asked), hotspot_order(query), HOTSPOT_ORDERS, scope.today)
        units = Units()
        for spots in _chunks(rows):
            for spot, values in zip(spots, _values(spots, units), strict=True):
                code, name = units.code_and_name(spot.unit_id, scope.today)
                yield values | {"code": spot.code, "unit_code": code, "unit_name": name}


def _seen(codes: Collection[str], rights: Rights) -> dict[str, list[Hotspot]]:
    """Return by code the spots that somebody with these rights sees; a code without any is left out."""
    found = Reach.of(rights, HotspotSheet.shows).in_sight(load_by_code(Hotspot, codes))
    return {code: spots for code, spots in found.items() if spots}


def _chunks(rows: Iterator[Hotspot]) -> Iterator[list[Hotspot]]:
    chunk: list[Hotspot] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _BATCH:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _values(spots: Sequence[Hotspot], units: Units) -> list[dict[str, Any]]:
    """Return each spot as typed values by column; `unit` is the uid."""
    days: dict[int, dict[str, dt.date]] = defaultdict(dict)
    keys = [spot.pk for spot in spots]
    for start in range(0, len(keys), _BATCH):
        steps = HotspotStep.objects.filter(hotspot__in=keys[start : start + _BATCH], stands=True, verb__in=list(_VERBS))
        for pk, verb, on in steps.order_by("hotspot", "seq").values_list("hotspot", "verb", "on"):
            days[pk][_VERBS[verb]] = on
    return [
        {"code": spot.code}
        | {name: getattr(spot, name) or None for name in _TEXTS}
        | {name: _coordinate(getattr(spot, name)) for name in ("lon", "lat")}
        | {"unit": units.held.uids[spot.unit_id], "behaviours": _behaviour_words(spot.behaviour_codes) or None}
        | {name: days[spot.pk].get(name) for name in _DATES}
        | {"detected_on": spot.detected_on, "listed_on": spot.listed_on}
        for spot in spots
    ]


def _coordinate(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value))


def _behaviour_words(codes: Iterable[str]) -> str:
    wanted = set(codes)
    return "; ".join(label for code, label in BEHAVIOUR_LABELS.items() if code in wanted)


def _jsoned(draft: Draft) -> Stored:
    return {name: to_json(value) for name, value in draft.values.items()}


def _row(code: str, values: Mapping[str, Json], units: Units, act: Mapping[str, Json]) -> HotspotRow:
    behaviours = values.get("behaviours")
    fields: dict[str, Any] = {name: values.get(name) for name in _TEXTS}
    fields |= {name: dt.date.fromisoformat(values[name]) for name in _DATES if values.get(name)}
    fields |= {name: float(values[name]) for name in ("lon", "lat") if values.get(name) is not None}
    fields |= {name: act.get(name) or "" for name in _ACTS}
    if behaviours:
        fields["behaviours"] = tuple(BEHAVIOURS[fold(word)] for word in behaviours.split(";"))
    return HotspotRow(unit_id=units.held.ids[values["unit"]], code=code, **fields)
