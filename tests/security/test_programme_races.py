"""Two people at once: one act is done, the other is told why not; nothing is written twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from diaban.apps.access import House
from diaban.apps.agencies.models import Agency
from diaban.apps.programme import actions as programme
from diaban.apps.programme.models import Step, Turn
from diaban.core.lifecycle import StepRefused

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
HOUSE, JUDGE = House("một"), House("hai")


def together(*acts: Callable[[], object]) -> list[object]:
    """Do the acts at once, each in a thread of its own, and return what each came to: its result or its refusal."""
    start, found = threading.Barrier(len(acts)), []

    def work(act: Callable[[], object]) -> None:
        try:
            start.wait(10)
            found.append(act())
        except StepRefused as refusal:
            found.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


@pytest.fixture
def turn(transactional_db: None) -> Turn:
    if connection.vendor == "sqlite":
        pytest.skip("a database in memory is one connection: nobody comes second")
    lead = Agency.objects.create(code="tinh", name="Công an tỉnh", level="province", line="police")
    order = programme.Order(title="Rà soát", lead=lead, starts=date(2026, 11, 1), due=date(2026, 12, 1))
    turn = programme.give_task(order=order, by=HOUSE, at=AT).turns.get()
    programme.report_done(turn=turn, words="x", by=HOUSE, at=AT)
    return turn


def test_a_report_is_confirmed_once(turn: Turn) -> None:
    found = together(*[lambda: programme.confirm(turn=turn, by=JUDGE, at=AT)] * 3)
    assert sum(isinstance(one, StepRefused) for one in found) == 2
    assert Step.objects.filter(turn=turn, verb="confirm").count() == 1


def test_a_report_is_confirmed_or_sent_back(turn: Turn) -> None:
    found = together(
        lambda: programme.confirm(turn=turn, by=JUDGE, at=AT),
        lambda: programme.send_back(turn=turn, reason="x", by=JUDGE, at=AT),
    )
    assert sum(isinstance(one, StepRefused) for one in found) == 1
    turn.refresh_from_db()
    assert turn.final == (turn.state == "done")
    assert Step.objects.filter(turn=turn, verb__in=("confirm", "send_back")).count() == 1


def test_tasks_given_at_once_have_codes_of_their_own(turn: Turn) -> None:
    order = programme.Order(title="Việc", lead=turn.task.lead, starts=date(2026, 11, 1))
    found = together(*[lambda: programme.give_task(order=order, by=HOUSE, at=AT).code] * 4)
    assert len(set(map(str, found))) == 4
