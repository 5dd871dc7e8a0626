"""`diaban doctor` names what is missing in words that can be typed as they stand."""

from __future__ import annotations

import pytest
import typer

from diaban.commands import doctor


@pytest.mark.django_db
def test_the_remedy_names_the_extra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(doctor, "EXTRAS", (doctor.Extra("maps", "diaban_nothing_of_this_name", "bản đồ"),))
    with pytest.raises(typer.Exit) as ended:
        doctor.doctor()
    assert ended.value.exit_code == 0
    assert 'pip install "diaban[maps]"' in capsys.readouterr().out
