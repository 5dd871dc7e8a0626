"""The register of incidents as a sheet: one row an incident, one column a substance in its measure."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.http import QueryDict

from diaban.adapters.workbooks import ColumnSpec, SheetSpec
from diaban.adapters.workbooks import Kind as Cell
from diaban.apps.access import Permission, Rights
from diaban.apps.exchange.registry import Change, Context, Draft, Fault, Json, Sheet, Stored, to_json
from diaban.apps.hotspots.actions.bulk import BulkRefused, bulk_upsert_incidents, check_incident_rows, revert_incidents
from diaban.apps.hotspots.actions.bulk_base import Reach, load_by_code
from diaban.apps.hotspots.actions.incidents import COUNTS
from diaban.apps.hotspots.actions.rows import IncidentRow
from diaban.apps.hotspots.listing import incident_order, read_incidents
from diaban.apps.hotspots.models import Incident, IncidentKind, PlaceType, Seizure, Source
from diaban.apps.hotspots.queries import codes_seen, incidents_list, ordered_rows
from diaban.apps.hotspots.queries.lists import INCIDENT_ORDERS
from diaban.apps.hotspots.sheets.refusals import faults, refused
from diaban.apps.hotspots.sheets.spots import CODE_ACCEPTED, NAME_ACCEPTED, labels
from diaban.apps.hotspots.sheets.units import Units
from diaban.apps.places.scope import Scope
from diaban.catalogue.substances_loader import measures, substances
from diaban.core.messages import N_, say
from diaban.core.privacy import classed

_BATCH: Final = 1000
_YES_NO: Final = {"co": "Có", "khong": "Không"}
_TEXTS: Final = ("kind", "source", "place", "place_type", "note")


def _seizure_columns() -> dict[str, tuple[str, str]]:
    """Return `column code -> (substance, measure)` for everything the catalogue lets count."""
    return {f"{s.code}.{m}": (s.code, m) for s in substances().values() for m in s.measures}


SEIZURES: Final = _seizure_columns()


def _columns() -> tuple[ColumnSpec, ...]:
    counted = (
        ColumnSpec("cases", "Số vụ", Cell.INTEGER, width=8, example="1"),
        ColumnSpec("arrested", "Người bị bắt giữ", Cell.INTEGER, width=10, example="2"),
        ColumnSpec("prosecuted", "Người bị khởi tố", Cell.INTEGER, width=10, example="2"),
        ColumnSpec("fined", "Người bị phạt hành chính", Cell.INTEGER, width=10, example="0"),
    )
    seized = tuple(
        ColumnSpec(
            code,
            f"{substances()[substance].title} ({measures()[measure].label})",
            Cell.DECIMAL if measures()[measure].scale > 1 else Cell.INTEGER,
            help=f"Thu giữ, tính bằng {measures()[measure].label_long}; không có thì để trống",
            width=13,
        )
        for code, (substance, measure) in SEIZURES.items()
    )
    return (
        ColumnSpec("code", "Mã vụ việc", Cell.CODE, required=True, max_length=40, width=20, example="VV-26506-2026-1"),
        ColumnSpec("on", "Ngày xảy ra", Cell.DATE, required=True, width=12, example="03/11/2026"),
        ColumnSpec("unit_code", "Mã đơn vị", Cell.CODE, required=True, width=10, example="26506"),
        ColumnSpec("unit_name", "Tên đơn vị", max_length=120, width=22, help="Để đối chiếu với mã"),
        ColumnSpec("kind", "Loại việc", Cell.CHOICE, choices=labels(IncidentKind), width=20, example="Mua bán"),
        ColumnSpec("source", "Nguồn", Cell.CHOICE, choices=labels(Source), width=24),
        ColumnSpec("place", "Nơi xảy ra", max_length=300, width=28),
        ColumnSpec("place_type", "Loại nơi", Cell.CHOICE, choices=labels(PlaceType), width=20),
        ColumnSpec("lon", "Kinh độ", Cell.DECIMAL, minimum=-180, maximum=180, width=11, example="107,0843"),
        ColumnSpec("lat", "Vĩ độ", Cell.DECIMAL, minimum=-90, maximum=90, width=11, example="10,3460"),
        ColumnSpec("hotspot_code", "Mã điểm liên quan", Cell.CODE, max_length=40, width=18),
        *counted,
        ColumnSpec("no_suspect", "Vô chủ", Cell.CHOICE, choices=_YES_NO, width=8, help="Không xác định được người"),
        *seized,
        ColumnSpec("note", "Ghi chú", max_length=2000, width=24),
    )


SPEC: Final = SheetSpec(
    code="incidents",
    title="Vụ việc",
    key=("code",),
    guide=(
        "Mỗi dòng là một vụ việc. Mã không đổi: mã đã có trong sổ là sửa, chưa có là thêm.",
        "Mã đơn vị hiểu theo ngày xảy ra: từ 01/7/2025 nhiều mã cũ chỉ đơn vị khác. Ghi thêm tên đơn vị để đối chiếu.",
        "Ô số để trống nghĩa là chưa báo cáo. Khi sửa, ô để trống giữ nguyên điều đã ghi.",
        "Thu giữ: mỗi chất một cột theo đơn vị đo của nó; không cộng gam với viên. Ghi 0 để bỏ một số đã ghi nhầm.",
        "Không ghi tên, số định danh của người; không ghi nội dung chuyên án, cơ sở bí mật, biện pháp nghiệp vụ.",
    ),
    columns=_columns(),
)


class IncidentSheet(Sheet):
    """See `SPEC`. Units are those of the incident's own day."""

    spec = SPEC
    asks = (Permission.INCIDENT_RECORD,)
    shows = Permission.INCIDENT_VIEW
    personal = classed(personal="place lon lat", sensitive="note")

    def prepare(self, drafts: Sequence[Draft], context: Context) -> Iterable[Fault]:
        """Find units, count seizures in smallest units, and ask the register whether the rows can stand."""
        units, standing = Units(), self.current([draft.key for draft in drafts], context)
        doubled = {code for code, found in _seen([d.key for d in drafts], context.rights).items() if len(found) > 1}
        found: list[Fault] = []
        good: list[Draft] = []
        for draft in drafts:
            objections = [*self._unit(draft, units), *self._seized(draft, standing.get(draft.key))]
            if draft.key in doubled:
                objections.append(Fault(draft.number, "code", say(N_("Mã này có ở sổ của nhiều tỉnh; sửa từng vụ."))))
            found += objections
            if not objections:
                good.append(draft)
        merged = [(standing.get(d.key) or {}) | _given(d) for d in good]
        rows = [_row(draft.key, values, units) for draft, values in zip(good, merged, strict=True)]
        return [*found, *faults(good, check_incident_rows(rows, by=context.by, at=context.at))]

    def _unit(self, draft: Draft, units: Units) -> Iterator[Fault]:
        code, name = draft.values.pop("unit_code"), draft.values.pop("unit_name", None) or ""
        day = draft.values["on"]
        unit = units.by_code(code, day)
        if not isinstance(unit, int):
            yield Fault(draft.number, "unit_code", unit, CODE_ACCEPTED)
        elif wrong := units.other_name(unit, name, day):
            yield Fault(draft.number, "unit_name", wrong, NAME_ACCEPTED)
        else:
            draft.values["unit"] = units.held.uids[unit]

    def _seized(self, draft: Draft, standing: Stored | None) -> Iterator[Fault]:
        """Refuse amounts finer than the smallest unit; a zero where nothing stands says nothing new."""
        for code in SEIZURES:
            amount = draft.values.get(code)
            if amount is None:
                continue
            measure = measures()[SEIZURES[code][1]]
            if amount * measure.scale != int(amount * measure.scale):
                yield Fault(
                    draft.number, code, say(N_("Lẻ hơn 1 {unit}"), unit=measure.smallest),
                    say(N_("Số {label} tròn đến 1 {unit}"), label=measure.label, unit=measure.smallest),
                )  # fmt: skip
            elif amount == 0 and (standing is None or standing[code] is None):
                draft.values[code] = None

    def current(self, keys: Collection[str], context: Context) -> dict[str, Stored]:
        """Return what the register says of each incident that the importer sees; `unit` is the uid."""
        incidents = [found[0] for found in _seen(keys, context.rights).values()]
        return {
            incident.code: {name: to_json(value) for name, value in values.items()}
            for incident, values in zip(incidents, _values(incidents, Units(), context.rights), strict=True)
        }

    def write(self, changes: Sequence[Change], context: Context) -> Json:
        """Record and correct by the register's bulk action."""
        units = Units()
        rows = [_row(change.key, change.after, units) for change in changes]
        try:
            return bulk_upsert_incidents(rows, by=context.by, at=context.at).image
        except BulkRefused as error:
            raise refused(error, changes) from None

    def revert(self, changes: Sequence[Change], image: Json, context: Context) -> None:  # noqa: ARG002
        """Take the part back by the image that the bulk action gave."""
        try:
            revert_incidents(image, by=context.by, at=context.at)
        except BulkRefused as error:
            raise refused(error) from None

    def for_eyes(self, rows: Sequence[Stored]) -> Sequence[Stored]:
        """Return rows with their unit's code and name."""
        return Units().named(rows)

    def export_rows(self, query: QueryDict, scope: Scope, rights: Rights) -> Iterator[Mapping[str, Any]]:
        """Yield the incidents of the list page, in its order."""
        asked = read_incidents(query, scope, rights, Permission.REGISTER_EXPORT)
        rows = ordered_rows(incidents_list(asked), incident_order(query), INCIDENT_ORDERS, scope.today)
        units = Units()
        while chunk := list(itertools.islice(rows, _BATCH)):
            for incident, values in zip(chunk, _values(chunk, units, rights), strict=True):
                code, name = units.code_and_name(incident.unit_id, incident.on)
                yield values | {"unit_code": code, "unit_name": name}


def _seen(codes: Collection[str], rights: Rights) -> dict[str, list[Incident]]:
    """Return by code the incidents that somebody with these rights sees; a code without any is left out."""
    found = Reach.of(rights, IncidentSheet.shows).in_sight(load_by_code(Incident, codes))
    return {code: incidents for code, incidents in found.items() if incidents}


def _values(incidents: Sequence[Incident], units: Units, rights: Rights) -> list[dict[str, Any]]:
    """Return each incident as typed values by column; `unit` is the uid, a hot-spot out of sight is none."""
    seized: dict[int, dict[str, Decimal | int]] = defaultdict(dict)
    keys = [incident.pk for incident in incidents]
    for start in range(0, len(keys), _BATCH):
        rows = Seizure.objects.filter(incident__in=keys[start : start + _BATCH])
        for pk, substance, measure, amount in rows.values_list("incident", "substance", "measure", "amount"):
            scale = measures()[measure].scale
            seized[pk][f"{substance}.{measure}"] = Decimal(amount) / scale if scale > 1 else amount
    spots = codes_seen(rights, [i.hotspot_id for i in incidents if i.hotspot_id])
    return [
        {"code": incident.code, "on": incident.on, "unit": units.held.uids[incident.unit_id]}
        | {name: getattr(incident, name) or None for name in _TEXTS}
        | {name: getattr(incident, name) for name in COUNTS}
        | {name: _coordinate(getattr(incident, name)) for name in ("lon", "lat")}
        | {"hotspot_code": spots.get(incident.hotspot_id or 0)}
        | {"no_suspect": "co" if incident.no_suspect else "khong"}
        | {code: seized[incident.pk].get(code) for code in SEIZURES}
        for incident in incidents
    ]


def _coordinate(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value))


def _given(draft: Draft) -> Stored:
    return {name: to_json(value) for name, value in draft.values.items() if value is not None}


def _row(code: str, values: Mapping[str, Json], units: Units) -> IncidentRow:
    """Return the row of the bulk action from all that stands or is given."""
    seizures = {
        pair: int(Decimal(str(values[column])) * measures()[pair[1]].scale)
        for column, pair in SEIZURES.items()
        if values.get(column) is not None and Decimal(str(values[column]))
    }
    return IncidentRow(
        unit_id=units.held.ids[values["unit"]],
        on=dt.date.fromisoformat(values["on"]),
        code=code,
        hotspot_code=values.get("hotspot_code"),
        no_suspect=None if values.get("no_suspect") is None else values["no_suspect"] == "co",
        lon=float(values["lon"]) if values.get("lon") is not None else None,
        lat=float(values["lat"]) if values.get("lat") is not None else None,
        seizures=seizures,
        **{name: values.get(name) for name in (*_TEXTS, *COUNTS)},
    )
