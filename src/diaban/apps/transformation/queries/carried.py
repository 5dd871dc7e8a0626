"""Was it carried out? Tasks and their turns, by phase and by agency: counted before anything is said of effect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from diaban.apps.programme.models import Turn as TaskTurn
from diaban.apps.transformation.models import Transformation, Work
from diaban.catalogue.transformation_loader import table_on
from diaban.core.transformation import Fidelity, Turn, fidelity


@dataclass(frozen=True, slots=True)
class Carried:
    """The fidelity of one transformation: as a whole, by phase code, by the name of the leading agency."""

    whole: Fidelity
    by_phase: Mapping[str, Fidelity]
    by_agency: Mapping[str, Fidelity]
    tasks: int


def carried_out(transformations: Iterable[Transformation], on: date) -> dict[int, Carried]:
    """Return how far each of the transformations (by id) was carried out by `on`. One query, however many.

    Turns that begin only later are not counted as owed; the maintenance phase counts like the others.
    """
    ids = [one.pk for one in transformations]
    rows = TaskTurn.objects.filter(task__transformation_work__transformation__in=ids, first_day__lte=on).values_list(
        "task__transformation_work__transformation",
        "task__transformation_work__phase",
        "task__lead__name",
        "task",
        "due",
        "state",
        "reported_on",
    )
    turns: dict[int, list[tuple[str, str, Turn]]] = {pk: [] for pk in ids}
    for pk, phase, agency, _task, due, state, reported_on in rows:
        turns[pk].append((phase, agency, Turn(due, state, reported_on)))
    tasks: dict[int, int] = dict.fromkeys(ids, 0)
    for pk in Work.objects.filter(transformation__in=ids).values_list("transformation", flat=True):
        tasks[pk] += 1
    table = table_on(on)

    def count(some: Iterable[Turn]) -> Fidelity:
        return fidelity(some, on, least_due=table.least_due, good=table.good)

    found = {}
    for pk, own in turns.items():
        phases = dict.fromkeys(phase for phase, _agency, _turn in own)
        agencies = sorted({agency for _phase, agency, _turn in own})
        found[pk] = Carried(
            count(turn for _phase, _agency, turn in own),
            {phase: count(turn for at, _agency, turn in own if at == phase) for phase in phases},
            {agency: count(turn for _phase, at, turn in own if at == agency) for agency in agencies},
            tasks[pk],
        )
    return found


def works_of(transformation: Transformation) -> list[Work]:
    """Return the tasks of a transformation, with lead and present turn, by phase and deadline."""
    rows = Work.objects.filter(transformation=transformation).select_related(
        "task", "task__lead", "task__post", "task__current", "task__unit"
    )
    return sorted(rows, key=lambda one: (one.phase, one.task.due or date.max, one.task.code))
