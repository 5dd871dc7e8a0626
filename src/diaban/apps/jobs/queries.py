"""Read runs."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from diaban.apps.accounts.models import User
from diaban.apps.jobs.models import Run

_PATIENCE = timedelta(seconds=15)


def visible_to(user: User) -> QuerySet[Run]:
    """Return the runs that `user` may see and stop: those that they asked for."""
    return Run.objects.filter(by=user)


def share(run: Run) -> int | None:
    """Return the progress in whole percent; None while the length of the work is not known."""
    if run.state == Run.State.DONE:
        return 100
    return min(99, run.done * 100 // run.total) if run.total else None


def waits_in_vain(run: Run, *, at: datetime) -> bool:
    """Say whether the run has waited so long that no worker seems to be there."""
    return run.state == Run.State.QUEUED and at - run.created_at > _PATIENCE
