"""The daily round: every app that has something owed says what, to whom and in which words; the round does the rest.

An app announces itself in its file `reminders.py` (found when the apps are ready) with `add_source`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from django.db import transaction
from django.utils.timezone import localdate

from diaban.apps.access import Person
from diaban.apps.accounts.models import User
from diaban.apps.audit import actions as audit
from diaban.apps.audit.models import Kind
from diaban.apps.inbox.actions import Letter, deliver, note_unreached, told
from diaban.apps.inbox.models import Notice, Unreached
from diaban.apps.inbox.people import People
from diaban.apps.inbox.words import kept
from diaban.core.messages import Message
from diaban.core.reminders import Bundle, Owed, Receiver, Reminder, Rule, bundled, due_reminders


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence and the page that it leads to."""

    message: Message
    url: str


class Work(Protocol):
    """What one source has to remind of on one day."""

    rules: Sequence[Rule]
    owed: Sequence[Owed]

    def receivers(self, owed: Owed, to: Receiver) -> Sequence[User]:
        """Return whom to tell, going up the chain where nobody fills a place; nobody when there is none at all."""

    def words(self, reminder: Reminder, reader: User | None) -> Words:
        """Return what to say: to a reader, naming only what they may see; to nobody (None), for the list of those."""

    def many(self, rule: Rule, reader: User) -> Words:
        """Return what to say of many at once, with their number as `{n}`."""

    def unit(self, owed: Owed) -> int | None:
        """Return the unit whose it is; None when it is the province's."""


class Source(Protocol):
    """An app that has something to remind of."""

    name: str

    def open(self, on: date, people: People) -> Work:
        """Gather what is owed around `on`."""

    def due_days(self, user: User, on: date) -> Iterable[date]:
        """Return the deadline of each thing that the user answers for, from `on` on: once for each thing."""

    def remind(self, name: str, *, by: User, at: datetime) -> int | None:
        """Let `by` remind of what is called `name` ("turn:12"); return how many were told, 0 when none, None when
        there is no such thing or `by` does not see it. Raises `AccessRefused`, `RemindedToday`.
        """


class RemindedToday(Exception):
    """Somebody reminded of the same today already."""


SOURCES: dict[str, Source] = {}


def add_source(source: Source) -> None:
    """Announce a source; its name begins the names of what it owes ("turn" of "turn:12")."""
    if source.name in SOURCES:
        raise ValueError(f"two sources are called {source.name}")
    SOURCES[source.name] = source


def make_round(*, by: Person, at: datetime, sources: Iterable[Source] | None = None) -> int:
    """Tell everybody what is due and was not told yet; note what reaches nobody. Return how many reminders were new.

    Doing it twice on a day tells nothing twice. One event in the log says how many there were.
    """
    on = localdate(at)
    people = People(on)
    return sum(_round(source, people, by=by, at=at) for source in (SOURCES.values() if sources is None else sources))


def _round(source: Source, people: People, *, by: Person, at: datetime) -> int:
    work = source.open(people.on, people)
    waiting: list[tuple[User, Reminder]] = []
    lost: list[Reminder] = []
    for reminder in due_reminders(work.owed, work.rules, people.on):
        readers = {user.pk: user for to in reminder.to for user in work.receivers(reminder.owed, to)}
        waiting += [(user, reminder) for user in readers.values()]
        if not readers:
            lost.append(reminder)
    known = told((user.pk, reminder.key) for user, reminder in waiting)
    fresh = [(user, reminder) for user, reminder in waiting if (user.pk, reminder.key) not in known]
    letters = list(_letters(work, bundled(fresh)))
    unreached = [_unreached(source, work, one) for one in lost]
    # What was read above may be seconds old: `deliver` looks again under its lock.
    with transaction.atomic():
        new = deliver(letters=letters, at=at)
        note_unreached(source=source.name, found=unreached)
        if new:
            detail = {"notices": new, "unreached": len(lost)}
            subject = f"inbox:{source.name}"
            audit.record(by=by, at=at, verb="inbox.send", subject=subject, detail=detail, kind=Kind.SYSTEM)
    return new


def _letters(work: Work, bundles: Iterable[Bundle[User]]) -> Iterator[Letter]:
    for bundle in bundles:
        first, rule, reader = bundle.reminders[0], bundle.rule, bundle.reader
        said = work.words(first, reader)
        many = work.many(rule, reader) if rule.together_from else None
        yield Letter(
            user=reader,
            keys=tuple(one.key for one in bundle.reminders),
            kind=_kind(rule),
            topic=first.owed.name,
            words=said.message,
            url=said.url,
            level=rule.level,
            several=f"{first.owed.name.partition(':')[0]}:{rule.code}:{first.on.isoformat()}" if many else "",
            many=many.message if many else None,
            many_url=many.url if many else "",
        )


def _kind(rule: Rule) -> str:
    if set(rule.to) <= {Receiver.HOLDER, Receiver.HEAD}:
        return Notice.Kind.REMINDER
    return Notice.Kind.ASKED if set(rule.to) == {Receiver.DECIDER} else Notice.Kind.ESCALATION


def _unreached(source: Source, work: Work, reminder: Reminder) -> Unreached:
    said = work.words(reminder, None)
    return Unreached(
        key=reminder.key,
        source=source.name,
        unit_id=work.unit(reminder.owed),
        msgid=said.message.msgid,
        params=kept(said.message),
        url=said.url,
        level=reminder.rule.level,
        since=reminder.on,
    )
