"""Long work: queued in the caller's transaction, done once with the asker's rights, stopped on request, buried."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.urls import reverse
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from cast import give
from diaban.adapters.clock import VIETNAM, now
from diaban.apps.access import Permission
from diaban.apps.accounts.models import Assignment, User
from diaban.apps.audit.models import Event, Kind
from diaban.apps.jobs import chores, tasks
from diaban.apps.jobs import progress as progress_module
from diaban.apps.jobs.actions import SILENCE, enqueue, reap, request_cancel
from diaban.apps.jobs.models import Run
from diaban.apps.jobs.progress import KINDS, Progress, WorkFailed, work
from diaban.apps.jobs.queries import share
from diaban.apps.jobs.tasks import QUEUE_KEPT, forget
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
    for kind, function in own.items():
        work(kind, Permission.REGISTER_IMPORT)(function)
    yield
    for kind in own:
        del KINDS[kind]


@pytest.fixture
def officer() -> User:
    return give(User.objects.create_user("can-bo", full_name="Cán bộ tổng hợp"), "provincial_police")


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


def test_the_queue_keeps_the_kind_of_an_error_and_not_what_it_says(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_run: int) -> None:
        raise ValueError("số 3 ngõ 5")

    monkeypatch.setattr(tasks, "Progress", broken)  # outside of what a run's own failure is caught by
    enqueue("test.count", by=officer, at=AT, params={"upto": 2})
    run_waiting()
    (row,) = DBTaskResult.objects.values()
    assert row["exception_class_path"] == "builtins.ValueError"
    assert "ngõ" not in str(row)


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

    work("test.last", Permission.REGISTER_IMPORT)(last)
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


def test_work_asks_for_a_permission() -> None:
    with pytest.raises(ValueError, match="no permission"):
        work("test.anything")


def test_every_work_of_the_product_asks_for_what_its_page_asks() -> None:
    asked = {kind: one.asked.permissions for kind, one in KINDS.items() if not kind.startswith("test.")}
    assert asked == {
        "exchange.check": (Permission.REGISTER_IMPORT,),
        "exchange.apply": (Permission.REGISTER_IMPORT,),
        "exchange.undo": (Permission.IMPORT_UNDO,),
        "plans.read": (Permission.PLAN_KEEP,),
        "analyses.answer": (Permission.ANALYSIS_RUN,),
        "analyses.weekly": (Permission.ANALYSIS_RUN,),
    }


def _leave(officer: User) -> None:
    User.objects.filter(pk=officer.pk).update(is_active=False)


def _lose_the_role(officer: User) -> None:
    Assignment.objects.filter(user=officer).update(end=dt.date(2021, 1, 1))


@pytest.mark.parametrize("happens", [_leave, _lose_the_role])
def test_work_is_not_done_for_who_may_no_longer_do_it(officer: User, happens: Any) -> None:
    run = enqueue("test.count", by=officer, at=AT, params={"upto": 3})
    happens(officer)
    run_waiting()
    run.refresh_from_db()
    assert (run.state, run.done) == (Run.State.FAILED, 0)
    assert run.message.startswith("Không làm: ")
    refusal = Event.objects.get(kind=Kind.REFUSAL)
    assert (refusal.actor, refusal.subject) == ("can-bo", f"job:{run.pk}")


def test_the_house_itself_needs_no_role() -> None:
    run = enqueue("test.count", by=None, at=AT, params={"upto": 3})
    run_waiting()
    run.refresh_from_db()
    assert run.state == Run.State.DONE


def test_a_run_is_seen_and_stopped_only_by_who_asked_for_it(client: Client, officer: User) -> None:
    run = enqueue("test.count", by=officer, at=AT, params={"upto": 3})
    client.force_login(give(User.objects.create_user("nguoi-khac"), "provincial_police"))
    for name in ("jobs:run", "jobs:progress"):
        assert client.get(reverse(name, args=[run.pk])).status_code == 404
    assert client.post(reverse("jobs:cancel", args=[run.pk])).status_code == 404
    run.refresh_from_db()
    assert run.state == Run.State.QUEUED


def _claimed(run: Run, at: dt.datetime) -> DBTaskResult:
    """The queue's entry as a worker leaves it that died at `at`."""
    entry = DBTaskResult.objects.get()
    DBTaskResult.objects.filter(pk=entry.pk).update(status=TaskResultStatus.RUNNING, started_at=at)
    return entry


def test_work_taken_by_a_worker_that_died_before_it_began_is_done_by_the_next(officer: User) -> None:
    run = enqueue("test.count", by=officer, at=AT, params={"upto": 3})
    _claimed(run, now() - SILENCE * 2)
    run_waiting()
    run.refresh_from_db()
    assert run.state == Run.State.QUEUED
    assert reap(at=now()) == 0
    run_waiting()
    run.refresh_from_db()
    assert run.state == Run.State.DONE
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL


@pytest.mark.parametrize(
    ("state", "silent", "left"),
    [
        (Run.State.RUNNING, True, TaskResultStatus.FAILED),
        (Run.State.RUNNING, False, TaskResultStatus.RUNNING),
        (Run.State.DONE, True, TaskResultStatus.SUCCESSFUL),
        (Run.State.FAILED, True, TaskResultStatus.FAILED),
        (Run.State.CANCELLED, True, TaskResultStatus.FAILED),
        ("gone", True, TaskResultStatus.FAILED),
    ],
)
def test_no_entry_of_the_queue_stays_with_a_dead_worker(officer: User, state: str, silent: bool, left: str) -> None:
    at = now()
    run = enqueue("test.count", by=officer, at=at, params={"upto": 3})
    beat = at - SILENCE * 2 if silent else at
    entry = _claimed(run, at - SILENCE * 2)
    if state == "gone":
        run.delete()
    else:
        Run.objects.filter(pk=run.pk).update(state=state, heartbeat_at=beat)
    reap(at=at)
    entry.refresh_from_db()
    assert entry.status == left


def test_an_entry_just_taken_is_left_alone(officer: User) -> None:
    run = enqueue("test.count", by=officer, at=AT, params={"upto": 3})
    entry = _claimed(run, now())
    reap(at=now())
    entry.refresh_from_db()
    assert entry.status == TaskResultStatus.RUNNING


def test_the_queue_forgets_what_was_done_long_ago(officer: User) -> None:
    enqueue("test.count", by=officer, at=AT, params={"upto": 3})
    run_waiting()
    enqueue("test.count", by=officer, at=AT, params={"upto": 3})
    forget(now())
    assert DBTaskResult.objects.count() == 2
    forget(now() + QUEUE_KEPT * 2)
    assert [entry.status for entry in DBTaskResult.objects.all()] == [TaskResultStatus.READY]
    assert Run.objects.count() == 2


def test_two_workers_never_do_one_work_twice(officer: User) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer; several workers are for PostgreSQL")
    done: list[int] = []
    both = threading.Barrier(2)

    def note(progress: Progress, number: int) -> str:
        done.append(number)
        return ""

    def worker() -> None:
        both.wait()
        try:
            run_waiting()
        finally:
            connection.close()

    work("test.note", Permission.REGISTER_IMPORT)(note)
    try:
        for number in range(40):
            enqueue("test.note", by=officer, at=AT, params={"number": number})
        threads = [threading.Thread(target=worker) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        del KINDS["test.note"]
    assert sorted(done) == list(range(40))
    assert set(Run.objects.values_list("state", flat=True)) == {Run.State.DONE}
