"""A file that appears whole under its name or not at all, whatever happens while it is written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

PART: Final = ".part"


class AlreadyThere(Exception):
    """The name is taken, or another process is writing it at this moment."""


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` outlive a loss of power, where the system can."""
    if os.name == "nt":
        return  # Windows keeps names without being asked and cannot open folders
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def appearing_whole(target: Path) -> Iterator[BinaryIO]:
    """Yield a file to write; at the end it is forced to the disk and gets its name. On an error nothing stays.

    Raises `AlreadyThere` rather than overwriting. A process killed inside leaves a hidden file ending in `.part`, which
    nobody can take for an archive: it misses its end.
    """
    part = target.with_name(f".{target.name}{PART}")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    except FileExistsError:
        raise AlreadyThere(str(part)) from None
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        if target.exists():
            raise AlreadyThere(str(target))
        part.replace(target)
    except BaseException:
        with suppress(FileNotFoundError):
            part.unlink()
        raise
    sync_folder(target.parent)
