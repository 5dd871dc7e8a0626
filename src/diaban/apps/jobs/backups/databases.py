"""Every database of the product, held still at one moment so that it can be read out at leisure."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connections

from diaban.adapters.archive import ArchiveError, postgres, sqlite
from diaban.adapters.archive.postgres import Server
from diaban.core.messages import N_, say

PIECE: Final = 256 * 1024
Counts = Mapping[str, tuple[int, str]]  # table -> number of rows, SHA-256 of the content
Tell = Callable[[int, int], None]  # steps done, steps in all
Ask = Callable[[str], list[tuple[Any, ...]]]


def silent(_done: int, _total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Held:
    """One database at the moment of the snapshot. `ask` answers SQL, `pieces` pours the database out."""

    alias: str
    engine: str
    size: int
    packed: bool
    ask: Ask
    tables: Callable[[], Counts]
    pieces: Callable[[], Iterator[bytes]]


def distinct() -> dict[str, str]:
    """Return alias -> engine of the databases; aliases that lead to the same one count once, under the first name."""
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    for alias in settings.DATABASES:
        link = connections[alias]
        values = link.settings_dict
        place = (str(values["NAME"]),) if link.vendor == "sqlite" else _address(values)
        found.setdefault((link.vendor, *place), (alias, link.vendor))
    return dict(found.values())


def _address(values: Mapping[str, Any]) -> tuple[str, ...]:
    return str(values["HOST"] or ""), str(values["PORT"] or ""), str(values["NAME"] or "")


def path_of(alias: str) -> Path:
    """Return the file of an SQLite database."""
    return Path(connections[alias].settings_dict["NAME"])


def server_of(alias: str) -> Server:
    """Return the address of a PostgreSQL database."""
    values = connections[alias].settings_dict
    host, port, name = _address(values)
    return Server(host, port, str(values["USER"] or ""), str(values["PASSWORD"] or ""), name)


def fresh_link(alias: str) -> Any:
    """Open a connection of its own to a PostgreSQL database: not Django's, whose transactions belong to others."""
    server = server_of(alias)
    given = {"host": server.host, "port": server.port, "user": server.user, "password": server.password}
    named = {name: value for name, value in given.items() if value}
    psycopg = import_module("psycopg")
    try:
        return psycopg.connect(dbname=server.database, autocommit=True, **named)
    except psycopg.OperationalError as error:
        raise ArchiveError(
            say(N_("Không vào được cơ sở dữ liệu: {error}"), error=" ".join(str(error).split()))
        ) from None


@contextmanager
def snapshot(folder: Path, *, tell: Tell = silent) -> Iterator[list[Held]]:
    """Hold every database at one moment while the service goes on writing; copies of SQLite lie in `folder`.

    SQLite databases are held at exactly the same moment, and so is what lies in one PostgreSQL database; two databases
    of PostgreSQL are held one right after the other. Raises `ArchiveError`.
    """
    engines = distinct()
    files = {
        alias: (path_of(alias), folder / f"{alias}.sqlite3") for alias, engine in engines.items() if engine == "sqlite"
    }
    with ExitStack() as stack:
        servers = [stack.enter_context(_held_server(alias)) for alias, engine in engines.items() if engine != "sqlite"]
        sqlite.copy_all(files, tell=tell)
        copies = [stack.enter_context(_held_copy(alias, copy)) for alias, (_source, copy) in files.items()]
        yield [*servers, *copies]


@contextmanager
def _held_copy(alias: str, copy: Path) -> Iterator[Held]:
    with closing(sqlite3.connect(copy)) as link:
        yield Held(
            alias,
            "sqlite",
            copy.stat().st_size,
            True,
            lambda sql: link.execute(sql).fetchall(),
            lambda: sqlite.tables(copy),
            lambda: read_pieces(copy),
        )


@contextmanager
def _held_server(alias: str) -> Iterator[Held]:
    server = server_of(alias)
    with closing(fresh_link(alias)) as link:
        version = link.info.server_version
        postgres.tool("pg_dump", version)
        link.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        name = link.execute("SELECT pg_export_snapshot()").fetchone()[0]
        size = link.execute("SELECT pg_database_size(current_database())").fetchone()[0]
        yield Held(
            alias,
            "postgresql",
            size,
            False,
            lambda sql: link.execute(sql).fetchall(),
            lambda: postgres.tables(link),
            lambda: postgres.dump(server, snapshot=name, server_version=version),
        )


def read_pieces(path: Path) -> Iterator[bytes]:
    """Yield a file piece by piece."""
    with path.open("rb") as handle:
        while piece := handle.read(PIECE):
            yield piece
