"""Replicates of a scan: how large the largest statistic gets when nothing is going on."""

from __future__ import annotations

import numpy as np

from diaban.engine.executors import Executor, Progress, quiet
from diaban.engine.kernels.scan_series import fill_series, largest_in_series
from diaban.engine.scan.design import Design, Floats
from diaban.engine.scan.monte_carlo.draws import Starts, Times, observed
from diaban.engine.scan.monte_carlo.plan import Plan

USUAL = 12.0


def maxima(
    design: Design, *, seed: int, first: int, count: int, executor: Executor, progress: Progress = quiet
) -> Floats:
    """Return the largest statistic of each of the replicates first … first+count-1; 0 without a candidate."""
    if design.cases == 0 or count <= 0:
        return np.zeros(max(count, 0))
    plan = Plan.of(design, theta=USUAL)
    items = [(seed, replicate) for replicate in range(first, first + count)]
    return np.array(executor.run(_replicate, plan, items, progress))


def best(design: Design) -> float:
    """Return the largest statistic of the data themselves, by the same steps as a replicate's."""
    if design.cases == 0:
        return 0.0
    return _largest(Plan.of(design, theta=USUAL), *observed(design))


def _replicate(plan: Plan, item: tuple[int, int]) -> float:
    return _largest(plan, *plan.draws.draw(*item))


def _largest(plan: Plan, starts: Starts, times: Times) -> float:
    kind = np.int32 if plan.wide else np.int16
    steps = len(plan.clock) - 1
    if plan.single:
        series = np.tri(steps + 1, plan.width, -1, dtype=kind)
        series = np.zeros((steps + 1, plan.width), kind)
        for step in range(1, steps + 1):
            series[step, step:] = 1
    else:
        series = np.empty((len(starts) - 1, plan.width), kind)
        fill_series(series, starts, times, plan.base)
    weights = plan.weights
    return float(
        largest_in_series(
            starts, times, plan.base, series, plan.single, plan.order, plan.probes, plan.rows, plan.reach,
            weights.product, weights.zone, plan.clock, plan.cells, weights.total, weights.labelled, plan.earliest,
            plan.least, plan.high, plan.low, plan.ladders, plan.first_block, plan.blocks, plan.buckets,
            plan.slopes,
        )  # fmt: skip
    )
