"""Replicates of a scan: how large the largest statistic gets when nothing is going on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diaban.engine.executors import Executor, Progress, quiet
from diaban.engine.kernels.scan_plain import largest_of_all
from diaban.engine.scan.design import Design, Floats
from diaban.engine.scan.monte_carlo.draws import Draws, Starts, Times, observed
from diaban.engine.scan.monte_carlo.weights import Weights


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Everything that all replicates of a design share."""

    design: Design
    weights: Weights
    draws: Draws


def maxima(
    design: Design, *, seed: int, first: int, count: int, executor: Executor, progress: Progress = quiet
) -> Floats:
    """Return the largest statistic of each of the replicates first … first+count-1; 0 without a candidate."""
    if design.cases == 0 or count <= 0:
        return np.zeros(max(count, 0))
    plan = Plan(design, Weights.of(design), Draws.of(design))
    items = [(seed, replicate) for replicate in range(first, first + count)]
    return np.array(executor.run(_replicate, plan, items, progress))


def best(design: Design) -> float:
    """Return the largest statistic of the data themselves, by the same steps as a replicate's."""
    if design.cases == 0:
        return 0.0
    starts, times = observed(design)
    return _largest(Plan(design, Weights.of(design), Draws.of(design)), starts, times)


def _replicate(plan: Plan, item: tuple[int, int]) -> float:
    return _largest(plan, *plan.draws.draw(*item))


def _largest(plan: Plan, starts: Starts, times: Times) -> float:
    design, weights = plan.design, plan.weights
    return float(
        largest_of_all(
            starts,
            times,
            design.rows,
            design.reach,
            weights.product,
            weights.zone,
            weights.clock,
            weights.cells,
            weights.total,
            weights.labelled,
            design.longest,
            design.earliest,
            design.least,
            design.high,
            design.low,
        )
    )
