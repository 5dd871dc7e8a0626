"""Reminders: none lost, none twice, none too early, and none of them about what is settled."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.catalogue.reminders_loader import keeping, reminders
from diaban.core.reminders import Basis, Owed, Receiver, Reminder, Rule, RulesError, RuleSet, bundled, due_reminders

DUE = dt.date(2026, 12, 15)
RULES = reminders("tasks").on(DUE)


def day(offset: int) -> dt.date:
    return DUE + dt.timedelta(days=offset)


def codes(owed: Owed, offset: int, rules: tuple[Rule, ...] = RULES) -> list[str]:
    return [one.rule.code for one in due_reminders([owed], rules, day(offset))]


@pytest.mark.parametrize(
    ("offset", "told"),
    [
        (-8, []),
        (-7, ["before-7"]),
        (-4, ["before-7"]),
        (-3, ["before-3"]),
        (-1, ["before-3"]),
        (0, ["due"]),
        (1, ["late-1"]),
        (6, ["late-1"]),
        (7, ["late-1", "late-7"]),
        (15, ["late-1", "late-7", "late-15"]),
        (400, ["late-1", "late-7", "late-15", "late-30"]),
    ],
)
def test_the_rules_of_the_house_speak_on_their_days(offset: int, told: list[str]) -> None:
    assert codes(Owed("turn:1", DUE), offset) == told


def test_what_is_reported_waits_for_whoever_confirms_it_and_for_nobody_else() -> None:
    reported = Owed("turn:1", DUE, reported_on=day(-2))
    assert codes(reported, 2) == []
    assert codes(reported, 3) == ["unconfirmed-5"]
    assert codes(replace(reported, settled=True), 30) == []


def test_work_without_a_deadline_is_never_late() -> None:
    assert codes(Owed("turn:1", None), 1000) == []


def test_an_extended_deadline_begins_anew() -> None:
    before = {one.key for one in due_reminders([Owed("turn:1", DUE)], RULES, day(8))}
    after = {one.key for one in due_reminders([Owed("turn:1", day(10))], RULES, day(11))}
    assert before and after and not before & after


def test_an_overtaken_reminder_is_silent_only_to_whom_the_later_one_speaks() -> None:
    both, one = (Receiver.HOLDER, Receiver.HEAD), (Receiver.HOLDER,)
    rules = (Rule("early", Basis.DUE, -7, both, 0), Rule("late", Basis.DUE, -3, one, 0))
    found = {reminder.rule.code: reminder.to for reminder in due_reminders([Owed("a", DUE)], rules, day(-2))}
    assert found == {"early": (Receiver.HEAD,), "late": (Receiver.HOLDER,)}


def test_a_rule_speaks_only_while_it_is_in_force() -> None:
    rule = Rule("x", Basis.DUE, 1, (Receiver.HOLDER,), 1, effective_from=day(3), effective_to=day(5))
    assert [offset for offset in range(8) if codes(Owed("a", DUE), offset, (rule,))] == [3, 4]


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": ()},
        {"basis": Basis.REPORTED, "days": -1},
        {"level": 4},
        {"together_from": 1},
    ],
)
def test_rules_that_mean_nothing_are_refused(wrong: dict[str, object]) -> None:
    rule = replace(Rule("x", Basis.DUE, 1, (Receiver.HOLDER,), 1), **wrong)
    with pytest.raises(RulesError, match="x"):
        RuleSet("r", "", "", "", (rule,))


def test_two_rules_of_one_name_may_follow_but_not_meet() -> None:
    first = Rule("x", Basis.DUE, 1, (Receiver.HOLDER,), 1, effective_to=day(0))
    RuleSet("r", "", "", "", (first, replace(first, effective_from=day(0), effective_to=None)))
    with pytest.raises(RulesError, match="two rules"):
        RuleSet("r", "", "", "", (first, replace(first, effective_from=day(-1), effective_to=None)))


def test_the_catalogue_says_where_its_numbers_come_from() -> None:
    assert reminders("tasks").reference == "do đơn vị đặt"
    assert 0 < keeping().read_days <= keeping().unread_days < keeping().sent_days


rules_of_any_kind = st.lists(
    st.builds(
        Rule,
        code=st.uuids().map(str),
        basis=st.sampled_from(Basis),
        days=st.integers(0, 30),
        to=st.lists(st.sampled_from(Receiver), min_size=1, max_size=3, unique=True).map(tuple),
        level=st.integers(0, 3),
        together_from=st.sampled_from((0, 2, 3, 6)),
    )
    | st.builds(
        Rule,
        code=st.uuids().map(str),
        basis=st.just(Basis.DUE),
        days=st.integers(-30, 0),
        to=st.lists(st.sampled_from(Receiver), min_size=1, max_size=3, unique=True).map(tuple),
        level=st.integers(0, 3),
    ),
    max_size=6,
).map(tuple)


@given(rules_of_any_kind, st.sets(st.integers(-40, 80), min_size=1))
def test_over_any_days_that_the_house_is_awake_nothing_after_the_deadline_is_lost_and_nothing_comes_twice(
    rules: tuple[Rule, ...], awake: set[int]
) -> None:
    owed, made = Owed("turn:1", DUE), Counter[tuple[str, Receiver]]()
    known: set[tuple[str, Receiver]] = set()
    for offset in sorted(awake):
        for one in due_reminders([owed], rules, day(offset)):
            assert offset >= one.rule.days, "too early"
            fresh = {(one.key, to) for to in one.to} - known
            made.update(fresh)
            known |= fresh
    assert set(made.values()) <= {1}
    told = {key for key, _to in made}
    for rule in rules:
        if rule.basis is Basis.DUE and 0 < rule.days <= max(awake):
            assert f"turn:1:{DUE.isoformat()}:{rule.code}" in told


@given(rules_of_any_kind)
def test_a_house_that_never_sleeps_tells_every_receiver_of_every_rule_but_those_of_one_day_that_are_overtaken(
    rules: tuple[Rule, ...],
) -> None:
    told = {
        (one.rule.days, to)
        for offset in range(-31, 32)
        for one in due_reminders([Owed("turn:1", DUE)], rules, day(offset))
        for to in one.to
    }
    assert told == {(rule.days, to) for rule in rules if rule.basis is Basis.DUE for to in rule.to}


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 6), st.integers(0, 3))),
    st.sampled_from((0, 2, 3)),
)
def test_every_reminder_is_in_exactly_one_bundle(waiting: list[tuple[int, int, int]], together_from: int) -> None:
    rules = [Rule(f"r{n}", Basis.DUE, n + 1, (Receiver.HOLDER,), 0, together_from) for n in range(4)]
    given_ = [(reader, Reminder(Owed(f"turn:{turn}", DUE), rules[n], DUE, day(9), ())) for reader, turn, n in waiting]
    bundles = bundled(given_)
    inside = Counter((one.reader, reminder.key) for one in bundles for reminder in one.reminders)
    assert inside == Counter(dict.fromkeys({(reader, reminder.key) for reader, reminder in given_}, 1))
    for one in bundles:
        assert {reminder.rule for reminder in one.reminders} == {one.rule}
        assert len(one.reminders) == 1 or len(one.reminders) >= together_from > 0
    if together_from:
        many = Counter((one.reader, one.rule.code) for one in bundles if one.is_many)
        assert set(many.values()) <= {1}
