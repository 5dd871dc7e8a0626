"""Rotation without stopping: old rows stay readable, renewal survives being killed, unused keys retire."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker
from typer.testing import CliRunner, Result
from vault_probe import Probe, tables

from diaban.adapters.crypto.keyring import KeyRing
from diaban.apps.audit.models import Event
from diaban.apps.vault import resealing
from diaban.apps.vault.keys import ring
from diaban.cli import build
from diaban.commands import doctor

LATER = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def _tables(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), tables():
        yield


@pytest.fixture(autouse=True)
def _own_ring(settings: Settings, tmp_path: Path, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.KEY_DIR = tmp_path / "keys"
    monkeypatch.setattr(resealing, "models_with_seals", lambda: [Probe])


def turn() -> tuple[str, str]:
    """Make new keys; return the ids of the ones before."""
    before = ring().active("seal").id, ring().active("index").id
    for use in ("seal", "index"):
        KeyRing.open(ring().folder, create=False).rotate(use, at=LATER)
    return before


def fill(number: int) -> None:
    Probe.objects.bulk_create(
        [
            Probe(name=f"Người {at}", phone="" if at % 3 else f"09{at:08}", note="ghi" if at % 2 else None)
            for at in range(number)
        ]
    )


def diaban(*arguments: str) -> Result:
    return CliRunner().invoke(build(stateless=False), ["keys", *arguments])


def test_every_row_comes_under_the_new_keys_and_the_old_ones_retire() -> None:
    fill(25)
    old = turn()
    fill(1)  # a new row is under the new keys at once
    assert resealing.under()[old[0]] == 25 + 25 + 12
    steps = [(step.done, step.total) for step in resealing.reseal(batch=10)]
    assert steps == [(10, 25), (20, 25), (25, 25)]
    assert set(resealing.under()) == {ring().active("seal").id, ring().active("index").id}
    assert sorted(resealing.retire_unused()) == sorted(old)
    assert {ring().get(key).state for key in old} == {"retired"}
    assert Probe.objects.get(name="nguoi 24").phone == "0900000024"
    assert list(resealing.reseal()) == []


def test_work_that_was_killed_goes_on_where_it_stood() -> None:
    fill(25)
    old = turn()
    work = resealing.reseal(batch=10)
    next(work)
    work.close()
    assert resealing.retire_unused() == []
    assert {Probe.objects.get(name=f"Người {at}").name for at in range(25)} == {f"Người {at}" for at in range(25)}
    assert [step.total for step in resealing.reseal(batch=10)] == [15, 15]
    assert sorted(resealing.retire_unused()) == sorted(old)


def test_a_row_that_does_not_open_is_named_and_keeps_its_key_alive() -> None:
    fill(3)
    bad = Probe.objects.get(name="Người 1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM vault_probe_probe WHERE id = %s", [bad.pk])
        envelope = bytes(cursor.fetchone()[0])
        cursor.execute("UPDATE vault_probe_probe SET name = %s WHERE id = %s", [envelope[:-1] + b"\0\0", bad.pk])
    old = turn()
    result = diaban("reseal")
    assert result.exit_code == 1
    assert "Đã niêm phong lại 2 dòng." in result.output
    assert f"vault_probe.Probe {bad.pk}: Giá trị niêm phong bị hỏng" in result.output
    assert {ring().get(key).state for key in old} == {"old"}


def test_a_row_saved_from_an_older_reading_is_not_put_back_under_the_old_key() -> None:
    fill(1)
    stale = Probe.objects.get()
    old = turn()
    list(resealing.reseal())
    stale.label = "sau"
    stale.save()
    assert not resealing.under()[old[0]] and not resealing.under()[old[1]]
    assert Probe.objects.get(name="Người 0").label == "sau"


def test_the_commands_tell_what_they_do_and_show_no_secret() -> None:
    fill(2)
    old = ring().active("seal")
    rotated = diaban("rotate", "seal")
    assert rotated.exit_code == 0 and "diaban keys reseal" in rotated.output
    new = ring().active("seal")
    shown = diaban("show")
    assert shown.exit_code == 0 and all(word in shown.output for word in (old.id, new.id, "cũ, chỉ mở", "đang dùng"))
    early = diaban("forget", old.id, "--yes")
    assert early.exit_code == 1 and "diaban keys reseal" in early.output
    resealed = diaban("reseal")
    assert resealed.exit_code == 0 and old.id in resealed.output, resealed.output
    assert diaban("forget", new.id, "--yes").exit_code == 1
    assert diaban("forget", old.id).exit_code == 1, "asks first"
    assert diaban("forget", old.id, "--yes").exit_code == 0
    assert "đã hủy" in diaban("show").output
    said = rotated.output + shown.output + resealed.output
    assert not any(key.secret and key.secret.hex() in said for key in ring().every())
    assert list(Event.objects.filter(verb__startswith="keys.").order_by("pk").values_list("verb", flat=True)) == [
        "keys.rotate",
        "keys.reseal",
        "keys.forget",
    ]


def test_a_use_that_does_not_exist_is_a_mistake_in_the_command_line() -> None:
    result = diaban("rotate", "everything")
    assert result.exit_code == 2 and "seal, index, sign, mac" in result.output


@pytest.mark.parametrize("command", [["show"], ["rotate", "seal"], ["reseal"]])
def test_a_ring_that_cannot_be_used_is_said_in_one_line(command: list[str], tmp_path: Path) -> None:
    ring()
    (tmp_path / "keys" / "ring.json").chmod(0o644)
    result = diaban(*command)
    assert result.exit_code == 1 and "chmod 600" in result.output and "Traceback" not in result.output


def test_doctor_names_the_key_that_stored_data_need(settings: Settings, tmp_path: Path) -> None:
    fill(1)
    lost = ring().active("seal").id
    assert doctor._keys().good
    settings.DATA_DIR = tmp_path
    assert not doctor._keys().good and "DIABAN_KEY_DIR" in doctor._keys().remedy and not doctor._keys().needed
    settings.KEY_DIR = tmp_path / "other"
    assert doctor._keys().good, "a ring that is not there yet is made on first use"
    ring()
    assert doctor._keys().needed and lost in doctor._keys().found
    (tmp_path / "other" / "ring.json").write_text("")
    assert "bị hỏng" in doctor._keys().remedy
