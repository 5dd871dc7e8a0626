"""The table of OWASP ASVS 5.0.0: every requirement of levels 1 and 2 once, each with a test that exists or a reason.

After a change to asvs.yaml: `python tests/contracts/test_asvs.py` writes asvs.md anew.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "security" / "asvs.yaml"
PAGE = TABLE.with_suffix(".md")
CHOSEN_OF_LEVEL_3 = {"2.3.5", "8.3.2", "8.3.3", "14.2.6", "14.2.7", "14.2.8"}
# Section and its requirements as the standard numbers them; * is level 1, the others are level 2.
STANDARD = """
1.1: 1 2
1.2: 1* 2* 3* 4* 5* 6 7 8 9
1.3: 1* 2* 3 4 5 6 7 8 9 10 11
1.4: 1 2 3
1.5: 1* 2
2.1: 1* 2 3
2.2: 1* 2* 3
2.3: 1* 2 3 4
2.4: 1
3.2: 1* 2*
3.3: 1* 2 3 4
3.4: 1* 2* 3 4 5 6
3.5: 1* 2* 3* 4 5
3.7: 1 2
4.1: 1* 2 3
4.2: 1
4.3: 1 2
4.4: 1* 2 3 4
5.1: 1
5.2: 1* 2* 3
5.3: 1* 2*
5.4: 1 2 3
6.1: 1* 2 3
6.2: 1* 2* 3* 4* 5* 6* 7* 8* 9 10 11 12
6.3: 1* 2* 3 4
6.4: 1* 2* 3 4
6.5: 1 2 3 4 5
6.6: 1 2 3
6.8: 1 2 3 4
7.1: 1 2 3
7.2: 1* 2* 3* 4*
7.3: 1 2
7.4: 1* 2* 3 4 5
7.5: 1 2
7.6: 1 2
8.1: 1* 2
8.2: 1* 2* 3
8.3: 1*
8.4: 1
9.1: 1* 2* 3*
9.2: 1* 2 3 4
10.1: 1 2
10.2: 1 2
10.3: 1 2 3 4
10.4: 1* 2* 3* 4* 5* 6 7 8 9 10 11
10.5: 1 2 3 4 5
10.6: 1 2
10.7: 1 2 3
11.1: 1 2
11.2: 1 2 3
11.3: 1* 2* 3
11.4: 1* 2 3 4
11.5: 1
11.6: 1
12.1: 1* 2 3
12.2: 1* 2*
12.3: 1 2 3 4
13.1: 1
13.2: 1 2 3 4 5
13.3: 1 2
13.4: 1* 2 3 4 5
14.1: 1 2
14.2: 1* 2 3 4
14.3: 1* 2 3
15.1: 1* 2 3
15.2: 1* 2 3
15.3: 1* 2 3 4 5 6 7
16.1: 1
16.2: 1 2 3 4 5
16.3: 1 2 3 4
16.4: 1 2 3
16.5: 1 2 3
17.1: 1
17.2: 1 2 3 4
17.3: 1 2
"""
LEVELS = {
    f"{section}.{number.rstrip('*')}": 1 if number.endswith("*") else 2
    for section, numbers in (line.split(": ") for line in STANDARD.strip().splitlines())
    for number in numbers.split()
}
STATES = ("met", "not applicable", "open")


@cache
def entries() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return found


@cache
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def render() -> str:
    """Return the page: counts first, then what is open, then everything."""
    count = Counter((entry["level"], entry["status"]) for entry in entries())
    lines = [
        "# OWASP ASVS 5.0.0: where we stand",
        "",
        "Made from asvs.yaml; a test holds the two together. We judged ourselves: nobody outside has checked it yet.",
        "The words are ours and help to find one's way; what a requirement asks for is in the standard.",
        "",
        "| Level | met | not applicable | open | all |",
        "|---|--:|--:|--:|--:|",
    ]
    for level in (1, 2, 3):
        row = [count[level, state] for state in STATES]
        lines.append(f"| {level if level < 3 else '3 (chosen)'} | {' | '.join(map(str, row))} | {sum(row)} |")
    lines += ["", "## Open", ""]
    lines += [
        f"- **{e['id']}** (level {e['level']}) {e['about']}: {_why(e)}" for e in entries() if e["status"] == "open"
    ]
    lines += ["", "## All", "", "| Id | Level | About | State | Test or reason |", "|---|--:|---|---|---|"]
    lines += [f"| {e['id']} | {e['level']} | {e['about']} | {e['status']} | {_why(e)} |" for e in entries()]
    return "\n".join(lines) + "\n"


def _why(entry: dict[str, Any]) -> str:
    tests = [f"`{name.rpartition('/')[2]}`" for name in entry.get("tests", [])]
    return "; ".join(([entry["reason"]] if "reason" in entry else []) + tests)


def test_the_standard_has_253_requirements_at_levels_1_and_2() -> None:
    assert len(LEVELS) == 253
    assert sum(level == 1 for level in LEVELS.values()) == 70


def test_every_requirement_stands_here_once_with_its_level() -> None:
    assert Counter(entry["id"] for entry in entries()).most_common(1)[0][1] == 1
    assert {e["id"]: e["level"] for e in entries()} == LEVELS | dict.fromkeys(CHOSEN_OF_LEVEL_3, 3)


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry["id"])
def test_a_test_that_exists_or_a_reason_stands_behind(entry: dict[str, Any]) -> None:
    assert set(entry) <= {"id", "level", "about", "status", "tests", "reason"}
    assert entry["status"] in STATES and entry["about"].strip()
    tests, reason = entry.get("tests", []), entry.get("reason", "").strip()
    assert tests or reason
    assert reason or entry["status"] == "met", "what is not met says why"
    for name in tests:
        path, _sep, function = name.partition("::")
        assert function in functions_of(path), name


def test_the_page_shows_the_table_with_what_is_open() -> None:
    assert PAGE.read_text(encoding="utf-8") == render()


def test_every_test_that_the_threat_model_names_exists() -> None:
    text = (TABLE.parent / "threat-model.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", text)
    assert len(named) >= 15
    assert [f"{path}::{name}" for path, name in named if name not in functions_of(path)] == []


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
