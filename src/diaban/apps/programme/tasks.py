"""The programme's chore: the turns of work that comes again, as their periods begin."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from diaban.apps.jobs.chores import Worker, chore
from diaban.apps.programme.actions import open_turns as open_begun


@chore("programme.turns", every=timedelta(hours=1))
def open_turns(at: datetime) -> None:
    """Make the turns whose periods have begun."""
    open_begun(on=localdate(at), by=Worker(), at=at)
