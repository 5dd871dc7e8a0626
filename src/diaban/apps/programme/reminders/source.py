"""The turns that the daily round reminds of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate

from diaban.apps.access import Permission, require
from diaban.apps.accounts.models import User
from diaban.apps.agencies import queries as agencies
from diaban.apps.agencies.models import Post
from diaban.apps.audit import actions as audit
from diaban.apps.inbox.models import Sent
from diaban.apps.inbox.people import People
from diaban.apps.inbox.rounds import RemindedToday, Words
from diaban.apps.places import queries as places
from diaban.apps.programme.models import Task, Turn
from diaban.apps.programme.queries import visible_tasks
from diaban.apps.programme.reminders import words
from diaban.apps.programme.reminders.events import told_of_reminder
from diaban.apps.programme.reminders.receivers import Chain
from diaban.catalogue.reminders_loader import reminders
from diaban.core.reminders import Owed, Receiver, Reminder, Rule

NAME: Final = "turn"


def owed_turns(on: date, rules: Sequence[Rule]) -> list[Turn]:
    """Return the turns of open tasks of which any of the rules can speak on `on`."""
    ahead = max((-rule.days for rule in rules), default=0)
    speaks = Q(due__lte=on + timedelta(days=max(ahead, 0))) | Q(reported_on__isnull=False)
    rows = Turn.objects.filter(speaks, final=False, task__state=Task.State.OPEN)
    return list(rows.select_related("task").order_by("pk"))


class TurnWork:
    """What is owed around one day."""

    def __init__(self, on: date, people: People) -> None:
        self.rules: Sequence[Rule] = reminders("tasks").on(on)
        self._on = on
        turns = owed_turns(on, self.rules)
        self._turns = {f"{NAME}:{turn.pk}": turn for turn in turns}
        self.owed: Sequence[Owed] = [Owed(name, one.due, one.reported_on) for name, one in self._turns.items()]
        self._chain = Chain((turn.task for turn in turns), people)
        self._places = places.names({turn.task.unit_id for turn in turns if turn.task.unit_id is not None}, on)

    def receivers(self, owed: Owed, to: Receiver) -> Sequence[User]:
        """Return whom to tell (see `Chain`)."""
        turn = self._turns[owed.name]
        return self._chain.find(turn.task, to, reporter=turn.reported_by)

    def words(self, reminder: Reminder, reader: User | None) -> Words:
        """Return what to say; the place is named to those above, who have many."""
        turn = self._turns[reminder.owed.name]
        task = turn.task
        near = set(reminder.rule.to) <= {Receiver.HOLDER, Receiver.HEAD}
        place = "" if task.unit_id is None or (near and reader is not None) else self._places[task.unit_id]
        named = reader is None or words.sees(reader, task, self._on)
        return Words(words.reminder(reminder, turn, named=named, place=place), words.task_url(task))

    def many(self, rule: Rule, reader: User) -> Words:  # noqa: ARG002
        """Return what to say of many; whoever opens the page finds those within their own sight."""
        late = rule.days > 0
        return Words(words.many(rule), reverse("programme:overdue" if late else "programme:mine"))

    def unit(self, owed: Owed) -> int | None:
        """Return the task's unit."""
        return self._turns[owed.name].task.unit_id


class TurnSource:
    """The programme, as the inbox knows it."""

    name = NAME

    def open(self, on: date, people: People) -> TurnWork:
        """Gather the turns that are owed around `on`."""
        return TurnWork(on, people)

    def due_days(self, user: User, on: date) -> Iterable[date]:
        """Return the deadline of each turn that one of the user's posts answers for, from `on` on.

        A task without a post is that of the head of its agency.
        """
        held = agencies.posts_of(user, on)
        mine = Q(task__post__in=held)
        for agency, unit in Post.objects.filter(pk__in=held, heads=True).values_list("agency", "unit"):
            mine |= Q(task__post__isnull=True, task__lead=agency, task__unit=unit)
        rows = Turn.objects.filter(mine, final=False, reported_on__isnull=True, due__gte=on)
        return rows.filter(task__state=Task.State.OPEN).values_list("due", flat=True)  # type: ignore[return-value]

    def remind(self, name: str, *, by: User, at: datetime) -> int | None:
        """Tell whoever answers for the turn that it is waited for; once a day, whoever reminds.

        Asks to assign work where the task is done. Raises `AccessRefused`, `RemindedToday`.
        """
        on = localdate(at)
        number = name.partition(":")[2]
        turn = Turn.objects.filter(
            pk=int(number) if number.isascii() and number.isdecimal() and len(number) < 18 else 0,
            final=False,
            task__in=visible_tasks(by.rights(on)),
            task__state=Task.State.OPEN,
        )
        found = turn.select_related("task").first()
        if found is None:
            return None
        require(by, Permission.TASK_ASSIGN, at=at, unit=found.task.unit_id)
        key = f"{name}:asked:{on.isoformat()}"
        if Sent.objects.filter(key=key).exists():
            raise RemindedToday
        with transaction.atomic():
            n = told_of_reminder(found, key=key, by=by, at=at)
            if n:
                subject, detail = f"task:{found.task.code}", {"people": n}
                audit.record(by=by, at=at, verb="task.remind", subject=subject, detail=detail)
        return n
