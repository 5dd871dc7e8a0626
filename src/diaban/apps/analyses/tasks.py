"""Long work: answer a question; once a week, look for what is emerging or coming back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib import import_module
from typing import Any

from django.utils.translation import gettext as _

from diaban.adapters.clock import now
from diaban.apps.access import Permission, Person, rights_at
from diaban.apps.analyses import actions, weekly
from diaban.apps.analyses.models import Analysis
from diaban.apps.jobs.chores import Worker, chore
from diaban.apps.jobs.models import Run
from diaban.apps.jobs.progress import Progress, WorkFailed, work


def _computing() -> Any:
    """Return the module that computes, loaded when it is first needed: numba takes a second, and may be missing."""
    try:
        return import_module("diaban.apps.analyses.computing")
    except ModuleNotFoundError as error:
        raise WorkFailed(
            _("Máy chủ chưa cài phần phân tích ({name}); cài diaban[analysis] rồi hỏi lại.").format(name=error.name)
        ) from error


def answer_one(analysis: Analysis, by: Person, progress: Progress) -> Analysis:
    """Answer a question in the name of `by` and keep the answer."""
    found = _computing().compute(analysis, rights_at(by, now()), progress)
    return actions.keep_answer(
        by=by, at=now(), analysis=analysis, document=found.document, seed=found.seed, digest=found.digest,
        events=found.events, left_out=found.left_out, where=found.where,
    )  # fmt: skip


@work(actions.KIND, Permission.ANALYSIS_RUN)
def answer(progress: Progress, analysis: int) -> str:
    """Answer the question with this id."""
    row = Analysis.objects.select_related("unit", "hotspot", "job").get(pk=analysis)
    run = Run.objects.select_related("by").get(pk=progress.run_id)
    answer_one(row, run.by or Worker(), progress)
    return _("Đã có trả lời.")


@work(weekly.KIND, Permission.ANALYSIS_RUN)
def look(progress: Progress, week: str) -> str:
    """Look over the whole area for the week that begins on `week`, raise alerts and tell whoever decides."""
    raised = weekly.look(by=Worker(), at=now(), week=date.fromisoformat(week), answer=answer_one, progress=progress)
    return _("Đã xem cả địa bàn: {n} báo động mới.").format(n=raised)


@chore("analyses.weekly", every=timedelta(hours=1))
def plan(at: datetime) -> None:
    """Put the weekly look into the queue, once a week."""
    weekly.plan(at=at)
