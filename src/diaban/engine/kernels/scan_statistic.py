"""The statistic of one window, and what weighs a window: the only place where its logarithms are taken.

A window's weight is what does not change between replicates: the cases expected in it, or, for Bernoulli, the cases
and controls in it. It is either a product, `zone × clock / total`, or a sum over cells.
"""

from __future__ import annotations

import math

from diaban.engine.kernels.compiled import kernel


@kernel
def statistic(count: int, weight: float, cases: float, total: float, labelled: bool) -> float:
    """Return the logarithm of the likelihood ratio of `count` cases where `weight` is; 0 where it says nothing.

    `total` is the weight of everything: `cases` itself unless `labelled` (Bernoulli), then all cases and controls.
    """
    inside, outside = float(count), cases - count
    if weight <= 0 or weight >= total:
        return 0.0
    if not labelled:
        value = 0.0
        if inside > 0:
            value += inside * math.log(inside / weight)
        if outside > 0:
            value += outside * math.log(outside / (total - weight))
        return value
    rest, beyond = total - weight, total - cases
    value = -cases * math.log(cases / total)
    if beyond > 0:
        value -= beyond * math.log(beyond / total)
    if inside > 0:
        value += inside * math.log(inside / weight)
    if weight > inside:
        value += (weight - inside) * math.log((weight - inside) / weight)
    if outside > 0:
        value += outside * math.log(outside / rest)
    if rest > outside:
        value += (rest - outside) * math.log((rest - outside) / rest)
    return value
