"""The largest statistic of one replicate: by the compiled C function where there is one, otherwise by the kernel."""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels import native
from diaban.engine.kernels.scan_series import fill_series, largest_in_series, most_possible, renumber
from diaban.engine.scan.monte_carlo.draws import Starts, Times
from diaban.engine.scan.monte_carlo.plan import Plan

MOST = 32_767  # cases of one window that 16 bits count


def largest(plan: Plan, starts: Starts, times: Times) -> float:
    """Return the largest statistic; the same bits whichever way it is found."""
    starts, times = _renumbered(plan, starts, times)
    if plan.wide and most_possible(starts, times, plan.rows, plan.reach, len(plan.slopes) - 1) > MOST:
        return _by_kernel(plan, starts, times, _series(plan, starts, times, np.dtype(np.int32)))
    series = _series(plan, starts, times, np.dtype(np.int16))
    function = native.load()
    if function is not None:
        return function(_handed_over(plan, starts, times, series))
    return _by_kernel(plan, starts, times, series)


def _renumbered(plan: Plan, starts: Starts, times: Times) -> tuple[Starts, Times]:
    moved, kept = np.empty_like(starts), np.empty_like(times)
    renumber(moved, kept, starts, times, plan.places)
    return moved, kept


def _by_kernel(plan: Plan, starts: Starts, times: Times, series: NDArray[np.signedinteger]) -> float:
    weights = plan.weights
    data = (starts, times, plan.base, series, plan.single, plan.order, plan.probes, plan.rows, plan.reach)
    weight = (weights.product, weights.zone, plan.clock, plan.cells, weights.total, weights.labelled)
    asked = (plan.earliest, plan.least, plan.high, plan.low)
    ladders, blocks = plan.ladders, (plan.first_block, plan.blocks, plan.buckets, plan.slopes)
    return float(largest_in_series(*data, *weight, *asked, ladders, *blocks))


def _series(plan: Plan, starts: Starts, times: Times, kind: np.dtype[np.signedinteger]) -> NDArray[np.signedinteger]:
    if plan.single:
        after = np.arange(plan.width) >= np.arange(len(plan.clock))[:, None]
        after[0] = False
        return after.astype(kind)
    series = np.empty((len(starts) - 1, plan.width), kind)
    fill_series(series, starts, times, plan.base)
    return series


def _handed_over(plan: Plan, starts: Starts, times: Times, series: NDArray[np.signedinteger]) -> native.Scan:
    widest = int(np.diff(plan.rows).max(initial=0)) + 1
    arrays: dict[str, NDArray[np.generic]] = {
        "starts": starts, "order": plan.order, "probes": plan.probes, "rows": plan.rows, "times": times,
        "first_block": plan.first_block, "series": series, "buckets": plan.buckets, "slopes": plan.slopes,
        "reach": plan.reach, "ladders": plan.ladders, "blocks": plan.blocks, "zone": plan.weights.zone,
        "clock": plan.clock, "cells": plan.cells, "reached": np.empty((widest, plan.width), np.int16),
        "after": np.empty(len(times), np.int16), "held": np.empty(widest, np.int64), "sizes": np.zeros(widest),
    }  # fmt: skip
    given = native.Scan(
        **{name: array.ctypes.data_as(ctypes.c_void_p) for name, array in arrays.items()},
        rows_in_order=len(plan.order), rows_to_probe=len(plan.probes), base=plan.base, width=plan.width,
        single=plan.single, product=plan.weights.product, steps=len(plan.clock) - 1, columns=plan.cells.shape[1],
        stretches=plan.buckets.shape[1], buckets_in_ladder=plan.ladders.shape[2], labelled=plan.weights.labelled,
        earliest=plan.earliest, least=plan.least, high=plan.high, low=plan.low, cases=len(times),
        sparse=plan.single and not plan.low, total=plan.weights.total,
    )  # fmt: skip
    given.kept = arrays  # alive as long as the addresses are
    return given
