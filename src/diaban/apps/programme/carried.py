"""Tasks as something in the charge of a post: listed on its page, moved by a hand-over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Count as Count_
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from diaban.apps.access import Permission, Rights, require
from diaban.apps.agencies.carried import Count, Item, Kind, MoveOrder, register_kind
from diaban.apps.agencies.models import Post
from diaban.apps.audit import actions as audit
from diaban.apps.programme import reminders
from diaban.apps.programme.models import Task
from diaban.apps.programme.queries.overview.states import SOON_DAYS
from diaban.apps.programme.queries.sight import visible_tasks
from diaban.apps.programme.views.tasks import row_of
from diaban.core.lifecycle import Problem, StepRefused
from diaban.core.messages import N_, say


def items(post: Post, rights: Rights, on: date) -> list[Item]:
    """Return the tasks in the charge of the post that the reader sees, what is owed first, by deadline."""
    rows = visible_tasks(rights).filter(post=post).exclude(state=Task.State.CANCELLED).select_related("current")
    found = []
    for task in rows:
        row = row_of(task.current, on) if task.current else None
        owed = task.state == Task.State.OPEN
        found.append(
            Item(
                key=task.code,
                title=f"{task.code} {task.title}",
                url=reverse("programme:task", args=[task.code]),
                state=str(row.look.words) if row else _("Chưa có lần nào"),
                tone=row.look.tone if row else "neutral",
                due=row.turn.due if row else None,
                late_days=row.late if row and not row.turn.final and not row.turn.reported_on else 0,
                open=owed and (row is None or not row.turn.final or bool(task.regime)),
            )
        )
    return sorted(found, key=lambda one: (not one.open, one.due or date.max, one.key))


def counts(posts: Iterable[int], on: date) -> dict[int, Count]:
    """Return for each post how many of its tasks owe something, how many of those are late, how many are due soon."""
    owing = Task.objects.filter(post__in=list(posts), state=Task.State.OPEN, current__final=False)
    unsaid = Q(current__reported_on__isnull=True)
    late = unsaid & Q(current__due__lt=on)
    soon = unsaid & Q(current__due__gte=on, current__due__lte=on + timedelta(days=SOON_DAYS))
    rows = (
        owing.order_by()
        .values_list("post")
        .annotate(open=Count_("pk"), late=Count_("pk", filter=late), soon=Count_("pk", filter=soon))
    )
    return {post: Count(n, behind, near) for post, n, behind, near in rows if post is not None}


def move(order: MoveOrder) -> int:
    """Give the named tasks of the source post to the target post."""
    rows = list(
        Task.objects.select_for_update(of=("self",))
        .filter(code__in=order.keys, post=order.source, state=Task.State.OPEN)
        .order_by("pk")
    )
    for task in rows:
        require(order.by, Permission.OWNER_SET, at=order.at, unit=task.unit_id)
    if any(order.target.unit_id not in (None, task.unit_id) for task in rows):
        text = N_("Chức danh nhận việc ở đơn vị khác; nhiệm vụ của một xã không chuyển sang xã khác.")
        raise StepRefused([Problem("target", say(text))])
    for task in rows:
        task.post = order.target
    Task.objects.bulk_update(rows, ["post"], batch_size=500)
    if not rows:
        return 0
    reminders.tasks_given(tasks=rows, by=order.by, at=order.at)
    told = {"charge": [order.source.title, order.target.title], "document": order.document}
    audit.record_many(by=order.by, at=order.at, verb="task.post", items=[(f"task:{task.code}", told) for task in rows])
    return len(rows)


def leads() -> set[int]:
    """Return the agencies that lead open tasks."""
    return set(Task.objects.filter(state=Task.State.OPEN).order_by().values_list("lead", flat=True).distinct())


def register() -> None:
    """Announce tasks to the hand-over."""
    register_kind(Kind("tasks", N_("Nhiệm vụ"), items, counts, move, leads))
