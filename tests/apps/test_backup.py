"""Backups: the drill on this database, how they are kept, and what is said when a tool is missing."""

from __future__ import annotations

import datetime as dt
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from diaban.adapters.archive import ArchiveError, postgres
from diaban.adapters.clock import VIETNAM, now
from diaban.apps.audit.actions import record
from diaban.apps.jobs.backups import keeping
from diaban.apps.jobs.chores import Worker
from diaban.commands import doctor

AT = dt.datetime(2026, 11, 20, 9, 0, tzinfo=VIETNAM)


@pytest.fixture
def database() -> Iterator[str]:
    """The address of a database of the drill's own, on the engine under test; empty means SQLite."""
    server = os.environ.get("DIABAN_TEST_DATABASE_URL") or ""
    if not server:
        yield ""
        return
    import psycopg

    name = f"diaban_drill_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name}")
        try:
            yield server.rpartition("/")[0] + f"/{name}"
        finally:
            link.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_the_drill(database: str, tmp_path: Path) -> None:
    """Dump, destroy, restore, compare; see `backup_drill`."""
    script = Path(__file__).with_name("backup_drill.py")
    done = subprocess.run(
        [sys.executable, str(script), database, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-4000:]
    assert done.stdout.splitlines()[-1] == "drilled"


def test_only_the_oldest_of_our_own_names_are_dropped(tmp_path: Path) -> None:
    names = [keeping.name_at(AT + dt.timedelta(days=day)) for day in range(4)]
    for name in (*names, "diaban-cuoi-nam.diaban", "khac.txt"):
        (tmp_path / name).touch()
    assert [path.name for path in keeping.prune(tmp_path, 2)] == names[:2]
    assert [path.name for path in keeping.prune(tmp_path, 0)] == names[2:3], "the newest is never dropped"
    assert {path.name for path in tmp_path.iterdir()} == {names[3], "diaban-cuoi-nam.diaban", "khac.txt"}
    assert keeping.moment_of(tmp_path / names[3]) == AT + dt.timedelta(days=3)


def test_what_a_killed_backup_left_is_dropped_a_day_later(tmp_path: Path) -> None:
    part = tmp_path / f".{keeping.name_at(AT)}.part"
    part.touch()
    written = dt.datetime.fromtimestamp(part.stat().st_mtime, dt.UTC)
    keeping.drop_unfinished(tmp_path, at=written + dt.timedelta(hours=23))
    assert part.exists()
    keeping.drop_unfinished(tmp_path, at=written + dt.timedelta(hours=25))
    assert not part.exists()


def test_a_passphrase_file_that_cannot_be_read_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="Không đọc được tệp mật khẩu"):
        keeping.read_passphrase(tmp_path / "none")
    (tmp_path / "one").write_bytes("một câu dài\r\nkhông phải câu này\n".encode())
    assert keeping.read_passphrase(tmp_path / "one") == "một câu dài"


def test_a_missing_or_older_tool_names_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(postgres.ToolFailed, match="apt install postgresql-client"):
        postgres.tool("pg_dump", 150_020)
    fake = tmp_path / "pg_dump"
    fake.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 14.9 (Debian)'\n")
    fake.chmod(fake.stat().st_mode | stat.S_IEXEC)
    with pytest.raises(postgres.ToolFailed, match=r"bản 14, cũ hơn máy chủ PostgreSQL 15.*postgresql-client-15"):
        postgres.tool("pg_dump", 150_020)
    assert postgres.tool("pg_dump", 140_000) == str(fake)


@pytest.mark.django_db
def test_the_doctor_tells_how_backups_stand() -> None:
    def told() -> tuple[bool, str]:
        [finding] = [one for one in doctor.findings() if one.what == "Sao lưu"]
        return finding.good, finding.found

    assert told() == (False, "chưa đặt tự động; chưa có bản nào")
    record(by=Worker(), at=now() - dt.timedelta(days=9), verb="backup.make", subject="backup:a")
    assert told() == (False, "chưa đặt tự động; bản tốt gần nhất cách đây 9 ngày")
    record(by=Worker(), at=now() - dt.timedelta(days=3), verb="backup.make", subject="backup:b")
    assert told() == (True, "chưa đặt tự động; bản tốt gần nhất cách đây 3 ngày")
    record(by=Worker(), at=now(), verb="backup.fail", subject="backup:-", detail={"reason": "hết chỗ"})
    assert told() == (False, "chưa đặt tự động; bản tốt gần nhất cách đây 3 ngày; lần gần nhất hỏng: hết chỗ")
