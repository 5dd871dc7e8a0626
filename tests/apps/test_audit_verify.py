"""Whatever is done to the tables behind the product's back is found, on the database that the tests run on."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings
from typer.testing import CliRunner

from diaban.adapters.crypto.keyring import KeyRing
from diaban.apps.accounts.models import User
from diaban.apps.audit import actions, checkpoints, guards
from diaban.apps.audit.verification import verify_database
from diaban.cli import build
from diaban.core.chain import COLUMNS, Report

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
EVENTS = 12


def report(witness: Path | None = None) -> Report:
    keys = KeyRing.open(Path(django_settings.KEY_DIR), create=False)
    return verify_database(keys=keys, witness=witness or checkpoints.witness_path())


def fill(count: int = EVENTS) -> None:
    by = User(username="canbo")
    for n in range(count):
        at = AT + timedelta(minutes=n, microseconds=n % 2)
        actions.record(by=by, at=at, verb="hotspot.edit", subject=f"hotspot:Đ-{n}", detail={"tên": f"Hẻm {n}"})
        if n % 4 == 3:
            checkpoints.make_now(at=at)


def behind(*statements: str) -> None:
    """Do what somebody does who owns the database."""
    with guards.lifted(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture(autouse=True)
def apart(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


def found(tampered: Report) -> set[tuple[str, int]]:
    return {(one.kind, one.seq) for one in tampered.findings}


@pytest.mark.django_db
def test_an_untouched_chain_passes_and_the_last_events_are_counted() -> None:
    fill(14)
    steps: list[tuple[int, int]] = []
    keys = KeyRing.open(Path(django_settings.KEY_DIR), create=False)
    seen = verify_database(keys=keys, witness=checkpoints.witness_path(), step=lambda *step: steps.append(step))
    assert seen.passed and (seen.events, seen.checkpoints, seen.attested) == (14, 3, 12)
    assert steps == [(14, 14)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (["UPDATE audit_log SET actor = 'ai khác' WHERE seq = 5"], ("altered", 5)),
        (['UPDATE audit_log SET detail = \'{"tên": "Hẻm 4"}\' WHERE seq = 5'], ("altered", 5)),
        (["DELETE FROM audit_log WHERE seq IN (5, 6)"], ("missing", 5)),
        (["DELETE FROM audit_log WHERE seq = 1"], ("missing", 1)),
        (["DELETE FROM audit_log WHERE seq > 9"], ("tail", 10)),
        (["DELETE FROM audit_log"], ("tail", 1)),
        (
            [
                "UPDATE audit_log SET seq = -1 WHERE seq = 5",
                "UPDATE audit_log SET seq = 5 WHERE seq = 6",
                "UPDATE audit_log SET seq = 6 WHERE seq = -1",
            ],
            ("altered", 5),
        ),
        (
            [
                "INSERT INTO audit_log SELECT 13, at, actor, kind, verb, subject, purpose, detail, prev, hash"
                " FROM audit_log WHERE seq = 12"
            ],
            ("extra", 13),
        ),
        (["UPDATE audit_head SET seq = 11, hash = (SELECT hash FROM audit_log WHERE seq = 11)"], ("head", 11)),
        (["DELETE FROM audit_head"], ("head", 12)),
        (["UPDATE audit_checkpoint SET seq = 7 WHERE number = 2"], ("checkpoint", 7)),
        (["DELETE FROM audit_checkpoint WHERE number = 2"], ("rollback", 8)),
        (["DELETE FROM audit_checkpoint WHERE number = 3"], ("rollback", 12)),
    ],
)
def test_tampering_is_found_where_it_is(statements: list[str], expected: tuple[str, int]) -> None:
    fill()
    assert report().passed
    behind(*statements)
    assert expected in found(report())


@pytest.mark.django_db
def test_a_trigger_that_is_gone_is_a_finding() -> None:
    fill(1)
    guards.remove()
    assert {one.kind for one in report().findings} == {"guard"}


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_changed_bit_of_any_column_is_found(data: st.DataObject) -> None:
    """One bit of one byte of one stored value, whatever the database makes of it."""
    seq = data.draw(st.integers(1, EVENTS))
    column = data.draw(st.sampled_from(COLUMNS[1:]))
    bit, place = data.draw(st.integers(0, 7)), data.draw(st.integers(0, 200))
    with transaction.atomic():
        fill()
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {column} FROM audit_log WHERE seq = {seq}")
            (value,) = cursor.fetchone()
        if isinstance(value, datetime):
            changed: object = value + timedelta(microseconds=1 << bit)
        else:
            held = bytearray((value or " ").encode())
            held[place % len(held)] ^= 1 << bit
            changed = bytes(held).decode("utf-8", "surrogateescape")
        guards.remove()
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite" and isinstance(changed, str):
                raw = changed.encode("utf-8", "surrogateescape")
                cursor.execute(f"UPDATE audit_log SET {column} = CAST(%s AS TEXT) WHERE seq = {seq}", [raw])
            elif isinstance(changed, str) and not _storable(changed):
                transaction.set_rollback(True)
                return
            else:
                cursor.execute(f"UPDATE audit_log SET {column} = %s WHERE seq = {seq}", [changed])
        assert any(one.seq == seq and one.kind == "altered" for one in report().findings)
        transaction.set_rollback(True)
    checkpoints.witness_path().unlink(missing_ok=True)


def _storable(text: str) -> bool:
    """Tell whether PostgreSQL takes the text at all."""
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


@pytest.mark.django_db
def test_a_database_set_back_whole_is_found_by_the_witness_outside() -> None:
    fill(8)
    with transaction.atomic():
        fill(8)
        assert report().passed
        transaction.set_rollback(True)  # every table as it was, every mark genuine
    tampered = report()
    assert ("rollback", 12) in found(tampered) and ("rollback", 16) in found(tampered)


@pytest.mark.django_db
def test_the_witness_file_is_held_against_the_database_line_by_line() -> None:
    fill()
    path = checkpoints.witness_path()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    behind_by_one = report()
    assert behind_by_one.passed and len(behind_by_one.notes) == 1
    path.write_bytes(b"".join(lines).replace(b'"number":2', b'"number":3'))
    assert not report().passed
    path.write_bytes(lines[0] + b"x" + lines[1] + lines[2])
    assert "Dòng 2" in " ".join(str(one.message) for one in report().findings)
    path.unlink()
    assert {one.kind for one in report().findings} == {"witness"}


@pytest.mark.django_db
def test_a_line_cut_short_by_a_crash_is_written_again() -> None:
    fill()
    path = checkpoints.witness_path()
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    assert report().passed
    assert checkpoints.write_witness(checkpoints.last_origin()) == 1
    assert path.read_bytes() == whole


@pytest.mark.django_db
def test_a_checkpoint_signed_by_a_foreign_key_is_found(settings: Settings, tmp_path: Path) -> None:
    fill()
    other = KeyRing.open(tmp_path / "other", create=True)
    tampered = verify_database(keys=other, witness=checkpoints.witness_path())
    assert {("checkpoint", 4), ("checkpoint", 8), ("checkpoint", 12), ("head", 12)} <= found(tampered)


@pytest.mark.django_db
def test_keys_may_be_rotated(settings: Settings, tmp_path: Path) -> None:
    settings.KEY_DIR = tmp_path / "keys"
    fill(6)
    ring = KeyRing.open(Path(django_settings.KEY_DIR), create=False)
    ring.rotate("sign", at=AT)
    ring.rotate("mac", at=AT)
    fill(6)
    assert report().passed


@pytest.mark.django_db
def test_the_command_tells_by_its_exit_code(settings: Settings, tmp_path: Path) -> None:
    command = build(stateless=False)
    empty = CliRunner().invoke(command, ["verify"])
    assert empty.exit_code == 2
    fill()
    good = CliRunner().invoke(command, ["verify"])
    assert good.exit_code == 0 and "NGUYÊN VẸN. Đã xem 12 dòng" in good.output
    behind("UPDATE audit_log SET actor = 'ai khác' WHERE seq = 5")
    bad = CliRunner().invoke(command, ["verify"])
    assert bad.exit_code == 1 and "dòng 5 2026-11-20 03:04:00 UTC" in bad.output
    settings.KEY_DIR = tmp_path / "nowhere"
    blind = CliRunner().invoke(command, ["verify"])
    assert blind.exit_code == 2 and "Không kiểm tra được" in blind.output


WRITER = """
import sys, django
django.setup()
from django.core.management import call_command
from django.db import transaction
from diaban.adapters.clock import now
from diaban.apps.accounts.models import User
from diaban.apps.audit.actions import record
if sys.argv[1:]:
    call_command("migrate", verbosity=0)
for n in range(25):
    with transaction.atomic():
        record(by=User(username="x"), at=now(), verb="a.b", subject=f"a:{n}")
"""


@pytest.mark.django_db(transaction=True)
def test_processes_that_write_at_once_write_one_chain(tmp_path: Path) -> None:
    """Four processes, a hundred events, no gap: on a database file of SQLite, or on PostgreSQL."""
    where = connection.settings_dict
    lite = connection.vendor == "sqlite"
    postgres = f"postgresql://{where['USER']}@{where['HOST']}:{where['PORT']}/{where['NAME']}"
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "diaban.site.settings",
        "DIABAN_DATABASE_URL": f"sqlite:///{tmp_path / 'x.sqlite3'}" if lite else postgres,
        "DIABAN_DATA_DIR": str(tmp_path),
        "DIABAN_KEY_DIR": str(django_settings.KEY_DIR),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    start = [sys.executable, "-c", WRITER]
    subprocess.run([*start, *(["migrate"] if lite else [])], env=environment, check=True)
    writers = [subprocess.Popen(start, env=environment) for _n in range(3)]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]
    verify = [sys.executable, "-c", "from diaban.cli import main; main()", "verify"]
    told = subprocess.run(verify, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 0 and "Đã xem 100 dòng" in told.stdout, told.stdout + told.stderr
