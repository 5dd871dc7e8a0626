"""Replicates of a scan: how large the largest statistic gets when nothing is going on."""

from __future__ import annotations

import numpy as np

from diaban.engine.executors import Executor, Progress, quiet
from diaban.engine.scan.design import Design, Floats
from diaban.engine.scan.monte_carlo.draws import observed
from diaban.engine.scan.monte_carlo.plan import Plan
from diaban.engine.scan.monte_carlo.search import largest

USUAL = 10.0
PILOTS = 3


def maxima(
    design: Design, *, seed: int, first: int, count: int, executor: Executor, progress: Progress = quiet
) -> Floats:
    """Return the largest statistic of each of the replicates first … first+count-1; 0 without a candidate.

    A replicate is a pure function of design, seed and number: neither the executor, nor `first` and `count`, nor the
    order of the cases in the design makes a difference. Raises `ValueError` when the design lacks what its model needs.
    """
    if design.cases == 0 or count <= 0:
        return np.zeros(max(count, 0))
    plan = Plan.of(design, theta=USUAL)
    if count > PILOTS:
        plan = plan.cut_anew(float(np.mean([_replicate(plan, (seed, first + i)) for i in range(PILOTS)])))
    items = [(seed, replicate) for replicate in range(first, first + count)]
    return np.array(executor.run(_replicate, plan, items, progress))


def best(design: Design) -> float:
    """Return the largest statistic of the data themselves, by the same steps as a replicate's."""
    if design.cases == 0:
        return 0.0
    return largest(Plan.of(design, theta=USUAL), *observed(design))


def _replicate(plan: Plan, item: tuple[int, int]) -> float:
    return largest(plan, *plan.draws.draw(*item))
