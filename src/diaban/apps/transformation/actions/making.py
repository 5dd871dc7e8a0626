"""Make the plan of a locality: from a decided choice, or for any commune by those who may."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from diaban.apps.access import Permission, Person, require
from diaban.apps.audit.actions import record
from diaban.apps.choosing.models import Choice, Dossier
from diaban.apps.localities.models import Cycle, LocalityClass, Standing
from diaban.apps.localities.queries import units_of
from diaban.apps.places.models import Unit
from diaban.apps.transformation.actions.base import passage, refuse, subject
from diaban.apps.transformation.models import LIVE, Comparison, Phase, Transformation
from diaban.apps.transformation.queries.scan import figures_now
from diaban.catalogue.transformation_loader import table_on
from diaban.core.lifecycle import add_months
from diaban.core.messages import N_, say
from diaban.core.transformation import PlanTable

PREFIX = "CH-"


@transaction.atomic
def make(
    *, unit: Unit, starts: date, by: Person, at: datetime, choice: Choice | None = None, cycle: Cycle | None = None
) -> Transformation:
    """Make a draft of the plan for a commune and freeze what is known of it; return it.

    `choice`: the decided choice that it carries out; its review is the baseline and its comparison comes along.
    `cycle`: the review that is the baseline of a plan without one; None: the newest that decided the commune's class.
    Phases get their usual lengths from `starts`. Raises `StepRefused` where a plan of the commune is under way.
    """
    verdict = require(by, Permission.TRANSFORM_KEEP, at=at, unit=unit.pk)
    Unit.objects.select_for_update().get(pk=unit.pk)
    running = Transformation.objects.filter(unit=unit, state__in=LIVE).first()
    if running is not None:
        raise refuse(say(N_("Địa bàn này đang có kế hoạch {code}; kết thúc nó trước."), code=running.code))
    baseline = _baseline(unit, choice, cycle, at)
    standing = Standing.objects.filter(cycle=baseline, unit=unit).select_related("decision").first()
    table = table_on(timezone.localdate(at))
    last = Transformation.objects.select_for_update().order_by("-pk").first()
    row = Transformation.objects.create(
        code=f"{PREFIX}{(int(last.code.removeprefix(PREFIX)) if last else 0) + 1:04d}",
        unit=unit,
        choice=choice,
        table=table.code,
        state=table.opening,
        baseline_cycle=baseline,
        baseline_class=standing.decision.decided_class if standing and standing.decision else LocalityClass.UNKNOWN,
        baseline=figures_now(unit.pk, baseline),
        starts=starts,
        created_by=by.get_username(),
        created_at=at,
    )
    _phases(row, table)
    if choice is not None and choice.comparison_id:
        Comparison.objects.create(transformation=row, unit_id=choice.comparison_id, distance=choice.distance)
    giver = verdict.grant.giver if verdict.grant else ""
    passage(row, "make", "", on=timezone.localdate(at), by=by, giver=giver, at=at)
    record(
        by=by,
        at=at,
        verb="transformation.make",
        subject=subject(row),
        detail={"unit": unit.uid, "class": row.baseline_class, "start": starts.isoformat()}
        | ({"choice": choice.dossier.code} if choice else {}),
    )
    return row


def _baseline(unit: Unit, choice: Choice | None, cycle: Cycle | None, at: datetime) -> Cycle:
    """Return the review from which the plan begins; refuse a choice that is not decided, or not of this commune."""
    if choice is not None:
        dossier = Dossier.objects.get(pk=choice.dossier_id)  # as it stands now
        decided = dossier.state == Dossier.State.DECIDED and choice.role == Choice.Role.CHOSEN
        if not decided or choice.unit_id != unit.pk:
            raise refuse(say(N_("Địa bàn này không nằm trong quyết định lựa chọn {code}."), code=dossier.code))
    if cycle is not None:
        return cycle
    rows = Standing.objects.filter(unit=unit, decision__isnull=False, cycle__first_day__lte=timezone.localdate(at))
    newest = rows.select_related("cycle").order_by("-cycle__year").first()
    if newest is not None:
        return newest.cycle
    if choice is not None:
        return Dossier.objects.select_related("cycle").get(pk=choice.dossier_id).cycle
    open_cycle = Cycle.objects.filter(first_day__lte=timezone.localdate(at)).order_by("-year").first()
    if open_cycle is None or unit.pk not in {place.id for place in units_of(open_cycle)}:
        raise refuse(say(N_("Địa bàn này chưa có trong kỳ phân loại nào; mở kỳ phân loại trước.")))
    return open_cycle


def _phases(row: Transformation, table: PlanTable) -> None:
    """Lay the phases end to end from the plan's first day; those of upkeep come after the others."""
    begins = row.starts
    for kind in table.phases:
        ends = add_months(begins, kind.months)
        Phase.objects.create(
            transformation=row, code=kind.code, starts=begins, last_day=date.fromordinal(ends.toordinal() - 1)
        )
        begins = ends
