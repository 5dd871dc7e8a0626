"""What windows weigh: the part of the statistic that no replicate changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diaban.engine.scan.design import Design, Floats, Model

SAME = 1e-13
"""Cells that differ from the product of their margins by less than this share of the largest count as the product."""


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Weights of windows, as `kernels.scan_statistic` means them.

    As a product (`product`): row entry i and all before it in its row weigh `zone[i]`, steps [s, e) weigh
    `clock[e] - clock[s]`, a window weighs zone × clock / total. Otherwise a window weighs the sum over its places p of
    `cells[p, e] - cells[p, s]`; then `zone` and `clock` are the margins all the same, for estimates.
    """

    product: bool
    zone: Floats  # (entries of reach,)
    clock: Floats  # (T + 1,)
    cells: Floats  # (P, T + 1), or (1, 1) for a product
    total: float
    labelled: bool

    @classmethod
    def of(cls, design: Design) -> Weights:
        """Weigh a design. Raises `ValueError` when the design lacks what its model needs."""
        counts = cell_weights(design)
        places, clock = counts if isinstance(counts, tuple) else (counts.sum(axis=1), counts.sum(axis=0))
        total = float(places.sum())
        product, cells = True, np.zeros((1, 1))
        if not isinstance(counts, tuple) and design.steps > 1:
            level = float(counts.max(initial=0.0))
            off = np.abs(counts - np.multiply.outer(places, clock / total)).max(initial=0.0) if total else 0.0
            if off > SAME * level:
                product, cells = False, _prefix(counts)
        return cls(
            product, _along(design, places), _prefix(clock[None])[0], cells, total, design.model is Model.BERNOULLI
        )


def cell_weights(design: Design) -> Floats | tuple[Floats, Floats]:
    """Return what every cell weighs (P, T), or for permutation the two margins: weights of places and of steps."""
    by_place = np.bincount(design.place, minlength=design.places).astype(np.float64)
    by_step = np.bincount(design.step, minlength=design.steps).astype(np.float64)
    if design.model is Model.PERMUTATION:
        return by_place, by_step
    shape = (design.places, design.steps)
    if design.model is Model.POISSON:
        if design.expected is None or design.expected.shape != shape:
            raise ValueError(f"the Poisson model needs expected counts of shape {shape}")
        return np.ascontiguousarray(design.expected, dtype=np.float64)
    if design.controls is None or design.controls.shape != shape:
        raise ValueError(f"the Bernoulli model needs controls of shape {shape}")
    persons: Floats = design.controls.astype(np.float64) + case_counts(design)
    return persons


def case_counts(design: Design) -> NDArray[np.int64]:
    """Return the cases of every cell (P, T)."""
    flat = design.place.astype(np.int64) * design.steps + design.step
    return np.bincount(flat, minlength=design.places * design.steps).reshape(design.places, design.steps)


def _prefix(counts: Floats) -> Floats:
    sums = np.zeros((counts.shape[0], counts.shape[1] + 1))
    np.cumsum(counts, axis=1, out=sums[:, 1:])
    return sums


def _along(design: Design, places: Floats) -> Floats:
    """Return, for every entry of `reach`, the weight of the places of its row up to it."""
    zone = np.empty(len(design.reach))
    for first, last in zip(design.rows[:-1].tolist(), design.rows[1:].tolist(), strict=True):
        np.cumsum(places[design.reach[first:last]], out=zone[first:last])
    return zone
