"""What the address of an overview page asks for: its filters, in the words that every link of these pages writes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from urllib.parse import urlencode

from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.urls import get_script_prefix, reverse

from diaban.apps.access import Permission, Rights, rights_of
from diaban.apps.accounts.models import User
from diaban.apps.agencies.models import Agency, Post
from diaban.apps.places.scope import UNIT, scope_of
from diaban.apps.plans.models import Clause, Plan, Version
from diaban.apps.plans.queries import visible_plans
from diaban.apps.programme.models import Task
from diaban.apps.programme.queries import of_seats, seats_of, visible_tasks
from diaban.apps.programme.queries.overview.facts import Span
from diaban.apps.programme.queries.overview.filters import COMMUNE, JOINS, LEADS, PROVINCE, TaskFilter, below
from diaban.apps.programme.queries.overview.states import Work
from diaban.apps.programme.queries.overview.waiting import Judged, pressing, to_confirm, to_decide

NAMES = (
    "q", "ke_hoach", "ban", "dieu", "co_quan", "vai", "loai", "tinh_trang", "buoc", "tu", "den", "cha", "cap",
    "chuc_danh", "trong", "cua_toi", "cho_toi", "tre_tren", UNIT,
)  # fmt: skip
"""The filters of a list of tasks, as they stand in the address."""
CONFIRM, DECIDE = "xac_nhan", "gia_han"
NOBODYS = 0  # no row has this key


def read_filter(request: HttpRequest) -> TaskFilter:
    """Return the filter that the address asks for; what cannot be read is left out, what is out of sight is empty."""
    query, scope, rights = request.GET, scope_of(request), rights_of(request)
    plan = plan_of(query, rights)
    agency = agency_of(query)
    part, level, kind = query.get("vai", ""), query.get("cap", ""), query.get("loai", "")
    return TaskFilter(
        on=scope.today,
        text=query.get("q", "")[:200],
        plan=plan.pk if plan else None,
        clauses=_clauses(query, plan),
        agency=agency.pk if agency else None,
        part=part if part in (LEADS, JOINS) else "",
        unit_ids=scope.unit_ids if UNIT in scope.given else None,
        level=level if level in (PROVINCE, COMMUNE) else "",
        kind=kind if kind in Task.Kind.values else "",
        parent=_task(query, rights),
        post=_number(query.get("chuc_danh")),
        no_post=query.get("trong") == "1",
        own=own_part(request) if query.get("cua_toi") == "1" else None,
        only=_waiting(query, rights),
        span=Span(day_of(query.get("tu")), day_of(query.get("den"))),
        works=frozenset(Work(one) for one in query.getlist("tinh_trang") if one in set(Work)),
        steps=frozenset(one for one in query.getlist("buoc") if one),
        late_over=_number(query.get("tre_tren")) or 0,
    )


def own_part(request: HttpRequest) -> Q:
    """Return the condition that a task is the person's to carry out: by their posts, or else by their unit.

    Whoever reaches the whole area without a post there has no task of their own: they look over everybody's.
    """
    user, scope, rights = request.user, scope_of(request), rights_of(request)
    assert isinstance(user, User)
    seats = seats_of(user, scope.today)
    if seats.everywhere or seats.local:
        return of_seats(seats)
    units = rights.units(Permission.TASK_REPORT)
    return Q(unit__in=units if units is not None else ())


def judged_of(request: HttpRequest) -> tuple[list[Judged], list[Judged]]:
    """Return what waits for the person's confirmation, and decision on more time; read once a request."""
    kept = vars(request)
    if "_judged" not in kept:
        rights = rights_of(request)
        kept["_judged"] = to_confirm(rights), to_decide(rights)
    found: tuple[list[Judged], list[Judged]] = kept["_judged"]
    return found


def own_pressing(request: HttpRequest) -> tuple[int, int]:
    """Return how many of the person's own tasks are late, and fall due soon; read once a request."""
    kept = vars(request)
    if "_own_pressing" not in kept:
        seen = visible_tasks(rights_of(request))
        kept["_own_pressing"] = pressing(seen.filter(own_part(request)), scope_of(request).today)
    found: tuple[int, int] = kept["_own_pressing"]
    return found


def _waiting(query: QueryDict, rights: Rights) -> frozenset[int] | None:
    """Return the tasks that wait for the person's confirmation, or decision on more time, if the address asks so."""
    judged = {CONFIRM: to_confirm, DECIDE: to_decide}.get(query.get("cho_toi", ""))
    return None if judged is None else frozenset(one.task for one in judged(rights))


def plan_of(query: QueryDict, rights: Rights) -> Plan | None:
    """Return the plan that the address names, if it is within sight."""
    code = query.get("ke_hoach", "")
    return visible_plans(rights).filter(code=code).first() if code else None


def agency_of(query: QueryDict) -> Agency | None:
    """Return the agency that the address names."""
    code = query.get("co_quan", "")
    return Agency.objects.filter(code=code).first() if code else None


def newest(plan: Plan) -> Version | None:
    """Return the version to follow: the one in force, or else the newest that was."""
    kept = list(plan.versions.exclude(state=Version.State.DRAFT).order_by("-seq"))
    return next((one for one in kept if one.state == Version.State.IN_FORCE), kept[0] if kept else None)


def _clauses(query: QueryDict, plan: Plan | None) -> tuple[int, ...]:
    path = query.get("dieu", "")
    if not path or plan is None:
        return ()
    seq = _number(query.get("ban"))
    version = plan.versions.filter(seq=seq).first() if seq is not None else newest(plan)
    found = Clause.objects.filter(version=version, path=path).first() if version else None
    return below(found) if found else (NOBODYS,)


def _task(query: QueryDict, rights: Rights) -> int | None:
    code = query.get("cha", "")
    if not code:
        return None
    return visible_tasks(rights).filter(code=code).values_list("pk", flat=True).first() or NOBODYS


def day_of(text: str | None) -> date | None:
    """Return the day that the text names, None when it names none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None


def listed(carry: Mapping[str, str] | None = None, **filters: str | list[str] | None) -> str:
    """Return the address of the list of tasks with these filters; empty ones are left out."""
    wanted = {name: value for name, value in {**(carry or {}), **filters}.items() if value}
    here = _list_url(get_script_prefix())
    return f"{here}?{urlencode(wanted, doseq=True)}" if wanted else here


@lru_cache(maxsize=8)
def _list_url(_prefix: str) -> str:
    """Return where the list is under a prefix of the house: a page may hold a thousand links to it."""
    return reverse("programme:list")


def carried(request: HttpRequest, *leave_out: str) -> dict[str, str]:
    """Return the filters of the address as they are, to go on with another page."""
    names = [name for name in (*NAMES, "cap_duoi") if name not in leave_out]
    return {name: request.GET[name] for name in names if request.GET.get(name)}


def post_of(query: QueryDict) -> Post | None:
    """Return the post that the address names."""
    key = _number(query.get("chuc_danh"))
    return Post.objects.select_related("agency").filter(pk=key).first() if key is not None else None
