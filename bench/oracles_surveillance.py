"""Oracles of surveillance: R's bounds and alarms on salmonella.agona, week by week.

    python bench/oracles_surveillance.py FOLDER

FOLDER holds `r-packages/surv_salmonella.agona.csv` (the series) and `r-packages/surv_oracle_salmonella_agona.csv` (what
R surveillance 1.20.3 said of weeks 260 to 312). Prints ours, expected and the difference for every method; exits with 1
when one is over its tolerance. Farrington's bounds of 1996 differ from R's by up to 1.5e-4, because R stops its
iteration at a relative change of 1e-8 of the deviance; the script shows that the same model stopped by R's rule gives
R's figure to 1e-9. C3 of R 1.20.3 leaves the judged week itself out of the sum that was published; both are shown.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from diaban.engine.surveillance import charts, ears, farrington, models
from diaban.engine.surveillance.bounds import Verdict
from diaban.engine.surveillance.counts import Counts, complete

Floats = NDArray[np.float64]
FIRST, LAST = 259, 312  # steps from 0: R's weeks 260 … 312
failures = 0


def column(rows: list[dict[str, str]], name: str) -> Floats:
    """Return a column, nan for NA."""
    return np.array([float("nan") if row[name] == "NA" else float(row[name]) for row in rows])


def compare(what: str, ours: Any, expected: Any, tolerance: float = 0.0) -> None:
    """Print one line and remember a difference over the tolerance."""
    global failures
    ours, expected = np.asarray(ours, dtype=float), np.asarray(expected, dtype=float)
    same = ours.shape == expected.shape and (np.isnan(ours) == np.isnan(expected)).all()
    worst = float(np.nanmax(np.abs(ours - expected), initial=0)) if same else float("inf")
    failures += not worst <= tolerance

    def short(values: Floats) -> str:
        return " ".join(f"{value:.6g}" for value in values[:5]) + (" …" if len(values) > 5 else "")

    verdict = "" if worst <= tolerance else "   WRONG"
    print(f"{what:<44} {short(ours):>44} | {short(expected):>44} | {worst:.2g}{verdict}")


def stopped_as_in_r(design: Floats, y: Floats, prior: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Fit a Poisson model by the textbook's iteration, stopped by R's rule; the weights are those of the last solve."""
    mean = y + 0.1
    predictor, before = np.log(mean), np.inf
    for _ in range(25):
        weight = prior * mean
        information = (design * weight[:, None]).T @ design
        found = np.linalg.solve(information, (design * weight[:, None]).T @ (predictor + (y - mean) / mean))
        predictor = design @ found
        mean = np.exp(predictor)
        part = np.where(y > 0, y * np.log(np.where(y > 0, y, 1) / mean), 0) - (y - mean)
        deviance = 2 * float((prior * part).sum())
        if abs(deviance - before) / (abs(deviance) + 0.1) < 1e-8:
            break
        before = deviance
    return found, mean, weight, information


def classic_stopped_as_in_r(series: Floats, now: int) -> float:
    """Return the upper bound of 1996 at one week, written a second time and stopped by R's rule."""
    used = np.concatenate([np.arange(now - 52 * i - 3, now - 52 * i + 4) for i in (4, 3, 2, 1)])
    y = series[used]
    for trend in (True, False):
        design = np.column_stack([np.ones(len(y)), used - now]) if trend else np.ones((len(y), 1))
        freedom = len(y) - design.shape[1]
        _, mean, weight, information = stopped_as_in_r(design, y, np.ones(len(y)))
        phi = max(float((weight * ((y - mean) / mean) ** 2).sum()) / freedom, 1)
        hat = np.einsum("ij,jk,ik->i", design, np.linalg.inv(information), design) * weight
        residual = 1.5 * (y ** (2 / 3) * mean ** (-1 / 6) - np.sqrt(mean)) / np.sqrt(phi * (1 - hat))
        omega = np.where(residual > 1, np.maximum(residual, 1) ** -2.0, 1)
        found, mean, weight, information = stopped_as_in_r(design, y, omega * len(y) / omega.sum())
        raw = float((weight * ((y - mean) / mean) ** 2).sum()) / freedom
        covariance = np.linalg.inv(information)
        now_mean = float(np.exp(found[0]))
        if trend:
            p = 2 * stats.t.sf(abs(found[1]) / np.sqrt(raw * covariance[1, 1]), freedom)
            if p >= 0.05 or now_mean > y.max():
                continue
        tau = max(raw, 1) * (1 + now_mean * covariance[0, 0])
        return float((now_mean ** (2 / 3) + stats.norm.isf(0.005) * np.sqrt(4 / 9 * now_mean ** (1 / 3) * tau)) ** 1.5)
    raise AssertionError


def farringtons(counts: Counts, rows: list[dict[str, str]]) -> None:
    """Compare both of Farrington's methods."""
    weeks = range(FIRST, LAST)
    found = farrington.watch(counts, farrington.classic(), weeks)
    few = found.verdicts[0] == Verdict.FEW
    expected = column(rows, "farr_upper")
    compare("farrington, alarms", found.alarms[0], column(rows, "farr_alarm"))
    compare("farrington, too few recent counts", few, expected == 0)
    compare("farrington, bounds at convergence", found.upper[0][~few], expected[~few], 1.5e-4)
    again = np.array([classic_stopped_as_in_r(counts.values[0], week) for week in weeks])
    compare("farrington, bounds stopped by R's rule", again[~few], expected[~few], 1e-9)
    published = [6.2295, 5.2718, 5.4325, 5.3293, 5.9536]
    compare("farrington, first bounds recorded", found.upper[0][:5], published, 1.5e-4)
    flexible = farrington.watch(counts, farrington.Farrington(trend_p=1.0), weeks)
    few = flexible.verdicts[0] == Verdict.FEW
    compare("farringtonFlexible, alarms", flexible.alarms[0], column(rows, "flex_alarm"))
    compare("farringtonFlexible, bounds", np.where(few, np.nan, flexible.upper[0]), column(rows, "flex_upper"))
    compare("farringtonFlexible, alarmed weeks", np.flatnonzero(flexible.alarms[0]) + 260, [262, 263, 264])


def early(counts: Counts, rows: list[dict[str, str]]) -> None:
    """Compare EARS."""
    weeks = range(FIRST, LAST)
    for variant in (ears.Variant.C1, ears.Variant.C2):
        found = ears.watch(counts, ears.Ears(variant), weeks)
        compare(f"EARS {variant}, bounds", found.upper[0], column(rows, f"{variant}_upper"), 1e-9)
        compare(f"EARS {variant}, alarms", found.alarms[0], column(rows, f"{variant}_alarm"))
    second = ears.watch(counts, ears.Ears(ears.Variant.C2)).score[0]
    beyond = np.maximum(np.nan_to_num(second) - 1, 0)
    earlier = np.r_[0, beyond[:-1]] + np.r_[0, 0, beyond[:-2]]
    theirs = earlier[FIRST:LAST] > stats.norm.isf(0.025)
    compare("EARS C3, R's alarms from the two weeks before", theirs, column(rows, "C3_alarm"))
    ours = ears.watch(counts, ears.Ears(ears.Variant.C3), weeks).alarms[0]
    print(f"{'EARS C3 as published, alarmed weeks':<44} {(np.flatnonzero(ours) + 260).tolist()}")


def adding_up(counts: Counts, rows: list[dict[str, str]]) -> None:
    """Compare CUSUM and the likelihood ratio."""
    weeks = range(FIRST, LAST)
    later = complete(counts.values[:, FIRST:LAST])
    season = models.fit(counts, models.Model(models.Family.POISSON, 1), weeks, FIRST)
    found = charts.cusum(later, np.exp(season.predictor), charts.Cusum())
    compare("CUSUM (rossi), counts that would signal", found.upper[0], column(rows, "cusum_stat"), 1e-6)
    compare("CUSUM (rossi), alarms", found.alarms[0], column(rows, "cusum_alarm"))
    trend = models.fit(counts, models.Model(models.Family.POISSON, 1, trend=True), weeks, FIRST)
    settings = charts.LikelihoodRatio(5, LAST, restart=True)
    ratio, _ = charts.likelihood_ratio(later, np.exp(trend.predictor), settings)
    compare("glr, first statistics recorded", ratio.score[0][:3], [0.53286, 1.95526, 6.94296], 5e-6)
    compare("glr, alarmed weeks", np.flatnonzero(ratio.alarms[0]) + 260, [262, 264, 285])


def berlin(folder: Path) -> None:
    """Compare the weeks alarmed in Berlin's hepatitis A."""
    with (folder / "surv_ha_berlin.csv").open() as file:
        counts = complete([float(row["observed"]) for row in csv.DictReader(file)])
    found = farrington.watch(counts, farrington.classic(years=3, alpha=0.01), range(counts.steps - 20, counts.steps))
    alarms = found.steps[found.alarms[0]] + 1
    compare("ha Berlin, farrington(3, 3), alarmed weeks", alarms, [286, 287, 288])


def main() -> int:
    """Compare everything."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    folder = Path(sys.argv[1]) / "r-packages"
    with (folder / "surv_salmonella.agona.csv").open() as file:
        counts = complete([float(row["observed"]) for row in csv.DictReader(file)])
    with (folder / "surv_oracle_salmonella_agona.csv").open() as file:
        rows = list(csv.DictReader(file))
    print(f"{'':<44} {'ours':>44} | {'expected':>44} | difference")
    farringtons(counts, rows)
    early(counts, rows)
    adding_up(counts, rows)
    berlin(folder)
    print("all as expected" if not failures else f"{failures} differ")
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
