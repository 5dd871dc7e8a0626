"""The worked examples and figures of docs/methods/{evaluation,displacement,fair-mapping}.md come out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from diaban.engine.evaluation.conduct import Agency, Fidelity, Outcome
from diaban.engine.evaluation.counts import BeforeAfter
from diaban.engine.evaluation.rings import Around
from diaban.engine.evaluation.verdict import assess
from diaban.engine.fairness import Allocation, City, Evidence, gini, simulate, top_share

METHODS = Path(__file__).parents[3] / "docs" / "methods"
DONE = Fidelity((Agency("Công an", 12, 11),))


def text_of(name: str) -> str:
    return " ".join((METHODS / name).read_text(encoding="utf-8").replace("−", "-").split())


def test_the_worked_example_of_evaluation() -> None:
    areas = Around(BeforeAfter(64, 28), (BeforeAfter(40, 66),), BeforeAfter(510, 498))
    found = assess([Outcome("tin báo", areas)], DONE)
    (one,) = found.deciding
    assert one.displacement is not None
    assert one.difference is not None
    assert one.quotient is not None
    ring, net, difference = one.displacement.rings[0], one.displacement.net, one.difference
    text = text_of("evaluation.md")
    for part in (
        f"Ratio of ratios {one.ratio.estimate:.3f} ({one.ratio.low:.3f}–{one.ratio.high:.3f})",
        f"is {difference.estimate:.1f} ({difference.low:.1f} to {difference.high:.1f}), z {difference.z:.2f}",
        f"ratio is {ring.estimate:.3f} ({ring.low:.3f}–{ring.high:.3f}): *{found.headline}*",
        f"together {net.estimate:.1f} ({net.low:.1f} to {net.high:.1f})",
        f"The quotient is {one.quotient.quotient:.2f}",
    ):
        assert part in text
    few = assess([Outcome("tin báo", replace(areas, treated=BeforeAfter(9, 4), rings=()))], DONE)
    assert few.needed is not None
    assert f"*{few.headline}*; a fall of 25 % needs about {few.needed.events} events before" in text
    assert f"{few.deciding[0].ratio.low:.2f} to {few.deciding[0].ratio.high:.2f}" in text


@pytest.mark.parametrize(
    ("evidence", "allocation", "memory", "row"),
    [
        (Evidence.POOLED, Allocation.TOP, None, "| {mean:.2f} | {gini:.2f} (the most"),
        (Evidence.REPORTED, Allocation.TOP, 13, "| {mean:.2f}, at most {most:.2f} | {gini:.2f} |"),
        (Evidence.REPORTED, Allocation.SHARE, None, "| {mean:.2f}, at most {most:.2f} | {gini:.2f} |"),
        (Evidence.EXPOSED, Allocation.SHARE, None, "| {mean:.2f}, at most {most:.2f} | {gini:.2f} |"),
    ],
)
def test_the_table_of_the_feedback_loop(
    evidence: Evidence, allocation: Allocation, memory: int | None, row: str
) -> None:
    city = City(np.full(12, 4.0), 150, 12, 1, 0.3, 0.1, evidence, allocation, memory)
    shares = simulate(city, 96, 20).shares(100)
    top = top_share(shares)
    assert row.format(mean=top.mean(), most=top.max(), gini=gini(shares).mean()) in text_of("fair-mapping.md")
