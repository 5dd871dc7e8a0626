"""The one task of the queue: it runs the work that a `Run` names and writes down how it ended."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from diaban.adapters.clock import now
from diaban.apps.access import AccessRefused, rights_at
from diaban.apps.audit import actions as audit
from diaban.apps.jobs.backups import schedule
from diaban.apps.jobs.chores import chore
from diaban.apps.jobs.models import Run
from diaban.apps.jobs.progress import KINDS, Cancelled, Progress, WorkFailed

logger = logging.getLogger(__name__)
QUEUE_KEPT: Final = timedelta(days=30)


@task()
def execute(run_id: int) -> None:
    """Do the work of run `run_id` unless somebody stopped it before or another worker has it."""
    rows = Run.objects.filter(pk=run_id)
    if not rows.filter(state=Run.State.QUEUED).update(state=Run.State.RUNNING, heartbeat_at=now()):
        return
    run = rows.select_related("by").get()
    progress = Progress(run_id)
    state = Run.State.FAILED
    try:
        _require_right(run)
        with progress.beating():
            message = KINDS[run.kind].function(progress, **run.params)
        state = Run.State.DONE
    except AccessRefused as refused:
        message = _("Không làm: {reason}").format(reason=refused.verdict.reason.render(_))
    except Cancelled:
        state, message = Run.State.CANCELLED, _("Đã dừng theo yêu cầu.")
    except WorkFailed as error:
        message = str(error)
    except Exception:
        logger.exception("run %s (%s) failed", run_id, run.kind)
        message = _("Lỗi của phần mềm khi làm việc này; chi tiết ở nhật ký máy chủ (số {number}).").format(
            number=run_id
        )
    finished = {"done": progress.done, "total": progress.total, "finished_at": now(), "message": message}
    with transaction.atomic():
        rows.update(state=state, **finished)


def _require_right(run: Run) -> None:
    """Raise `AccessRefused`, and write the refusal down, when whoever asked for the run may no longer do it.

    A run that nobody asked for is the house's own.
    """
    if run.by is None:
        return
    at, asked = now(), KINDS[run.kind].asked
    rights = rights_at(run.by, at)
    if not asked.admits(rights):
        refusal = asked.refusal(rights)
        audit.refused(by=run.by, at=at, what=run.kind, subject=f"job:{run.pk}", reason="rights")
        raise AccessRefused(refusal)


@chore("jobs.forget", every=timedelta(hours=12))
def forget(at: datetime) -> None:
    """Drop from the queue what was done a month ago; the runs that people see stay."""
    DBTaskResult.objects.finished().filter(finished_at__lt=at - QUEUE_KEPT).delete()


@chore("backup.daily", every=timedelta(hours=1))
def back_up(at: datetime) -> None:
    """Make the daily backup if it is due; a failure is tried again at the next round."""
    schedule.daily(at)
