"""Make a backup: everything of one moment, sealed, in one file that appears whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError

from diaban.adapters.archive import ArchiveError, Cost, Member, appearing_whole, write_archive
from diaban.adapters.archive.container import DEFAULT_COST
from diaban.apps.audit.actions import Actor, record
from diaban.apps.audit.models import Kind
from diaban.apps.jobs.backups import contents, databases
from diaban.core.messages import N_, say

LEAST_PASSPHRASE: Final = 12
_WORK: Final = ".backup-"
_STALE_SECONDS: Final = 24 * 3600


@dataclass(frozen=True, slots=True)
class Made:
    """A finished backup."""

    path: Path
    size: int
    manifest: dict[str, Any]
    recorded: bool = True  # False: the database is of an older version, whose record this one cannot write

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(table["rows"] for one in self.manifest["databases"].values() for table in one["tables"].values())

    @property
    def files(self) -> int:
        """Uploaded files."""
        return sum(name.startswith(contents.FILES) for name in self.manifest["members"])


def check_passphrase(passphrase: str) -> None:
    """Raise `ArchiveError` when the passphrase is too short to guard a file that anyone may carry away."""
    if len(passphrase) < LEAST_PASSPHRASE:
        raise ArchiveError(
            say(N_("Mật khẩu của bản sao lưu cần ít nhất {n} ký tự; nên dùng một câu dài."), n=LEAST_PASSPHRASE)
        )


def make(
    target: Path,
    passphrase: str,
    *,
    by: Actor,
    at: datetime,
    with_keys: bool = True,
    cost: Cost = DEFAULT_COST,
    tell: databases.Tell = databases.silent,
) -> Made:
    """Write the backup to `target` and record it. Raises `ArchiveError` or `AlreadyThere`; nothing then stays behind.

    `tell(done, total)` gets bytes; the total is an estimate.
    """
    check_passphrase(passphrase)
    witness = contents.witness_so_far()
    with _work_folder(at) as folder, databases.snapshot(folder) as held, appearing_whole(target) as out:
        gone: list[str] = []
        facts = {one.alias: contents.describe(one) for one in held}
        total = sum(one.size for one in held) + sum(path.stat().st_size for path in contents.kept_files())
        done = 0

        def step(count: int) -> None:
            nonlocal done
            done += count
            tell(done, max(done, total))

        def members() -> Iterator[Member]:
            # Files first: the sooner after the moment of the databases, the fewer can have been discarded since.
            yield from contents.file_members(with_keys=with_keys, witness=witness, gone=gone)
            for one in held:
                yield Member(contents.member_of(one.alias), one.pieces(), packed=one.packed)

        manifest = write_archive(
            out,
            passphrase,
            members(),
            lambda: contents.manifest(facts, at=at, with_keys=with_keys, gone=gone),
            cost=cost,
            tell=step,
        )
    made = Made(target, target.stat().st_size, dict(manifest))
    try:
        record(
            by=by,
            at=at,
            verb="backup.make",
            subject=f"backup:{target.name}"[:80],
            detail={"bytes": made.size, "rows": made.rows, "files": made.files, "keys": manifest["keys"]},
            kind=Kind.SYSTEM,
        )
    except DatabaseError:
        return replace(made, recorded=False)
    return made


def check_room(folder: Path, needed: int) -> None:
    """Raise `ArchiveError` when the disk of `folder` has less than `needed` bytes left."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise ArchiveError(
            say(
                N_("Ổ đĩa của {folder} còn {free} MB, cần {needed} MB. Dọn bớt rồi làm lại."),
                folder=folder,
                free=free // 2**20,
                needed=needed // 2**20 + 1,
            )
        )


@contextmanager
def _work_folder(at: datetime) -> Iterator[Path]:
    """Yield a folder beside the data, closed to others; what a killed backup left there a day ago is dropped."""
    home = Path(settings.DATA_DIR)
    for old in home.glob(f"{_WORK}*"):
        if at.timestamp() - old.stat().st_mtime > _STALE_SECONDS:
            shutil.rmtree(old, ignore_errors=True)
    copied = [databases.path_of(alias) for alias, engine in databases.distinct().items() if engine == "sqlite"]
    check_room(home, sum(path.stat().st_size for path in copied))
    folder = Path(tempfile.mkdtemp(prefix=_WORK, dir=home))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
