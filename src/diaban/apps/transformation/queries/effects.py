"""Before and after: the class by yearly review, which alone is success; and a basket of figures, which is context."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from diaban.apps.access import Permission, Rights
from diaban.apps.hotspots.models import Source
from diaban.apps.hotspots.queries.series import Ask, Figure, series
from diaban.apps.hotspots.queries.series_counts import MEASURES
from diaban.apps.localities.models import Cycle
from diaban.apps.localities.models import Standing as Review
from diaban.apps.localities.queries.territory import ancestors_of
from diaban.apps.places import queries as places
from diaban.apps.transformation.models import Transformation
from diaban.apps.transformation.queries.scan import territory_of
from diaban.catalogue.rulesets_loader import cycle as cycle_period
from diaban.core.transformation import Reviewed, Standing, verdict_of

YEARS_BEFORE: Final = 2


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure of the basket. `caution` is what its reader must bear in mind; `source`: how it came to be known."""

    code: str
    title: Promise
    measure: str
    source: str = ""
    caution: Promise | str = ""


BASKET: Final = (
    Measured("reported", _("Vụ việc người dân báo"), "vu_viec", Source.REPORTED),
    Measured("tip", _("Tin qua hòm thư"), "vu_viec", Source.TIP, _("Tăng cũng có thể vì người dân tin hơn.")),
    Measured("patrol", _("Vụ việc do tuần tra phát hiện"), "vu_viec", Source.PATROL, _("Theo mức tuần tra.")),
    Measured("points", _("Điểm, tụ điểm tồn tại cuối kỳ"), "cuoi_ky"),
    Measured("reformed", _("Lượt tái phức tạp"), "tai_phuc_tap"),
    Measured(
        "arrested", _("Người bị bắt giữ"), "bi_bat", "", _("Tăng khi lực lượng làm mạnh tay; không dùng một mình.")
    ),
)


def class_history(unit_ids: Collection[int], upto: Cycle | None = None) -> dict[int, list[Reviewed]]:
    """Return the classes decided for the same territory as each unit, oldest review first; empty where none was."""
    cycles = list(Cycle.objects.order_by("year"))
    held = places.known()
    decided = {
        (year, uid): klass
        for year, uid, klass in Review.objects.filter(decision__isnull=False).values_list(
            "cycle__year", "unit__uid", "decision__decided_class"
        )
    }
    found: dict[int, list[Reviewed]] = {}
    for unit in unit_ids:
        uid, rows = held.uids[unit], []
        for cycle in cycles:
            if upto is not None and cycle.year > upto.year:
                continue
            rows.append(Reviewed(cycle.year, decided.get((cycle.year, _same(held, uid, cycle.last_day)), "")))
        found[unit] = rows
    return found


def _same(held: places.Known, uid: str, day: date) -> str:
    """Return the unit that was the same territory on `day`; empty where it was another."""
    if held.register.exists(uid, day):
        return uid
    now = max(held.register.lifetime(uid)[0] or day, day)
    parts, same = ancestors_of(held.register, uid, now, day) if now > day else ((), False)
    return parts[0] if same and parts else ""


def lowered(transformation: Transformation) -> Standing:
    """Return how the newest decided class stands against the one from which the transformation began."""
    reviews = class_history([transformation.unit_id])[transformation.unit_id]
    return verdict_of(transformation.baseline_cycle.year, transformation.baseline_class, reviews)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure by year: of the locality, and of each comparison (in their order; None: out of sight)."""

    measured: Measured
    own: tuple[Figure, ...]
    others: tuple[tuple[Figure, ...] | None, ...]


@dataclass(frozen=True, slots=True)
class Effects:
    """What the page of a transformation says under "assess"."""

    years: tuple[int, ...]
    standing: Standing
    classes: tuple[Reviewed, ...]
    compared: tuple[tuple[str, float | None, tuple[Reviewed, ...] | None], ...]
    lines: tuple[Line, ...]


def effects_of(transformation: Transformation, rights: Rights, today: date) -> Effects:
    """Return classes and basket from two reviews before the plan to the present one, within the reader's sight."""
    now = Cycle.objects.filter(first_day__lte=today).order_by("-year").first() or transformation.baseline_cycle
    years = tuple(range(transformation.baseline_cycle.year - YEARS_BEFORE, now.year + 1))
    others = list(transformation.comparisons.order_by("pk"))
    units = [transformation.unit_id, *(one.unit_id for one in others)]
    history = class_history(units)
    seen = rights.units(Permission.REVIEW_VIEW)
    names = places.names(units, now.last_day)

    def between(unit: int) -> tuple[Reviewed, ...]:
        by_year = {one.year: one for one in history[unit]}
        return tuple(by_year.get(year, Reviewed(year, "")) for year in years)

    return Effects(
        years=years,
        standing=verdict_of(
            transformation.baseline_cycle.year, transformation.baseline_class, history[transformation.unit_id]
        ),
        classes=between(transformation.unit_id),
        compared=tuple(
            (names[one.unit_id], one.distance, between(one.unit_id) if seen is None or one.unit_id in seen else None)
            for one in others
        ),
        lines=_basket(units, years, rights, today),
    )


def _basket(units: Sequence[int], years: Sequence[int], rights: Rights, today: date) -> tuple[Line, ...]:
    seen = rights.units(Permission.SERIES_VIEW)
    shown = [unit for unit in units if seen is None or unit in seen]
    incidents, own = rights.units(Permission.INCIDENT_VIEW), units[0]
    if own not in shown:
        return ()
    told = incidents is None or set(shown) <= incidents
    periods = tuple(cycle_period(year) for year in years)
    on = periods[-1].last_day
    rows = tuple(places.place(unit, on) for unit in shown)
    uids = {unit: row.uid for unit, row in zip(shown, rows, strict=True)}
    within = territory_of(shown, on)
    lines = []
    for measured in BASKET:
        if measured.source and not told:
            continue  # how incidents came to be known says how the police work: not to everybody
        table = series(
            Ask(MEASURES[measured.measure], periods, rows, within, on, today, source=str(measured.source), seen=seen)
        )
        by_uid = {line.uid: line.figures for line in table.lines}
        lines.append(
            Line(
                measured,
                by_uid[uids[own]],
                tuple(by_uid[uids[unit]] if unit in uids else None for unit in units[1:]),
            )
        )
    return tuple(lines)
