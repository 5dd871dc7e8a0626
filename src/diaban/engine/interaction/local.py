"""Which events take part in the interaction: what each has before and after it nearby.

The local form of Knox's test of G. Jacquez and others, as described by S. J. Rey, D. Mack and J. Koschinsky,
"Exploratory space-time analysis of burglary patterns", Journal of Quantitative Criminology 28 (2012).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from diaban.engine.interaction import pairs as near
from diaban.engine.interaction.pairs import Metric
from diaban.engine.positions import Positions

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class LocalKnox:
    """For each of n events, in the order of the data.

    - `lead`: events nearby that came after it, within the time; `lag`: before it; `same`: in the very same step.
    - `near`: events nearby at any time; `soon`: events within the time, anywhere.
    - `p`: the chance of at least so many both near and soon when `soon` of the n - 1 others are drawn anyhow
      (hypergeometric); 1 for an event without a neighbour. n events are n questions: control for false discovery.
    """

    lead: Ints
    lag: Ints
    same: Ints
    near: Ints
    soon: Ints
    p: Floats


def local_knox(
    positions: Positions,
    steps: Ints,
    distance: float,
    time: int,
    metric: Metric = Metric.STRAIGHT,
    most_pairs: int = 50_000_000,
) -> LocalKnox:
    """Count for each event its neighbours within `distance` metres and `time` steps (both inclusive)."""
    if time < 0:
        raise ValueError(f"the time must be 0 or more steps, not {time}")
    count = len(positions)
    sweep = near.lay_out(positions, steps, near.checked_edges((distance,)), metric)
    lead, lag, same, around = (np.zeros(count, dtype=np.int64) for _ in range(4))
    for portion in near.found(sweep, most_pairs):
        gap = sweep.step[portion.right] - sweep.step[portion.left]
        close = np.abs(gap) <= time
        for one, ahead in ((portion.left, gap), (portion.right, -gap)):
            around += np.bincount(one, minlength=count)
            lead += np.bincount(one[close & (ahead > 0)], minlength=count)
            lag += np.bincount(one[close & (ahead < 0)], minlength=count)
            same += np.bincount(one[close & (ahead == 0)], minlength=count)
    lead, lag, same, around = (_in_order_of_the_data(row, sweep.order) for row in (lead, lag, same, around))
    ordered = np.sort(steps)
    soon = np.searchsorted(ordered, steps + time, side="right") - np.searchsorted(ordered, steps - time) - 1
    both, p = lead + lag + same, np.ones(count)
    some = both > 0
    p[some] = _at_least(both[some], count - 1, around[some], soon[some])
    return LocalKnox(lead, lag, same, around, soon.astype(np.int64), p)


def _in_order_of_the_data(row: Ints, order: NDArray[np.intp]) -> Ints:
    back = np.empty_like(row)
    back[order] = row
    return back


def _at_least(least: Ints, every: int, marked: Ints, drawn: Ints) -> Floats:
    """Return the chance of `least` or more marked ones when `drawn` are taken from `every`, of which `marked` are."""
    low = least * every <= marked * drawn  # below the mean: one less the other tail, told by the marked not drawn
    upper = _tail(np.where(low, marked - least + 1, least), every, marked, np.where(low, every - drawn, drawn))
    return np.minimum(np.where(low, 1 - upper, upper), 1.0)


def _tail(least: Ints, every: int, marked: Ints, drawn: Ints) -> Floats:
    """Return the chance of `least` or more, above the mean: the first term by logarithms, the next by their ratios.

    scipy.stats would do as well, but takes half a second to load.
    """

    def log_choose(n: Floats, k: Floats) -> Floats:
        ways: Floats = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
        return ways

    k, n, m, total = (np.asarray(row, dtype=np.float64) for row in (least, marked, drawn, every))
    possible = (k <= n) & (k <= m) & (n - k <= total - m)
    k = np.where(possible, k, np.maximum(0, n + m - total))
    term = np.where(possible, np.exp(log_choose(n, k) + log_choose(total - n, m - k) - log_choose(total, m)), 0.0)
    chance = term.copy()
    while bool((term > 1e-17 * chance).any()):
        term = term * (n - k) * (m - k) / ((k + 1) * (total - n - m + k + 1))
        chance += term
        k = k + 1
    return chance
