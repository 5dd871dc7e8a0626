"""A programme lived at random: work given, put off, reported, sent back, confirmed; the house sleeps and wakes.

Whatever happens, nobody hears the same twice, nobody hears of what is settled, and whoever should have heard of late
work has heard of it once the house has been awake.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from diaban.catalogue.reminders_loader import reminders
from diaban.core.reminders import Basis, Owed, Receiver, bundled, due_reminders

BEGIN = dt.date(2026, 1, 1)
RULES = reminders("tasks").rules


class Programme(RuleBasedStateMachine):
    """`sent` are the marks that the inbox keeps: reader (the name of the receiver) and key."""

    def __init__(self) -> None:
        super().__init__()
        self.today = BEGIN
        self.works: list[Owed] = []
        self.sent: set[tuple[Receiver, str]] = set()
        self.told = 0

    @initialize(offset=st.integers(0, 20))
    def begin(self, offset: int) -> None:
        self.give(offset)

    @rule(offset=st.integers(-40, 40))
    def give(self, offset: int) -> None:
        due = self.today + dt.timedelta(days=offset)
        self.works.append(Owed(f"turn:{len(self.works)}", due))

    @rule(days=st.integers(1, 40))
    def sleep(self, days: int) -> None:
        self.today += dt.timedelta(days=days)

    def change(self, number: int, **values: object) -> None:
        at = number % len(self.works)
        self.works[at] = replace(self.works[at], **values)

    @rule(number=st.integers(0, 99), days=st.integers(1, 60))
    def put_off(self, number: int, days: int) -> None:
        due = self.works[number % len(self.works)].due
        assert due is not None
        self.change(number, due=due + dt.timedelta(days=days))

    @rule(number=st.integers(0, 99))
    def report(self, number: int) -> None:
        self.change(number, reported_on=self.today)

    @rule(number=st.integers(0, 99))
    def send_back(self, number: int) -> None:
        self.change(number, reported_on=None)

    @precondition(lambda self: len(self.works) > 1)
    @rule(number=st.integers(0, 99))
    def settle(self, number: int) -> None:
        self.change(number, settled=True)

    @rule(again=st.booleans())
    def round(self, again: bool) -> None:
        """Tell what is due; a second round of the same day has nothing to tell."""
        for turn in range(1 + again):
            due = list(due_reminders(self.works, RULES, self.today))
            waiting = [(to, one) for one in due for to in one.to if (to, one.key) not in self.sent]
            assert not (turn and waiting)
            for bundle in bundled(waiting):
                marks = {(bundle.reader, one.key) for one in bundle.reminders}
                assert len(marks) == len(bundle.reminders) and not marks & self.sent
                self.sent |= marks
                self.told += len(bundle.reminders)
                for one in bundle.reminders:
                    assert not one.owed.settled
                    assert (one.owed.reported_on is None) == (one.rule.basis is Basis.DUE)
        for work in self.works:
            since = None if work.settled else work.reported_on or work.due
            basis = Basis.REPORTED if work.reported_on else Basis.DUE
            for one in RULES:
                if since and one.basis is basis and one.days > 0 and (self.today - since).days >= one.days:
                    assert {(to, f"{work.name}:{since.isoformat()}:{one.code}") for to in one.to} <= self.sent

    @invariant()
    def nobody_was_told_twice(self) -> None:
        assert self.told == len(self.sent)


TestProgramme = Programme.TestCase
TestProgramme.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
