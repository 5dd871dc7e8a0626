"""The long work of a batch, as the queue runs it."""

from __future__ import annotations

from datetime import datetime, timedelta

from diaban.adapters.clock import now
from diaban.apps.access import AccessRefused, Permission
from diaban.apps.accounts.models import User
from diaban.apps.exchange.actions import BatchRefused, apply_batch, check_batch, clean_drafts, undo_batch
from diaban.apps.exchange.models import Batch
from diaban.apps.exchange.registry import Context
from diaban.apps.jobs.chores import Worker, chore
from diaban.apps.jobs.progress import Progress, WorkFailed, work


@work("exchange.check", Permission.REGISTER_IMPORT)
def check(progress: Progress, batch: int, user: int) -> str:
    """Check the batch's file."""
    held = Batch.objects.get(pk=batch)
    context = Context(User.objects.get(pk=user), now(), held.options, held.number)
    try:
        check_batch(held, context=context, step=progress.step)
    except AccessRefused as refused:
        raise WorkFailed(refused) from None
    except BaseException:
        held.rows.all().delete()
        held.problems.all().delete()
        raise
    return ""


@work("exchange.apply", Permission.REGISTER_IMPORT)
def write(progress: Progress, batch: int, user: int) -> str:
    """Write the batch, with the rights that its sender has by now."""
    try:
        apply_batch(Batch.objects.get(pk=batch), by=User.objects.get(pk=user), at=now(), step=progress.step)
    except (BatchRefused, AccessRefused) as refused:
        raise WorkFailed(refused) from None
    return ""


@work("exchange.undo", Permission.IMPORT_UNDO)
def undo(progress: Progress, batch: int, user: int) -> str:
    """Take the batch back, with the rights that whoever asked has by now."""
    try:
        undo_batch(Batch.objects.get(pk=batch), by=User.objects.get(pk=user), at=now(), step=progress.step)
    except (BatchRefused, AccessRefused) as refused:
        raise WorkFailed(refused) from None
    return ""


@chore("exchange.clean", every=timedelta(hours=6))
def clean(at: datetime) -> None:
    """Drop the drafts that nobody came back to, with their files."""
    clean_drafts(by=Worker(), at=at)
