"""What a backup holds beside the databases, and what its manifest tells."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from diaban import __version__
from diaban.adapters.archive import Member
from diaban.adapters.crypto.ring_file import RING_NAME
from diaban.apps.audit.checkpoints import WITNESS_NAME, witness_path
from diaban.apps.audit.models import Head
from diaban.apps.jobs.backups.databases import Held, read_pieces

FORMAT: Final = 1
HEAD: Final = Head._meta.db_table
FILES: Final = "files/"
RING: Final = f"keys/{RING_NAME}"
WITNESS: Final = f"data/{WITNESS_NAME}"
MARKS: Final = ("demo", "demo-planted.json")  # what says that a data folder is a demonstration
SETTINGS: Final = ("ALLOWED_HOSTS", "LANGUAGE_CODE", "TIME_ZONE", "SESSION_COOKIE_SECURE", "DEBUG")


def single_files() -> dict[str, Path]:
    """Return name in the archive -> place, of the files that lie alone. Not all of them need to be there."""
    found = {f"data/{name}": Path(settings.DATA_DIR) / name for name in MARKS}
    found[WITNESS] = witness_path()
    found[RING] = Path(settings.KEY_DIR) / RING_NAME
    return found


def kept_files() -> list[Path]:
    """Return every uploaded file that is kept, in the order of its name."""
    root = Path(settings.MEDIA_ROOT)
    found = [Path(folder, name) for folder, _folders, names in os.walk(root) for name in names]
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def witness_so_far() -> bytes | None:
    """Return the witness file; None when there is none. Ask before the moment of the databases.

    One that is a line behind is as it should be; one that is ahead would tell of a record that was set back.
    """
    path = witness_path()
    if not path.exists():
        return None
    held = path.read_bytes()
    return held[: held.rfind(b"\n") + 1]  # a line is being written at this very moment: the next backup has it


def file_members(*, with_keys: bool, witness: bytes | None, gone: list[str]) -> Iterator[Member]:
    """Yield the files. One that somebody discards at this very moment is left out and its name put into `gone`.

    The key ring is read after the moment of the databases, so it holds every key that they were sealed under.
    """
    if witness is not None:
        yield Member(WITNESS, [witness])
    root = Path(settings.MEDIA_ROOT)
    places = {f"{FILES}{path.relative_to(root).as_posix()}": path for path in kept_files()}
    places |= {name: path for name, path in single_files().items() if name != WITNESS and (with_keys or name != RING)}
    for name, path in places.items():
        pieces = read_pieces(path)
        try:
            first = next(pieces, b"")
        except FileNotFoundError:
            if name.startswith(FILES):
                gone.append(name)
            continue
        yield Member(name, _chain(first, pieces), packed=False)


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def describe(held: Held) -> dict[str, Any]:
    """Return what the manifest tells of one database."""
    migrations: dict[str, list[str]] = {}
    tables = {name: {"rows": rows, "sha256": digest} for name, (rows, digest) in held.tables().items()}
    if "django_migrations" in tables:
        for app, name in held.ask("SELECT app, name FROM django_migrations ORDER BY app, name"):
            migrations.setdefault(app, []).append(name)
    facts = {"engine": held.engine, "member": member_of(held.alias), "migrations": migrations, "tables": tables}
    if HEAD in tables and (found := held.ask(f"SELECT seq, hash FROM {HEAD}")):  # noqa: S608
        facts["audit"] = {"seq": found[0][0], "hash": found[0][1]}
    return facts


def member_of(alias: str) -> str:
    """Return the name that a database has in the archive."""
    return f"databases/{alias}"


def manifest(databases: Mapping[str, Any], *, at: datetime, with_keys: bool, gone: list[str]) -> dict[str, Any]:
    """Return the manifest; the digests of the members are added by the archive."""
    return {
        "format": FORMAT,
        "diaban": __version__,
        "made_at": at.isoformat(),
        "databases": dict(databases),
        "keys": with_keys and single_files()[RING].exists(),
        "gone": gone,
        "settings": {name: getattr(settings, name) for name in SETTINGS},
    }
