"""Emerging hot-spots: where it is new, where it grows, where it goes away.

For each bin (place, step) Gi* over its space-time neighbourhood: the place and its neighbours, in the same step and in
the `before` previous ones. Then false-discovery control over all bins, Mann-Kendall on each place's scores, and one of
seventeen categories (`categories`). See docs/methods/emerging-hot-spots.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from diaban.engine.executors import Executor, Progress, Threads, quiet
from diaban.engine.kernels.local_trend import near_sums
from diaban.engine.local import Inference, Neighbours, Run
from diaban.engine.local.discovery import checked_level, discoveries
from diaban.engine.local.moments import two_sided
from diaban.engine.local.permutation import rank_counts
from diaban.engine.local.whole import as_integers
from diaban.engine.trend.categories import Version, classify
from diaban.engine.trend.cube import Cube
from diaban.engine.trend.mann_kendall import Trends, mann_kendall

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_STEPS = 10
"""Fewer steps are refused: 90 % of them, and a trend over them, would mean nothing."""


class Window(StrEnum):
    """With what a bin's neighbourhood is compared.

    - cube: all bins of the cube (the default).
    - neighbourhood: the bins of all places in the steps of the neighbourhood.
    - step: the bins of all places in the bin's own step; the neighbourhood then holds that step only.
    """

    CUBE = "cube"
    NEIGHBOURHOOD = "neighbourhood"
    STEP = "step"


@dataclass(frozen=True, slots=True)
class Settings:
    """What is asked.

    `before`: steps before its own that a bin's neighbourhood holds. `level`: of false discoveries among bins, and of
    each place's trend `trend_level`. `replicates` and `seed` count for permutation only.
    """

    before: int = 1
    window: Window = Window.CUBE
    version: Version = Version.PRO
    inference: Inference = Inference.NORMAL
    level: float = 0.05
    trend_level: float = 0.05
    replicates: int = 9_999
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be asked."""
        if self.before < 0:
            raise ValueError(f"a neighbourhood holds 0 or more earlier steps, not {self.before}")
        checked_level(self.level)
        checked_level(self.trend_level)

    @property
    def depth(self) -> int:
        """How many steps a neighbourhood holds, its own included."""
        return 1 if self.window is Window.STEP else self.before + 1


@dataclass(frozen=True, slots=True, eq=False)
class Emerging:
    """What became of each place.

    - `z`, `p_value` (places, steps): Gi* of each bin and its two-sided p-value.
    - `signs` (places, steps): 1 hot, -1 cold, 0 neither, false discoveries controlled over all bins.
    - `trends`: Mann-Kendall of each row of `z`. `trend`: its significant direction.
    - `category` (places,): values of `categories.Category`.
    - `alone` (places,): places without neighbours in space; they have neither p-value (nan) nor pattern.
    """

    z: Floats
    p_value: Floats
    signs: NDArray[np.int8]
    trends: Trends
    trend: NDArray[np.int8]
    category: NDArray[np.int8]
    alone: NDArray[np.bool_]
    settings: Settings
    run: Run


def emerging(
    cube: Cube,
    neighbours: Neighbours,
    settings: Settings | None = None,
    *,
    executor: Executor | None = None,
    progress: Progress = quiet,
) -> Emerging:
    """Return the pattern of each place of a cube.

    Neighbours in space count alike: their weights are not used. Raises `ValueError` on fewer than ten steps, fewer
    than three places, or neighbours of other places.
    """
    asked = settings or Settings()
    if cube.steps < LEAST_STEPS:
        raise ValueError(f"emerging hot-spots need at least {LEAST_STEPS} steps of time, not {cube.steps}")
    if len(neighbours) != cube.places:
        raise ValueError(f"neighbours of {len(neighbours)} places do not fit a cube of {cube.places}")
    if cube.places < 3:
        raise ValueError(f"places are compared with each other: at least 3 are needed, not {cube.places}")
    worker = executor or Threads()
    alone = neighbours.alone
    whole = _whole(cube.values, neighbours, asked)
    sums, counts = _neighbourhoods(whole, neighbours, asked.depth)
    z = _scores(whole, sums, counts, asked)
    p_value, side = two_sided(z), z
    if asked.inference is Inference.PERMUTATION:
        p_value, side = _permuted(whole, sums, counts, asked, worker, progress)
    p_value = np.where(alone[:, None], np.nan, p_value)
    signs = np.where(discoveries(p_value, asked.level), np.sign(side), 0).astype(np.int8)
    trends = mann_kendall(z, executor=worker)
    trend = np.where(alone, 0, trends.direction(asked.trend_level)).astype(np.int8)
    return Emerging(
        z=z,
        p_value=p_value,
        signs=signs,
        trends=trends,
        trend=trend,
        category=classify(signs, trend, asked.version),
        alone=alone,
        settings=asked,
        run=Run(
            asked.inference,
            asked.level,
            asked.replicates if asked.inference is Inference.PERMUTATION else 0,
            asked.seed,
        ),
    )


def _whole(values: Floats, neighbours: Neighbours, asked: Settings) -> Ints:
    """Return the values as integers: all sums are exact, and equal neighbourhoods have equal scores."""
    most = (int(neighbours.counts.max(initial=0)) + 1) * asked.depth
    return as_integers(values.ravel(), max(most, 1024)).reshape(values.shape)


def _neighbourhoods(whole: Ints, neighbours: Neighbours, depth: int) -> tuple[Ints, Ints]:
    """Return sum and number of bins of each bin's neighbourhood, itself included: (places, steps) both."""
    sums = np.empty(whole.shape, np.int64)
    near_sums(whole, neighbours.start, neighbours.other, sums)
    counts = np.broadcast_to((neighbours.counts + 1)[:, None], whole.shape).copy()
    here_sums, here_counts = sums.copy(), counts.copy()
    for back in range(1, min(depth, whole.shape[1])):
        sums[:, back:] += here_sums[:, :-back]
        counts[:, back:] += here_counts[:, :-back]
    return sums, counts


def _scores(whole: Ints, sums: Ints, counts: Ints, asked: Settings) -> Floats:
    """Return Gi*: how far a neighbourhood's sum lies from what its number of bins would have by chance."""
    steps = whole.shape[1]
    values = whole.astype(np.float64)
    if asked.window is Window.CUBE:
        size = np.full(steps, whole.size)
        mean = np.full(steps, values.mean())
        spread = np.full(steps, values.var())
    else:
        spans = [values[:, max(step - asked.depth + 1, 0) : step + 1] for step in range(steps)]
        size = np.array([span.size for span in spans])
        mean = np.array([span.mean() for span in spans])
        spread = np.array([span.var() for span in spans])
    top = np.abs(values).max() ** 2
    room = spread * counts * (size - counts) / (size - 1)
    varies = room > 1e-13 * top * counts
    return np.where(varies, (sums - counts * mean) / np.sqrt(np.where(varies, room, 1.0)), 0.0)


def _permuted(
    whole: Ints, sums: Ints, counts: Ints, asked: Settings, executor: Executor, progress: Progress
) -> tuple[Floats, Floats]:
    """Return two-sided p-values by conditional permutation, and on which side each bin lies."""
    own, others = sums - whole, counts - 1
    p_value, side = np.ones(whole.shape), np.zeros(whole.shape)
    if asked.window is Window.CUBE:
        spans = [(slice(None), slice(None))]
    else:
        spans = [
            (slice(max(step - asked.depth + 1, 0), step + 1), slice(step, step + 1)) for step in range(whole.shape[1])
        ]
    for done, (pool, answered) in enumerate(spans):
        given = whole[:, pool]
        asked_counts = np.zeros(given.shape, np.int64)
        last = slice(None) if asked.window is Window.CUBE else slice(-1, None)
        asked_counts[:, last] = others[:, answered]
        asked_sums = np.zeros(given.shape, np.int64)
        asked_sums[:, last] = own[:, answered]
        ranks = rank_counts(
            given.ravel(),
            asked_sums.ravel(),
            asked_counts.ravel(),
            replicates=asked.replicates,
            seed=asked.seed,
            executor=executor,
            progress=progress if len(spans) == 1 else quiet,
        )
        p_value[:, answered] = ranks.p_value.reshape(given.shape)[:, last]
        side[:, answered] = np.sign(ranks.p_low - ranks.p_high).reshape(given.shape)[:, last]
        if len(spans) > 1:
            progress(done + 1, len(spans))
    return p_value, np.nan_to_num(side)
