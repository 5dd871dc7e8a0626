"""`diaban plan read`: for people, as JSON, into a file; and what it says of a bad file."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from diaban import cli

PLAN = str(files("diaban.catalogue") / "plans" / "kh208-2022.txt")
KEYS = {"number", "date", "issuer", "signer", "bases", "clauses", "targets", "tasks", "agencies", "notes", "cut"}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli.build(stateless=True), ["plan", "read", *arguments])


def test_json_has_the_keys() -> None:
    told = json.loads(run(PLAN, "--format", "json").stdout)
    assert told.keys() >= KEYS
    assert {"path", "text", "agencies"} <= told["clauses"][0].keys()
    assert {"clause", "op", "value", "unit", "against", "by", "words"} <= told["targets"][0].keys()
    assert {"clause", "agencies", "deadline", "words"} <= told["tasks"][0].keys()
    assert told["cut"] is True
    assert "rule" not in told["clauses"][0]


def test_explaining_names_the_rules() -> None:
    told = json.loads(run(PLAN, "--format", "json", "--explain").stdout)
    assert all(clause["rule"] for clause in told["clauses"])
    assert all(target["rule"] for target in told["targets"])
    assert told["rests_on"]["number"] == "Số: 208/KH-UBND"


def test_a_page_for_people() -> None:
    page = run(PLAN, "--explain").stdout
    assert "Kế hoạch số: 208/KH-UBND" in page
    assert "[I.2.-5]" in page
    assert "Văn bản bị cắt sau II.1.-8" in page


def test_into_a_file(tmp_path: Path) -> None:
    out = tmp_path / "ra.json"
    result = run(PLAN, "--format", "json", "--out", str(out))
    assert result.exit_code == 0
    assert json.loads(out.read_text(encoding="utf-8"))["number"] == "208/KH-UBND"
    assert run(PLAN, "--out", str(tmp_path / "khong" / "co")).exit_code == 1


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04hong", b"%PDF-1.7 hong", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]
)
def test_a_bad_file_is_told_in_words(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "tep"
    path.write_bytes(data)
    result = run(str(path))
    assert result.exit_code == 1
    assert result.stderr.startswith("Lỗi: ")
    assert result.stdout == ""


def test_no_such_file(tmp_path: Path) -> None:
    result = run(str(tmp_path / "khong-co.txt"))
    assert result.exit_code == 1
    assert "Không mở được tệp" in result.stderr


def test_reading_starts_without_django() -> None:
    code = (
        f"import sys; sys.argv = ['diaban', 'plan', 'read', {PLAN!r}, '--format', 'json']\n"
        "import diaban.cli\n"
        "try:\n    diaban.cli.main()\nexcept SystemExit:\n    pass\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('django', 'pypdfium2')], file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stderr.strip() == "[]"
