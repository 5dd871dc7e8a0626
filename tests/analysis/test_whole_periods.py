"""Counts given by month or week are of whole months and weeks, however their first day is written."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from diaban.adapters.event_files import open_table, read_events
from diaban.analysis.reading import Chosen, table_of
from diaban.analysis.steps import steps_of
from diaban.analysis.tables import Table
from diaban.cli import build

MONTHS = [f"2023-{month:02d}-01" for month in range(1, 13)]
WEEKS = [(dt.date(2023, 1, 2) + dt.timedelta(weeks=week)).isoformat() for week in range(10)]


def read(path: Path, days: list[str], chosen: Chosen | None = None) -> Table:
    path.write_text("date,unit_code,count\n" + "".join(f"{day},A,3\n{day},B,1\n" for day in days), encoding="utf-8")
    return table_of(read_events(open_table(path)), chosen or Chosen())


def test_rows_on_firsts_of_months_are_whole_months(tmp_path: Path) -> None:
    written, short = read(tmp_path / "a.csv", MONTHS), read(tmp_path / "b.csv", [day[:7] for day in MONTHS])
    assert written.about.grain == short.about.grain == "month"
    assert written.about.end == short.about.end == dt.date(2024, 1, 1)
    steps = steps_of(written.about, "month")
    assert len(steps) == 12 and steps.whole and np.diff(steps.edges).min() == 28


@pytest.mark.parametrize("last", [None, dt.date(2023, 3, 6), dt.date(2023, 3, 12)])
def test_rows_on_one_weekday_are_whole_weeks(tmp_path: Path, last: dt.date | None) -> None:
    table = read(tmp_path / "a.csv", WEEKS, Chosen(last=last))
    steps = steps_of(table.about, "week")
    assert table.about.end == dt.date(2023, 3, 13)
    assert len(steps) == 10 and (np.diff(steps.edges) == 7).all()


def test_other_days_are_days(tmp_path: Path) -> None:
    assert read(tmp_path / "a.csv", [*WEEKS, "2023-03-07"]).about.end == dt.date(2023, 3, 8)
    assert read(tmp_path / "b.csv", ["2023-01-01"]).about.grain == "day"


def test_a_scan_of_one_step_is_told_to_take_shorter_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("date,lat,lon\n2024-01-01,10.4,107.1\n2024-01-05,10.5,107.1\n", encoding="utf-8")
    told = CliRunner().invoke(build(stateless=True), ["analyse", "scan", str(path), "--step", "week"])
    assert told.exit_code == 2
    assert "chọn bước ngắn hơn" in told.output and "permutation" not in told.output
