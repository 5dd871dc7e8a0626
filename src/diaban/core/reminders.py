"""Which reminders are due on a day, and how many of them one person gets as one: from dates alone.

A reminder is known by what is owed, the day it is counted from and its rule. So it is made once for each day that a
deadline was set to: when the deadline is moved, the reminders begin anew; when the house slept over a day, they are
made the day after.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

Reader = TypeVar("Reader", bound=Hashable)


class RulesError(ValueError):
    """The rules contradict themselves: says which."""


class Basis(StrEnum):
    """The day from which a rule counts."""

    DUE = "due"  # the deadline, as long as nobody has said that the work is done
    REPORTED = "reported"  # the day it was said to be done, as long as nobody has confirmed it


class Receiver(StrEnum):
    """Whom a rule tells. Who that is in one case, the register of posts and roles answers."""

    HOLDER = "holder"  # the post that answers for the work
    HEAD = "head"  # the head of the agency that leads it
    LEADER = "leader"  # the leader of the unit
    POLICE = "police"  # the standing body of the province
    PROVINCE = "province"  # the leader of the province
    DECIDER = "decider"  # who may confirm it


@dataclass(frozen=True, slots=True)
class Rule:
    """One reminder: `days` after the day that it counts from (negative: before).

    `level` is how urgent it looks, 0 to 3. From `together_from` reminders of the rule to one person on one day, that
    person gets one that tells how many; 0: never.
    """

    code: str
    basis: Basis
    days: int
    to: tuple[Receiver, ...]
    level: int
    together_from: int = 0
    effective_from: date = date.min
    effective_to: date | None = None  # the first day on which it no longer holds

    def in_force(self, on: date) -> bool:
        """Tell whether it holds on `on`."""
        return self.effective_from <= on and (self.effective_to is None or on < self.effective_to)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of one kind of work, with where they come from."""

    id: str
    title: str
    reference: str
    checked_by: str
    rules: tuple[Rule, ...]

    def __post_init__(self) -> None:
        for index, rule in enumerate(self.rules):
            if not rule.to:
                raise RulesError(f"{self.id}: rule {rule.code} tells nobody")
            if rule.basis is Basis.REPORTED and rule.days < 0:
                raise RulesError(f"{self.id}: rule {rule.code} would come before the day that it counts from")
            if not 0 <= rule.level <= 3:
                raise RulesError(f"{self.id}: rule {rule.code} has level {rule.level}; 0 to 3")
            if rule.together_from == 1:
                raise RulesError(f"{self.id}: rule {rule.code}: one reminder is not several")
            for other in self.rules[index + 1 :]:
                if rule.code == other.code and _overlap(rule, other):
                    raise RulesError(f"{self.id}: two rules are called {rule.code} at the same time")

    def on(self, day: date) -> tuple[Rule, ...]:
        """Return the rules in force on `day`, the earliest first."""
        return tuple(sorted((rule for rule in self.rules if rule.in_force(day)), key=lambda rule: rule.days))


@dataclass(frozen=True, slots=True)
class Owed:
    """Something owed: its name ("turn:12"), its deadline, the day it was said to be done, whether all is settled."""

    name: str
    due: date | None
    reported_on: date | None = None
    settled: bool = False

    def counted_from(self, basis: Basis) -> date | None:
        """Return the day from which rules of `basis` count; None when they do not speak of it now."""
        if self.settled:
            return None
        if basis is Basis.REPORTED:
            return self.reported_on
        return self.due if self.reported_on is None else None


@dataclass(frozen=True, slots=True)
class Reminder:
    """A rule that has come for something owed: counted from `since`, seen on the day `on`, for the receivers `to`."""

    owed: Owed
    rule: Rule
    since: date
    on: date
    to: tuple[Receiver, ...]

    @property
    def key(self) -> str:
        """Return its name: the same on whatever day it is made."""
        return f"{self.owed.name}:{self.since.isoformat()}:{self.rule.code}"

    @property
    def days(self) -> int:
        """Return the days from the day counted from until today: negative before it."""
        return (self.on - self.since).days


def due_reminders(owed: Iterable[Owed], rules: Sequence[Rule], today: date) -> Iterator[Reminder]:
    """Yield every reminder whose day has come, made before or not: the caller keeps which were.

    Up to the deadline only the latest one speaks to each receiver ("due in three days" has overtaken "due in seven"),
    and none of them once the deadline is over. What comes after the deadline is all due, whenever it is looked at:
    nobody up the chain is left out because the house slept.
    """
    known = sorted((rule for rule in rules if rule.in_force(today)), key=lambda rule: rule.days)
    for one in owed:
        ahead: dict[Receiver, Rule] = {}
        for rule in known:
            since = one.counted_from(rule.basis)
            if since is None or (today - since).days < rule.days:
                continue
            if rule.basis is Basis.REPORTED or rule.days > 0:
                yield Reminder(one, rule, since, today, rule.to)
            elif today <= since:
                ahead |= dict.fromkeys(rule.to, rule)
        for rule in dict.fromkeys(ahead.values()):
            if one.due is not None:
                yield Reminder(one, rule, one.due, today, tuple(to for to in rule.to if ahead[to] is rule))


@dataclass(frozen=True, slots=True)
class Bundle(Generic[Reader]):
    """What one reader gets at once: one reminder, or several of one rule told as a number."""

    reader: Reader
    rule: Rule
    reminders: tuple[Reminder, ...]

    @property
    def is_many(self) -> bool:
        """Tell whether it is told as a number."""
        return len(self.reminders) > 1


def bundled(waiting: Iterable[tuple[Reader, Reminder]]) -> list[Bundle[Reader]]:
    """Return every waiting reminder in exactly one bundle; the same reminder twice to one reader counts once."""
    grouped: dict[tuple[Reader, str], dict[str, Reminder]] = {}
    for reader, reminder in waiting:
        grouped.setdefault((reader, reminder.rule.code), {})[reminder.key] = reminder
    found: list[Bundle[Reader]] = []
    for (reader, _code), reminders in grouped.items():
        rule, kept = next(iter(reminders.values())).rule, tuple(reminders.values())
        if rule.together_from and len(kept) >= rule.together_from:
            found.append(Bundle(reader, rule, kept))
        else:
            found.extend(Bundle(reader, rule, (one,)) for one in kept)
    return found


def _overlap(one: Rule, other: Rule) -> bool:
    return (other.effective_to is None or one.effective_from < other.effective_to) and (
        one.effective_to is None or other.effective_from < one.effective_to
    )
