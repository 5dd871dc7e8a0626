"""Notices: each thing once to each person, digests that count right, reading, forgetting, and what reaches nobody."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.inbox_source import Source
from cast import TODAY, give
from diaban.adapters.clock import VIETNAM
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.audit.models import Event
from diaban.apps.inbox import actions, queries
from diaban.apps.inbox.actions import tell
from diaban.apps.inbox.models import Notice, Sent, Unreached
from diaban.apps.inbox.people import People
from diaban.apps.inbox.rounds import make_round
from diaban.apps.inbox.words import kept, rendered
from diaban.core.messages import say
from diaban.core.reminders import Basis, Owed, Receiver, Rule

HOUSE = House("máy")
AT = dt.datetime(2026, 11, 23, 8, tzinfo=VIETNAM)


def on(days: int) -> dt.datetime:
    return AT + dt.timedelta(days=days)


def person(name: str, **values: Any) -> User:
    return User.objects.create(username=name, date_joined=AT, **values)


def words(user: User) -> list[str]:
    return [rendered(row.msgid, row.params) for row in queries.notices(user)]


def late(n: int, days: int) -> list[Owed]:
    return [Owed(f"thing:{number}", TODAY - dt.timedelta(days=days)) for number in range(n)]


@pytest.mark.django_db
def test_a_thing_is_told_once_to_each() -> None:
    an, binh = person("a"), person("b")
    values = {"kind": Notice.Kind.GIVEN, "topic": "thing:1", "words": say("Được giao {code}.", code="NV-1"), "url": "/"}
    assert tell(to=[an, binh, an], key="thing:1:given", at=AT, **values) == 2
    assert tell(to=[an], key="thing:1:given", at=on(1), **values) == 0
    assert tell(to=[an], key="thing:1:again", at=on(1), **values) == 1
    assert words(an) == ["Được giao NV-1."] * 2
    assert words(binh) == ["Được giao NV-1."]


@pytest.mark.django_db
def test_a_round_made_twice_tells_nothing_twice_and_says_once_what_it_did() -> None:
    an = person("a")
    source = Source(late(2, 1), {(f"thing:{n}", Receiver.HOLDER): [an] for n in range(2)})
    assert make_round(by=HOUSE, at=AT, sources=[source]) == 2
    assert make_round(by=HOUSE, at=on(0), sources=[source]) == 0
    assert make_round(by=HOUSE, at=on(1), sources=[source]) == 0
    assert Event.objects.filter(verb="inbox.send").count() == 1
    assert words(an) == ["thing:1 1 22/11/2026", "thing:0 1 22/11/2026"]


@pytest.mark.django_db
def test_a_person_named_twice_is_told_once() -> None:
    an = person("a")
    source = Source(late(1, 1), {("thing:0", to): [an, an] for to in (Receiver.HOLDER, Receiver.HEAD)})
    assert make_round(by=HOUSE, at=AT, sources=[source]) == 1


@pytest.mark.django_db
def test_many_late_things_are_one_notice_and_a_later_round_of_the_day_is_counted_into_it() -> None:
    an = person("a")
    source = Source(late(7, 7), {(f"thing:{n}", Receiver.LEADER): [an] for n in range(7)})
    source.readers |= {(f"thing:{n}", Receiver.HOLDER): [person(f"h{n}")] for n in range(10)}
    make_round(by=HOUSE, at=AT, sources=[source])
    assert words(an) == ["7 việc, mốc late-7"]
    assert queries.notices(an).get().url == "/nhieu-viec/"
    actions.mark(by=an, at=AT)
    source.owed = late(8, 7)
    source.readers[("thing:7", Receiver.LEADER)] = [an]
    make_round(by=HOUSE, at=AT + dt.timedelta(hours=2), sources=[source])
    assert words(an) == ["8 việc, mốc late-7"]
    assert queries.unread(an) == 1
    source.owed = [Owed("thing:9", TODAY - dt.timedelta(days=6))]
    source.readers[("thing:9", Receiver.LEADER)] = [an]
    make_round(by=HOUSE, at=on(1), sources=[source])
    assert sorted(words(an)) == ["8 việc, mốc late-7", "thing:9 7 17/11/2026"]


@pytest.mark.django_db
def test_who_comes_after_is_told_anew() -> None:
    before, after = person("a"), person("b")
    source = Source(late(1, 3), {("thing:0", Receiver.HOLDER): [before]})
    make_round(by=HOUSE, at=AT, sources=[source])
    source.readers = {("thing:0", Receiver.HOLDER): [after]}
    assert make_round(by=HOUSE, at=on(1), sources=[source]) == 1
    assert len(words(after)) == 1


@pytest.mark.django_db
def test_what_reaches_nobody_is_listed_tried_again_and_leaves_when_somebody_is_there() -> None:
    source = Source(late(1, 1))
    make_round(by=HOUSE, at=AT, sources=[source])
    make_round(by=HOUSE, at=on(1), sources=[source])
    row = Unreached.objects.get()
    assert (row.since, row.source, rendered(row.msgid, row.params)) == (TODAY, "thing", "thing:0 1 22/11/2026")
    an = person("a")
    source.readers = {("thing:0", Receiver.HOLDER): [an]}
    assert make_round(by=HOUSE, at=on(2), sources=[source]) == 1
    assert not Unreached.objects.exists()


@pytest.mark.django_db
def test_a_source_leaves_alone_what_of_another_reaches_nobody() -> None:
    one, other = Source(late(1, 1), name="thing"), Source([], name="other")
    make_round(by=HOUSE, at=AT, sources=[one, other])
    assert Unreached.objects.count() == 1


@pytest.mark.django_db
def test_reading_and_taking_it_back() -> None:
    an, binh = person("a"), person("b")
    for number in range(3):
        for user in (an, binh):
            row = {"kind": Notice.Kind.GIVEN, "topic": "x", "words": say("x"), "url": "/", "key": f"x:{number}"}
            tell(to=[user], at=AT, **row)
    first = queries.notices(an).first()
    assert first is not None
    assert actions.mark(by=an, at=on(1), ids=[first.pk]) == 1
    assert actions.mark(by=an, at=on(1), ids=[first.pk]) == 0
    assert actions.mark(by=binh, at=on(1), ids=[first.pk], read=False) == 0
    assert actions.mark(by=an, at=on(2)) == 2
    assert queries.unread(an) == 0 and queries.unread(binh) == 3
    assert actions.unmark(by=an, at=on(3), marked_at=on(2)) == 2
    assert queries.unread(an) == 2


@pytest.mark.django_db
def test_the_unread_come_first_and_then_the_newest() -> None:
    an = person("a")
    for number in range(4):
        tell(
            to=[an], kind=Notice.Kind.GIVEN, topic=str(number), words=say("x"), url="/", key=f"{number}", at=on(number)
        )
    actions.mark(by=an, at=on(5), ids=Notice.objects.filter(topic__in=("1", "3")).values_list("pk", flat=True))
    assert [row.topic for row in queries.notices(an)] == ["2", "0", "3", "1"]


@pytest.mark.django_db
def test_old_notices_are_forgotten_and_not_told_again() -> None:
    an = person("a")
    source = Source(late(1, 1), {("thing:0", Receiver.HOLDER): [an]})
    make_round(by=HOUSE, at=AT, sources=[source])
    actions.mark(by=an, at=on(1))
    assert actions.forget(at=on(90)) == 0
    assert actions.forget(at=on(92)) == 1
    assert Sent.objects.get().notice is None
    source.readers = {("thing:0", Receiver.HOLDER): [an]}
    late_1 = [rule for rule in source.open(TODAY, None).rules if rule.code == "late-1"]  # type: ignore[arg-type]
    source.rules = late_1
    assert make_round(by=HOUSE, at=on(92), sources=[source]) == 0


def test_a_notice_keeps_days_as_days_and_takes_nothing_strange() -> None:
    message = say("{a} {n} {on}", a="x", n=1200, on=dt.date(2026, 2, 1))
    assert rendered(message.msgid, kept(message)) == "x 1.200 01/02/2026"
    with pytest.raises(TypeError, match="o is a object"):
        kept(say("{o}", o=object()))


people = st.integers(0, 2)
worlds = st.lists(
    st.tuples(
        st.integers(-10, 40),  # how late
        st.dictionaries(st.sampled_from(Receiver), st.lists(people, max_size=2), max_size=4),
    ),
    max_size=9,
)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds, days=st.sets(st.integers(0, 40), min_size=1, max_size=4))
def test_after_any_rounds_every_reminder_with_a_reader_is_told_once_and_the_counts_add_up(
    world: list[tuple[int, dict[Receiver, list[int]]]], days: set[int]
) -> None:
    with transaction.atomic():
        users = [person(f"p{n}") for n in range(3)]
        owed = [Owed(f"thing:{n}", TODAY - dt.timedelta(days=past)) for n, (past, _to) in enumerate(world)]
        source = Source(owed)
        for one, (_past, readers) in zip(owed, world, strict=True):
            source.readers |= {(one.name, to): [users[n] for n in chosen] for to, chosen in readers.items()}
        new = [make_round(by=HOUSE, at=on(offset), sources=[source]) for offset in sorted(days)]
        assert sum(new) == Sent.objects.count()
        last = TODAY + dt.timedelta(days=max(days))
        for rule in (rule for rule in source.open(TODAY, People(TODAY)).rules if rule.code.startswith("late")):
            for one in owed:
                wanted = {user.pk for to in rule.to for user in source.readers.get((one.name, to), [])}
                came = one.due is not None and (last - one.due).days >= rule.days
                told = Sent.objects.filter(key=f"{one.name}:{one.due}:{rule.code}").values_list("user", flat=True)
                assert set(told) == (wanted if came else set())
        for user in users:
            counts = Notice.objects.filter(user=user).values_list("count", flat=True)
            assert sum(counts) == Sent.objects.filter(user=user).count()
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_come_at_once_tell_once() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer; several workers are for PostgreSQL")
    an = person("a")
    rule = Rule("x", Basis.DUE, 1, (Receiver.HOLDER,), 2, 2)
    source = Source(late(5, 1), {(f"thing:{n}", Receiver.HOLDER): [an] for n in range(5)}, rules=[rule])
    start, made = threading.Barrier(3), []

    def work() -> None:
        try:
            start.wait(10)
            made.append(make_round(by=HOUSE, at=AT, sources=[source]))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(made) == [0, 0, 5]
    assert words(an) == ["5 việc, mốc x"]


@pytest.mark.django_db
def test_a_new_role_changes_nothing_for_who_has_none() -> None:
    dung = person("dung")
    assert queries.unreached(dung.rights(TODAY)).count() == 0
    Unreached.objects.create(key="k", source="thing", msgid="x", url="/", level=1, since=TODAY)
    assert queries.unreached(dung.rights(TODAY)).count() == 0
    assert queries.unreached(give(person("an"), "provincial_police").rights(TODAY)).count() == 1
