"""Charts that add up evidence over steps: likelihood-ratio CUSUM and generalised likelihood ratio, many series at once.

Both work on counts with a known mean and a variance of mean + alpha mean² (Poisson at alpha = 0). G. Lorden, Ann. Math.
Stat. 42 (1971); J. M. Lucas, Technometrics 27 (1985); M. Höhle and M. Paul, Comput. Stat. Data Anal. 52 (2008).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels.compiled import kernel

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_ROUNDS = 50


@kernel
def add_up(increments: Floats, reported: Flags, out: Floats) -> None:
    """Fill `out` (S, T) with sums that never fall below 0; an unreported step leaves the sum as it was."""
    for s in range(increments.shape[0]):
        total = 0.0
        for t in range(increments.shape[1]):
            if reported[s, t]:
                total = max(0.0, total + increments[s, t])
            out[s, t] = total


@kernel
def gain(y: float, mean: float, rise: float, alpha: float) -> float:
    """Return the log-likelihood ratio of a count when the mean is `exp(rise)` times as large."""
    if alpha <= 0:
        return y * rise - mean * math.expm1(rise)
    grown = math.exp(rise)
    return y * rise - (y + 1 / alpha) * math.log1p(alpha * mean * (grown - 1) / (1 + alpha * mean))


@kernel
def ratio_cusum(counts: Floats, reported: Flags, mean: Floats, alpha: Floats, rise: float, out: Floats) -> None:
    """Fill `out` (S, T) with the CUSUM of log-likelihood ratios for a mean grown to exp(rise)."""
    for s in range(counts.shape[0]):
        total = 0.0
        for t in range(counts.shape[1]):
            if reported[s, t] and mean[s, t] > 0:
                total = max(0.0, total + gain(counts[s, t], mean[s, t], rise, alpha[s]))
            out[s, t] = total


@kernel
def _summit(counts: Floats, reported: Flags, mean: Floats, alpha: float, first: int, last: int, start: float) -> float:
    """Return the rise (0 or more) at which steps first … last are likeliest, by Newton from `start`."""
    rise = start
    for _ in range(_ROUNDS):
        push, curve = 0.0, 0.0
        for t in range(first, last + 1):
            if reported[t] and mean[t] > 0:
                grown = alpha * mean[t] * math.exp(rise)
                push += counts[t] - (counts[t] + 1 / alpha) * grown / (1 + grown)
                curve += (counts[t] + 1 / alpha) * grown / (1 + grown) ** 2
        if curve <= 0:
            return max(rise, 0.0)
        step = push / curve
        step = min(max(step, -1.0), 1.0)
        if rise + step <= 0 and rise <= 0:
            return 0.0
        rise = max(rise + step, 0.0)
        if abs(step) < 1e-10:
            break
    return rise


@kernel
def _best(counts: Floats, reported: Flags, mean: Floats, alpha: float, first: int, last: int) -> tuple[float, int]:
    """Return the largest log-likelihood ratio over starts first … last, and its start."""
    best, begin, cases, expected, rise = 0.0, last, 0.0, 0.0, 0.0
    for start in range(last, first - 1, -1):
        if not reported[start] or mean[start] <= 0:
            continue
        cases += counts[start]
        expected += mean[start]
        if alpha <= 0:
            value = cases * math.log(cases / expected) - (cases - expected) if cases > expected else 0.0
        else:
            rise = _summit(counts, reported, mean, alpha, start, last, rise)
            value = 0.0
            for t in range(start, last + 1):
                if reported[t] and mean[t] > 0:
                    value += gain(counts[t], mean[t], rise, alpha)
        if value > best:
            best, begin = value, start
    return best, begin


@kernel
def likelihood_ratio(
    counts: Floats,
    reported: Flags,
    mean: Floats,
    alpha: Floats,
    window: int,
    restart: float,
    out: Floats,
    begins: NDArray[np.int64],
) -> None:
    """Fill `out` (S, T) with the largest log-likelihood ratio of a lasting rise that began at most `window` steps ago.

    `begins`: the likeliest beginning. At a value of `restart` or more the chart starts anew with the next step.
    """
    for s in range(counts.shape[0]):
        fresh = 0
        for t in range(counts.shape[1]):
            first = max(fresh, t + 1 - window)
            out[s, t], begins[s, t] = _best(counts[s], reported[s], mean[s], alpha[s], first, t)
            if out[s, t] >= restart:
                fresh = t + 1


@kernel
def against_past(before: float, before_steps: float, counts: Floats, reported: Flags, window: int, out: Floats) -> None:
    """Fill `out` (R, T) with the largest log-likelihood ratio of recent steps against all earlier ones, mean unknown.

    Row by row: for each start, the counts since against the counts before it (`before` in `before_steps`, and the
    earlier steps of the row), as two Poisson samples. Counts of a step weigh one step each.
    """
    for s in range(counts.shape[0]):
        all_cases, all_steps = before, before_steps
        for t in range(counts.shape[1]):
            best = 0.0
            if reported[s, t]:
                all_cases += counts[s, t]
                all_steps += 1
            cases, steps = 0.0, 0.0
            whole = all_cases * math.log(all_cases / all_steps) if all_cases > 0 and all_steps > 0 else 0.0
            for start in range(t, max(-1, t - window), -1):
                if not reported[s, start]:
                    continue
                cases += counts[s, start]
                steps += 1
                left, rest = all_cases - cases, all_steps - steps
                if rest > 0 and cases * rest > left * steps:
                    value = cases * math.log(cases / steps) - whole
                    if left > 0:
                        value += left * math.log(left / rest)
                    best = max(best, value)
            out[s, t] = best
