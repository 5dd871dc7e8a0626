"""Put a synthetic province into the registers, through the actions, dated as if it had been entered at the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.db import transaction

from diaban.apps.accounts.models import User
from diaban.apps.hotspots import actions as hotspots
from diaban.apps.hotspots.actions import Decision, IncidentRow
from diaban.apps.hotspots.models import Hotspot, ProvinceValue
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.catalogue.units_loader import load_province
from diaban.demo import cycles
from diaban.demo.accounts import Cast
from diaban.demo.moments import entered_on
from diaban.engine import synthetic

SEED = 163
WATCH_MONTHS = "12"
DOCUMENT = "MP-{number:04d}/{kind}"  # MP = mô phỏng: no real document has such a number
DECIDER = "Trưởng phòng PC04 (mô phỏng)"
REASONS = {
    "reform": "Có tài liệu xác định hoạt động trở lại (mô phỏng)",
    "dismiss": "Xác minh không có cơ sở (mô phỏng)",
}
Say = Callable[[str], None]


def synthetic_places() -> list[synthetic.Place]:
    """Return the communes of the oldest era that the generator draws on, with their census population."""
    catalogue = load_province("brvt")
    census = {figure.unit: figure.value for figure in catalogue.populations if figure.kind == "census"}
    snapshot = catalogue.register.snapshot(synthetic.FIRST_DAY)
    return [
        synthetic.Place(spell.unit, spell.name, *catalogue.points[spell.unit], census[spell.unit])
        for spell in snapshot.spells
        if spell.unit in census and spell.unit in catalogue.points
    ]


class Territory:
    """Finds the unit in which a place of the oldest era lies on a day."""

    def __init__(self) -> None:
        self.register = places.register()
        self.units = Unit.objects.in_bulk(field_name="uid")

    def unit(self, uid: str, on: date) -> Unit:
        """Return the unit; every merger of this province was whole, so there is exactly one."""
        (part,) = self.register.carry(uid, on)
        return self.units[part.unit]


def _spots(province: synthetic.Province, territory: Territory, by: User) -> dict[int, Hotspot]:
    made: dict[int, Hotspot] = {}
    for spot in province.spots:
        first, *rest = spot.steps
        row = hotspots.create_hotspot(
            by=by,
            at=entered_on(first.on),
            name=spot.name,
            unit=territory.unit(spot.place, first.on),
            kind=spot.kind,
            grade=spot.grade,
            on=first.on,
            document=DOCUMENT.format(number=spot.number, kind="BC-CAX"),
            decider=DECIDER,
            verb=first.what,
            form=spot.form,
            address="Địa chỉ mô phỏng",
            lon=spot.lon,
            lat=spot.lat,
            behaviours=spot.behaviours,
            lead_agency="pc04" if spot.kind == "tu_diem_phuc_tap" else "cong_an_xa",
        )
        for step in rest:
            decision = Decision(
                verb=step.what,
                on=step.on,
                document=DOCUMENT.format(number=spot.number, kind="QĐ-PC04"),
                decider=DECIDER,
                reason=REASONS.get(step.what, ""),
                evidence="Biên bản và báo cáo kết quả (mô phỏng)" if step.what == "eliminate" else "",
            )
            row = hotspots.take_step(hotspot=row, decision=decision, by=by, at=entered_on(step.on))
        made[spot.number] = row
    return made


def _incidents(
    province: synthetic.Province, territory: Territory, spots: dict[int, Hotspot], by: User, last_day: date
) -> int:
    rows = []
    for incident in province.incidents:
        plants = any(seizure.measure == "cay" for seizure in incident.seizures)
        spot = spots.get(incident.spot) if incident.spot else None
        rows.append(
            IncidentRow(
                unit_id=territory.unit(incident.place, incident.on).pk,
                on=incident.on,
                kind="trong_cay" if plants else "tang_tru" if incident.seizures else "su_dung",
                source=incident.source,
                place="Địa chỉ mô phỏng",
                lon=incident.lon,
                lat=incident.lat,
                hotspot_code=spot.code if spot else None,
                cases=1,
                arrested=incident.arrested,
                seizures={(seizure.substance, seizure.measure): seizure.amount for seizure in incident.seizures},
            )
        )
    hotspots.bulk_upsert_incidents(rows, by=by, at=entered_on(last_day))
    return len(rows)


def _routes(territory: Territory, by: User) -> None:
    """Two made-up key routes along the coast and inland, so that the route criterion is seen at work."""
    catalogue = load_province("brvt")
    start = date(2025, 12, 15)
    for name, reach, codes in (
        ("Tuyến mô phỏng 1 – ven biển", "intra", ("26506", "26542", "26662", "26686", "26620", "26656")),
        ("Tuyến mô phỏng 2 – trục Bắc Nam", "inter", ("26704", "26713", "26566", "26560", "26572")),
    ):
        uids = [territory.register.resolve(code, start, "commune") for code in codes]
        hotspots.record_route(
            by=by,
            at=entered_on(start),
            values={
                "name": name,
                "reach": reach,
                "decision_number": "MP-0001/QĐ-UBND",
                "decision_on": start,
                "valid_from": start,
                "line": [list(catalogue.points[uid]) for uid in uids],
            },
            units=[territory.units[uid] for uid in uids],
        )


@transaction.atomic
def load(*, cast: Cast, last_day: date, say: Say, seed: int = SEED) -> synthetic.Planted:
    """Fill the empty registers; everything or nothing. Return what was planted."""
    by = cast.province
    say("Đang sinh tỉnh mô phỏng …")
    province = synthetic.generate(synthetic_places(), last_day=last_day, seed=seed)
    territory = Territory()
    hotspots.set_value(
        key=ProvinceValue.Key.WATCH_MONTHS,
        value=WATCH_MONTHS,
        effective_from=synthetic.FIRST_DAY,
        document="MP-0000/QĐ-UBND",
        by=by,
        at=entered_on(synthetic.FIRST_DAY),
    )
    spots = _spots(province, territory, by)
    say(f"  {len(spots)} điểm, tụ điểm")
    say(f"  {_incidents(province, territory, spots, by, last_day)} vụ việc")
    _routes(territory, by)
    for year in cycles.load_all(cast=cast, last_day=last_day, seed=seed):
        say(f"  kỳ phân loại {year}")
    return province.planted
