"""The one task of the queue: it runs the work that a `Run` names and writes down how it ended."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils.translation import gettext as _
from django_tasks import task

from diaban.adapters.clock import now
from diaban.apps.jobs.models import Run
from diaban.apps.jobs.progress import KINDS, Cancelled, Progress, WorkFailed

logger = logging.getLogger(__name__)


@task()
def execute(run_id: int) -> None:
    """Do the work of run `run_id` unless somebody stopped it before or another worker has it."""
    rows = Run.objects.filter(pk=run_id)
    if not rows.filter(state=Run.State.QUEUED).update(state=Run.State.RUNNING, heartbeat_at=now()):
        return
    run = rows.get()
    progress = Progress(run_id)
    state = Run.State.FAILED
    try:
        with progress.beating():
            message = KINDS[run.kind](progress, **run.params)
        state = Run.State.DONE
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
