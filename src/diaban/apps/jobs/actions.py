"""Ask for long work, ask it to stop, bury the dead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from diaban.apps.accounts.models import User
from diaban.apps.audit import actions as audit
from diaban.apps.jobs.models import Run
from diaban.apps.jobs.progress import KINDS
from diaban.apps.jobs.tasks import execute
from diaban.core.messages import N_

# Stored as they stand and put into the reader's language on the page.
CANCELLED = N_("Đã dừng theo yêu cầu.")
DIED = N_(
    "Tiến trình xử lý đã ngừng giữa chừng (máy tắt hoặc bị dừng). Phần đang ghi dở đã được bỏ;"
    " xem việc đã xong chưa, nếu chưa thì làm lại."
)
SILENCE = timedelta(seconds=90)  # a live worker writes every few seconds; SQLite may make it wait twenty


@transaction.atomic
def enqueue(
    kind: str, *, by: User | None, at: datetime, params: Mapping[str, Any] | None = None, address: str = ""
) -> Run:
    """Create the run and put its task into the queue, in the caller's transaction; return the run.

    `params` are JSON values handed to the work; `address` is the page that a person returns to.
    """
    if kind not in KINDS:
        raise ValueError(f"no work is called {kind}")
    run = Run.objects.create(kind=kind, by=by, created_at=at, params=dict(params or {}), address=address)
    execute.enqueue(run_id=run.pk)
    return run


@transaction.atomic
def request_cancel(run: Run, *, by: User, at: datetime) -> None:
    """Ask the run to stop: at once when it still waits, else at its next step."""
    waiting = Run.objects.filter(pk=run.pk, state=Run.State.QUEUED)
    if not waiting.update(state=Run.State.CANCELLED, finished_at=at, message=CANCELLED):
        Run.objects.filter(pk=run.pk, state=Run.State.RUNNING).update(cancel_requested=True)
    audit.record(by=by, at=at, verb="job.cancel", subject=f"job:{run.pk}", detail={"kind": run.kind})
    run.refresh_from_db()


def reap(*, at: datetime) -> int:
    """Mark as failed every run whose worker has been silent too long, and set the queue right; return how many runs.

    A queue entry that a dead worker had taken is closed when its run is over, and offered again when its run had not
    even begun: nothing is lost, and nothing runs twice, because a run begins only once (`tasks.execute`).
    """
    buried = Run.objects.filter(state=Run.State.RUNNING, heartbeat_at__lt=at - SILENCE).update(
        state=Run.State.FAILED,
        finished_at=at,
        message=DIED,
    )
    taken = DBTaskResult.objects.running().filter(task_path=execute.module_path, started_at__lt=at - SILENCE)
    for entry in taken:
        run = Run.objects.filter(pk=entry.args_kwargs["kwargs"].get("run_id")).first()
        same = DBTaskResult.objects.running().filter(pk=entry.pk, started_at=entry.started_at)
        if run is not None and run.state == Run.State.QUEUED:
            same.update(status=TaskResultStatus.READY, started_at=None)
        elif run is None or run.is_over:
            done = run is not None and run.state == Run.State.DONE
            same.update(status=TaskResultStatus.SUCCESSFUL if done else TaskResultStatus.FAILED, finished_at=at)
    return buried
