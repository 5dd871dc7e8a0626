"""The data of a scan: where and when cases happened, and what they are compared with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diaban.engine.positions import Positions
from diaban.engine.scan.design import Floats, Ints, Model


@dataclass(frozen=True, eq=False)
class Data:
    """Cases in places and steps of time.

    - `positions` (P,): where the places are. One place makes a purely temporal scan.
    - `place`, `step` (n,): the number of the place and of the step of each case, from 0.
    - `steps`: how many steps of equal length the time has; 1 makes a purely spatial scan.
    - `expected` (P, T): for poisson (`expected_counts` makes them). `controls` (P, T): for bernoulli.
    - `touching` (n, 2): pairs of places that touch, for flexible windows.
    - `population` (P,): what a share of the population is counted by; by default the cases (permutation), the expected
      cases (poisson), cases and controls (bernoulli).

    Raises `ValueError` where the parts don't fit, and where cases happened where none can.
    """

    model: Model
    positions: Positions
    place: Ints
    step: Ints
    steps: int = 1
    expected: Floats | None = None
    controls: Ints | None = None
    population: Floats | None = None
    touching: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        """Check the parts against each other."""
        for name in ("place", "step"):
            object.__setattr__(self, name, _numbers(getattr(self, name), name))
        places, shape = len(self.positions), (len(self.positions), self.steps)
        if not places or self.steps < 1:
            raise ValueError("a scan needs at least one place and one step of time")
        if self.place.shape != self.step.shape:
            raise ValueError(f"every case needs a place and a step: {len(self.place)} places, {len(self.step)} steps")
        _inside(self.place, places, "place")
        _inside(self.step, self.steps, "step")
        if self.model is Model.PERMUTATION and (self.steps == 1 or places == 1):
            raise ValueError(
                "the permutation model compares places over time: it needs at least two places and two steps; "
                "with one place give expected counts (poisson)"
            )
        if self.model is Model.POISSON:
            object.__setattr__(self, "expected", _expected(self.expected, shape, self.counts()))
        if self.model is Model.BERNOULLI:
            object.__setattr__(self, "controls", _controls(self.controls, shape))
        if self.population is not None and (
            self.population.shape != (places,) or not (np.isfinite(self.population) & (self.population >= 0)).all()
        ):
            raise ValueError(f"population needs a number of 0 or more for each of {places} places")

    @property
    def cases(self) -> int:
        """Return the number of cases."""
        return len(self.place)

    def counts(self) -> NDArray[np.int64]:
        """Return (P, T) cases."""
        cells = self.place.astype(np.int64) * self.steps + self.step
        return np.bincount(cells, minlength=len(self.positions) * self.steps).reshape(-1, self.steps)

    def at_risk(self) -> Floats:
        """Return (P,) what the share of a window is counted by."""
        if self.population is not None:
            return self.population
        if self.expected is not None:
            return np.asarray(self.expected.sum(axis=1), dtype=np.float64)
        seen = np.bincount(self.place, minlength=len(self.positions)).astype(np.float64)
        return seen if self.controls is None else seen + self.controls.sum(axis=1)


def _numbers(values: NDArray[np.generic], what: str) -> Ints:
    found = np.asarray(values)
    if found.ndim != 1 or (len(found) and not np.issubdtype(found.dtype, np.integer)):
        raise ValueError(f"{what} of cases must be a row of whole numbers")
    return np.ascontiguousarray(found, dtype=np.int32)


def _inside(values: Ints, limit: int, what: str) -> None:
    outside = np.flatnonzero((values < 0) | (values >= limit))
    if len(outside):
        first = int(outside[0])
        raise ValueError(f"case {first}: {what} {int(values[first])} is not within 0 … {limit - 1}")


def _expected(expected: Floats | None, shape: tuple[int, int], counts: NDArray[np.int64]) -> Floats:
    if expected is None or np.shape(expected) != shape:
        raise ValueError(f"the poisson model needs expected counts of shape {shape}")
    found = np.ascontiguousarray(expected, dtype=np.float64)
    if not np.isfinite(found).all() or (found < 0).any():
        raise ValueError("expected counts are numbers of 0 or more")
    wrong = np.argwhere((found == 0) & (counts > 0))
    if len(wrong):
        place, step = (int(value) for value in wrong[0])
        raise ValueError(f"place {place}, step {step}: cases where none is expected; give it a population")
    total = float(counts.sum())
    if abs(found.sum() - total) > 1e-6 * max(total, 1):
        raise ValueError(f"expected counts must sum to the {total:g} cases, not to {found.sum():g}")
    return found


def _controls(controls: Ints | None, shape: tuple[int, int]) -> Ints:
    if controls is None or np.shape(controls) != shape:
        raise ValueError(f"the bernoulli model needs controls of shape {shape}")
    found = np.asarray(controls)
    if not np.issubdtype(found.dtype, np.integer) or (found < 0).any():
        raise ValueError("controls are whole numbers of 0 or more")
    return np.ascontiguousarray(found, dtype=np.int32)
