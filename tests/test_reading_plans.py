"""The reader on the plans it was developed with, and the judge that compares it with the gold.

The held-out plans are read by bench/reading_plans.py only: no test sets a floor there, so nobody tunes on them.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from plan_matching import Report, compare
from plan_source import SourceError, as_json, gold, read_source

from diaban.adapters.plan_files import text_of
from diaban.catalogue.plan_catalogue import source_text
from diaban.catalogue.plans_loader import gazetteer
from diaban.core.plans import read_plan

HERE = Path(__file__).parent
FOLDERS = (HERE / "plans_dev", HERE / "plans_held_out", HERE / "plan_208")
SOURCES = sorted(path for folder in FOLDERS for path in (folder / "sources").glob("*.src"))
DEV = sorted((HERE / "plans_dev").glob("*.json"))
FLOORS = {
    "metadata": 0.98,
    "bases": 0.98,
    "clauses by path": 0.98,
    "clauses by text": 0.98,
    "agencies of clauses": 0.98,
    "targets": 0.98,
    "  op of targets": 0.98,
    "  value of targets": 0.98,
    "  unit of targets": 0.98,
    "  against of targets": 0.88,
    "  by of targets": 0.98,
    "tasks": 0.98,
    "  agencies of tasks": 0.98,
    "  lead of tasks": 0.98,
    "  deadline of tasks": 0.96,
}


def of(path: Path) -> dict[str, Any]:
    loaded = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def perfect(wanted: dict[str, Any]) -> dict[str, Any]:
    """What a reader would print that finds exactly the gold."""
    found = copy.deepcopy(wanted)
    for key in ("number", "date", "issuer", "signer"):
        found[key] = (found[key] or "").split(" / ")[0] or None
    for target in found["targets"]:
        target["against"], target["by"] = target["against"][0], target["by"][0]
        if target["op"] in ("increase", "decrease"):
            target["direction"], target["op"] = target["op"], ">="
    for task in found["tasks"]:
        task["deadline"] = task["deadline_words"]
        task["lead"] = next(iter(task["lead"]), None)
        task["words"] = next(clause["text"] for clause in found["clauses"] if clause["path"] == task["clause"])
    return found


def whole() -> Report:
    report: Report = {}
    agencies = gazetteer()
    for path in DEV:
        wanted = of(path)
        source = text_of(wanted["file"], (path.parent / wanted["file"]).read_bytes())
        found = json.loads(json.dumps(read_plan(source.text, agencies).as_dict(), ensure_ascii=False, default=str))
        for kind, tally in compare(wanted, found).items():
            report.setdefault(kind, type(tally)()).add(tally)
    return report


@pytest.fixture(scope="module")
def dev() -> Report:
    return whole()


@pytest.mark.parametrize("kind", FLOORS)
def test_development_plans_are_read_at_least_so_well(dev: Report, kind: str) -> None:
    tally = dev[kind]
    assert tally.right
    assert tally.precision is not None
    assert tally.recall is not None
    assert min(tally.precision, tally.recall) >= FLOORS[kind]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_gold_is_what_the_source_says(path: Path) -> None:
    wanted = gold(read_source(path))
    kept = of(path.parent.parent / f"{path.stem}.json")
    assert {key: kept[key] for key in wanted} == json.loads(as_json(wanted))
    assert len(wanted["clauses"]) >= 15


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_judge_finds_nothing_wrong_with_the_gold_itself(path: Path) -> None:
    wanted = gold(read_source(path))
    for kind, tally in compare(wanted, perfect(wanted)).items():
        assert (kind, tally.extra, tally.missed, tally.told) == (kind, 0, 0, [])


def test_plan_208_of_the_bench_is_the_one_of_the_catalogue() -> None:
    ours = (HERE / "plan_208" / "kh208-2022.txt").read_text(encoding="utf-8")
    assert sorted(ours.split()) == sorted(source_text("kh208-2022").split())


def test_the_judge_sees_every_kind_of_mistake() -> None:
    wanted = of(HERE / "plans_dev" / "d1-kim-son.json")
    found = perfect(wanted)
    found["signer"] = "Lò Văn Thai"
    found["bases"].pop()
    found["clauses"][2]["text"] += " thêm"
    found["clauses"][-1]["path"] = "IX"
    found["clauses"][-2]["agencies"].append("Sở Xây dựng")
    found["targets"][1]["op"] = "<"
    found["targets"][2]["value"] = 99
    found["targets"][-1]["clause"] = "I"
    found["tasks"] = [task for task in found["tasks"] if task["clause"] != "IV.1.-1"]
    next(task for task in found["tasks"] if task["clause"] == "IV.8.-1")["deadline"] = "2024-05-15"
    report = compare(wanted, found)
    wrong = {kind: (tally.extra, tally.missed) for kind, tally in report.items() if tally.told}
    assert wrong["metadata"] == (1, 1)
    assert wrong["bases"] == (0, 1)
    assert wrong["clauses by path"] == (1, 1)
    assert wrong["clauses by text"] == (1, 1)
    assert wrong["agencies of clauses"][0] == 1
    assert wrong["  op of targets"] == (1, 1)
    assert wrong["  value of targets"] == (1, 1)
    assert wrong["targets"] == (1, 1)
    assert wrong["tasks"] == (0, 1)
    assert wrong["  deadline of tasks"] == (1, 1)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("#! I. A\n### - b", "deeper than its parent allows"),
        ("#! I. A\n## - b\n@t > 80 % |  |  | trên 80%", "words not in the clause"),
        ("#! I. A\n## - b\n@d 2024-01-01 | trước tết", "words not in the clause"),
        ("I. A", "what is this line?"),
    ],
)
def test_a_source_that_contradicts_itself_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "x.src"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=complaint):
        read_source(path)
