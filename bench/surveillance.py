"""Benchmark: Farrington's flexible method on 10,600 weekly series, and alarms calibrated for a province.

    python bench/surveillance.py [--series 10600] [--fits 100] [--threads 0] [--times 5]

Makes its own counts (over-dispersed, seasonal, 300 weeks). Prints seconds to judge the last week of every series, with
one thread and with `--threads` (0: every processor), the ratio against R's surveillance 1.20.3 (recorded on two
processors of the same kind, not run here: 109 s flexible, 50 s of 1996), and against statsmodels' GLM fitting the same
models in this run, fit by fit. Then the cost of calibrating and of a recurrence watch. Exits with 1 when a fit differs
from statsmodels' by more than 1e-8, or threads change a bit.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable

import numpy as np
import statsmodels.api as sm

from diaban.engine.executors import Serial, Threads
from diaban.engine.streams import Stream, generator
from diaban.engine.surveillance import calibration, farrington, models, nulls, recurrence, scorers
from diaban.engine.surveillance.counts import Counts, complete

R_FLEXIBLE, R_CLASSIC = 109.0, 50.0  # seconds for 10,600 series, recorded
WEEKS = 300


def made(series: int) -> Counts:
    """Return weekly counts of small means, with season and over-dispersion."""
    random = generator(1, Stream.SYNTHETIC)
    level = random.lognormal(0.3, 0.8, series)[:, None]
    mean = level * np.exp(0.3 * np.cos(2 * np.pi * np.arange(WEEKS) / 52))
    return complete(random.negative_binomial(2, 2 / (2 + mean)))


def best(work: Callable[[], object], times: int) -> float:
    """Return the least seconds of several runs."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return min(found)


def against_statsmodels(counts: Counts, fits: int) -> tuple[float, float]:
    """Fit level, season and trend of some series without reweighting; return seconds a fit and the worst difference."""
    settings = farrington.Farrington(outlying=None, trend_p=1.0)
    few = Counts(counts.values[:fits], counts.reported[:fits])
    ours = farrington.baselines(few, settings)
    now = counts.steps - 1
    levels = farrington.reference(now, 52, settings)
    used = np.flatnonzero(levels >= 0)
    factor = np.eye(settings.seasons)[levels[used]]
    spent, worst = 0.0, 0.0
    for s in range(fits):
        y = few.values[s, used]
        groups = factor.T @ y > 0
        rows = groups[levels[used]]  # a season without a count has no finite level; statsmodels cannot fit it
        if ours.kind[s, 0] == 0 or not groups[0]:
            continue
        design = factor[rows][:, groups]
        if ours.kind[s, 0] == 2:
            design = np.column_stack([design, (used[rows] - now) / 52])
        began = time.perf_counter()
        fitted = sm.GLM(y[rows], design, family=sm.families.Poisson()).fit(tol=1e-10)
        spent += time.perf_counter() - began
        worst = max(worst, abs(float(fitted.params[0]) - float(np.log(ours.expected[s, 0]))))
    return spent / fits, worst


def calibrations() -> None:
    """Print what calibrating costs."""
    null = nulls.steady(np.geomspace(0.1, 4, 160), 104, 0.3)
    scorer = scorers.Known(null.mean, null.alpha)
    began = time.perf_counter()
    found = calibration.calibrate(
        scorer, null, per_year=1, replicates=400, seed=1, burn_in=52, executor=Threads()
    )  # fmt: skip
    seconds = time.perf_counter() - began
    print(
        f"calibrate 160 communes, 400 drawn years: {seconds:.2f} s; threshold {found.threshold:.2f},"
        f" {found.achieved.rate:.2f} a year ({found.achieved.low:.2f} to {found.achieved.high:.2f})"
    )
    settings = recurrence.RecurrenceWatch()

    def watch() -> object:
        return recurrence.watch(
            np.zeros(20), np.ones(20, dtype=bool), recurrence.Sample(3, 26), recurrence.Sample(40, 52), settings, seed=1
        )

    watch()
    print(f"recurrence watch of one place, 52 weeks, {settings.replicates:,} draws: {best(watch, 3):.2f} s")


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=10_600)
    parser.add_argument("--fits", type=int, default=100)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--times", type=int, default=5)
    chosen = parser.parse_args()
    counts = made(chosen.series)
    began = time.perf_counter()
    farrington.watch(complete(counts.values[:2]), farrington.Farrington())
    print(f"first use: {time.perf_counter() - began:.2f} s (compiles when nothing is on disk yet)")
    share = chosen.series / 10_600
    print(f"\n{chosen.series:,} weekly series, last week judged           1 thread   threads   R recorded   ratio")
    same = True
    for name, settings, recorded in (
        ("flexible, trend if significant", farrington.Farrington(), R_FLEXIBLE),
        ("flexible, trend always", farrington.Farrington(trend_p=1.0), R_FLEXIBLE),
        ("1996", farrington.classic(), R_CLASSIC),
    ):
        one = best(lambda s=settings: farrington.watch(counts, s, executor=Serial()), chosen.times)
        more = best(lambda s=settings: farrington.watch(counts, s, executor=Threads(chosen.threads)), chosen.times)
        a, b = (farrington.watch(counts, settings, executor=e) for e in (Serial(), Threads(16)))
        same &= a.upper.tobytes() == b.upper.tobytes() and a.score.tobytes() == b.score.tobytes()
        quickest = min(one, more)
        print(f"  {name:<46} {one:7.2f} s {more:7.2f} s {recorded * share:9.0f} s {recorded * share / quickest:6.0f}x")
    theirs, worst = against_statsmodels(counts, min(chosen.fits, chosen.series))
    plain = farrington.Farrington(outlying=None, trend_p=1.0)
    ours = best(lambda: farrington.baselines(counts, plain), chosen.times) / chosen.series
    print(
        f"  one fit of level, season and trend: ours {ours * 1e6:.1f} µs (1 thread), statsmodels {theirs * 1e6:.0f} µs:"
        f" {theirs / ours:.0f}x; largest difference {worst:.1e}"
    )
    began = time.perf_counter()
    models.fit(counts, models.Model(models.Family.NEGATIVE_BINOMIAL, 1, trend=True))
    print(f"  negative binomial baselines of all series: {time.perf_counter() - began:.2f} s (1 thread)\n")
    calibrations()
    print(
        f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB; threads change no bit: {same}"
    )
    return 0 if same and worst <= 1e-8 else 1


if __name__ == "__main__":
    raise SystemExit(main())
