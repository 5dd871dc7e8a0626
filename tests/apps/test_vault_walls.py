"""Walls between databases: an app behind one lives there alone, and nothing leads through."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import models
from django.test.utils import isolate_apps

from diaban.apps.vault import router
from diaban.site import databases

TESTS = Path(__file__).parents[1]


@pytest.fixture
def addresses(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Two databases of the engine under test, empty."""
    server = os.environ.get("DIABAN_TEST_DATABASE_URL")
    if not server:
        yield {"DIABAN_DATABASE_URL": f"sqlite:///{tmp_path}/main.sqlite3"}
        return
    import psycopg

    names = [f"walled_{uuid.uuid4().hex[:12]}" for _ in range(2)]
    with psycopg.connect(server, autocommit=True) as link:
        for name in names:
            link.execute(f'CREATE DATABASE "{name}"')
        urls = [urlunsplit(urlsplit(server)._replace(path=f"/{name}")) for name in names]
        yield dict(zip(("DIABAN_DATABASE_URL", "DIABAN_PERSONS_DATABASE_URL"), urls, strict=True))
        for name in names:
            link.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def environment(tmp_path: Path, addresses: dict[str, str]) -> dict[str, str]:
    path = os.pathsep.join(str(folder) for folder in (TESTS.parent / "src", TESTS / "walled"))
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("DIABAN_")},
        "PYTHONPATH": path,
        "DJANGO_SETTINGS_MODULE": "walled_settings",
        "DIABAN_DATA_DIR": str(tmp_path / "data"),
        "DIABAN_SECRET_KEY": "only-for-tests",
        **addresses,
    }


def play(tmp_path: Path, addresses: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(TESTS / "walled" / "probe.py")],
        env=environment(tmp_path, addresses),
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_app_behind_a_wall_lives_there_alone(tmp_path: Path, addresses: dict[str, str]) -> None:
    done = play(tmp_path, addresses)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert told["where"] == "persons" and told["name"] == "Hoàng Yến Canary"
    behind, main = set(told["tables"]["persons"]), set(told["tables"]["default"])
    assert behind == {"django_migrations", "persons_probe_file", "persons_probe_visit"}
    assert not any(name.startswith("persons") for name in main) and "accounts_user" in main
    assert told["main_mentions"] == []
    assert told["behind_mentions"] == ["26506@2025-07-01"], "the plain column is there, the sealed one is not readable"
    assert len(told["across"]) == 2, "neither side has the other's tables"


def test_beside_a_server_a_wall_needs_an_address_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(databases, "_wall", lambda app: "persons")
    monkeypatch.setenv(databases.MAIN, "postgresql://an:bi-mat@db.test/main")
    main = databases.main(tmp_path)
    monkeypatch.delenv("DIABAN_PERSONS_DATABASE_URL", raising=False)
    with pytest.raises(SystemExit, match="DIABAN_PERSONS_DATABASE_URL: cần"):
        databases.walled(["x"], tmp_path, main)
    monkeypatch.setenv("DIABAN_PERSONS_DATABASE_URL", "postgresql://other@db.test/main")
    with pytest.raises(SystemExit, match="trùng"):
        databases.walled(["x"], tmp_path, main)
    monkeypatch.setenv("DIABAN_PERSONS_DATABASE_URL", "mysql://an:bi-mat@db.test/persons")
    with pytest.raises(SystemExit, match="chỉ nhận") as caught:
        databases.walled(["x"], tmp_path, main)
    assert "bi-mat" not in str(caught.value)


def test_a_wall_beside_a_file_is_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(databases, "_wall", lambda app: "tips")
    for variable in (databases.MAIN, "DIABAN_TIPS_DATABASE_URL"):
        monkeypatch.delenv(variable, raising=False)
    entries = databases.walled(["x"], tmp_path, databases.main(tmp_path))
    assert {name: entry["NAME"] for name, entry in entries.items()} == {"tips": str(tmp_path / "tips.sqlite3")}


def test_without_such_an_app_there_is_one_database() -> None:
    walls = {getattr(config, "wall", "") for config in router.apps.get_app_configs()} - {""}
    assert set(settings.DATABASES) == {"default"} | walls
    assert router.check_walls() == []


@isolate_apps()
def test_no_relation_leads_through_a_wall(monkeypatch: pytest.MonkeyPatch) -> None:
    class Outside(models.Model):
        class Meta:
            app_label = "outside"

    class Inside(models.Model):
        good = models.ForeignKey("self", on_delete=models.CASCADE)
        one = models.ForeignKey(Outside, on_delete=models.CASCADE, related_name="+")
        many = models.ManyToManyField(Outside, related_name="+")

        class Meta:
            app_label = "inside"

    class Back(models.Model):
        file = models.OneToOneField(Inside, on_delete=models.CASCADE)

        class Meta:
            app_label = "outside"

    monkeypatch.setattr(router, "wall_of", lambda label: "persons" if label == "inside" else "default")
    monkeypatch.setattr(router.apps, "get_models", lambda **_: [Outside, Inside, Inside.many.through, Back])
    errors = [error for error in router.check_walls() if error.id == "vault.E011"]
    assert [error.msg.split(" ")[0] for error in errors] == [
        "inside.Inside.one",
        "inside.Inside.many",
        "inside.Inside_many.outside",
        "outside.Back.file",
    ]
    walls = router.WallRouter()
    assert not walls.allow_relation(Inside(), Outside()) and walls.allow_relation(Inside(), Inside())
    assert walls.db_for_write(Inside) == "persons" and walls.db_for_read(Outside) == "default"
    assert not walls.allow_migrate("persons", "outside") and not walls.allow_migrate("default", "inside")


def test_renewal_killed_at_any_moment_loses_nothing(tmp_path: Path, addresses: dict[str, str]) -> None:
    command = [sys.executable, str(TESTS / "walled" / "reseal.py")]
    surroundings = environment(tmp_path, addresses)
    subprocess.run([*command, "fill"], env=surroundings, check=True)
    done = 0
    for wait in (1, 12):
        with subprocess.Popen([*command, "run"], env=surroundings, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout
            for _ in range(wait):
                running.stdout.readline()
            running.kill()  # SIGKILL: no handler, no goodbye
            done += len(running.stdout.read().split()) + wait
    last = subprocess.run([*command, "finish"], env=surroundings, capture_output=True, text=True, check=True)
    *steps, told = last.stdout.splitlines()
    outcome = json.loads(told)
    assert steps, "there was something left to do"
    assert len(steps) <= 100 - done + 3, "what was renewed is not renewed again"
    assert outcome["right"] == 300 and outcome["retired"] == 2
    assert outcome["under"] == outcome["active"]
