"""Times the judging of 3,321 communes: classes alone, then with the whole working rendered.

Run: python bench/classify.py [--communes 3321] [--seed 2026]. Prints seconds.
Exits with 1 if judging or the plain-data output takes more than its budget.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable

from diaban.catalogue.rulesets_loader import ruleset_for
from diaban.core.rules import Assessment, CommuneFigures, RuleSet, evaluate, to_json

JUDGE_SECONDS = 2
PLAIN_DATA_SECONDS = 10


def declarations(count: int, seed: int) -> list[CommuneFigures]:
    """Return made-up declarations that fall in every band, one in ten with something not reported."""
    draw = random.Random(seed)

    def maybe(value: int) -> int | None:
        return None if draw.random() < 0.02 else value

    found = []
    for _ in range(count):
        population = draw.randint(900, 150_000)
        persons = int(population * draw.choice([0, 0, 0.0004, 0.002, 0.007]) * draw.random() * 2)
        found.append(
            CommuneFigures(
                population=maybe(population),
                persons=maybe(persons),
                persons_exempt=maybe(draw.randint(0, persons)),
                points=maybe(draw.choice([0, 0, 0, 1, 2, 4])),
                arrested=maybe(int(population * draw.choice([0, 0.0003, 0.0008, 0.002]) * draw.random())),
                resident_offenders=maybe(draw.choice([0, 0, 3])),
                wanted_hiding=maybe(draw.choice([0, 0, 0, 1])),
                plants=maybe(draw.choice([0, 0, 0, 0, 40, 700, 4000])),
                plant_m2=maybe(draw.choice([0, 0, 0, 0, 20, 200, 900])),
                route=draw.choice(["", "", "intra", "inter"]),
            )
        )
    return found


def timed(label: str, work: Callable[[], object]) -> float:
    """Run `work` once and print how long it took."""
    start = time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    print(f"{label:<58}{seconds:8.3f} s")
    return seconds


def main() -> int:
    """Print the figures and return 1 when the classes alone are over budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--communes", type=int, default=3321)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    ruleset = ruleset_for(2026)
    figures = declarations(options.communes, options.seed)
    results: list[Assessment] = []
    print(f"{options.communes} communes, {ruleset.number}")
    classes = timed("classes, criteria met, drug-free, both readings", lambda: _judge(ruleset, figures, results))
    plain = timed("  … conflicts, missing and distances as plain data", lambda: [to_json(one, "x") for one in results])
    timed(
        "  … every sentence of the working in Vietnamese", lambda: [[str(m) for m in one.explain()] for one in results]
    )
    return 0 if classes <= JUDGE_SECONDS and plain <= PLAIN_DATA_SECONDS else 1


def _judge(ruleset: RuleSet, figures: list[CommuneFigures], results: list[Assessment]) -> None:
    results.extend(evaluate(ruleset, one) for one in figures)
    met = sum(len(assessment.criteria_met) for assessment in results)
    free = sum(assessment.drug_free is True for assessment in results)
    print(f"{met} criteria met, {free} communes drug-free")


if __name__ == "__main__":
    sys.exit(main())
