"""Declare, assess and decide the demonstration's cycles: two closed ones and the one that is running."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from diaban.apps.accounts.models import User
from diaban.apps.hotspots import queries as hotspots
from diaban.apps.localities import actions
from diaban.apps.localities.models import Cycle, Origin, Standing
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.catalogue.rulesets_loader import cycle as cycle_period
from diaban.catalogue.rulesets_loader import ruleset_for
from diaban.demo.accounts import Cast
from diaban.demo.moments import entered_on
from diaban.engine import synthetic

UNSETTLED = "Còn thiếu số liệu; theo hồ sơ lưu (mô phỏng)"
DECLARED_BY = "Công an cấp xã (mô phỏng)"
DAY = timedelta(days=1)
FIRST_YEAR = 2024
# QĐ 3122/2010/QĐ-BCA: only class I is publicly known; a province set the rest. These are made up, like everything here.
MADE_UP_THRESHOLDS = {
    "ii_dependent": 40,
    "ii_gatherings": 3,
    "ii_plant_m2": 500,
    "iii_dependent": 8,
    "iii_gatherings": 1,
    "iii_plant_m2": 50,
}
# Of the running cycle, by order of code: so many have not declared, have left a figure out, have assessed themselves …
NOT_DECLARED = 3
LEFT_OUT = 3
SELF_ASSESSED = 14
APPRAISED = 6


def _figures(cycle: Cycle, units: Sequence[Unit], on: date, seed: int) -> list[tuple[Unit, dict[str, object]]]:
    """Draw what the communes declare; counts of the registers are taken from them."""
    ids = [unit.pk for unit in units]
    residents = places.population(ids, on)
    points = hotspots.existing_points(on, ids)
    arrests = hotspots.arrests_by_unit(cycle.first_day, on + DAY, ids)
    plants = hotspots.plants_by_unit(cycle.first_day, on + DAY, ids)
    routes = hotspots.routes_by_unit(on)
    rows: list[tuple[Unit, dict[str, object]]] = []
    for unit in units:
        found = plants.get(unit.pk)
        known = synthetic.Known(
            unit.uid,
            residents[unit.pk].value,
            points.get(unit.pk, 0),
            arrests.get(unit.pk, 0) or 0,
            (found.plants or 0) if found else 0,
        )
        (year,) = synthetic.commune_years([known], cycle=cycle.year, seed=seed)
        rows.append(
            (
                unit,
                {
                    "population": year.population,
                    "population_as_of": on,
                    "population_source": "Số liệu mô phỏng",
                    "persons_dependent": year.dependent,
                    "persons_using": year.using,
                    "persons": year.dependent + year.using,
                    "exempt_substitution": year.in_substitution,
                    "exempt_rehab": year.in_home_rehab,
                    "exempt_post_rehab": year.post_rehab,
                    "persons_exempt": year.in_substitution + year.in_home_rehab + year.post_rehab,
                    "points": known.points,
                    "arrested": year.arrested,
                    "resident_offenders": year.resident_offenders,
                    "wanted_hiding": year.wanted_hiding,
                    "plants": year.plants,
                    "plant_m2": year.plant_m2,
                    "route": routes.get(unit.pk, "none"),
                },
            )
        )
    return rows


def _declare(cycle: Cycle, rows: list[tuple[Unit, dict[str, object]]], by: User, day: date) -> None:
    actions.bulk_declare(
        rows,
        cycle=cycle,
        by=by,
        at=entered_on(day),
        declared_by=DECLARED_BY,
        origin=Origin.WORKBOOK,
        document="MP-0002/BC-CAX",
    )


def _standings(cycle: Cycle) -> list[Standing]:
    return list(Standing.objects.filter(cycle=cycle).select_related("unit", "cycle").order_by("unit__uid"))


def _assess(standings: Sequence[Standing], by: User, day: date) -> None:
    for standing in standings:
        if standing.proposed_class != "unknown":
            actions.self_assess(standing=standing, chosen=standing.proposed_class, by=by, at=entered_on(day))


def _settle_unknown(cycle: Cycle, cast: Cast, day: date) -> None:
    """Settle what missing figures leave open, with a reason."""
    for standing in _standings(cycle):
        if standing.proposed_class == "unknown":
            at = entered_on(day)
            assessed = actions.self_assess(standing=standing, chosen="none", note=UNSETTLED, by=cast.communes, at=at)
            actions.appraise(standing=assessed, chosen="none", note=UNSETTLED, by=cast.province, at=at)


def _past(year: int, cast: Cast, seed: int) -> None:
    by = cast.province
    thresholds = MADE_UP_THRESHOLDS if ruleset_for(year).id == "qd3122-2010" else None
    cycle = actions.open_cycle(year=year, by=by, at=entered_on(date(year, 11, 1)), settings=thresholds)
    standings = _standings(cycle)
    rows = _figures(cycle, [standing.unit for standing in standings], cycle.last_day, seed)
    for _unit, values in rows:
        values["gatherings"] = values["points"]
    _declare(cycle, rows, cast.communes, cycle.last_day)
    _assess(_standings(cycle), cast.communes, cycle.last_day + DAY)
    actions.begin_appraisal(cycle=cycle, by=by, at=entered_on(cycle.last_day + 2 * DAY))
    ready = [row for row in _standings(cycle) if row.proposed_class != "unknown"]
    actions.appraise_many(standings=ready, by=by, at=entered_on(cycle.last_day + 3 * DAY))
    _settle_unknown(cycle, cast, cycle.last_day + 4 * DAY)
    decided_on = date(year, 12, 28)
    actions.decide_many(
        standings=_standings(cycle),
        number=f"MP-{year}/QĐ-UBND",
        date=decided_on,
        by=cast.leader,
        at=entered_on(decided_on),
    )
    actions.close_cycle(cycle=Cycle.objects.get(pk=cycle.pk), by=by, at=entered_on(date(year, 12, 30)))


def _running(year: int, cast: Cast, today: date, seed: int) -> None:
    by = cast.province
    cycle = actions.open_cycle(
        year=year, by=by, at=entered_on(max(cycle_period(year).start, today - timedelta(days=30)))
    )
    units = [standing.unit for standing in _standings(cycle)]
    rows = _figures(cycle, units, today, seed)[: len(units) - NOT_DECLARED]
    for _unit, values in rows[-LEFT_OUT:]:
        for figure in ("resident_offenders", "wanted_hiding"):
            del values[figure]
    del rows[-1][1]["population"]
    _declare(cycle, rows, cast.communes, today)
    _assess(_standings(cycle)[:SELF_ASSESSED], cast.communes, today)
    ready = [row for row in _standings(cycle)[:APPRAISED] if row.stage == "self"]
    actions.appraise_many(standings=ready, by=by, at=entered_on(today))


def load_all(*, cast: Cast, last_day: date, seed: int) -> Iterator[int]:
    """Make every cycle from `FIRST_YEAR` to the one that `last_day` lies in; yield each year when done."""
    running = last_day.year + (last_day >= date(last_day.year, 12, 15))
    for year in range(FIRST_YEAR, running):
        _past(year, cast, seed)
        yield year
    _running(running, cast, last_day, seed)
    yield running
