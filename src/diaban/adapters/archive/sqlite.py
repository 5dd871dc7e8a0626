"""Copies of SQLite databases while they are written to, and what their tables hold."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

from diaban.adapters.archive.container import ArchiveError
from diaban.core.messages import N_, say

_PAGES: Final = 2048
_ROWS: Final = 1000
_WAIT_SECONDS: Final = 60.0
Tell = Callable[[int, int], None]  # pages copied, pages in all


class Busy(ArchiveError):
    """Another process uses the database."""


def _silent(_done: int, _total: int) -> None:
    """Tell nobody."""


def _open(path: Path, mode: str, wait: float = _WAIT_SECONDS) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=wait, isolation_level=None)


def copy_all(sources: Mapping[str, tuple[Path, Path]], *, tell: Tell = _silent) -> None:
    """Copy every database `(from, to)` as it stands at one and the same moment.

    Writers are held up only until each database has a reader of that moment: milliseconds. Raises `Busy` when a writer
    does not let go for a minute.
    """
    with ExitStack() as held:
        writers = [held.enter_context(closing(_open(source, "rw"))) for source, _target in sources.values()]
        readers: list[sqlite3.Connection] = []
        try:
            for writer in writers:
                writer.execute("BEGIN IMMEDIATE")
            for source, _target in sources.values():
                reader = held.enter_context(closing(_open(source, "ro")))
                reader.execute("BEGIN")
                reader.execute("SELECT count(*) FROM sqlite_master").fetchone()  # takes the reader's place in time
                readers.append(reader)
        except sqlite3.OperationalError as error:
            raise Busy(
                say(N_("Cơ sở dữ liệu đang bận ghi quá lâu ({error}); thử lại sau."), error=str(error))
            ) from None
        for writer in writers:
            writer.execute("ROLLBACK")
            writer.close()
        for reader, (_source, target) in zip(readers, sources.values(), strict=True):
            with closing(sqlite3.connect(target)) as copy:
                reader.backup(copy, pages=_PAGES, progress=lambda _rc, left, total: tell(total - left, total))
                copy.execute("PRAGMA journal_mode=DELETE")


def tables(path: Path) -> dict[str, tuple[int, str]]:
    """Return of every table its number of rows and the SHA-256 of their content, in the order of their keys."""
    found: dict[str, tuple[int, str]] = {}
    with closing(_open(path, "ro")) as link:
        link.text_factory = bytes
        listed = link.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        )
        for name in sorted(raw.decode() for (raw,) in listed.fetchall()):
            rows = link.execute(f"SELECT * FROM {_quoted(name)} ORDER BY {_key(link, name)}")  # noqa: S608
            digest, count = hashlib.sha256(), 0
            while chunk := rows.fetchmany(_ROWS):
                count += len(chunk)
                for row in chunk:
                    digest.update(repr(row).encode())
            found[name] = (count, digest.hexdigest())
    return found


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _key(link: sqlite3.Connection, name: str) -> str:
    columns = link.execute(f"PRAGMA table_info({_quoted(name)})").fetchall()
    keys = sorted((column[5], column[1].decode()) for column in columns if column[5])
    return ", ".join(_quoted(column) for _place, column in keys) or "rowid"


def is_sound(path: Path) -> bool:
    """Say whether SQLite finds the file's structure whole."""
    with closing(_open(path, "ro")) as link:
        answer: list[tuple[str]] = link.execute("PRAGMA quick_check").fetchall()
    return answer == [("ok",)]


def make_alone(path: Path) -> None:
    """Fold the write-ahead log into the file. Raises `Busy` when any other connection is open, here or elsewhere."""
    with closing(_open(path, "rw", wait=0.0)) as link:
        try:
            (mode,) = link.execute("PRAGMA journal_mode=DELETE").fetchone()
            link.execute("BEGIN EXCLUSIVE")
            link.execute("ROLLBACK")
        except sqlite3.OperationalError:
            mode = "locked"
    if mode != "delete":
        raise busy()


def busy() -> Busy:
    """Return the refusal to touch a database that others use."""
    return Busy(say(N_("Cơ sở dữ liệu đang được dùng. Dừng diaban serve và diaban worker rồi làm lại.")))
