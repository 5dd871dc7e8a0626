"""How well and how fast plans are read: what the reader finds beside a gold made with the plan.

Run: python bench/reading_plans.py [--set dev|held-out|208] [--details] [--file NAME]

Prints precision, recall and F1 by kind of finding, over all files and by file, and seconds a page (2,500 characters).
The sets: tests/plans_dev (the reader was made with it), tests/plans_held_out (its author has not seen it), plan 208.
How findings are matched: docs/methods/reading-plans-benchmark.md. Exits with 1 if a page takes too long.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

from diaban.adapters.plan_files import text_of
from diaban.catalogue.plans_loader import gazetteer
from diaban.core.plans import read_plan

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
from plan_matching import Report, Tally, compare  # noqa: E402

SETS = {"dev": "tests/plans_dev", "held-out": "tests/plans_held_out", "208": "tests/plan_208"}
PAGE = 2500
SECONDS_A_PAGE = 0.5


def main() -> int:
    """Print the figures of a set; return 1 if it takes too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", choices=SETS, default="held-out")
    parser.add_argument("--details", action="store_true", help="print every finding that is wrong, extra or missed")
    parser.add_argument("--file", default="", help="only files whose name contains this")
    options = parser.parse_args()
    agencies = gazetteer()
    whole: Report = {}
    seconds = pages = 0.0
    by_file: list[tuple[str, Report]] = []
    for path in sorted((ROOT / SETS[options.set]).glob("*.json")):
        if options.file not in path.name:
            continue
        gold = json.loads(path.read_text(encoding="utf-8"))
        start = time.perf_counter()
        source = text_of(gold["file"], (path.parent / gold["file"]).read_bytes())
        found = read_plan(source.text, agencies).as_dict()
        seconds += time.perf_counter() - start
        pages += len(source.text) / PAGE
        report = compare(gold, _plain(found))
        by_file.append((gold["file"], report))
        for kind, tally in report.items():
            whole.setdefault(kind, Tally()).add(tally)
        if options.details:
            _tell(gold["file"], report)
    _print(f"{options.set}: {len(by_file)} plans, {pages:.1f} pages", whole)
    print(
        f"\n{'F1 by file':<32}"
        + "".join(f"{kind:>9}" for kind in ("meta", "bases", "paths", "texts", "agencies", "targets", "tasks"))
    )
    for name, report in by_file:
        print(f"{name:<32}" + "".join(f"{_shown(report[kind].f1):>9}" for kind in MAIN))
    print(f"\n{seconds / max(pages, 1):.3f} s a page")
    return int(seconds / max(pages, 1) > SECONDS_A_PAGE)


MAIN = ("metadata", "bases", "clauses by path", "clauses by text", "agencies of clauses", "targets", "tasks")


def _plain(found: Any) -> Any:
    return json.loads(json.dumps(found, ensure_ascii=False, default=str))


def _print(title: str, report: Report) -> None:
    print(f"{title}\n{'kind':<26}{'gold':>7}{'found':>7}{'precision':>11}{'recall':>9}{'F1':>9}")
    for kind, tally in report.items():
        wanted, found = tally.right + tally.missed, tally.right + tally.extra
        figures = (tally.precision, tally.recall, tally.f1)
        print(f"{kind:<26}{wanted:>7}{found:>7}{_shown(figures[0]):>11}{_shown(figures[1]):>9}{_shown(figures[2]):>9}")


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _tell(name: str, report: Report) -> None:
    print(f"\n══ {name}")
    for kind, tally in report.items():
        for sentence in tally.told:
            print(f"  {kind}: {sentence}")


if __name__ == "__main__":
    sys.exit(main())
