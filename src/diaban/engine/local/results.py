"""What local and global statistics answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

from diaban.core.messages import N_, Message, say

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ALONE = N_("không có lân cận")
"""What stands in place of a result for a unit without neighbours."""


class Inference(StrEnum):
    """Where p-values come from: the normal approximation, or conditional permutations."""

    NORMAL = "normal"
    PERMUTATION = "permutation"


class Quadrant(IntEnum):
    """Where a unit stands in Moran's scatter plot: its own value, and its neighbours' mean, against the mean of all."""

    NONE = 0
    HIGH_HIGH = 1
    LOW_HIGH = 2
    LOW_LOW = 3
    HIGH_LOW = 4

    @property
    def meaning(self) -> Message:
        """The quadrant in words."""
        return say(
            {
                Quadrant.NONE: N_("không xác định"),
                Quadrant.HIGH_HIGH: N_("cao giữa nơi cao"),
                Quadrant.LOW_HIGH: N_("thấp giữa nơi cao"),
                Quadrant.LOW_LOW: N_("thấp giữa nơi thấp"),
                Quadrant.HIGH_LOW: N_("cao giữa nơi thấp"),
            }[self]
        )


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """How the p-values of a result were made: everything needed to make them again."""

    inference: Inference
    level: float
    replicates: int
    seed: int


@dataclass(frozen=True, slots=True, eq=False)
class HotSpots:
    """Gi or Gi* of n units.

    - `z`: standard score, above zero where values are high. nan for a unit alone, 0 where nothing can vary.
    - `p_value`: two-sided, by `run.inference`; nan for a unit alone. `q_value`: adjusted for false discoveries.
    - `hot`, `cold`: discoveries at `run.level` with z above, below zero.
    - `confidence`: -3 … 3, ArcGIS's Gi_Bin with false-discovery control (90 %, 95 %, 99 %).
    - `alone`: units without neighbours. `star`: whether the unit itself is counted (Gi*).
    """

    z: Floats
    p_value: Floats
    q_value: Floats
    hot: Bools
    cold: Bools
    confidence: NDArray[np.int8]
    alone: Bools
    star: bool
    run: Run


@dataclass(frozen=True, slots=True, eq=False)
class LocalMoran:
    """Local Moran's I of n units.

    - `statistic`, `expected`, `variance`, `z`: conditional moments; nan for a unit alone.
    - `p_value`, `q_value`, `significant`, `alone`: as in `HotSpots`.
    - `quadrant`: values of `Quadrant`, whether significant or not.
    """

    statistic: Floats
    expected: Floats
    variance: Floats
    z: Floats
    p_value: Floats
    q_value: Floats
    significant: Bools
    quadrant: NDArray[np.int8]
    alone: Bools
    run: Run


@dataclass(frozen=True, slots=True)
class GlobalStatistic:
    """Moran's I or G of a whole map.

    `p_normal` is two-sided from `z`; `p_value` the two-sided rank among `replicates` shuffles of the map, nan when none
    were asked for.
    """

    name: str
    statistic: float
    expected: float
    variance: float
    z: float
    p_normal: float
    p_value: float
    replicates: int
    seed: int
