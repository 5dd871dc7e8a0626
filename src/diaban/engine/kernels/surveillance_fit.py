"""Log-linear models of counts, one series after another: iteratively reweighted least squares on an arrow.

Every model here is "one level for each group of steps, plus a few columns" (trend, harmonics). Its information matrix
is an arrow: a diagonal for the groups and a small block for the columns. So one iteration costs as much as reading the
steps, whatever the number of groups. Nelder and Wedderburn, J. R. Stat. Soc. A 135 (1972), for the iteration; McCullagh
and Nelder, Generalized Linear Models (1989), for the rest.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels.compiled import kernel

_ROUNDS = 60
_CLOSE = 1e-7  # largest change of a linear predictor at which Poisson's iteration has arrived: the next changes 1e-14
_CLOSER = 1e-11  # the same with over-dispersion, where the log is not the canonical link and steps shrink by a factor
_FLAT = 1e-10  # a column of which less than this share is left beside the groups says nothing of its own

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Work(NamedTuple):
    """The fit of one series, and the arrow of its last weights.

    `level` (G,), `slope` (q,), `mu` (T,), `weight` (T,); `diagonal` (G,) and `border` (G, q) of the information matrix,
    `block` (q, q) the Cholesky factor of what the groups leave of the columns.
    """

    level: Floats
    slope: Floats
    mu: Floats
    weight: Floats
    diagonal: Floats
    border: Floats
    block: Floats


@kernel
def factor(block: Floats, whole: Floats) -> bool:
    """Turn a small symmetric matrix into its Cholesky factor in place; False when a column depends on the others."""
    size = block.shape[0]
    for i in range(size):
        for j in range(i + 1):
            left = block[i, j]
            for k in range(j):
                left -= block[i, k] * block[j, k]
            if i != j:
                block[i, j] = left / block[j, j]
            elif not left > _FLAT * whole[i]:
                return False
            else:
                block[i, i] = math.sqrt(left)
    return True


@kernel
def solve(block: Floats, right: Floats) -> None:
    """Solve with a Cholesky factor, in place."""
    size = block.shape[0]
    for i in range(size):
        for k in range(i):
            right[i] -= block[i, k] * right[k]
        right[i] /= block[i, i]
    for i in range(size - 1, -1, -1):
        for k in range(i + 1, size):
            right[i] -= block[k, i] * right[k]
        right[i] /= block[i, i]


@kernel
def gather(group: Ints, z: Floats, work: Work, whole: Floats) -> bool:
    """Fill the arrow for the weights; False when a column says nothing of its own. `whole` (q,) is scratch."""
    columns, diagonal, border, block = z.shape[1], work.diagonal, work.border, work.block
    diagonal[:] = 0
    border[:] = 0
    block[:] = 0
    for t in range(group.shape[0]):
        g, w = group[t], work.weight[t]
        if w <= 0:
            continue
        diagonal[g] += w
        for i in range(columns):
            border[g, i] += w * z[t, i]
            for j in range(i + 1):
                block[i, j] += w * z[t, i] * z[t, j]
    for i in range(columns):
        whole[i] = block[i, i]
    for g in range(diagonal.shape[0]):
        if diagonal[g] > 0:
            for i in range(columns):
                for j in range(i + 1):
                    block[i, j] -= border[g, i] * border[g, j] / diagonal[g]
    return factor(block, whole)


@kernel
def leverage(g: int, row: Floats, work: Work, space: Floats) -> float:
    """Return the variance x' (X'WX)^-1 x of a linear predictor, for group `g` and columns `row`; `space` is scratch."""
    total: float = 1 / work.diagonal[g]
    for i in range(row.shape[0]):
        left = row[i] - work.border[g, i] / work.diagonal[g]
        for k in range(i):
            left -= work.block[i, k] * space[k]
        space[i] = left / work.block[i, i]
        total += space[i] * space[i]
    return total


@kernel
def _levels(y: Floats, omega: Floats, offset: Floats, group: Ints, work: Work, sums: Floats) -> None:
    """Fit levels alone for Poisson counts: the counts over what was exposed, without iteration."""
    level, mu = work.level, work.mu
    level[:] = 0
    sums[:] = 0
    for t in range(y.shape[0]):
        if omega[t] > 0 and group[t] >= 0:
            level[group[t]] += omega[t] * y[t]
            sums[group[t]] += omega[t] * math.exp(offset[t])
    for g in range(level.shape[0]):
        level[g] = math.log(level[g] / sums[g]) if level[g] > 0 else -np.inf
    for t in range(y.shape[0]):
        mu[t] = math.exp(level[group[t]] + offset[t]) if group[t] >= 0 else 0.0


@kernel
def _direction(y: Floats, group: Ints, z: Floats, work: Work, right: Floats, totals: Floats) -> float:
    """Put the next move of slopes and levels into `right` and `totals`; return the furthest move of a predictor."""
    columns = z.shape[1]
    right[:] = 0
    totals[:] = 0
    for t in range(y.shape[0]):
        if work.weight[t] > 0:
            push = work.weight[t] * (y[t] - work.mu[t]) / work.mu[t]
            totals[group[t]] += push
            for i in range(columns):
                right[i] += z[t, i] * push
    for g in range(totals.shape[0]):
        if work.diagonal[g] > 0:
            for i in range(columns):
                right[i] -= work.border[g, i] * totals[g] / work.diagonal[g]
    solve(work.block, right)
    for g in range(totals.shape[0]):
        for i in range(columns):
            totals[g] -= work.border[g, i] * right[i]
        totals[g] = totals[g] / work.diagonal[g] if work.diagonal[g] > 0 else 0.0
    furthest = 0.0
    for t in range(y.shape[0]):
        if work.weight[t] > 0:
            move = totals[group[t]]
            for i in range(columns):
                move += z[t, i] * right[i]
            furthest = max(furthest, abs(move))
    return furthest


@kernel
def fit(y: Floats, omega: Floats, offset: Floats, group: Ints, z: Floats, alpha: float, work: Work) -> bool:
    """Fit log(mu) = offset + level[group] + z slope to counts of variance mu + alpha mu²; False when it has no fit.

    `omega` weighs the steps; where it is 0 or the group is -1 a step has no part. A group without a single count has
    the level -inf and the mean 0, the limit of the likelihood; its steps have no weight. Fills `work`.
    """
    steps, columns, groups = y.shape[0], z.shape[1], work.level.shape[0]
    whole, right, totals = np.zeros(columns), np.zeros(columns), np.zeros(groups)
    _levels(y, omega, offset, group, work, totals)
    work.slope[:] = 0
    for t in range(steps):
        mean = work.mu[t]
        work.weight[t] = omega[t] * mean / (1 + alpha * mean) if omega[t] > 0 and group[t] >= 0 else 0.0
    if not gather(group, z, work, whole):
        return False
    if columns == 0 and alpha == 0:
        return True
    close = _CLOSER if alpha > 0 else _CLOSE
    for _ in range(_ROUNDS):
        furthest = _direction(y, group, z, work, right, totals)
        if not furthest < 1e6:
            return False
        share = min(1.0, 3.0 / furthest) if furthest > 0 else 1.0  # no step multiplies a mean by more than e³
        for i in range(columns):
            work.slope[i] += share * right[i]
        for g in range(groups):
            work.level[g] += share * totals[g]
        for t in range(steps):
            if work.weight[t] > 0:
                eta = offset[t] + work.level[group[t]]
                for i in range(columns):
                    eta += z[t, i] * work.slope[i]
                work.mu[t] = math.exp(eta)
                work.weight[t] = omega[t] * work.mu[t] / (1 + alpha * work.mu[t])
        if not gather(group, z, work, whole):
            return False
        if furthest < close:
            return True
    return False
