"""The list of plans: filtered, sorted, each with the version that a reader wants first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from diaban.apps.plans.models import Mark, Plan, Version
from diaban.core.drafting import Progress
from diaban.core.text import fold, sort_key

ORDERS: Final = ("name", "starts", "ends", "state")


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the plans is asked for; empty fields ask for nothing."""

    text: str = ""
    kind: str = ""
    state: str = ""
    unit: int | None = None
    level: str = ""  # "tinh": of the whole area, "xa": of units

    @property
    def on(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.text or self.kind or self.state or self.unit or self.level)


@dataclass(frozen=True, slots=True)
class Line:
    """A plan in the list: the version that counts (in force, else the newest), and a draft beside it."""

    plan: Plan
    version: Version
    draft: Version | None
    progress: Progress | None
    clauses: int


def filtered(plans: QuerySet[Plan], asked: Filter) -> QuerySet[Plan]:
    """Return the plans that match; every word of the text must be found, diacritics or not."""
    for word in fold(asked.text).split():
        plans = plans.filter(search__contains=word)
    if asked.kind:
        plans = plans.filter(kind=asked.kind)
    if asked.unit is not None:
        plans = plans.filter(unit=asked.unit)
    if asked.level:
        plans = plans.filter(unit__isnull=asked.level == "tinh")
    if asked.state:
        plans = plans.filter(versions__state=asked.state).distinct()
    return plans


def ordered(plans: QuerySet[Plan], sort: str) -> list[int]:
    """Return the ids of the plans in the order asked for (a leading minus turns it round)."""
    name, down = sort.removeprefix("-"), sort.startswith("-")
    if name == "name":
        pairs = sorted(plans.values_list("name", "pk"), key=lambda pair: (sort_key(pair[0]), pair[1]), reverse=down)
        return [pk for _name, pk in pairs]
    if name == "state":
        best = Version.objects.filter(plan=OuterRef("pk")).order_by("-state", "-seq").values("state")[:1]
        plans = plans.annotate(order=Subquery(best))
        name = "order"
    column = F(name).desc(nulls_last=True) if down else F(name).asc(nulls_last=True)
    return list(plans.order_by(column, "-pk").values_list("pk", flat=True))


def lines(ids: Iterable[int], seen: QuerySet[Version, Any]) -> list[Line]:
    """Return the plans with these ids, in this order, with what a list shows of the versions that are `seen`."""
    wanted = list(ids)
    plans = {plan.pk: plan for plan in Plan.objects.filter(pk__in=wanted).select_related("unit", "parent")}
    versions: dict[int, list[Version]] = {}
    found = seen.filter(plan__in=wanted).select_related(None).order_by("seq").defer("text", "bases")
    for version in found.annotate(n=Count("clauses")):
        versions.setdefault(version.plan_id, []).append(version)
    looked = progress_of([one.pk for many in versions.values() for one in many if one.state == Version.State.DRAFT])
    made = []
    for pk in wanted:
        many = versions.get(pk, [])
        if not many:
            continue
        draft = next((one for one in many if one.state == Version.State.DRAFT), None)
        chief = next((one for one in many if one.state == Version.State.IN_FORCE), None) or draft or many[-1]
        progress = looked.get(draft.pk) if draft is not None else None
        made.append(Line(plans[pk], chief, draft, progress, chief.n))  # type: ignore[attr-defined]
    return made


def progress_of(versions: Iterable[int]) -> dict[int, Progress]:
    """Return how far the looking-through of drafts is, by version."""
    waiting = Q(status=Mark.FOUND) | Q(targets__status=Mark.FOUND) | Q(duties__status=Mark.FOUND)
    unsure = Q(uncertain=True) | Q(targets__uncertain=True) | Q(duties__uncertain=True)
    rows = Version.objects.filter(pk__in=list(versions)).annotate(all=Count("clauses"))
    found = {}
    for row in rows:
        left = row.clauses.filter(waiting).distinct()
        found[row.pk] = Progress(row.all - left.count(), row.all, left.filter(unsure).distinct().count())
    return found


def version_to_show(plan: Plan, seq: int | None, seen: QuerySet[Version, Any]) -> Version | None:
    """Return one version of a plan, of those `seen`; without a number the one in force, else the newest."""
    versions = seen.filter(plan=plan).select_related("plan", "plan__unit", "run")
    if seq is not None:
        return versions.filter(seq=seq).first()
    return versions.filter(state=Version.State.IN_FORCE).first() or versions.order_by("-seq").first()
