"""The audit as a file: whatever byte is touched is found, on a machine that has nothing but the file."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings
from typer.testing import CliRunner

from diaban.adapters.audit_file import CannotVerify, verify_file
from diaban.adapters.crypto.keyring import KeyRing
from diaban.apps.accounts.models import User
from diaban.apps.audit import actions, checkpoints, guards, seals
from diaban.apps.audit.exporting import BrokenHead, export_chain
from diaban.apps.audit.models import Event
from diaban.cli import build

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
BY = User(username="canbo")
TOUCHED = "chạm"


@pytest.fixture
def file(db: None, settings: Settings, tmp_path: Path) -> Path:
    settings.DATA_DIR, settings.KEY_DIR = tmp_path, tmp_path / "keys"
    for n in range(6):
        actions.record(by=BY, at=AT + timedelta(minutes=n), verb="hotspot.edit", subject="hotspot:Đ", detail={"n": n})
        if n == 2:
            checkpoints.make_now(at=AT)
    assert export_chain(tmp_path / "nhat-ky.jsonl", by=BY, at=AT) == 7
    return tmp_path / "nhat-ky.jsonl"


def public() -> list[str]:
    return list(seals.public_keys(KeyRing.open(Path(django_settings.KEY_DIR), create=False)).values())


def test_an_export_passes_and_holds_itself(file: Path) -> None:
    report = verify_file(file, trusted=public(), witness=checkpoints.witness_path())
    assert report.passed and (report.events, report.attested, report.notes) == (7, 7, [])
    assert Event.objects.get(verb="audit.export").seq == 7
    alone = verify_file(file)
    assert alone.passed and len(alone.notes) == 1  # whole, but who made it is not known


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_bit_of_the_file_is_found(file: Path, data: st.DataObject) -> None:
    held = bytearray(file.read_bytes())
    place = data.draw(st.integers(0, len(held) - 1))
    held[place] ^= 1 << data.draw(st.integers(0, 7))
    touched = file.with_name(TOUCHED)
    touched.write_bytes(held)
    try:
        assert not verify_file(touched, trusted=public()).passed
    except CannotVerify:
        assert place < held.index(b"\n") or b"\n" not in held[:place]  # only a header that is none any more


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_lines_deleted_swapped_repeated_or_cut_are_found(file: Path, data: st.DataObject) -> None:
    header, *lines = file.read_bytes().splitlines(keepends=True)
    i = data.draw(st.integers(0, len(lines) - 1))
    j = data.draw(st.integers(0, len(lines) - 1).filter(lambda n: n != i))
    what = data.draw(st.sampled_from(["delete", "swap", "repeat", "cut", "blank", "torn"]))
    if what == "delete":
        del lines[i]
    elif what == "swap":
        lines[i], lines[j] = lines[j], lines[i]
    elif what == "repeat":
        lines.insert(i, lines[j])
    elif what == "cut":
        lines = lines[:i]
    elif what == "blank":
        lines.insert(i, b"\n")
    else:
        lines[-1] = lines[-1][: -1 - data.draw(st.integers(0, 20))]
    touched = file.with_name(TOUCHED)
    touched.write_bytes(header + b"".join(lines))
    assert not verify_file(touched, trusted=public()).passed


def test_a_file_signed_by_another_is_found(file: Path) -> None:
    report = verify_file(file, trusted=["0" * 64])
    assert {one.kind for one in report.findings} == {"file", "checkpoint"}


def test_an_older_export_is_found_by_a_newer_witness(file: Path) -> None:
    actions.record(by=BY, at=AT, verb="a.b", subject="a:1")
    checkpoints.make_now(at=AT)
    report = verify_file(file, trusted=public(), witness=checkpoints.witness_path())
    assert {one.kind for one in report.findings} == {"rollback"}


def test_what_was_changed_in_the_database_is_found_in_its_export(file: Path) -> None:
    with guards.lifted():
        Event.objects.filter(seq=4).update(actor="ai khác")
    export_chain(file, by=BY, at=AT)
    report = verify_file(file, trusted=public())
    assert [(one.kind, one.seq) for one in report.findings] == [("altered", 4)]


def test_nothing_is_signed_over_a_head_that_is_not_ours(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints.seals, "is_genuine", lambda *_given, **_named: False)
    before = file.read_bytes()
    with pytest.raises(BrokenHead):
        export_chain(file, by=BY, at=AT)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"PK\x03\x04",
        b"[]\n",
        b'{"format":"other"}\n',
        b'{"format":"diaban-audit"}\n',
        b'{"format":"diaban-audit","version":2}\n',
    ],
)
def test_what_is_no_export_is_never_told_to_pass(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    with pytest.raises(CannotVerify):
        verify_file(path)
    with pytest.raises(CannotVerify, match="nowhere"):
        verify_file(tmp_path / "nowhere")


def test_the_command_needs_only_the_file(file: Path, tmp_path: Path) -> None:
    """No settings, no data folder, no database: the variables would stop the process if they were read."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "DIABAN_DATABASE_URL": "no://"}
    (tmp_path / "keys.txt").write_text(f"abcd {public()[0]}\n", encoding="utf-8")
    command = [sys.executable, "-c", "from diaban.cli import main; main()", "verify", str(file)]
    good = subprocess.run(
        [*command, "--public-key", str(tmp_path / "keys.txt")], env=environment, capture_output=True, check=False
    )
    assert good.returncode == 0 and "NGUYÊN VẸN" in good.stdout.decode(), good.stderr.decode()
    file.write_bytes(file.read_bytes().replace(b"hotspot.edit", b"hotspot.view", 1))
    bad = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert bad.returncode == 1 and "dòng 1" in bad.stdout.decode()


@pytest.mark.django_db
def test_the_commands_of_the_audit(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR, settings.KEY_DIR = tmp_path, tmp_path / "keys"
    command = build(stateless=False)
    out = tmp_path / "out.jsonl"
    made = CliRunner().invoke(command, ["audit", "export", str(out)])
    assert made.exit_code == 0, made.output
    key = CliRunner().invoke(command, ["audit", "key"]).output.split()[1]
    assert CliRunner().invoke(command, ["verify", str(out), "--public-key", key]).exit_code == 0
    assert CliRunner().invoke(command, ["verify", str(out), "--public-key", "0" * 64]).exit_code == 1
    assert CliRunner().invoke(command, ["verify", str(out), "--public-key", "nowhere"]).exit_code == 2
    assert CliRunner().invoke(command, ["verify", str(tmp_path / "gone")]).exit_code == 2
    assert CliRunner().invoke(command, ["audit", "export", str(tmp_path / "no" / "x")]).exit_code == 2
