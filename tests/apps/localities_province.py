"""A province to classify: the catalogue's 30 communes, officers, figures of quiet and of heavy communes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from cast import jack_of_all_work
from diaban.apps.accounts.models import User
from diaban.apps.localities import actions
from diaban.apps.localities.models import Cycle, Standing
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
IN_CYCLE = datetime(2026, 11, 20, 9, 0, tzinfo=HERE)
AFTER = datetime(2026, 12, 16, 9, 0, tzinfo=HERE)
LAST_DAY = date(2026, 12, 14)

NOTHING: Mapping[str, object] = {
    "population": 20_000,
    "population_as_of": date(2026, 11, 1),
    "population_source": "Công an xã",
    "persons": 0,
    "persons_exempt": 0,
    "points": 0,
    "arrested": 0,
    "resident_offenders": 0,
    "wanted_hiding": 0,
    "plants": 0,
    "plant_m2": 0,
    "route": "none",
}
CLASS_ONE = {**NOTHING, "persons": 110, "points": 2, "arrested": 22, "resident_offenders": 10}
HOLE = {**NOTHING, "persons": 110, "points": 1, "arrested": 12, "resident_offenders": 6}
CLASS_THREE = {**NOTHING, "persons": 60, "arrested": 6, "resident_offenders": 3}
ALL_TREATED = {**NOTHING, "persons": 5, "persons_exempt": 5}


def officer(name: str = "canbo") -> User:
    """Return an account that holds every role of place work: for tests about something else than who may do what."""
    found = User.objects.filter(username=name).first()
    if found is not None:
        return found
    made = User.objects.create_user(username=name, password="khong-phai-that", full_name="Cán bộ tổng hợp")
    return jack_of_all_work(made)


def colleague(what: str) -> User:
    """Return another such account: nobody appraises or decides what they submitted themselves."""
    return officer(f"canbo-{what}")


def commune(code: str) -> Unit:
    return places.unit_by_code(code, LAST_DAY)


def declare(
    cycle: Cycle, code: str, values: Mapping[str, object], by: User, at: datetime = IN_CYCLE, **more: str
) -> Standing:
    actions.declare(cycle=cycle, unit=commune(code), values=values, by=by, at=at, declared_by="Công an xã", **more)
    return standing(cycle, code)


def standing(cycle: Cycle, code: str) -> Standing:
    return Standing.objects.select_related("unit", "cycle", "decision").get(cycle=cycle, unit=commune(code))


def to_stage(row: Standing, stage: str, by: User, at: datetime = AFTER, number: str = "10/QĐ-UBND") -> Standing:
    """Walk a standing to `stage` with the class proposed: `by` assesses, one colleague appraises, another decides."""
    chosen = row.proposed_class
    if stage in ("self", "appraised", "decided"):
        actions.self_assess(standing=row, chosen=chosen, by=by, at=at)
    if stage in ("appraised", "decided"):
        actions.appraise(standing=row, chosen=chosen, by=colleague("tham-dinh"), at=at)
    if stage == "decided":
        actions.decide(standing=row, number=number, date=at.date(), by=colleague("quyet-dinh"), at=at)
    return Standing.objects.select_related("unit", "cycle", "decision").get(pk=row.pk)
