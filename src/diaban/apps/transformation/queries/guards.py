"""What is there when somebody wants to take a step of a plan."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from diaban.apps.transformation.models import Transformation, Work
from diaban.apps.transformation.queries.effects import lowered
from diaban.catalogue.transformation_loader import table_on, versions
from diaban.core.transformation import Given, PlanTable, Standing


def table_of(transformation: Transformation) -> PlanTable:
    """Return the table under which the plan was made; the one in force at its beginning where that is gone."""
    for one in versions():
        if one.code == transformation.table:
            return one
    return table_on(transformation.starts)


def given_for(transformation: Transformation, on: date, *, document: str = "", reason: str = "") -> Given:
    """Return everything that the guards of a step look at, on the day of the step."""
    table = table_of(transformation)
    answered = set(transformation.answers.exclude(text="").values_list("prompt", flat=True))
    phases = {one.code: one for one in transformation.phases.all()}
    upkeep = {one.code for one in table.phases if one.maintains}
    works = list(Work.objects.filter(transformation=transformation).values_list("phase", "task__state"))
    live = [phase for phase, state in works if state != "cancelled"]
    return Given(
        document=document,
        reason=reason,
        unanswered=tuple(_(one.title) for one in table.prompts if one.owed and one.code not in answered),
        undated=tuple(_(one.title) for one in table.phases if one.code not in phases),
        tasks=len(live),
        maintenance_tasks=sum(phase in upkeep for phase in live),
        class_lowered=lowered(transformation) is Standing.LOWERED,
        maintained=all(code in phases and phases[code].last_day < on for code in upkeep),
    )
