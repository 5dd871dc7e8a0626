"""The weighted displacement difference of an answer is in events, as Wheeler and Ratcliffe (2018) give it."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from typer.testing import CliRunner

from diaban.cli import build

COUNTS = {"T": (207, 110), "C": (308, 318)}
"""Treated and control areas of the paper's example."""


def test_the_difference_is_in_events_of_the_period_after(tmp_path: Path) -> None:
    rows = ["date,unit_code,count"]
    for code, years in COUNTS.items():
        for year, total in zip((2022, 2023), years, strict=True):
            for month in range(12):
                rows.append(f"{year}-{month + 1:02d},{code},{total // 12 + (month < total % 12)}")
    (tmp_path / "a.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (tmp_path / "u.csv").write_text("unit_code,x,y\nT,0,0\nC,90000,0\n", encoding="utf-8")
    words = ["evaluate", tmp_path / "a.csv", "--units", tmp_path / "u.csv", "--treated", "T", "--controls", "C"]
    words += ["--start", "2023-01-01", "--format", "json"]
    told = CliRunner().invoke(build(stateless=True), ["analyse", *map(str, words)])
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout)["effects"][0]["wdd"]
    assert found["estimate"] == pytest.approx((110 - 207) - (318 - 308))
    assert found["standard_error"] == pytest.approx(math.sqrt(207 + 110 + 308 + 318))
    assert found["z"] == pytest.approx(-107 / math.sqrt(943))
