"""What the first page tells of plans and tasks: one's own work, and the gaps for whoever looks over all of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from diaban.apps.access import Permission, rights_of
from diaban.apps.places.scope import UNIT, scope_of
from diaban.apps.plans.models import Version
from diaban.apps.plans.queries import visible_plans
from diaban.apps.programme.queries import visible_tasks
from diaban.apps.programme.queries.overview.states import Work
from diaban.apps.programme.queries.overview.waiting import own_plans, ownerless, pressing
from diaban.apps.programme.views.overview.asking import judged_of, listed, own_pressing
from diaban.apps.programme.views.overview.mine import sentence

MOST_PLANS = 3


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to know: how many, in words, where they are listed, the tone of its chip."""

    n: int
    words: str
    url: str
    tone: str


@dataclass(frozen=True, slots=True)
class Glance:
    """The part of the first page: one's own work as a sentence, what is late or nobody's, the plans carried out."""

    mine: str
    facts: tuple[Fact, ...]
    plans: tuple[tuple[str, str], ...]


def glance(request: HttpRequest) -> Glance | None:
    """Return what the first page says of the programme; None for whoever sees no task, or while there is no plan."""
    rights, scope = rights_of(request), scope_of(request)
    if not rights.holds(Permission.TASK_VIEW) or not rights.holds(Permission.PLAN_VIEW):
        return None
    plans = visible_plans(rights).filter(versions__state=Version.State.IN_FORCE, unit__isnull=True)
    named = list(plans.order_by("-starts", "name").values_list("code", "name")[:MOST_PLANS])
    if not named:
        return None
    seen, on = visible_tasks(rights), scope.today
    late, soon = own_pressing(request)
    judged, decided = judged_of(request)
    carry = {UNIT: scope.given[UNIT]} if UNIT in scope.given else {}
    if not carry and scope.unit_uid and rights.units(Permission.TASK_VIEW) is not None:
        carry = {UNIT: scope.unit_uid}  # a commune's own late work, not the province's that it may read
    shown = seen.filter(unit__in=scope.unit_ids) if carry else seen
    all_late, all_soon = pressing(shown, on)
    facts = [
        Fact(all_late, _("nhiệm vụ quá hạn"), listed(carry, tinh_trang=Work.LATE.value), "warn"),
        Fact(all_soon, _("nhiệm vụ đến hạn trong 7 ngày"), listed(carry, tinh_trang=Work.SOON.value), "wait"),
    ]
    if rights.units(Permission.PLAN_VIEW) is None:
        nobody = ownerless(own_plans(rights), seen).count()
        facts.append(Fact(nobody, _("câu trong kế hoạch chưa giao ai"), reverse("programme:unowned"), "conflict"))
    return Glance(
        mine=sentence(late, soon, len(judged), len(decided)),
        facts=tuple(fact for fact in facts if fact.n),
        plans=tuple((name, reverse("programme:summary", args=[code])) for code, name in named),
    )
