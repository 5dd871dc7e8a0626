"""Benchmark: what the chained audit costs, to verify and to write.

    python bench/audit.py [--events 100000] [--acts 400]

Verifies `--events` events and four times as many, from the database to the report, on SQLite in a file and, when
DIABAN_TEST_DATABASE_URL names one, on PostgreSQL; beside it, from the same rows in the same run, the limit: nothing
but SHA-256 over the same bytes. Then what one act's `record` costs, alone and with four processes writing at once,
beside the insert of the same row without chain, head and triggers. Exits with 1 when 100,000 events take over 1.5 s.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

LIMIT_SECONDS_PER_100K = 1.5
AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
WRITERS = 4


class Someone:
    """The actor of the events."""

    def get_username(self) -> str:
        """Return the user name."""
        return "canbo.tonghop"


def fill(count: int) -> float:
    """Append events in bulk; return seconds."""
    from diaban.apps.audit.actions import record_many

    began = time.perf_counter()
    for first in range(0, count, 10_000):
        items = [
            (f"hotspot:DTD-{n % 160:05d}-{n:06d}", {"before": {"kind": "diem_phuc_tap"}, "name": f"Hẻm {n} Đồng Khởi"})
            for n in range(first, min(first + 10_000, count))
        ]
        record_many(by=Someone(), at=AT + timedelta(seconds=first), verb="hotspot.edit", items=items, purpose="places")
    return time.perf_counter() - began


def verify(count: int) -> float:
    """Verify the database three times; print the best with what it is made of; return its seconds."""
    from django.conf import settings

    from diaban.adapters.crypto.keyring import KeyRing
    from diaban.apps.audit.checkpoints import witness_path
    from diaban.apps.audit.verification import rows, verify_database

    keys = KeyRing.open(Path(settings.KEY_DIR), create=False)
    whole = []
    for _time in range(3):
        began = time.perf_counter()
        report = verify_database(keys=keys, witness=witness_path())
        whole.append(time.perf_counter() - began)
        assert report.passed and report.events == count, report.findings[:3]
    began = time.perf_counter()
    held = list(rows())
    reading = time.perf_counter() - began
    forms = ["".join((f"{seq} ", *texts[:8])).encode() for seq, *texts in held]
    began = time.perf_counter()
    for form in forms:
        hashlib.sha256(form).hexdigest()
    hashing = time.perf_counter() - began
    best = min(whole)
    size = sum(map(len, forms)) / len(forms)
    print(
        f"  verify {count:>9,} events: {best:6.2f} s = {best / count * 1e6:5.2f} µs each;"
        f" reading alone {reading:5.2f} s, SHA-256 alone {hashing:5.2f} s ({size:.0f} bytes each):"
        f" {best / hashing:4.1f} times the limit",
        flush=True,
    )
    return best


def write(acts: int) -> None:
    """Print what one act costs, with the chain and without."""
    from django.db import connection, transaction

    from diaban.apps.audit.actions import record

    def timed(act: Any) -> float:
        began = time.perf_counter()
        for n in range(acts):
            with transaction.atomic():
                act(n)
        return (time.perf_counter() - began) / acts * 1e3

    def bare(n: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO bare VALUES (%s, %s, 'canbo', 'act', 'hotspot.edit', 'hotspot:1', '', %s, '', '')",
                [n, AT, '{"name":"Hẻm 1 Đồng Khởi"}'],
            )

    def chained(n: int) -> None:
        record(by=Someone(), at=AT, verb="hotspot.edit", subject=f"hotspot:{n}", detail={"name": "Hẻm 1 Đồng Khởi"})

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare AS SELECT * FROM audit_log WHERE 1 = 0")
    print(f"  record, one writer: {timed(chained):5.2f} ms an act; bare insert {timed(bare):5.2f} ms", flush=True)


def writers(acts: int) -> None:
    """Print the acts a second of several processes at once."""
    from django.db import connection

    again = [sys.executable, __file__, "--write", str(acts), "--database", "any"]
    where = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{where['NAME']}"
    else:
        url = f"postgresql://{where['USER']}@{where['HOST']}:{where['PORT']}/{where['NAME']}"
    environment = os.environ | {"DIABAN_DATABASE_URL": url}
    for number in (1, WRITERS):
        running = [
            subprocess.Popen(again, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            for _n in range(number)
        ]
        for one in running:
            assert one.stdout is not None and one.stdout.readline() == b"ready\n"
        began = time.perf_counter()
        for one in running:
            assert one.stdin is not None
            one.stdin.write(b"go\n")
            one.stdin.flush()
        assert all(one.wait() == 0 for one in running)
        rate = acts * number / (time.perf_counter() - began)
        print(f"  record, {number} process{'es' if number > 1 else ''} at once: {rate:7.0f} acts a second", flush=True)


def only_write(acts: int) -> int:
    """Be one of several writers: say that one is ready, wait, write."""
    import django

    django.setup()
    from django.db import transaction

    from diaban.apps.audit.actions import record

    record(by=Someone(), at=AT, verb="hotspot.edit", subject="hotspot:warm")
    print("ready", flush=True)
    sys.stdin.readline()
    for n in range(acts):
        with transaction.atomic():
            record(by=Someone(), at=AT, verb="hotspot.edit", subject=f"hotspot:{n}", detail={"name": "Hẻm 1 Đồng Khởi"})
    return 0


def one(label: str, events: int, acts: int) -> int:
    """Run on the database of this process's settings, in a database of the run's own."""
    import django
    from django.conf import settings

    name = (
        str(Path(os.environ["DIABAN_DATA_DIR"]) / "bench.sqlite3")
        if label == "SQLite"
        else f"diaban_bench_{os.getpid()}"
    )
    settings.DATABASES["default"]["TEST"] = {"NAME": name}
    django.setup()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        taken = fill(events)
        print(f"  append {events:>9,} events in bulk: {taken:6.2f} s = {taken / events * 1e6:5.1f} µs each", flush=True)
        small = verify(events)
        fill(events * 3)
        large = verify(events * 4)
        print(f"  four times the events take {large / small:.2f} times as long", flush=True)
        write(acts)
        writers(acts)
        return 1 if small / events * 100_000 > LIMIT_SECONDS_PER_100K else 0
    finally:
        connection.close()
        connection.creation.destroy_test_db(name, verbosity=0)


def main() -> int:
    """Run once per database, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--acts", type=int, default=400)
    parser.add_argument("--database")
    parser.add_argument("--write", type=int)
    asked = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "diaban.site.settings"
    if asked.write:
        return only_write(asked.write)
    if asked.database:
        return one(asked.database, asked.events, asked.acts)
    postgres = os.environ.get("DIABAN_TEST_DATABASE_URL", "")
    failed = 0
    for label, url in (("SQLite", ""), ("PostgreSQL", postgres)):
        if label == "PostgreSQL" and not url:
            print("\nPostgreSQL: skipped, DIABAN_TEST_DATABASE_URL names none")
            continue
        print(f"\n{label}", flush=True)
        with tempfile.TemporaryDirectory(prefix="diaban-bench-") as folder:
            environment = os.environ | {
                "DIABAN_DATA_DIR": folder,
                "DIABAN_DATABASE_URL": url,
                "DIABAN_SECRET_KEY": "only-for-the-benchmark",
            }
            again = [sys.executable, __file__, "--events", str(asked.events), "--acts", str(asked.acts)]
            failed += subprocess.run([*again, "--database", label], env=environment, check=False).returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
