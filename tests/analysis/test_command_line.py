"""`diaban analyse` as people type it: a file in, an answer out, and errors that say what to do."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from diaban.cli import build

RUN = CliRunner()


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """300 events over a year around one town, 20 of them together at the end."""
    random = np.random.default_rng(2)
    rows = ["ngay,vi_do,kinh_do,loai"]
    for _ in range(300):
        day = np.datetime64("2024-01-01") + int(random.integers(0, 366))
        rows.append(f"{day},{10.4 + random.normal(0, 0.05):.5f},{107.1 + random.normal(0, 0.05):.5f},a")
    for _ in range(20):
        day = np.datetime64("2024-12-10") + int(random.integers(0, 22))
        rows.append(f"{day},{10.42 + random.normal(0, 0.001):.5f},{107.13 + random.normal(0, 0.001):.5f},b")
    path = tmp_path_factory.mktemp("events") / "su-kien.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def told(*words: object) -> object:
    return RUN.invoke(build(stateless=True), ["analyse", *map(str, words)])


SCAN = ("--prospective", "--max-radius", "1,5km", "--max-duration", "28d", "--replicates", 99, "--seed", 1)


def test_json_has_what_is_promised_and_is_the_same_twice(events: Path, tmp_path: Path) -> None:
    first, second = (
        told("scan", events, *SCAN, "--format", "json", "-o", tmp_path / name, "--threads", threads)
        for name, threads in (("1.json", 1), ("2.json", 2))
    )
    assert first.exit_code == second.exit_code == 0, first.output  # type: ignore[attr-defined]
    assert (tmp_path / "1.json").read_bytes() == (tmp_path / "2.json").read_bytes()
    document = json.loads((tmp_path / "1.json").read_text(encoding="utf-8"))
    promised = {
        "statistic",
        "p_value",
        "observed",
        "expected",
        "relative_risk",
        "points",
        "centre",
        "radius",
        "start",
        "end",
    }
    assert promised <= set(document["clusters"][0])
    assert document["clusters"][0]["observed"] >= 18
    assert document["reproduce"]["seed"] == 1
    assert document["reproduce"]["settings"]["max_radius"] == 1500.0
    assert document["reproduce"]["settings"]["max_duration"] == 4


@pytest.mark.parametrize(
    "words",
    [
        ("scan", *SCAN, "--no-early-stop", "--first-look", "2024-11-01", "--low"),
        ("knox", "--distances", "0,250.5", "--days", "1,2", "--replicates", "99"),
        ("watch", "--place", "10.42,107.13", "--radius", "700", "--resolved", "2024-06-01"),
        ("watch", "--cell", "3km", "--last", "2"),
        ("evaluate", "--treated", "10.42,107.13,2km", "--start", "2024-07-01", "--rings", "500,900", "--done", "0.5"),
    ],
    ids=lambda words: " ".join(map(str, words[:2])),
)
def test_the_printed_command_puts_the_same_question_again(events: Path, words: tuple[object, ...]) -> None:
    first = told(words[0], events, *words[1:], "--seed", 5, "--format", "json")
    again = json.loads(first.stdout)["reproduce"]["command"]  # type: ignore[attr-defined]
    parts = shlex.split(again)
    assert parts[:2] == ["diaban", "analyse"]
    parts = [str(events) if part == events.name else part for part in parts[2:]]
    second = told(*parts, "--format", "json")
    assert second.stdout == first.stdout  # type: ignore[attr-defined]


def test_text_pictures_and_other_formats(events: Path, tmp_path: Path) -> None:
    result = told("scan", events, *SCAN, "--pictures", tmp_path / "hinh")
    assert "Đang nổi lên" in result.output  # type: ignore[attr-defined]
    assert {path.name for path in (tmp_path / "hinh").iterdir()} == {"scan-map.svg", "scan-curve-1.svg"}
    told("scan", events, *SCAN, "--format", "xlsx", "-o", tmp_path / "a.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes()[:2] == b"PK"
    assert told("scan", events, "--format", "xlsx").exit_code == 2  # type: ignore[attr-defined]


def test_only_some_kinds_and_days(events: Path) -> None:
    result = told("scan", events, *SCAN, "--category", "B", "--from", "01/12/2024", "--format", "json")
    body = result.stdout  # type: ignore[attr-defined]
    assert json.loads(body)["numbers"]["cases"] == 20
    missing = told("scan", events, "--category", "khác")
    assert missing.exit_code == 2 and "đang có: a, b" in missing.output  # type: ignore[attr-defined]


def test_bad_rows_end_with_2_and_nothing_is_written(events: Path, tmp_path: Path) -> None:
    bad = tmp_path / "xau.csv"
    bad.write_text(events.read_text(encoding="utf-8") + "hôm qua,10.4,107.1,a\n", encoding="utf-8")
    out = tmp_path / "out.json"
    result = told("scan", bad, *SCAN, "--format", "json", "-o", out)
    assert result.exit_code == 2  # type: ignore[attr-defined]
    assert "322" in result.output and "hôm qua" in result.output  # type: ignore[attr-defined]
    assert not out.exists()
    result = told("scan", bad, *SCAN, "--format", "json", "-o", out, "--skip-bad-rows")
    assert result.exit_code == 0 and out.exists()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "words",
    [
        ("scan", "khong-co.csv"),
        ("scan", "{}", "--max-radius", "xa"),
        ("scan", "{}", "--max-duration", "lâu"),
        ("scan", "{}", "--time", "never"),
        ("scan", "{}", "--scheduler", "tcp://x"),
        ("scan", "{}", "--model", "poisson"),
        ("knox", "{}", "--distances", "400,200"),
        ("watch", "{}", "--place", "10.4,107.1"),
        ("watch", "{}", "--place", "107.1,10.4", "--resolved", "2024-06-01"),
        ("evaluate", "{}", "--treated", "A", "--start", "2024-06-01"),
    ],
    ids=lambda words: " ".join(words),
)
def test_what_cannot_be_done_is_said_and_ends_with_2(events: Path, words: tuple[str, ...]) -> None:
    result = told(*(word.format(events) for word in words))
    assert result.exit_code == 2, result.output  # type: ignore[attr-defined]
    assert result.exception is None or isinstance(result.exception, SystemExit)  # type: ignore[attr-defined]
    assert result.output.strip()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "words",
    [
        ("gi", "--cell", "2km"),
        ("knox",),
        ("emerging", "--cell", "5km"),
        ("watch", "--cell", "3km"),
        ("watch", "--place", "10.42,107.13", "--resolved", "2024-06-01"),
        ("evaluate", "--treated", "10.42,107.13,2km", "--start", "2024-07-01"),
    ],
    ids=" ".join,
)
def test_the_other_questions(events: Path, words: tuple[str, ...]) -> None:
    result = told(words[0], events, *words[1:], "--seed", 1)
    assert result.exit_code == 0, result.output  # type: ignore[attr-defined]
    assert "Điều này không nói lên" in result.output  # type: ignore[attr-defined]


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from diaban.cli import build;"
        "CliRunner().invoke(build(stateless=True), ['analyse', 'scan', '--help']);"
        "print(sorted({'numpy', 'scipy', 'numba', 'django'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_the_printed_command_says_how_the_files_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    random = np.random.default_rng(4)
    places = "".join(f"{unit},{10 + unit / 50},{107 + (unit % 4) / 50},{4000 + unit}\n" for unit in range(12))
    (tmp_path / "don-vi.csv").write_text("unit_code,lat,lon,population\n" + places, encoding="utf-8")
    rows = "".join(f"0{month}/05/2024,{unit},{random.poisson(9)}\n" for month in range(1, 10) for unit in range(12))
    (tmp_path / "so-vu.csv").write_text("xay_ra,unit_code,count\n" + rows, encoding="utf-8")
    words = ("so-vu.csv", "--units", "don-vi.csv", "--column", "date=xay_ra", "--date-format", "mdy")
    options = ("--model", "poisson", "--step", "month", "--replicates", "19", "--seed", "1")
    first = told("scan", *words, *options, "--format", "json")
    assert first.exit_code == 0, first.output  # type: ignore[attr-defined]
    again = shlex.split(json.loads(first.stdout)["reproduce"]["command"])  # type: ignore[attr-defined]
    assert told(*again[2:], "--format", "json").stdout == first.stdout  # type: ignore[attr-defined]
