"""Times a backup and a restore against the plain ways in the same run: copying the file, `pg_dump` alone.

    python bench/backup.py [--megabytes 1000] [--without-postgres] [--without-demo]

Two installations: the demonstration province, and a synthetic one whose database is about `--megabytes` of rows of
random hexadecimal digits. Each step runs in a process of its own (start of Python included, about a second); peak
memory is that process's. With a PostgreSQL at hand the same rows are dumped from there too. The plain ways hold no
files, check nothing, seal nothing and count nothing.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from postgres import postgres_url  # noqa: E402

PASSPHRASE = "một câu đủ dài để giữ"
ROW_BYTES = 4000


@dataclass(frozen=True, slots=True)
class Spent:
    """Elapsed seconds, CPU seconds with those of its tools, its peak memory in MB."""

    seconds: float
    cpu: float
    peak: float


def environment(home: Path, database: str = "") -> dict[str, str]:
    return {
        **os.environ,
        "DIABAN_DATA_DIR": str(home),
        "DIABAN_KEY_DIR": str(home / "keys"),
        "DIABAN_SECRET_KEY": "bench",
        "DIABAN_DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "diaban.site.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }


def run(command: list[str], env: dict[str, str], **streams: object) -> Spent:
    """Run a command; return what it took."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, env=env, **streams)  # type: ignore[call-overload]
    _pid, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return Spent(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def diaban(env: dict[str, str], *words: str) -> Spent:
    read, write = os.pipe()
    os.write(write, PASSPHRASE.encode() + b"\n")
    os.close(write)
    try:
        return run([sys.executable, "-m", "diaban", *words], env, stdin=read, stderr=subprocess.DEVNULL)
    finally:
        os.close(read)


def fill(megabytes: int) -> None:
    """Put rows that hardly compress into the database of the environment."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    rows = megabytes * 1_000_000 // ROW_BYTES
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bulk (id integer PRIMARY KEY, body text NOT NULL)")
        for start in range(0, rows, 1000):
            block = os.urandom(ROW_BYTES // 2 * 1000).hex()
            pairs = [(start + n, block[n * ROW_BYTES : (n + 1) * ROW_BYTES]) for n in range(min(1000, rows - start))]
            cursor.executemany("INSERT INTO bulk VALUES (%s, %s)", pairs)


def report(what: str, size: float, spent: Spent) -> None:
    rate = size / spent.seconds
    print(f"{what:<58}{spent.seconds:8.2f} s {spent.cpu:8.2f} s {rate:8.0f} MB/s {spent.peak:8.0f} MB", flush=True)


def plain_copy(source: Path, target: Path) -> Spent:
    begin, cpu = time.perf_counter(), time.process_time()
    shutil.copyfile(source, target)
    with target.open("rb") as handle:
        os.fsync(handle.fileno())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Spent(time.perf_counter() - begin, time.process_time() - cpu, peak)


def there_and_back(title: str, env: dict[str, str], size: float, folder: Path) -> None:
    archive = folder / "archive"
    archive.unlink(missing_ok=True)
    report(f"{title}: diaban backup", size, diaban(env, "backup", str(archive), "--passphrase-stdin"))
    print(f"{'':<58}{archive.stat().st_size / 1e6:8.0f} MB in the archive, {size:.0f} MB before")
    report(
        f"{title}: diaban restore --check", size, diaban(env, "restore", "--check", str(archive), "--passphrase-stdin")
    )
    report(f"{title}: diaban restore", size, diaban(env, "restore", "--replace", str(archive), "--passphrase-stdin"))


def on_sqlite(title: str, folder: Path, make: Callable[[dict[str, str]], None]) -> None:
    home = folder / title.replace(" ", "-")
    home.mkdir()
    env = environment(home)
    make(env)
    database = home / "diaban.sqlite3"
    size = database.stat().st_size / 1e6
    report(f"{title}: plain copy of the file, forced to the disk", size, plain_copy(database, folder / "copy"))
    there_and_back(title, env, size, folder)


def on_postgres(title: str, folder: Path, server: str, make: Callable[[dict[str, str]], None]) -> None:
    import psycopg

    name = f"diaban_bench_{os.getpid()}"
    url = server.rpartition("/")[0] + f"/{name}"
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name}")
        try:
            home = folder / "postgres"
            home.mkdir()
            env = environment(home, url)
            make(env)
            [[held]] = link.execute("SELECT pg_database_size(%s)", [name]).fetchall()
            size = held / 1e6
            dump = ["pg_dump", "--format=custom", "--compress=1", f"--dbname={url}", f"--file={folder / 'dump'}"]
            report(f"{title}: pg_dump alone", size, run(dump, dict(os.environ)))
            there_and_back(title, env, size, folder)
        finally:
            link.execute(f"DROP DATABASE {name} WITH (FORCE)")


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--without-postgres", action="store_true")
    parser.add_argument("--without-demo", action="store_true")
    parser.add_argument("--fill", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fill:
        fill(options.megabytes)
        return 0

    def synthetic(env: dict[str, str]) -> None:
        run([sys.executable, __file__, "--fill", "--megabytes", str(options.megabytes)], env)

    def demo(env: dict[str, str]) -> None:
        run([sys.executable, "-m", "diaban", "demo", "--today", "2026-11-23"], env, stderr=subprocess.DEVNULL)

    with tempfile.TemporaryDirectory(prefix="diaban-bench-") as name:
        folder = Path(name)
        print(f"{'':<58}{'elapsed':>10} {'CPU':>10} {'':>13} {'peak':>11}")
        if not options.without_demo:
            on_sqlite("demonstration", folder, demo)
        on_sqlite("synthetic", folder, synthetic)
        server = None if options.without_postgres else postgres_url()
        if server:
            on_postgres("synthetic, PostgreSQL", folder, server, synthetic)
    return 0


if __name__ == "__main__":
    sys.exit(main())
