"""`diaban doctor` names what is missing in words that can be typed as they stand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from diaban.commands import doctor
from diaban.engine import warm as engine
from diaban.engine.kernels import native
from diaban.engine.warm import Warmed


@pytest.mark.django_db
def test_the_remedy_names_the_extra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(doctor, "EXTRAS", (doctor.Extra("maps", "diaban_nothing_of_this_name", "bản đồ"),))
    with pytest.raises(typer.Exit) as ended:
        doctor.doctor(warm=False)
    assert ended.value.exit_code == 0
    assert 'pip install "diaban[maps]"' in capsys.readouterr().out


@pytest.mark.django_db
def test_it_compiles_what_the_analyses_need(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = [Warmed("scan", 3, 4, 12.345), Warmed("local", 0, 0, 0.1, "ValueError: [bold]")]
    monkeypatch.setattr(engine, "warm", lambda: iter(told))
    monkeypatch.setattr(doctor, "findings", lambda: iter(()))
    monkeypatch.setattr(native, "build", lambda: None)
    with pytest.raises(typer.Exit) as ended:
        doctor.doctor()
    assert ended.value.exit_code == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "quét tìm cụm: dịch mới 3, đã có sẵn 4, 12,3 giây" in said
    assert "không có trình biên dịch C" in said
    assert "CHƯA XONG: ValueError: [bold]" in said
    assert doctor.FAMILY_NAMES.keys() == {name for name, _ in engine.FAMILIES}


def tell(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "diaban.site.settings", **environment},
    )


def test_a_database_that_does_not_answer_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a-folder").mkdir()
    url = f"sqlite:///{tmp_path / 'a-folder'}"
    ended = tell("-m", "diaban", "serve", DIABAN_DATABASE_URL=url, DIABAN_DATA_DIR=str(tmp_path))
    assert ended.returncode == 1
    assert "Không mở được cơ sở dữ liệu" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_data_folder_that_cannot_be_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    where = str(tmp_path / "file" / "data")
    ended = tell("-m", "diaban", "doctor", DIABAN_DATA_DIR=where, DIABAN_SECRET_KEY="", DIABAN_DATABASE_URL="")
    assert ended.returncode == 1
    assert where in ended.stderr
    assert "Traceback" not in ended.stderr


def test_postgresql_without_its_driver_is_a_sentence(tmp_path: Path) -> None:
    hide = "import sys; sys.modules['psycopg'] = None; sys.argv = ['diaban', 'doctor']"
    run = "from diaban.cli import main; main()"
    ended = tell(
        "-c", f"{hide}; {run}", DIABAN_DATABASE_URL="postgresql://x@127.0.0.1:1/x", DIABAN_DATA_DIR=str(tmp_path)
    )
    assert ended.returncode == 1
    assert 'pip install "diaban[postgres]"' in ended.stderr
    assert "Traceback" not in ended.stderr
