"""`diaban plan load` from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from plans_cast import AT
from test_plans_lives import PLAN
from typer.testing import CliRunner

from diaban.apps.access import House
from diaban.apps.places import actions as place_actions
from diaban.apps.plans.models import Plan, Version
from diaban.cli import build

pytestmark = pytest.mark.django_db


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(build(stateless=False), ["plan", "load", *words])
    return result.exit_code, result.output


def test_a_plan_of_the_catalogue_is_loaded_once() -> None:
    code, said = run("kh208-2022")
    assert (code, "208/KH-UBND" in said) == (0, True)
    assert Plan.objects.get().code == "kh208-2022"
    code, said = run("kh208-2022")
    assert code == 1
    assert "đã có" in said
    assert run("nq163-2024", "--unit", "26506")[0] == 1


def test_a_file_becomes_a_draft_of_the_unit(tmp_path: Path) -> None:
    place_actions.load_catalogue(by=House("thử"), at=AT)
    file = tmp_path / "kh45.txt"
    file.write_text(PLAN, encoding="utf-8")
    code, said = run(str(file), "--unit", "26506")
    assert (code, "8 điều khoản" in said) == (0, True)
    version = Version.objects.get()
    assert version.plan.unit is not None
    assert (version.plan.unit.uid.partition("@")[0], version.state) == ("26506", "draft")


def test_what_cannot_be_loaded_is_said(tmp_path: Path) -> None:
    assert "không có tệp" in run("khong-co.txt")[1]
    empty = tmp_path / "a.txt"
    empty.write_text(" ")
    assert run(str(empty))[0] == 1
    file = tmp_path / "kh.txt"
    file.write_text(PLAN, encoding="utf-8")
    assert run(str(file), "--unit", "99999")[0] == 1
    assert not Plan.objects.exists()
