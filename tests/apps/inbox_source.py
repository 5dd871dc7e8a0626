"""A source of reminders for tests: a dictionary of what is owed and whom each receiver means."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from diaban.apps.accounts.models import User
from diaban.apps.inbox.people import People
from diaban.apps.inbox.rounds import RemindedToday, Words
from diaban.catalogue.reminders_loader import reminders
from diaban.core.messages import say
from diaban.core.reminders import Owed, Receiver, Reminder, Rule


@dataclass
class Work:
    """`readers` says for (name, receiver) who is told; nobody when it does not."""

    owed: Sequence[Owed]
    readers: dict[tuple[str, Receiver], list[User]]
    rules: Sequence[Rule]

    def receivers(self, owed: Owed, to: Receiver) -> Sequence[User]:
        return self.readers.get((owed.name, to), [])

    def words(self, reminder: Reminder, reader: User | None) -> Words:
        return Words(say("{name} {n} {due}", name=reminder.owed.name, n=reminder.days, due=reminder.since), "/viec/")

    def many(self, rule: Rule, reader: User) -> Words:
        return Words(say("{n} việc, mốc {code}", n=0, code=rule.code), "/nhieu-viec/")

    def unit(self, owed: Owed) -> int | None:
        return None


@dataclass
class Source:
    """Gives the same work whatever the day; `days` are everybody's deadlines."""

    owed: list[Owed] = field(default_factory=list)
    readers: dict[tuple[str, Receiver], list[User]] = field(default_factory=dict)
    rules: Sequence[Rule] | None = None
    days: list[dt.date] = field(default_factory=list)
    name: str = "thing"
    reminded: list[str] = field(default_factory=list)

    def open(self, on: dt.date, people: People) -> Work:
        rules = reminders("tasks").on(on) if self.rules is None else self.rules
        return Work(self.owed, self.readers, rules)

    def due_days(self, user: User, on: dt.date) -> Iterable[dt.date]:
        return self.days

    def remind(self, name: str, *, by: User, at: dt.datetime) -> int | None:
        if name in self.reminded:
            raise RemindedToday
        if name not in {one.name for one in self.owed}:
            return None
        self.reminded.append(name)
        return 2
