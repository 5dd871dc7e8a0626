"""A hundred times a process is killed with SIGKILL in the midst of its work; nothing acknowledged is lost, nothing is
left half-written, and the work can be done again.

`DIABAN_KILL_SEED=n pytest -m kill` plays the draws of one run again (the moments themselves depend on the machine).
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).parents[2]
ROUNDS = 100
pytestmark = pytest.mark.kill


def die(database: str) -> None:
    """Run the rounds on a database and judge what the nursery reports."""
    seed = int(os.environ.get("DIABAN_KILL_SEED") or secrets.randbelow(2**31))
    command = [sys.executable, str(Path(__file__).with_name("nursery.py")), "--seed", str(seed)]
    done = subprocess.run(
        [*command, "--rounds", str(ROUNDS), "--database", database], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"seed {seed}:\n{done.stderr[-5000:]}"
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["faults"] == [], f"seed {seed}: {report}\n{done.stderr[-5000:]}"
    struck = {act: count for act, count in report["interrupted"].items() if act != "between"}
    # Otherwise nothing was proved: most children must have died at work, and in every kind of work.
    assert sum(struck.values()) > ROUNDS // 2, f"seed {seed}: {report}"
    assert {"apply", "decide", "work"} <= struck.keys(), f"seed {seed}: {report}"
    assert report["acknowledged"] > ROUNDS, f"seed {seed}: {report}"


def test_on_sqlite() -> None:
    die("")


def test_on_postgresql() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        from postgres import postgres_url
    finally:
        sys.path.pop(0)
    server = os.environ.get("DIABAN_TEST_DATABASE_URL") or postgres_url()
    if server is None:
        pytest.skip("no PostgreSQL here")
    name = f"diaban_kill_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name}")
        try:
            die(server.rpartition("/")[0] + f"/{name}")
        finally:
            link.execute(f"DROP DATABASE {name} WITH (FORCE)")
