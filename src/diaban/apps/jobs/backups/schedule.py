"""The daily backup, when a folder and a file with the passphrase are set."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from diaban.adapters.archive import AlreadyThere, ArchiveError
from diaban.apps.audit.actions import record
from diaban.apps.audit.models import Kind
from diaban.apps.jobs.backups import keeping, making
from diaban.apps.jobs.chores import Worker

logger = logging.getLogger(__name__)
DAILY: Final = timedelta(hours=23, minutes=30)  # a little less than a day, so that the hour does not wander


def is_scheduled() -> bool:
    """Say whether backups are made by themselves."""
    return bool(settings.BACKUP_DIR and settings.BACKUP_PASSPHRASE_FILE)


def daily(at: datetime) -> None:
    """Make a backup unless the folder has one of the last day; drop the oldest. A failure is recorded and retried."""
    if not is_scheduled():
        return
    folder = Path(settings.BACKUP_DIR)
    # By the hour: of two workers that come to it together, one finds the name taken.
    begun = at.replace(minute=0, second=0, microsecond=0)
    try:
        if any(at - keeping.moment_of(path) < DAILY for path in keeping.backups_in(folder)):
            return
        keeping.drop_unfinished(folder, at=at)
        secret = keeping.read_passphrase(Path(settings.BACKUP_PASSPHRASE_FILE))
        making.make(folder / keeping.name_at(begun), secret, by=Worker(), at=at)
        keeping.prune(folder, settings.BACKUP_KEEP)
    except AlreadyThere:
        return
    except (ArchiveError, OSError) as error:
        logger.error("the daily backup failed: %s", error)
        detail = {"reason": str(error)[:500]}
        record(by=Worker(), at=at, verb="backup.fail", subject="backup:-", detail=detail, kind=Kind.SYSTEM)
