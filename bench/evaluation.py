"""Benchmark: evaluation beside the general tools that people use for it.

    python bench/evaluation.py [--units 200] [--steps 60] [--repeat 3]

Makes its own data. Per line: our time, the peer's time on the same work in the same run, and the ratio. The peers:
statsmodels (log-linear regression with a dummy variable for each unit and step; a fresh regression for each placebo)
and scipy's general constrained minimiser for the weights of a synthetic control. Exits with 1 when results differ.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import statsmodels.api as sm
from scipy import optimize

from diaban.engine.evaluation.counts import BeforeAfter
from diaban.engine.evaluation.did import difference_in_differences
from diaban.engine.evaluation.interrupted import Family, Season, interrupted_series
from diaban.engine.evaluation.panel import Panel
from diaban.engine.evaluation.ratios import ratio_of_ratios
from diaban.engine.evaluation.synthetic_control import Donors, in_space, nearest_mixture
from diaban.engine.evaluation.twoway import fit_two_way
from diaban.engine.executors import Threads
from diaban.engine.fairness import City, simulate
from diaban.engine.streams import Stream, generator

T = TypeVar("T")
wrong: list[str] = []


def timed(work: Callable[[], T], repeat: int) -> tuple[float, T]:
    best, result = float("inf"), work()
    for _ in range(repeat):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return best, result


def line(name: str, ours: float, theirs: float | None = None, peer: str = "", note: str = "") -> None:
    ratio = f"{theirs:10.4f} s  {theirs / ours:8.0f}x {peer}" if theirs else ""
    print(f"{name:52} {ours:10.4f} s  {ratio} {note}")


def same(name: str, ours: float, theirs: float, allowed: float = 1e-6) -> None:
    if not abs(ours - theirs) <= allowed * (1 + abs(theirs)):
        wrong.append(f"{name}: {ours} and {theirs}")


def panel(units: int, steps: int) -> Panel:
    draw = generator(1, Stream.SYNTHETIC)
    mean = np.outer(np.exp(draw.normal(2, 0.8, units)), 1 + 0.3 * np.sin(np.arange(steps) / 2))
    return Panel(draw.poisson(mean), np.arange(units) < 5, steps // 2)


def two_way(units: int, steps: int, repeat: int) -> None:
    data = panel(units, steps)
    term = np.outer(data.treated, np.arange(steps) >= data.start).astype(float)
    unit, step = np.divmod(np.arange(units * steps), steps)
    dummies = np.column_stack(
        [unit[:, None] == np.arange(units), step[:, None] == np.arange(1, steps), term.ravel()]
    ).astype(float)
    model = sm.GLM(data.counts.ravel(), dummies, family=sm.families.Poisson())
    ours, found = timed(lambda: fit_two_way(data.counts, term[None]), repeat)
    theirs, fitted = timed(lambda: model.fit(), 1)
    same("two-way", float(found.coefficients[0]), float(fitted.params[-1]))
    line(f"two-way Poisson, {units} units x {steps} steps", ours, theirs, "statsmodels")
    ours, effect = timed(lambda: difference_in_differences(data, placebos=999), repeat)
    same("difference in differences", float(effect.ratio.estimate or 0), float(np.exp(fitted.params[-1])))
    line("  with 999 placebos", ours, theirs * 1000, "statsmodels, one regression x 1,000 (estimated)")


def series(repeat: int) -> None:
    draw = generator(2, Stream.SYNTHETIC)
    time_, season = np.arange(120), Season(12, 2)
    counts = draw.poisson(30 * np.exp(0.2 * np.sin(2 * np.pi * time_ / 12)))
    after = (time_ >= 80).astype(float)
    design = np.column_stack([np.ones(120), time_ / 120, after, after * (time_ - 80), season.columns(120)])
    model = sm.GLM(counts, design, family=sm.families.Poisson())
    ours, found = timed(lambda: interrupted_series(counts, 80, season=season, family=Family.POISSON), repeat)
    theirs, fitted = timed(lambda: model.fit(cov_type="HAC", cov_kwds={"maxlags": 4}), repeat)
    same("series", float(np.log(found.level.estimate or 1)), float(fitted.params[2]))
    line("interrupted series, 120 months", ours, theirs, "statsmodels")


def mixtures(repeat: int) -> None:
    draw = generator(3, Stream.SYNTHETIC)
    matrix, target = draw.normal(size=(60, 40)), draw.normal(size=60)
    ours, weights = timed(lambda: nearest_mixture(matrix, target), repeat)

    def general() -> np.ndarray:
        return optimize.minimize(
            lambda w: ((matrix @ w - target) ** 2).sum(),
            np.full(40, 1 / 40),
            bounds=[(0, 1)] * 40,
            constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
            options={"ftol": 1e-12, "maxiter": 1000},
        ).x

    theirs, expected = timed(general, repeat)
    distance = [float(np.linalg.norm(matrix @ w - target)) for w in (weights, expected)]
    same("mixture", distance[0], distance[1], 1e-6)
    line("weights of 40 donors over 60 steps", ours, theirs, "scipy SLSQP")
    outcome = 20 + np.cumsum(draw.normal(size=(100, 60)), axis=1)
    ours, _ = timed(lambda: in_space(Donors(outcome, 40), 0, np.arange(1, 100), executor=Threads()), repeat)
    line("99 placebos in space, 60 steps", ours)


def rest(repeat: int) -> None:
    ours, _ = timed(lambda: ratio_of_ratios(BeforeAfter(30, 20), BeforeAfter(400, 390)), repeat)
    line("exact ratio of ratios, 840 events", ours)
    ours, _ = timed(lambda: ratio_of_ratios(BeforeAfter(60_000, 30_000), BeforeAfter(500_000, 400_000)), repeat)
    line("exact ratio of ratios, 990,000 events", ours)
    ours, _ = timed(lambda: simulate(City(np.full(20, 4.0)), 64, 1, executor=Threads()), repeat)
    line("feedback loop, 20 places x 200 rounds x 64", ours)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    print(f"{'':52} {'ours':>12}  {'peer':>12}  {'ratio':>9}")
    two_way(asked.units, asked.steps, asked.repeat)
    series(asked.repeat)
    mixtures(asked.repeat)
    rest(asked.repeat)
    for difference in wrong:
        print("DIFFERS", difference)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
