"""Long work: queued in the caller's transaction, done once, stopped on request, buried when its worker dies."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from diaban.adapters.clock import VIETNAM, now
from diaban.apps.accounts.models import User
from diaban.apps.jobs import chores
from diaban.apps.jobs import progress as progress_module
from diaban.apps.jobs.actions import SILENCE, enqueue, reap, request_cancel
from diaban.apps.jobs.models import Run
from diaban.apps.jobs.progress import KINDS, Progress, WorkFailed
from diaban.apps.jobs.queries import share
from diaban.apps.jobs.worker import run_waiting, work_until

AT = dt.datetime(2026, 11, 20, 9, 0, tzinfo=VIETNAM)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def real_queue(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    def count(progress: Progress, upto: int) -> str:
        for number in range(1, upto + 1):
            progress.step(number, upto)
        return f"đếm đến {upto}"

    def fail(progress: Progress, words: str) -> str:
        Run.objects.create(kind="trace", created_at=AT)
        raise WorkFailed(words) if words else ZeroDivisionError

    def cancel_itself(progress: Progress) -> str:
        Run.objects.filter(pk=progress.run_id).update(cancel_requested=True)
        progress._written_at = float("-inf")
        progress.step(1, 3)
        return "không tới đây"

    own = {"test.count": count, "test.fail": fail, "test.cancel": cancel_itself}
    KINDS.update(own)
    yield
    for kind in own:
        del KINDS[kind]


@pytest.fixture
def officer() -> User:
    return User.objects.create_user("can-bo", full_name="Cán bộ tổng hợp")


def test_work_runs_once_and_says_how_it_ended(officer: User) -> None:
    run = enqueue("test.count", by=officer, at=AT, params={"upto": 7})
    assert run.state == Run.State.QUEUED
    assert share(run) is None
    run_waiting()
    run_waiting()
    run.refresh_from_db()
    assert (run.state, run.done, run.total, run.message) == (Run.State.DONE, 7, 7, "đếm đến 7")
    assert run.finished_at is not None
    assert share(run) == 100


def test_what_is_rolled_back_is_not_queued(officer: User) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        enqueue("test.count", by=officer, at=AT, params={"upto": 1})
        raise RuntimeError
    assert not Run.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_an_unknown_kind_is_refused_at_once(officer: User) -> None:
    with pytest.raises(ValueError, match="no work"):
        enqueue("test.nothing", by=officer, at=AT)


def test_a_failure_for_people_and_a_failure_of_the_software(officer: User, caplog: pytest.LogCaptureFixture) -> None:
    told = enqueue("test.fail", by=officer, at=AT, params={"words": "Thiếu cột."})
    broken = enqueue("test.fail", by=officer, at=AT, params={"words": ""})
    run_waiting()
    told.refresh_from_db()
    broken.refresh_from_db()
    assert (told.state, told.message) == (Run.State.FAILED, "Thiếu cột.")
    assert broken.state == Run.State.FAILED
    assert str(broken.pk) in broken.message
    assert "ZeroDivisionError" in caplog.text


def test_a_waiting_run_is_stopped_at_once_and_never_starts(officer: User) -> None:
    run = enqueue("test.count", by=officer, at=AT, params={"upto": 2})
    request_cancel(run, by=officer, at=AT)
    assert run.state == Run.State.CANCELLED
    run_waiting()
    run.refresh_from_db()
    assert (run.state, run.done) == (Run.State.CANCELLED, 0)


def test_a_running_run_stops_at_its_next_step(officer: User) -> None:
    run = enqueue("test.cancel", by=officer, at=AT)
    run_waiting()
    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED


@pytest.mark.parametrize(("silent", "state"), [(1, Run.State.FAILED), (-1, Run.State.RUNNING)])
def test_only_runs_silent_for_too_long_are_buried(silent: int, state: str) -> None:
    beat = AT - SILENCE - dt.timedelta(seconds=silent)
    run = Run.objects.create(kind="test.count", created_at=beat, heartbeat_at=beat, state=Run.State.RUNNING)
    assert reap(at=AT) == (1 if silent > 0 else 0)
    run.refresh_from_db()
    assert run.state == state


def test_the_worker_thread_does_waiting_work_and_ends_when_told(officer: User) -> None:
    """The loop itself, stopped by the work it does: no second connection, so it holds on every database."""
    stop = threading.Event()

    def last(progress: Progress) -> str:
        stop.set()
        return "xong"

    KINDS["test.last"] = last
    try:
        run = enqueue("test.last", by=officer, at=AT)
        work_until(stop)
    finally:
        del KINDS["test.last"]
    run.refresh_from_db()
    assert run.state == Run.State.DONE


def test_progress_is_not_written_for_every_row(officer: User, django_assert_max_num_queries: object) -> None:
    run = Run.objects.create(kind="test.count", created_at=AT, state=Run.State.RUNNING)
    progress = Progress(run.pk)
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        for number in range(10_000):
            progress.step(number, 10_000)


def test_the_heartbeat_writes_the_progress_of_work_inside_a_transaction(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run.objects.create(kind="test.count", created_at=AT, state=Run.State.RUNNING)
    monkeypatch.setattr(progress_module, "BEAT_SECONDS", 0.0)
    progress = Progress(run.pk)
    with transaction.atomic():
        progress.step(5, 9)
    written = threading.Event()
    original = progress._write

    def write_once() -> None:
        original()
        progress._stop.set()
        written.set()

    monkeypatch.setattr(progress, "_write", write_once)
    progress._beat()
    run.refresh_from_db()
    assert written.is_set()
    assert (run.done, run.total) == (5, 9)
    assert run.heartbeat_at is not None


def test_the_fragment_asks_again_until_the_end_and_offers_to_stop(client: Client, officer: User) -> None:
    client.force_login(officer)
    run = enqueue("test.count", by=officer, at=now(), params={"upto": 3}, address="/nhap-xuat/")
    address = reverse("jobs:progress", args=[run.pk])
    waiting = client.get(address)
    assert "hx-trigger" in waiting.content.decode()
    assert "HX-Refresh" not in waiting
    run_waiting()
    done = client.get(address)
    assert "hx-trigger" not in done.content.decode()
    assert done["HX-Refresh"] == "true"
    assert client.get(reverse("jobs:run", args=[run.pk]))["Location"] == "/nhap-xuat/"


def test_the_stop_button(client: Client, officer: User) -> None:
    client.force_login(officer)
    run = enqueue("test.count", by=officer, at=AT, params={"upto": 3})
    assert client.get(reverse("jobs:cancel", args=[run.pk])).status_code == 405
    client.post(reverse("jobs:cancel", args=[run.pk]))
    run.refresh_from_db()
    assert run.state == Run.State.CANCELLED
    assert "Đã dừng" in client.get(reverse("jobs:run", args=[run.pk])).content.decode()
    assert "Chưa có tiến trình" not in client.get(reverse("jobs:run", args=[run.pk])).content.decode()


def test_a_stop_that_the_database_cannot_take_is_told(
    client: Client, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("database is locked")

    client.force_login(officer)
    run = enqueue("test.count", by=officer, at=AT, params={"upto": 3})
    monkeypatch.setattr("diaban.apps.jobs.views.request_cancel", locked)
    reply = client.post(reverse("jobs:cancel", args=[run.pk]), follow=True)
    assert "lúc này không dừng được" in reply.content.decode()


def test_a_run_that_waits_in_vain_says_so(client: Client, officer: User) -> None:
    client.force_login(officer)
    run = enqueue("test.count", by=officer, at=now() - dt.timedelta(minutes=1), params={"upto": 3})
    assert "diaban worker" in client.get(reverse("jobs:run", args=[run.pk])).content.decode()


def test_the_rounds_do_each_chore_when_it_is_due_and_one_that_fails_spares_the_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def bad(at: dt.datetime) -> None:
        done.append("bad")
        raise ValueError("no")

    monkeypatch.setattr(
        chores,
        "CHORES",
        {
            "bad": (dt.timedelta(hours=1), bad),
            "rare": (dt.timedelta(hours=1), lambda at: done.append("rare")),
            "always": (dt.timedelta(0), lambda at: done.append("always")),
        },
    )
    rounds = chores.Rounds()
    rounds.make(now())
    rounds.make(now())
    assert done == ["bad", "rare", "always", "always"]
    assert "the chore bad failed" in caplog.text
    with pytest.raises(ValueError, match="two chores"):
        chores.chore("rare", every=dt.timedelta(1))(lambda at: None)
