"""Would as large a gap have come where, or when, nothing was done?"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from diaban.engine.evaluation.synthetic_control.mixing import Donors, Mixture, mix
from diaban.engine.executors import Executor, Progress, Serial, quiet


@dataclass(frozen=True, eq=False)
class InSpace:
    """The treated unit's mixture, each donor's as if it had been treated, and the chance of so large a ratio.

    `p_value` is the share of units (the treated one counted) whose ratio of RMSPE after to before is at least the
    treated one's; it cannot fall below 1 / units. `p_fewer` asks the same on the side of fewer events only: among the
    units with a mean gap below zero.
    """

    treated: Mixture
    placebos: tuple[Mixture, ...]
    p_value: float
    p_fewer: float


def in_space(
    data: Donors,
    unit: int,
    donors: NDArray[np.integer],
    *,
    executor: Executor | None = None,
    progress: Progress = quiet,
) -> InSpace:
    """Give the treatment to each donor in turn; the truly treated unit is never a donor then.

    One unit is one piece of work. Raises `ValueError` with fewer than two donors.
    """
    numbers = [int(number) for number in donors]
    if len(numbers) < 2:
        raise ValueError("placebos need at least two donors")
    pieces = [(unit, numbers), *((one, [other for other in numbers if other != one]) for one in numbers)]
    mixtures = (executor or Serial()).run(_piece, data, pieces, progress)
    treated, placebos = mixtures[0], mixtures[1:]
    ratios = np.array([one.ratio for one in mixtures])
    fewer = np.array([one.effect < 0 for one in mixtures])
    as_large = ratios >= ratios[0] * (1 - 1e-12)
    p_fewer = float((as_large & fewer).mean()) if fewer[0] else 1.0
    return InSpace(treated, tuple(placebos), float(as_large.mean()), p_fewer)


def in_time(data: Donors, unit: int, donors: NDArray[np.integer], pretended: int) -> Mixture:
    """Return the mixture as if the work had begun at step `pretended`, of the steps before the true start only.

    A gap as large as the real one, where nothing was done yet, is a warning. Predictors must be of the time before
    `pretended`; the caller sees to that.
    """
    if not 0 < pretended < data.start:
        raise ValueError(f"the pretended start lies before the true one, {data.start}, and after the first step")
    span = data.fitted_over
    earlier = replace(
        data,
        outcome=data.outcome[:, : data.start],
        start=pretended,
        fitted_over=(span[0], min(span[1], pretended)) if span and span[0] < pretended else None,
    )
    return mix(earlier, unit, donors)


def _piece(data: Donors, piece: tuple[int, list[int]]) -> Mixture:
    return mix(data, piece[0], np.array(piece[1], dtype=np.int64))
