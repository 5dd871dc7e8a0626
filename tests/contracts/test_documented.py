"""Every setting and every command is documented, and nothing documented has gone."""

from __future__ import annotations

import re
from pathlib import Path

import typer.main

from diaban.cli import build

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"


def test_settings() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    used = set(re.findall(r"\bDIABAN_[A-Z_]+\b", code))
    table = (REFERENCE / "settings.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(DIABAN_[A-Z_]+)`", table, re.MULTILINE))
    assert used == documented


def commands(group: object, prefix: str = "diaban") -> set[str]:
    names: set[str] = set()
    for name, command in getattr(group, "commands", {}).items():
        full = f"{prefix} {name}"
        names |= commands(command, full) if hasattr(command, "commands") else {full}
    return names


def test_commands() -> None:
    real = commands(typer.main.get_command(build(stateless=False)))
    documented = set(
        re.findall(r"^## `(diaban [a-z -]+)`", (REFERENCE / "commands.md").read_text("utf-8"), re.MULTILINE)
    )
    assert real == documented
