"""What a file of events holds, as columns of numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diaban.core.messages import Message

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A column of words: `codes` (n,) index `names` (in the order of first appearance); -1 where the cell is empty."""

    codes: NDArray[np.int32]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class EventColumns:
    """The good rows of a file. `day`: days since 1970-01-01.

    Points have `x` and `y` (longitude and latitude in degrees when `degrees`, else metres); counts have `unit` and
    `count` (-1: not reported). `control` marks comparisons among points; `controls` counts them in areas.
    `skipped`: bad rows that were left out because the person asked for it. `notes`: what was decided while reading.
    """

    name: str
    day: NDArray[np.int32]
    degrees: bool = False
    x: Floats | None = None
    y: Floats | None = None
    unit: Words | None = None
    count: NDArray[np.int64] | None = None
    controls: NDArray[np.int64] | None = None
    control: NDArray[np.bool_] | None = None
    category: Words | None = None
    source: Words | None = None
    skipped: int = 0
    monthly: bool = False
    notes: tuple[Message, ...] = ()

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.day)


@dataclass(frozen=True, slots=True, eq=False)
class UnitColumns:
    """Areas of a file: codes in the order of the file, names, centres, and population where it is given."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    degrees: bool
    x: Floats
    y: Floats
    population: Floats | None
    notes: tuple[Message, ...] = ()
