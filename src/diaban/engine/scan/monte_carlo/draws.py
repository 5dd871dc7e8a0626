"""Where a replicate's cases are: the arrays that the drawing kernels need, made once for a design."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels.scan_draws import alias_table, draw_cases, draw_labels, draw_times
from diaban.engine.scan.design import Design, Floats, Model
from diaban.engine.scan.monte_carlo.weights import SAME, case_counts, cell_weights
from diaban.engine.streams import Stream

Starts = NDArray[np.int64]
Times = NDArray[np.int16]
MOST_STEPS = 32_000


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Draws replicates of one design: `draw(seed, replicate)` gives `starts` (P + 1) and `times` (n)."""

    model: Model
    starts: Starts  # of the observed cases; for Bernoulli of cases and controls
    times: Times  # steps of the observed cases place after place; of cases and controls for Bernoulli
    cases: int
    tables: tuple[Floats, NDArray[np.int32], Floats, NDArray[np.int32]] | None = None

    @classmethod
    def of(cls, design: Design) -> Draws:
        """Prepare the draws of a design. The order in which its cases are given makes no difference."""
        if design.steps > MOST_STEPS:
            raise ValueError(
                f"at most {MOST_STEPS} steps of time can be scanned, not {design.steps}: take longer steps"
            )
        starts, times = observed(design)
        if design.model is Model.PERMUTATION:
            return cls(design.model, starts, np.sort(design.step).astype(np.int16), design.cases)
        weights = cell_weights(design)
        assert isinstance(weights, np.ndarray)
        if design.model is Model.POISSON:
            return cls(design.model, starts, times, design.cases, _tables(weights))
        persons = weights.astype(np.int64)
        first = np.concatenate([[0], np.cumsum(persons.sum(axis=1))])
        steps = np.repeat(np.tile(np.arange(design.steps, dtype=np.int16), design.places), persons.ravel())
        return cls(design.model, first, steps, design.cases)

    def draw(self, seed: int, replicate: int) -> tuple[Starts, Times]:
        """Return starts and times of a replicate: a pure function of its address."""
        key, number = np.uint64(seed & (2**64 - 1)), np.uint64(replicate)
        times = np.empty(self.cases, np.int16)
        if self.model is Model.PERMUTATION:
            draw_times(times, self.times, key, np.uint32(Stream.SCAN_TIMES), number)
            return self.starts, times
        starts = np.empty_like(self.starts)
        if self.model is Model.BERNOULLI:
            labels = np.empty(len(self.times), np.uint8)
            stream = np.uint32(Stream.SCAN_LABELS)
            draw_labels(starts, times, labels, self.starts, self.times, key, stream, number)
        elif self.tables is not None:
            draw_cases(starts, times, *self.tables, key, np.uint32(Stream.SCAN_CASES), number)
        return starts, times


def observed(design: Design) -> tuple[Starts, Times]:
    """Return starts and times of the data themselves."""
    counts = case_counts(design)
    starts = np.concatenate([[0], np.cumsum(counts.sum(axis=1))])
    order = np.lexsort((design.step, design.place))
    return starts, design.step[order].astype(np.int16)


def _tables(expected: Floats) -> tuple[Floats, NDArray[np.int32], Floats, NDArray[np.int32]]:
    places, clock = expected.sum(axis=1), expected.sum(axis=0)
    total = places.sum()
    off = np.abs(expected - np.multiply.outer(places, clock / total)).max(initial=0.0) if total else 0.0
    steps = clock[None] if off <= SAME * expected.max(initial=0.0) else expected
    place_keep, place_other = np.empty(len(places)), np.empty(len(places), np.int32)
    alias_table(places, place_keep, place_other)
    step_keep, step_other = np.empty(steps.shape), np.empty(steps.shape, np.int32)
    for row in range(len(steps)):
        alias_table(steps[row], step_keep[row], step_other[row])
    return place_keep, place_other, step_keep, step_other
