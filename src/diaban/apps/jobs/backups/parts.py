"""The parts of an installation that a restore replaces: taken in beside the old, switched, and settled or undone.

`take` may be called for a part at most once (for a folder: once a file) and touches nothing that is in use; `switch`
puts the new in the place of the old and keeps the old beside it; `undo` goes back; `settle` drops the old.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final, Protocol

from diaban.adapters.archive import postgres, sqlite, sync_folder
from diaban.apps.jobs.backups import databases
from diaban.apps.jobs.backups.databases import Counts

_NEW: Final = ".restoring"
_OLD: Final = ".before-restore"
_LETTING_GO: Final = 30  # times a tenth of a second


class Part(Protocol):
    """Something that is replaced as a whole."""

    def leftover(self) -> str:
        """Return where the old lies that a restore before this one left; empty when it ended as it should."""

    def take(self, name: str, pieces: Iterator[bytes]) -> None:
        """Take one member of the archive in."""

    def switch(self) -> None:
        """Put what was taken in into its place."""

    def undo(self) -> None:
        """Go back to the old, from wherever the switch stopped."""

    def settle(self) -> None:
        """Drop the old."""


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _write(path: Path, pieces: Iterator[bytes]) -> None:
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600), "wb"
    ) as out:
        out.writelines(pieces)
        out.flush()
        os.fsync(out.fileno())


def _drop(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


class FilePart:
    """One file. When the archive has none, none is there afterwards, unless `kept` says that the present one stays."""

    def __init__(self, place: Path, *, stays: bool = False) -> None:
        self.place, self._stays = place, stays
        self.new, self.old = _beside(place, _NEW), _beside(place, _OLD)
        self._switched = False

    def leftover(self) -> str:
        return str(self.old) if self.old.exists() else ""

    def take(self, name: str, pieces: Iterator[bytes]) -> None:  # noqa: ARG002
        self.place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(self.new, pieces)

    def switch(self) -> None:
        if not self.new.exists() and self._stays:
            return
        self._switched = True
        if self.place.exists():
            try:
                os.link(self.place, self.old)  # so that the name leads to one or the other at every moment
            except OSError:
                self.place.replace(self.old)  # a disk without hard links
        if self.new.exists():
            self.new.replace(self.place)
        else:
            self.place.unlink(missing_ok=True)
        if self.place.parent.exists():
            sync_folder(self.place.parent)

    def undo(self) -> None:
        self.new.unlink(missing_ok=True)
        if self.old.exists():
            self.old.replace(self.place)
        elif self._switched:
            self.place.unlink(missing_ok=True)

    def settle(self) -> None:
        self.old.unlink(missing_ok=True)


class PreciousPart(FilePart):
    """A file that is never thrown away: the key ring may hold keys, the witness of the audit may tell of a history,
    that the archive does not know. What is replaced by something else is kept under another name.
    """

    def settle(self) -> None:
        if not self.old.exists():
            return
        if self.place.exists() and self.old.read_bytes() == self.place.read_bytes():
            self.old.unlink()
            return
        number = 1
        while (kept := self.place.with_name(f"{self.place.name}.{number}")).exists():
            number += 1
        self.old.rename(kept)


class FolderPart:
    """A folder with all that is in it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.new, self.old = _beside(place, _NEW), _beside(place, _OLD)
        self._switched = False

    def leftover(self) -> str:
        return str(self.old) if self.old.exists() else ""

    def clear(self) -> None:
        """Drop what an earlier attempt took in."""
        if self.new.exists():
            shutil.rmtree(self.new)
        self.new.mkdir(parents=True)

    def take(self, name: str, pieces: Iterator[bytes]) -> None:
        target = self.new.joinpath(name)
        if not target.resolve().is_relative_to(self.new.resolve()):
            raise ValueError(f"{name!r} leads out of the folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, pieces)

    def switch(self) -> None:
        self._switched = True
        if self.place.exists():
            self.place.rename(self.old)
        self.new.rename(self.place)
        sync_folder(self.place.parent)

    def undo(self) -> None:
        if self.new.exists():
            shutil.rmtree(self.new)
        if self.old.exists():
            if self.place.exists():
                shutil.rmtree(self.place)
            self.old.rename(self.place)
        elif self._switched and self.place.exists():
            shutil.rmtree(self.place)

    def settle(self) -> None:
        if self.old.exists():
            shutil.rmtree(self.old)


class SqlitePart(FilePart):
    """A database that is one file; while anybody has it open it is not touched."""

    def check_alone(self) -> None:
        """Raise `Busy` when the database is in use; fold its write-ahead log in, so that the one file is all of it."""
        if self.place.exists():
            sqlite.make_alone(self.place)

    def tables(self) -> Counts:
        """Count and hash what was taken in."""
        return sqlite.tables(self.new)

    def undo(self) -> None:
        if self.old.exists() or self._switched:
            # A log of the new database beside the old one would be played into it.
            for suffix in ("-wal", "-shm"):
                _beside(self.place, suffix).unlink(missing_ok=True)
        super().undo()


class PostgresPart:
    """The schemas of a database. The old ones are renamed and the new ones made in one transaction, when taken in."""

    def __init__(self, alias: str, stamp: str) -> None:
        self._alias, self._kept = alias, f"{postgres.KEPT_PREFIX}{stamp}_"
        self._taken = False

    def check_alone(self) -> None:
        """Raise `Busy` when anybody else is connected to the database.

        The server takes a moment to let go of a program that has just ended, so it is asked for a while.
        """
        with closing(databases.fresh_link(self._alias)) as link:
            for _attempt in range(_LETTING_GO):
                (others,) = link.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                    " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                ).fetchone()
                if not others:
                    return
                time.sleep(0.1)
        raise sqlite.busy()

    def leftover(self) -> str:
        with closing(databases.fresh_link(self._alias)) as link:
            found = link.execute(
                "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s) ORDER BY 1", [postgres.KEPT_PREFIX]
            ).fetchall()
        return ", ".join(name for (name,) in found)

    def take(self, name: str, pieces: Iterator[bytes]) -> None:  # noqa: ARG002
        with closing(databases.fresh_link(self._alias)) as link:
            version = link.info.server_version
            old, extensions = self._schemas(link), self._extensions(link, "public")
        steps = [f"ALTER SCHEMA {_quoted(name)} RENAME TO {_quoted(self._kept + name)};" for name in old]
        steps.append("CREATE SCHEMA public;")
        # An extension is there once per database: the dump would find it in the old schema and not make it again.
        steps += [f"ALTER EXTENSION {_quoted(name)} SET SCHEMA public;" for name in extensions]
        postgres.load(databases.server_of(self._alias), pieces, prelude="\n".join(steps), server_version=version)
        self._taken = True

    def tables(self) -> Counts:
        """Count and hash what was taken in."""
        with closing(databases.fresh_link(self._alias)) as link:
            link.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return postgres.tables(link)

    def switch(self) -> None:
        """Nothing is left to do: the transaction that took the dump in did it."""

    def undo(self) -> None:
        if not self._taken:
            return
        with closing(databases.fresh_link(self._alias)) as link, link.transaction():
            old = self._old(link)
            if f"{self._kept}public" in old:
                for name in self._extensions(link, "public"):
                    link.execute(f"ALTER EXTENSION {_quoted(name)} SET SCHEMA {_quoted(self._kept + 'public')}")
            for name in self._schemas(link):
                link.execute(f"DROP SCHEMA {_quoted(name)} CASCADE")
            for name in old:
                link.execute(f"ALTER SCHEMA {_quoted(name)} RENAME TO {_quoted(name.removeprefix(self._kept))}")

    def take_up(self) -> None:
        """Make the schemas that an earlier restore left those that `undo` brings back."""
        with closing(databases.fresh_link(self._alias)) as link:
            found = link.execute(
                "SELECT substring(nspname FROM '^diaban_before_[0-9]+_') FROM pg_namespace"
                " WHERE nspname ~ '^diaban_before_[0-9]+_' ORDER BY 1 DESC LIMIT 1"
            ).fetchone()
        if found is not None:
            self._kept, self._taken = found[0], True

    def settle(self) -> None:
        with closing(databases.fresh_link(self._alias)) as link, link.transaction():
            for name in self._old(link):
                link.execute(f"DROP SCHEMA {_quoted(name)} CASCADE")

    def _schemas(self, link: Any) -> list[str]:
        return [name for (name,) in link.execute(postgres.SCHEMAS).fetchall()]

    def _old(self, link: Any) -> list[str]:
        found = link.execute("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)", [self._kept])
        return [name for (name,) in found.fetchall()]

    def _extensions(self, link: Any, schema: str) -> list[str]:
        here = "SELECT extname FROM pg_extension WHERE extnamespace = to_regnamespace(%s)"
        return [name for (name,) in link.execute(here, [schema]).fetchall()]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
