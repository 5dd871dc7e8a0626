"""How backups are named, which of them are kept, and when the last good one was made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.utils.timezone import localtime, make_aware

from diaban.adapters.archive import ArchiveError
from diaban.apps.audit.models import Event
from diaban.core.messages import N_, say

SUFFIX: Final = ".diaban"
_NAME: Final = re.compile(r"diaban-\d{8}-\d{6}" + re.escape(SUFFIX))
_PARTS_KEPT: Final = timedelta(days=1)


def name_at(at: datetime) -> str:
    """Return the file name of a backup made at `at`; names sort by time."""
    return f"diaban-{localtime(at):%Y%m%d-%H%M%S}{SUFFIX}"


def moment_of(path: Path) -> datetime:
    """Return when the backup with this name was made, to the second."""
    told = datetime.strptime(path.name.removeprefix("diaban-").removesuffix(SUFFIX), "%Y%m%d-%H%M%S")  # noqa: DTZ007  (made aware below)
    return make_aware(told)


def backups_in(folder: Path) -> list[Path]:
    """Return the backups of the folder that carry a name of `name_at`, oldest first."""
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))


def prune(folder: Path, keep: int) -> list[Path]:
    """Drop all but the newest `keep` backups (one or more) of the folder; return what was dropped.

    Only files with a name of `name_at` are touched: what a person put there under another name stays.
    """
    old = backups_in(folder)[: -max(keep, 1)]
    for path in old:
        path.unlink()
    return old


def drop_unfinished(folder: Path, *, at: datetime) -> None:
    """Drop what killed backups left in the folder a day ago or earlier."""
    for path in folder.glob(f".diaban-*{SUFFIX}.part"):
        if at.timestamp() - path.stat().st_mtime > _PARTS_KEPT.total_seconds():
            path.unlink(missing_ok=True)


def read_passphrase(path: Path) -> str:
    """Return the first line of the file. Raises `ArchiveError` when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise ArchiveError(
            say(N_("Không đọc được tệp mật khẩu {path}: {error}"), path=path, error=str(error))
        ) from None


@dataclass(frozen=True, slots=True)
class Standing:
    """When the last backup was made, and why the last attempt failed if it did."""

    made_at: datetime | None
    failed_at: datetime | None
    reason: str


def standing() -> Standing:
    """Return how the backups of this installation stand, by the audit."""
    events = Event.objects.filter(verb__in=("backup.make", "backup.fail")).order_by("-pk")
    made = events.filter(verb="backup.make").first()
    failed = events.filter(verb="backup.fail").first()
    if failed is not None and (made is None or failed.pk > made.pk):
        return Standing(made.at if made else None, failed.at, str(failed.detail.get("reason", "")))
    return Standing(made.at if made else None, None, "")
