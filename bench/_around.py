"""What stands around the programme in the benchmark of its pages: a review with figures, issues, transformations."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

PLANS = 40  # communes under transformation
ISSUES = 400
FIGURES = {
    "population": 20_000,
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


def cycle_year(today: date) -> int:
    """Return the year of the review that runs on a day (it closes on 14/12)."""
    return today.year + (today >= date(today.year, 12, 15))


def make_rest(today: date, at: datetime) -> None:
    """Make the review of the year with figures of every commune, plans to transform some of them, and issues."""
    from diaban.apps.access import House
    from diaban.apps.localities import actions as localities
    from diaban.apps.places.models import Unit

    house, draw = House("bench"), random.Random(20260119)
    units = list(Unit.objects.exclude(uid__startswith="77@").order_by("pk"))
    cycle = localities.open_cycle(year=cycle_year(today), by=house, at=at)
    rows = [(unit, _figures(draw, today)) for unit in units]
    localities.bulk_declare(rows, cycle=cycle, by=house, at=at, declared_by="Công an xã")
    _plans(units[:PLANS], cycle, today, house, at)
    _issues(units, draw, today, at)


def _figures(draw: random.Random, today: date) -> dict[str, object]:
    told = {"population_as_of": today - timedelta(days=20), "persons": draw.randrange(0, 120)}
    return {**FIGURES, **told, "points": draw.randrange(0, 3), "arrested": draw.randrange(0, 20)}


def _plans(units: list[Any], cycle: Any, today: date, by: Any, at: datetime) -> None:
    from diaban.apps.transformation import actions
    from diaban.apps.transformation.models import Transformation, Work

    for unit in units:
        actions.make(unit=unit, choice=None, cycle=cycle, starts=today, by=by, at=at)
    from diaban.apps.programme.models import Task

    phases = {row.pk: row.phases.order_by("starts").first().code for row in Transformation.objects.all()}
    given: list[Any] = []
    for row in Transformation.objects.all():
        tasks = Task.objects.filter(unit=row.unit_id).order_by("pk")[:10]
        given += [Work(transformation=row, task=task, phase=phases[row.pk]) for task in tasks]
    Work.objects.bulk_create(given, batch_size=500)


def _issues(units: list[Any], draw: random.Random, today: date, at: datetime) -> None:
    from diaban.apps.agencies.models import Agency
    from diaban.apps.concerns.models import Concern, Topic

    asked = list(Agency.objects.filter(level="province"))
    raiser = Agency.objects.get(code="cong_an_cap_xa")
    found = []
    for number in range(1, ISSUES + 1):
        over = draw.random() < 0.4
        raised = today - timedelta(days=draw.randrange(0, 200))
        found.append(
            Concern(
                code=f"VM-{number:06d}", unit=draw.choice(units), raiser=raiser, topic=draw.choice(Topic.values),
                subject=f"Vướng mắc số {number}", words="Nội dung, kiến nghị.", addressed=draw.choice(asked),
                state="closed" if over else "received", final=over, raised_on=raised,
                due=None if over else raised + timedelta(days=30), first_due=raised + timedelta(days=30),
                first_answered_on=raised + timedelta(days=9) if over else None,
                closed_on=raised + timedelta(days=10) if over else None, raised_by="bench", created_at=at,
                search=f"vm-{number:06d} vuong mac so {number}",
            )
        )  # fmt: skip
    Concern.objects.bulk_create(found, batch_size=500)
