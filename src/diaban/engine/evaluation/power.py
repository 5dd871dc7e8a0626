"""How many events a comparison needs before its answer may be trusted either way.

Wald's test of a logarithm of a ratio of ratios (the effect of the log-linear model) and of a weighted displacement
difference: the events needed are those at which an effect worth having is found with the wished-for chance. The usual
normal approximation (J. M. Lachin, Controlled Clinical Trials 2, 1981), with Poisson variances times a dispersion.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats


@dataclass(frozen=True, slots=True)
class Needed:
    """`events` in the treated area before the work began, and as long a period after, for the chance `power`.

    `periods` is how many periods (months, weeks) of each that is at the present rate; None where that rate is 0.
    """

    events: int
    periods: int | None
    ratio: float
    power: float
    level: float


def events_for_ratio(
    ratio: float,
    *,
    control_share: float = 1.0,
    power: float = 0.8,
    level: float = 0.95,
    dispersion: float = 1.0,
    per_period: float = 0.0,
    spread: float = 0.0,
) -> Needed | None:
    """Return what `ratio_of_ratios` needs to see a true effect `ratio` (0.7: 30 % fewer).

    `control_share` is how many events the comparison has for one of the treated area; `per_period` the treated area's
    events in a period. Periods before and after are taken as equally long. None where places drift apart by
    themselves (`spread`, see `ratios.ratio_of_ratios`) so far that no number of events would do.
    """
    _check(ratio, control_share, power, level, dispersion)
    z = _reach(power, level)
    room = math.log(ratio) ** 2 - z**2 * spread
    if room <= 0:
        return None
    events = z**2 * dispersion * (1 + 1 / ratio + 2 / control_share) / room
    return _needed(events, ratio, power, level, per_period)


def events_for_difference(
    ratio: float,
    *,
    control_share: float = 1.0,
    power: float = 0.8,
    level: float = 0.95,
    dispersion: float = 1.0,
    per_period: float = 0.0,
) -> Needed:
    """Return what `differences.wdd` needs to see the treated area fall to `ratio` of itself.

    The comparison's counts are brought to the treated area's size by `control_share`, their area weight.
    """
    _check(ratio, control_share, power, level, dispersion)
    z = _reach(power, level)
    events = z**2 * dispersion * (1 + ratio + 2 / control_share) / (1 - ratio) ** 2
    return _needed(events, ratio, power, level, per_period)


def power_of_ratio(
    ratio: float, events: float, *, control_share: float = 1.0, level: float = 0.95, dispersion: float = 1.0
) -> float:
    """Return the chance that `events` before (and the same time after) show a true effect `ratio`."""
    _check(ratio, control_share, 0.5, level, dispersion)
    if events <= 0:
        return 0.0
    error = math.sqrt(dispersion * (1 + 1 / ratio + 2 / control_share) / events)
    return float(stats.norm.cdf(abs(math.log(ratio)) / error - stats.norm.ppf(0.5 + level / 2)))


def _needed(events: float, ratio: float, power: float, level: float, per_period: float) -> Needed:
    whole = math.ceil(events)
    return Needed(whole, math.ceil(whole / per_period) if per_period > 0 else None, ratio, power, level)


def _reach(power: float, level: float) -> float:
    return float(stats.norm.ppf(0.5 + level / 2) + stats.norm.ppf(power))


def _check(ratio: float, control_share: float, power: float, level: float, dispersion: float) -> None:
    if not (0 < ratio < math.inf) or ratio == 1:
        raise ValueError(f"ratio: an effect is a number above 0 and other than 1, not {ratio}")
    if not (0 < control_share < math.inf):
        raise ValueError("the comparison needs events: control_share is above 0")
    if not (0 < power < 1 and 0 < level < 1):
        raise ValueError("power and level lie between 0 and 1")
    if dispersion < 1:
        raise ValueError(f"dispersion is at least 1, not {dispersion}")
