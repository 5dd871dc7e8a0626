"""Events: what is written, how they are linked, and that the database itself refuses to change them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http import HttpRequest

from diaban.apps.accounts.models import User
from diaban.apps.audit import actions, checkpoints, guards, linking, seals
from diaban.apps.audit.models import Event, Head, Kind, SignedCheckpoint
from diaban.apps.audit.requests import address_of
from diaban.core.chain import HEAD_LOST, genesis, link, moment

AT = datetime(2026, 11, 20, 3, 0, 0, 5, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> User:
    return User(username="canbo")


def test_events_are_numbered_and_linked(by: User) -> None:
    first = actions.record(by=by, at=AT, verb="hotspot.create", subject="hotspot:A", detail={"đ": [1, None], "a": "x"})
    made = actions.record_many(
        by=by, at=AT, verb="route.edit", items=[("route:1", {}), ("route:2", {"n": 2})], purpose="places"
    )
    events = list(Event.objects.order_by("seq"))
    assert made == 2 and [event.seq for event in events] == [1, 2, 3]
    head = Head.objects.get()
    assert events[0].prev == genesis(head.origin) and (head.seq, head.hash) == (3, events[2].hash)
    assert seals.is_genuine(head.origin, head.seq, head.hash, head.mark)
    text = '{"a":"x","đ":[1,null]}'
    expected = link(1, moment(AT), "canbo", "act", "hotspot.create", "hotspot:A", "", text, events[0].prev)
    assert events[0].hash == first.hash == expected
    assert events[0].detail == {"đ": [1, None], "a": "x"} and events[2].prev == events[1].hash
    with connection.cursor() as cursor:
        cursor.execute("SELECT detail FROM audit_log WHERE seq = 1")
        assert cursor.fetchone() == (text,)


def test_what_is_gathered_is_linked_at_the_end_and_falls_with_the_block(by: User) -> None:
    with actions.together():
        actions.record(by=by, at=AT, verb="a.b", subject="a:1")
        with actions.together():
            actions.record(by=by, at=AT, verb="a.c", subject="a:2")
        assert not Event.objects.exists()
    assert list(Event.objects.order_by("seq").values_list("verb", flat=True)) == ["a.b", "a.c"]
    with pytest.raises(ValueError, match="stop"), actions.together():
        actions.record(by=by, at=AT, verb="a.d", subject="a:3")
        raise ValueError("stop")
    actions.record(by=by, at=AT, verb="a.e", subject="a:4")
    assert list(Event.objects.order_by("seq").values_list("verb", flat=True)) == ["a.b", "a.c", "a.e"]


def test_an_act_that_fails_leaves_no_event(by: User) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.record(by=by, at=AT, verb="a.b", subject="a:1")
        _ = 1 / 0
    assert not Event.objects.exists()


def test_reads_searches_and_refusals(by: User) -> None:
    actions.read(by=by, at=AT, subject="person:P-1", purpose="care", fields=["name", "birth"])
    actions.read_many(by=by, at=AT, subjects=["person:P-2", "person:P-3"], purpose="care")
    actions.searched(
        by=by, at=AT, register="person", purpose="care", found=2, terms={"unit": "26506"}, personal={"name": " An "}
    )
    actions.refused(by=by, at=AT, what="person.view", subject="person:P-1", reason="scope", purpose="care")
    actions.refused(by=None, at=AT, what="overview:journal")
    seen = list(Event.objects.order_by("seq").values_list("kind", "verb", "subject", "actor", "purpose"))
    assert seen == [
        ("read", "person.read", "person:P-1", "canbo", "care"),
        ("read", "person.read", "person:P-2", "canbo", "care"),
        ("read", "person.read", "person:P-3", "canbo", "care"),
        ("search", "person.search", "person:list", "canbo", "care"),
        ("refusal", "access.refused", "person:P-1", "canbo", "care"),
        ("refusal", "access.refused", "access:-", "chưa đăng nhập", ""),
    ]
    searched = Event.objects.get(kind=Kind.SEARCH).detail
    assert searched == {"terms": {"unit": "26506"}, "found": 2, "prints": {"name": seals.fingerprint("an")}}


def test_a_fingerprint_tells_same_from_other_and_nothing_else() -> None:
    one = seals.fingerprint("Mật khẩu dài của tôi")
    assert one == seals.fingerprint(" mật khẩu dài của TÔI ") != seals.fingerprint("mật khẩu dài")
    assert "khẩu" not in one and len(one) < 40


def test_a_kind_that_does_not_exist_is_refused(by: User) -> None:
    with pytest.raises(ValueError, match="nonsense"):
        actions.record(by=by, at=AT, verb="a.b", subject="a:1", kind="nonsense")


def test_the_address_is_the_one_the_server_saw() -> None:
    request = HttpRequest()
    request.META |= {"REMOTE_ADDR": "10.1.2.3", "HTTP_X_FORWARDED_FOR": "6.6.6.6"}
    assert address_of(request) == "10.1.2.3"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_log SET actor = 'x'",
        "UPDATE audit_log SET actor = 'x' WHERE seq = 1",
        "DELETE FROM audit_log WHERE seq = 1",
        "UPDATE audit_checkpoint SET hash = 'x'",
        "DELETE FROM audit_checkpoint",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET seq = 0",
        "UPDATE audit_head SET hash = 'x'",
    ],
)
def test_the_database_refuses_to_change_what_is_written(statement: str, by: User) -> None:
    actions.record(by=by, at=AT, verb="a.b", subject="a:1")
    checkpoints.make_now(at=AT)
    with pytest.raises(IntegrityError, match="refused"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.get().actor == "canbo" and guards.missing() == []


def test_the_ways_around_an_update_are_refused_too(by: User) -> None:
    actions.record(by=by, at=AT, verb="a.b", subject="a:1")
    ways = (
        [
            "INSERT OR REPLACE INTO audit_log SELECT seq, at, 'x', kind, verb, subject, purpose, detail, prev, hash"
            " FROM audit_log",
            "UPDATE OR REPLACE audit_log SET actor = 'x'",
        ]
        if connection.vendor == "sqlite"
        else [
            "TRUNCATE audit_log",
            "TRUNCATE audit_checkpoint",
            "TRUNCATE audit_head",
            "SET LOCAL session_replication_role = replica; DELETE FROM audit_log",
            "INSERT INTO audit_log SELECT * FROM audit_log ON CONFLICT (seq) DO UPDATE SET actor = 'x'",
        ]
    )
    for way in ways:
        with pytest.raises(DatabaseError, match="refused"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(way)
    assert Event.objects.get().actor == "canbo"


def test_the_triggers_come_back_after_they_were_lifted(by: User) -> None:
    with pytest.raises(RuntimeError), guards.lifted():
        assert len(guards.missing()) >= 4
        raise RuntimeError
    assert guards.missing() == []


def test_a_checkpoint_is_made_every_thousand_events(by: User) -> None:
    every = linking.CHECKPOINT_EVERY
    actions.record_many(by=by, at=AT, verb="a.b", items=[(f"a:{n}", {}) for n in range(every - 1)])
    assert not SignedCheckpoint.objects.exists()
    last = actions.record(by=by, at=AT, verb="a.b", subject="a:x")
    made = checkpoints.plain(SignedCheckpoint.objects.get())
    assert (made.number, made.seq, made.hash) == (1, every, last.hash)
    assert checkpoints.make_now(at=AT) == made  # nothing new to sign
    actions.record(by=by, at=AT + timedelta(hours=1), verb="a.b", subject="a:y")
    again = checkpoints.make_now(at=AT + timedelta(hours=1))
    assert again is not None and (again.number, again.seq) == (2, every + 1)


def test_a_head_that_is_not_ours_is_told_in_the_chain_and_work_goes_on(by: User) -> None:
    for n in range(3):
        actions.record(by=by, at=AT, verb="a.b", subject=f"a:{n}")
    with guards.lifted(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_log WHERE seq = 3")
        cursor.execute("UPDATE audit_head SET seq = 2, hash = (SELECT hash FROM audit_log WHERE seq = 2)")
    assert checkpoints.make_now(at=AT) is None
    actions.record(by=by, at=AT, verb="a.c", subject="a:9")
    assert list(Event.objects.order_by("seq").values_list("verb", flat=True)) == ["a.b", "a.b", HEAD_LOST, "a.c"]
    with guards.lifted(), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_head SET mark = replace(mark, ':', ':đ')")  # letters that no mark has
    assert checkpoints.make_now(at=AT) is None
    with guards.lifted(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_head")
    actions.record(by=by, at=AT, verb="a.d", subject="a:10")
    assert list(Event.objects.order_by("seq").values_list("verb", flat=True))[4:] == [HEAD_LOST, "a.d"]
