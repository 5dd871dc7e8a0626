"""Whatever is done to a turn in whatever order: nobody ends it alone, lateness and deadlines keep their history."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from programme_cast import AT, Office, office, order, second

from diaban.apps.access import AccessRefused, House
from diaban.apps.accounts.models import User
from diaban.apps.audit.models import Event
from diaban.apps.places import actions as place_actions
from diaban.apps.programme import actions
from diaban.apps.programme.actions import Shown, Told
from diaban.apps.programme.models import Extension, Turn
from diaban.core.lifecycle import StepRefused

STEPS = ("begin", "progress", "report", "confirm", "send_back", "drop", "reopen")
MORE = ("evidence", "ask", "grant", "refuse", "withdraw")
DOCUMENT = Shown(kind="document", words="Báo cáo", document="1/BC")
FIRST_DUE = date(2026, 12, 1)


@pytest.fixture
def there(db: None) -> Office:
    place_actions.load_catalogue(by=House("thử"), at=AT)
    return office()


def _do(turn: Turn, verb: str, by: User, day: int) -> None:
    """Try one act; what the rules refuse changes nothing."""
    at = datetime(2026, 11, 20, 3, tzinfo=UTC) + timedelta(days=day)
    waiting = Extension.objects.filter(turn=turn, decision="waiting").first()
    if verb in STEPS:
        actions.take_step(turn=turn, verb=verb, told=Told(words="Đã làm", reason="Vì vậy"), by=by, at=at)
    elif verb == "evidence":
        actions.add_evidence(turn=turn, given=DOCUMENT, by=by, at=at)
    elif verb == "ask":
        until = Turn.objects.get(pk=turn.pk).due or FIRST_DUE
        actions.ask_extension(turn=turn, until=max(until, at.date()) + timedelta(days=5), reason="Mưa", by=by, at=at)
    elif waiting is not None and verb == "withdraw":
        actions.withdraw_extension(extension=waiting, by=by, at=at)
    elif waiting is not None:
        actions.decide_extension(extension=waiting, grant=verb == "grant", reason="Đủ", by=by, at=at)


def _check(turn: Turn, before: Turn) -> None:
    """Check what must hold after every act."""
    lines = list(turn.steps.order_by("seq"))
    assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
    assert all(line.from_state == earlier.to_state for earlier, line in itertools.pairwise(lines))
    assert turn.state == lines[-1].to_state
    assert turn.final == (turn.state in ("done", "dropped"))
    assert turn.first_due == FIRST_DUE
    assert (turn.reported_on is not None) or turn.state not in ("reported", "done")
    if turn.state == "done":
        reports = [line for line in lines if line.verb == "report"]
        assert reports[-1].recorded_by == turn.reported_by != lines[-1].recorded_by
        assert turn.reported_on == reports[-1].on
        assert turn.done_on == lines[-1].on
        assert turn.evidence.filter(withdrawn_at=None).exists()  # the task names a product
    granted = turn.extensions.filter(decision="granted").order_by("pk")
    assert turn.due == (max(one.granted_until for one in granted if one.granted_until) if granted else FIRST_DUE)
    assert turn.extensions.filter(decision="waiting").count() <= (0 if turn.final else 1)
    assert not turn.extensions.filter(decision__in=("granted", "refused"), decided_by="an", asked_by="an").exists()
    assert turn.due is not None and before.due is not None and turn.due >= before.due


LIKELY = ("evidence", "report", "report", "confirm", "confirm")
ACTS = st.lists(st.tuples(st.sampled_from(STEPS + MORE + LIKELY), st.integers(0, 1), st.integers(0, 9)), max_size=14)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_whatever_two_people_do(there: Office, acts: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        an = there.cast["an"]
        other = User.objects.filter(username="an2").first() or second(there)
        wanted = order(there, due=FIRST_DUE, product="Báo cáo")
        turn = actions.give_task(order=wanted, by=an, at=AT).turns.get()
        day = 0
        for verb, who, days in acts:
            day += days
            before = Turn.objects.get(pk=turn.pk)
            events = Event.objects.count()
            try:
                with transaction.atomic():
                    _do(turn, verb, (an, other)[who], day)
            except (StepRefused, AccessRefused):
                assert Event.objects.count() == events
            _check(Turn.objects.get(pk=turn.pk), before)
        transaction.set_rollback(True)
