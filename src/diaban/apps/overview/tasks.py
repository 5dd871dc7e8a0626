"""Chores of the worker for the audit. They stand here because the audit itself is below the worker."""

from __future__ import annotations

from datetime import datetime, timedelta

from diaban.apps.audit import watch
from diaban.apps.jobs.chores import Worker, chore


@chore("audit.sign", every=timedelta(minutes=5))
def sign(at: datetime) -> None:
    """Sign where the chain of the audit stands."""
    watch.sign(at=at)


@chore("audit.verify", every=timedelta(hours=1))
def verify(at: datetime) -> None:
    """Verify the whole chain, once a day."""
    watch.verify(by=Worker(), at=at)
