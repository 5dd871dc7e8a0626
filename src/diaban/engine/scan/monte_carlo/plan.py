"""What all replicates of a design share: weights, tables, blocks, and the order of the rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import reverse_cuthill_mckee

from diaban.engine.kernels.scan_blocks import cut_blocks, slope_of_clock, weigh_blocks
from diaban.engine.kernels.scan_ladder import LEVELS, bucket_above, fill_ladder, fill_ladder_low, level_of
from diaban.engine.kernels.scan_series import STRETCH
from diaban.engine.scan.design import Design, Floats
from diaban.engine.scan.monte_carlo.draws import Draws
from diaban.engine.scan.monte_carlo.weights import Weights

Ints = NDArray[np.int64]
PATIENCE = 4.5
"""Blocks are cut so that one is opened with a chance of about exp(-PATIENCE)."""
PROBES = 16
SPARSE = 16  # cells per case from which on each case is counted by itself, …
WHOLE = 96  # steps that the C source adds at once where it counts each case by itself
DENSE = 1 << 20  # … unless there are fewer cells than this


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A design made ready: see `kernels.scan_series.largest_in_series` for the arrays.

    Rows and places stand in an order in which near ones follow each other, so that what is needed is still in the
    processor's cache; `places` gives each place's number in the design. Draws keep the design's own numbers.
    """

    weights: Weights
    draws: Draws
    rows: Ints
    reach: NDArray[np.int32]
    places: Ints
    base: int
    earliest: int
    width: int
    single: bool
    wide: bool
    clock: Floats
    cells: Floats
    order: Ints
    probes: Ints
    ladders: NDArray[np.int32]
    first_block: Ints
    blocks: NDArray[np.int32]
    buckets: NDArray[np.int16]
    slopes: NDArray[np.int16]
    least: int
    high: bool
    low: bool

    @classmethod
    def of(cls, design: Design, *, theta: float, patience: float = PATIENCE) -> Plan:
        """Make a design ready. `theta` is about how large the largest statistic will get; it decides the time only."""
        weights, rows = Weights.of(design), np.ascontiguousarray(design.rows, dtype=np.int64)
        longest = max(min(design.longest, design.steps), 1)
        base = max(design.earliest - longest, 0)
        clock = weights.clock[base:] - weights.clock[base]
        steps = design.steps - base
        slopes = np.zeros((longest + 1, -(-steps // STRETCH), STRETCH), np.int16)
        if weights.product and not weights.labelled:
            slope_of_clock(clock, slopes)
        order = _near_together(design, rows)
        entries, rows = _ranges(rows[:-1][order], np.diff(rows)[order])
        reach = np.ascontiguousarray(design.reach[entries], dtype=np.int32)
        seen = np.full(design.places, len(reach), np.int64)
        seen[reach[::-1]] = np.arange(len(reach))[::-1]  # where each place comes first
        places = np.argsort(seen, kind="stable")
        renumbered = np.empty(design.places, np.int32)
        renumbered[places] = np.arange(design.places, dtype=np.int32)
        turns = np.arange(len(rows) - 1)
        needed = max(steps, STRETCH) + longest
        single = design.places * needed > max(SPARSE * design.cases, DENSE)
        width = -(-needed // WHOLE) * WHOLE if single else -(-needed // 32) * 32
        cells = weights.cells if weights.product else np.ascontiguousarray(weights.cells[places, base:])
        plan = cls(
            weights=replace(weights, zone=np.ascontiguousarray(weights.zone[entries])),
            draws=Draws.of(design),
            rows=rows,
            reach=renumbered[reach],
            places=places,
            base=base,
            earliest=design.earliest - base,
            width=width,
            single=single,
            wide=_may_exceed(design, weights),
            clock=clock,
            cells=cells,
            order=turns,
            probes=turns[:: max(len(turns) // PROBES, 1)].copy(),
            ladders=_ladders(design, weights),
            first_block=np.zeros(len(rows), np.int64),
            blocks=np.empty((0, 4), np.int32),
            buckets=np.empty((0, 1, 3), np.int16),
            slopes=slopes,
            least=design.least,
            high=design.high,
            low=design.low,
        )
        return plan.cut_anew(theta, patience)

    def cut_anew(self, theta: float, patience: float = PATIENCE) -> Plan:
        """Return the same plan with its blocks cut for another usual size of the largest statistic."""
        weights, clock, cases = self.weights, self.clock, self.draws.cases
        steps, longest, first_block = len(clock) - 1, len(self.slopes) - 1, np.zeros(len(self.rows), np.int64)
        usual = clock[-1] / weights.total * np.arange(longest + 1) / steps
        counts, share = self.ladders[0, level_of(theta)], cases / weights.total
        blocks = cut_blocks(self.rows, weights.zone, usual, counts, share, patience, first_block)
        buckets = np.empty((len(blocks), self.slopes.shape[1], 3), np.int16)
        weigh_blocks(
            self.rows, self.reach, weights.zone, weights.product, clock, self.cells, weights.total, self.earliest,
            first_block, blocks, self.ladders.shape[2] - 1, buckets,
        )  # fmt: skip
        return replace(self, first_block=first_block, blocks=blocks, buckets=buckets)


def _ladders(design: Design, weights: Weights) -> NDArray[np.int32]:
    ladders = np.empty((2, LEVELS, bucket_above(weights.total) + 2), np.int32)
    for table, fill, wanted in ((ladders[0], fill_ladder, design.high), (ladders[1], fill_ladder_low, design.low)):
        if wanted or table is ladders[0]:
            fill(table, design.cases, weights.total, weights.labelled, design.least)
    return ladders


def _may_exceed(design: Design, weights: Weights) -> bool:
    """Return whether every replicate must be asked if a window may hold more cases than 16 bits count."""
    if design.cases <= 32_767:
        return False
    if design.expected is None:  # no place ever has more cases than it has cases, or cases and controls
        return bool(weights.zone.max(initial=0.0) > 32_767)
    return True


def _near_together(design: Design, rows: Ints) -> Ints:
    """Return an order of the rows in which rows that share places follow each other."""
    if len(rows) < 3:
        return np.arange(len(rows) - 1)
    at, starts = _ranges(rows[:-1], np.minimum(np.diff(rows), 8))
    side = max(len(rows) - 1, design.places)
    graph = csr_array(
        (np.ones(len(at), np.int8), design.reach[at], starts),
        shape=(len(rows) - 1, design.places),
    )
    graph.resize((side, side))
    order = reverse_cuthill_mckee(graph, symmetric_mode=False).astype(np.int64)
    kept: Ints = order[order < len(rows) - 1]
    return kept


def _ranges(first: Ints, lengths: Ints) -> tuple[Ints, Ints]:
    """Return first[0] … first[0]+lengths[0]-1, first[1] …, and where each range begins in that."""
    begins = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return np.repeat(first - begins[:-1], lengths) + np.arange(begins[-1]), begins
