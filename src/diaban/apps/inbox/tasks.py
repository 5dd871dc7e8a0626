"""Chores of the worker: the daily round, the e-mail about it, the forgetting."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timezone import localtime

from diaban.apps.inbox import actions, mailing, rounds
from diaban.apps.jobs.chores import Worker, chore

FROM_HOUR, TO_HOUR = 7, 19
"""E-mail leaves between these hours: nobody is called from sleep."""


@chore("inbox.round", every=timedelta(hours=1))
def make_round(at: datetime) -> None:
    """Remind of what is due; doing it again the same day tells nothing twice."""
    rounds.make_round(by=Worker(), at=at)


@chore("inbox.mail", every=timedelta(minutes=30))
def send_mail(at: datetime) -> None:
    """Send the e-mails of the day, in the hours of the day."""
    if FROM_HOUR <= localtime(at).hour < TO_HOUR:
        mailing.send_mail(at=at)


@chore("inbox.forget", every=timedelta(hours=12))
def forget(at: datetime) -> None:
    """Delete the notices that were kept long enough."""
    actions.forget(at=at)
