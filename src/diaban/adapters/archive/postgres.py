"""A PostgreSQL database out of its server and into it again, by the server's own tools."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Any, Final

from diaban.adapters.archive.container import ArchiveError
from diaban.core.messages import N_, say

_PIECE: Final = 256 * 1024
KEPT_PREFIX: Final = "diaban_before_"  # schemas that hold what stood before a restore
# No schema of the server's own, and none that waits to be dropped.
SCHEMAS: Final = (
    "SELECT nspname FROM pg_namespace WHERE NOT starts_with(nspname, 'pg_') AND nspname <> 'information_schema'"  # noqa: S608
    f" AND NOT starts_with(nspname, '{KEPT_PREFIX}') ORDER BY nspname"
)


class ToolFailed(ArchiveError):
    """A program of PostgreSQL is missing, too old, or said no."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where the database is and who asks."""

    host: str
    port: str
    user: str
    password: str
    database: str

    def environment(self) -> dict[str, str]:
        """Return what the tools read; nothing of it stands on a command line that others can see."""
        named = {
            "PGHOST": self.host,
            "PGPORT": self.port,
            "PGUSER": self.user,
            "PGPASSWORD": self.password,
            "PGDATABASE": self.database,
            "PGAPPNAME": "diaban backup",
        }
        return {**os.environ, **{name: value for name, value in named.items() if value}}


def tool(name: str, server_version: int) -> str:
    """Return the path of `name`, after making sure that it is no older than the server (`150020` is 15.20).

    Raises `ToolFailed` naming what to install.
    """
    major = server_version // 10_000
    path = shutil.which(name)
    if path is None:
        raise ToolFailed(
            say(
                N_(
                    "Không tìm thấy {name}. Cài công cụ của PostgreSQL {major}"
                    " (Debian, Ubuntu: apt install postgresql-client)."
                ),
                name=name,
                major=major,
            )
        )
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.search(r"(\d+)(?:\.\d+)*", answer)
    if found is None or int(found[1]) < major:
        raise ToolFailed(
            say(
                N_(
                    "{name} ở máy này là bản {found}, cũ hơn máy chủ PostgreSQL {major}. Cài postgresql-client-{major}."
                ),
                name=name,
                found=found[1] if found else "?",
                major=major,
            )
        )
    return path


@contextmanager
def _running(
    command: Sequence[str], server: Server, **streams: Any
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """Run a tool; yield it with the file of its complaints. It never outlives the block."""
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(command, env=server.environment(), stderr=complaints, **streams)  # noqa: S603
        try:
            yield process, complaints
        finally:
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(BrokenPipeError):
                        stream.close()
            if process.poll() is None:
                process.terminate()
            process.wait()


def _said(name: str, complaints: IO[bytes]) -> ToolFailed:
    complaints.seek(0)
    words = complaints.read()[-2000:].decode(errors="replace").strip()
    return ToolFailed(say(N_("{name} báo lỗi: {words}"), name=name, words=words or "–"))


def dump(server: Server, *, snapshot: str, server_version: int) -> Iterator[bytes]:
    """Yield the database as `pg_dump` writes it, as it stands in the exported `snapshot`. Raises `ToolFailed`."""
    command = [
        tool("pg_dump", server_version), "--format=custom", "--compress=1", "--no-owner", "--no-privileges",
        f"--exclude-schema={KEPT_PREFIX}*", f"--snapshot={snapshot}", "--lock-wait-timeout=60000",
    ]  # fmt: skip
    with _running(command, server, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL) as (process, complaints):
        assert process.stdout is not None
        while piece := process.stdout.read(_PIECE):
            yield piece
        if process.wait():
            raise _said("pg_dump", complaints)


def load(server: Server, pieces: Iterator[bytes], *, prelude: str, server_version: int) -> None:
    """Run `prelude` (SQL) and put the dump in, in one transaction: wholly or not at all. Raises `ToolFailed`.

    An error while `pieces` are read leaves everything as it was.
    """
    restore = [tool("pg_restore", server_version), "--file=-", "--no-owner", "--no-privileges", "--exit-on-error"]
    restore.append("--no-comments")  # on an extension they may only be made by who installed it
    psql = [tool("psql", server_version), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"]
    with (
        _running(psql, server, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as (writer, writer_said),
        _running(restore, server, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as (reader, reader_said),
    ):
        assert writer.stdin is not None and reader.stdin is not None and reader.stdout is not None
        # Without the closing COMMIT, which only comes when all went well, the end of the input takes everything back.
        writer.stdin.write(f"BEGIN;\n{prelude}\n".encode())
        pump = _Pump(reader.stdout, writer.stdin)
        pump.start()
        try:
            for piece in pieces:
                reader.stdin.write(piece)
            reader.stdin.close()
        except BrokenPipeError:
            """The reader gave up; what it said is told below."""
        finally:
            if not reader.stdin.closed:
                reader.kill()
            pump.join()
        if pump.broken and writer.wait():
            raise _said("psql", writer_said)
        if reader.wait():
            raise _said("pg_restore", reader_said)
        with suppress(BrokenPipeError):
            writer.stdin.write(b"\nCOMMIT;\n")
            writer.stdin.close()
        if writer.wait():
            raise _said("psql", writer_said)


class _Pump(threading.Thread):
    """Carries bytes from one tool to the next. `broken`: the next one stopped listening."""

    def __init__(self, source: IO[bytes], target: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self._source, self._target, self.broken = source, target, False

    def run(self) -> None:
        while piece := self._source.read(_PIECE):
            # A reader that nobody listens to would wait for ever: what comes after a break is read and dropped.
            if not self.broken:
                try:
                    self._target.write(piece)
                except BrokenPipeError:
                    self.broken = True


def tables(link: Any) -> dict[str, tuple[int, str]]:
    """Return of every table its number of rows and the SHA-256 of their content, in the order of their keys.

    `link` is a psycopg connection inside the transaction whose moment counts.
    """
    for setting in ("TimeZone = 'UTC'", "DateStyle = 'ISO, MDY'", "extra_float_digits = 1", "bytea_output = 'hex'"):
        link.execute(f"SET LOCAL {setting}")
    listed = link.execute(
        "SELECT n.nspname, c.relname, coalesce((SELECT array_agg(a.attname::text ORDER BY k.place) FROM pg_index i"  # noqa: S608
        " CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k(number, place)"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number"
        " WHERE i.indrelid = c.oid AND i.indisprimary), '{}')"
        f" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')"
        f" AND NOT c.relispartition AND n.nspname IN ({SCHEMAS}) ORDER BY 1, 2"
    ).fetchall()
    found: dict[str, tuple[int, str]] = {}
    for schema, name, keys in listed:
        where = f"{_quoted(schema)}.{_quoted(name)}"
        order = ", ".join(map(_quoted, keys)) or f"{_quoted(name)}::text"
        digest, count = hashlib.sha256(), 0
        # Text format: one line a row, whatever stands in it.
        with link.cursor().copy(f"COPY (SELECT * FROM {where} ORDER BY {order}) TO STDOUT") as lines:  # noqa: S608
            for line in lines:
                digest.update(line)
                count += 1
        found[name if schema == "public" else f"{schema}.{name}"] = (count, digest.hexdigest())
    return found


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
