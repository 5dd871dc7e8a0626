"""Posts: made in an agency (of the communes: in one commune), renamed, ended when nothing is in their charge."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from diaban.apps.access import Permission, Person, require
from diaban.apps.agencies.actions.problems import Problem, ended_problem, post_subject, post_told, stop_at
from diaban.apps.agencies.carried import Count, counts_of
from diaban.apps.agencies.models import Agency, Charge, Holding, Post
from diaban.apps.audit import actions as audit
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.core.messages import N_, say


def lasting(on: date) -> Q:
    """Return the condition that a post has not ended on `on`."""
    return Q(ended_on__isnull=True) | Q(ended_on__gt=on)


@transaction.atomic
def make_post(*, by: Person, at: datetime, agency: Agency, unit: Unit | None, title: str, heads: bool) -> Post:
    """Make a post. In an agency of the communes it belongs to one commune, else to none: the policy decides by it."""
    require(by, Permission.OWNER_SET, at=at, unit=unit.pk if unit else None)
    today = localdate(at)
    problems = _place_problems(agency, unit, today) + _title_problems(agency, unit, title, today)
    if heads:
        problems += _head_problems(agency, unit, today)
    probe = Post(agency=agency, unit=unit, title=title.strip(), heads=heads, created_at=at)
    stop_at(problems + ended_problem(probe, today))
    probe.save()
    audit.record(by=by, at=at, verb="position.make", subject=post_subject(probe), detail=post_told(probe))
    return probe


def _place_problems(agency: Agency, unit: Unit | None, on: date) -> list[Problem]:
    if agency.level == Agency.Level.COMMUNE:
        if unit is None:
            return [("unit", say(N_("Cơ quan cấp xã có ở mọi xã: chọn xã của chức danh này.")))]
        if unit.uid not in {place.uid for place in places.places(on)}:
            return [("unit", say(N_("Đơn vị này không phải cấp xã đang tồn tại.")))]
    elif unit is not None:
        return [("unit", say(N_("Chức danh của cơ quan cấp trên không gắn với một xã; để trống đơn vị.")))]
    return []


def _title_problems(agency: Agency, unit: Unit | None, title: str, on: date, but: Post | None = None) -> list[Problem]:
    if not title.strip():
        return [("title", say(N_("Ghi tên chức danh, không ghi tên người.")))]
    same = Post.objects.filter(lasting(on), agency=agency, unit=unit, title=title.strip())
    if but is not None:
        same = same.exclude(pk=but.pk)
    if same.exists():
        return [("title", say(N_("Cơ quan này đã có chức danh “{title}”."), title=title.strip()))]
    return []


def _head_problems(agency: Agency, unit: Unit | None, on: date, but: Post | None = None) -> list[Problem]:
    heads = Post.objects.filter(lasting(on), agency=agency, unit=unit, heads=True)
    if but is not None:
        heads = heads.exclude(pk=but.pk)
    present = heads.order_by("pk").first()
    if present is None:
        return []
    sentence = N_("Đã có chức danh đứng đầu: “{title}”. Bỏ dấu đứng đầu ở chức danh đó trước.")
    return [("heads", say(sentence, title=present.title))]


@transaction.atomic
def edit_post(*, by: Person, at: datetime, post: Post, title: str, heads: bool) -> Post:
    """Rename a post, or say whether it heads its agency."""
    require(by, Permission.OWNER_SET, at=at, unit=post.unit_id)
    row = Post.objects.select_for_update(of=("self",)).select_related("agency", "unit").get(pk=post.pk)
    today = localdate(at)
    problems = ended_problem(row, today) + _title_problems(row.agency, row.unit, title, today, row)
    if heads:
        problems += _head_problems(row.agency, row.unit, today, row)
    stop_at(problems)
    before = {"post": row.title, "heads": row.heads}
    row.title, row.heads = title.strip(), heads
    row.save(update_fields=["title", "heads"])
    detail = {"before": before, "after": {"post": row.title, "heads": row.heads}}
    audit.record(by=by, at=at, verb="position.edit", subject=post_subject(row), detail=detail)
    return row


@transaction.atomic
def end_post(*, by: Person, at: datetime, post: Post, on: date, document: str) -> Post:
    """End a post: `on` is the first day without it. What is in its charge must have been handed over before."""
    require(by, Permission.OWNER_SET, at=at, unit=post.unit_id)
    row = Post.objects.select_for_update(of=("self",)).select_related("agency", "unit").get(pk=post.pk)
    problems = ended_problem(row, on)
    still = Q(end__isnull=True) | Q(end__gt=on)
    left = Charge.objects.filter(still, post=row).count()
    left += counts_of([row.pk], on).get(row.pk, Count()).open
    if left:
        sentence = say(N_("Chức danh này còn phụ trách {n} việc; bàn giao cho chức danh khác trước."), n=left)
        problems.append(("", sentence))
    if Holding.objects.filter(post=row, start__gt=on).exists():
        problems.append(("on", say(N_("Đã giao chức danh này cho người giữ từ một ngày sau đó."))))
    stop_at(problems)
    Holding.objects.filter(still, post=row).update(end=on, ended_by=by.get_username(), ended_at=at)
    row.ended_on = on
    row.save(update_fields=["ended_on"])
    detail = post_told(row) | {"end": on.isoformat(), "document": document.strip()}
    audit.record(by=by, at=at, verb="position.end", subject=post_subject(row), detail=detail)
    return row
