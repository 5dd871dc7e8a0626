"""The sentences of reminders and of what was done to a task. They name a task only to whoever sees it."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.urls import reverse

from diaban.apps.access import Permission
from diaban.apps.accounts.models import User
from diaban.apps.programme.models import Task, Turn
from diaban.core.messages import N_, Message, say
from diaban.core.reminders import Basis, Reminder, Rule

LONGEST_TITLE: Final = 160


def sees(reader: User, task: Task, on: date) -> bool:
    """Tell whether the reader sees the task on `on` (as `queries.visible_tasks` says it for many)."""
    rights = reader.rights(on)
    if task.unit_id is None:
        return rights.holds(Permission.TASK_VIEW)
    return rights.can(Permission.TASK_VIEW, unit=task.unit_id).allowed


def name_of(turn: Turn, place: str = "") -> str:
    """Return the task's title, cut, with the period of the turn and the place where they say more."""
    title = turn.task.title
    title = title if len(title) <= LONGEST_TITLE else f"{title[:LONGEST_TITLE].rstrip()}…"
    return " – ".join(part for part in (title, turn.label, place) if part)


def task_url(task: Task) -> str:
    """Return the page of a task."""
    return reverse("programme:task", args=[task.code])


def reminder(given: Reminder, turn: Turn, *, named: bool, place: str = "") -> Message:
    """Return what a reminder says of one turn."""
    days = given.days
    if not named:
        return _unnamed(given)
    code, title = turn.task.code, name_of(turn, place)
    if given.rule.basis is Basis.REPORTED:
        return say(
            N_("{code} “{title}”: báo cáo xong đã {n} ngày, chưa được xác nhận."), code=code, title=title, n=days
        )
    if days < 0:
        words = N_("{code} “{title}”: còn {n} ngày, hạn {due}.")
        return say(words, code=code, title=title, n=-days, due=given.since)
    if days == 0:
        return say(N_("{code} “{title}”: hôm nay đến hạn."), code=code, title=title)
    words = N_("{code} “{title}”: quá hạn {n} ngày, hạn {due}.")
    return say(words, code=code, title=title, n=days, due=given.since)


def _unnamed(given: Reminder) -> Message:
    days = given.days
    if given.rule.basis is Basis.REPORTED:
        return say(N_("Một nhiệm vụ báo cáo xong đã {n} ngày, chưa được xác nhận."), n=days)
    if days < 0:
        return say(N_("Một nhiệm vụ còn {n} ngày đến hạn."), n=-days)
    if days == 0:
        return say(N_("Một nhiệm vụ đến hạn hôm nay."))
    return say(N_("Một nhiệm vụ quá hạn {n} ngày."), n=days)


def many(rule: Rule) -> Message:
    """Return what is said of many turns at once; `{n}` is their number."""
    days = abs(rule.days)
    if rule.basis is Basis.REPORTED:
        return say(N_("{n} nhiệm vụ báo cáo xong từ {days} ngày trở lên, chưa được xác nhận."), n=0, days=days)
    if rule.days < 0:
        return say(N_("{n} nhiệm vụ còn không quá {days} ngày đến hạn."), n=0, days=days)
    if rule.days == 0:
        return say(N_("{n} nhiệm vụ đến hạn hôm nay."), n=0)
    return say(N_("{n} nhiệm vụ quá hạn từ {days} ngày trở lên."), n=0, days=days)
