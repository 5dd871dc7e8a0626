"""Draws of a scan's replicates: where and when the cases are when nothing is going on.

Every draw gives the same two things: `starts` (P + 1), where each place's cases begin, and `times` (n), the step of
each case, place after place. A replicate is a pure function of seed and number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels.compiled import kernel
from diaban.engine.kernels.random import philox, shuffle

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


@kernel
def draw_times(
    times: NDArray[np.int16], ordered: NDArray[np.int16], seed: np.uint64, stream: np.uint32, replicate: np.uint64
) -> None:
    """Shuffle the steps `ordered` over the cases: both margins stay (space-time permutation)."""
    times[:] = ordered
    shuffle(times, seed, stream, replicate)


@kernel
def draw_labels(
    starts: NDArray[np.int64],
    times: NDArray[np.int16],
    labels: NDArray[np.uint8],
    first: NDArray[np.int64],
    steps: NDArray[np.int16],
    seed: np.uint64,
    stream: np.uint32,
    replicate: np.uint64,
) -> None:
    """Say anew who of all cases and controls is a case (Bernoulli).

    `first` (P + 1) and `steps` (persons) are the starts and times of cases and controls together; `labels` (persons)
    is scratch; as many are cases as `times` has room for.
    """
    for person in range(labels.shape[0]):
        labels[person] = 1 if person < times.shape[0] else 0
    shuffle(labels, seed, stream, replicate)
    filled = 0
    for place in range(starts.shape[0] - 1):
        starts[place] = filled
        for person in range(first[place], first[place + 1]):
            if labels[person]:
                times[filled] = steps[person]
                filled += 1
    starts[starts.shape[0] - 1] = filled


@kernel
def _pick(word: float, keep: NDArray[np.float64], other: NDArray[np.int32]) -> int:
    scaled = word * keep.shape[0]
    chosen = int(scaled)
    if scaled - chosen < keep[chosen]:
        return chosen
    return int(other[chosen])


@kernel
def draw_cases(
    starts: NDArray[np.int64],
    times: NDArray[np.int16],
    place_keep: NDArray[np.float64],
    place_other: NDArray[np.int32],
    step_keep: NDArray[np.float64],
    step_other: NDArray[np.int32],
    seed: np.uint64,
    stream: np.uint32,
    replicate: np.uint64,
) -> None:
    """Throw all cases over the cells by alias tables (Poisson): first places, then a step for each case.

    `step_keep`, `step_other` (P or 1, T): one table per place, or one for all.
    """
    k0, k1 = np.uint32(np.uint64(seed) & _LOW), np.uint32(np.uint64(seed) >> _HALF)
    low, high = np.uint32(np.uint64(replicate) & _LOW), np.uint32(np.uint64(replicate) >> _HALF)
    cases, places = times.shape[0], starts.shape[0] - 1
    starts[:] = 0
    for case in range(0, cases, 2):
        a, b, c, d = philox(np.uint32(case >> 1), low, np.uint32(stream), high, k0, k1)
        here = _pick(
            ((a >> np.uint32(5)) * 67108864.0 + (b >> np.uint32(6))) / 9007199254740992.0, place_keep, place_other
        )
        starts[here + 1] += 1
        if case + 1 < cases:
            here = _pick(
                ((c >> np.uint32(5)) * 67108864.0 + (d >> np.uint32(6))) / 9007199254740992.0, place_keep, place_other
            )
            starts[here + 1] += 1
    for place in range(places):
        starts[place + 1] += starts[place]
    block = np.uint32((cases + 1) >> 1)
    word = 1.0
    held = -1.0
    for place in range(places):
        table = place if step_keep.shape[0] > 1 else 0
        for case in range(starts[place], starts[place + 1]):
            if held >= 0:
                word = held
                held = -1.0
            else:
                a, b, c, d = philox(block, low, np.uint32(stream), high, k0, k1)
                block = np.uint32(block + np.uint32(1))
                word = ((a >> np.uint32(5)) * 67108864.0 + (b >> np.uint32(6))) / 9007199254740992.0
                held = ((c >> np.uint32(5)) * 67108864.0 + (d >> np.uint32(6))) / 9007199254740992.0
            times[case] = np.int16(_pick(word, step_keep[table], step_other[table]))


@kernel
def alias_table(weights: NDArray[np.float64], keep: NDArray[np.float64], other: NDArray[np.int32]) -> None:
    """Make the alias table of one row of weights (A. J. Walker 1977; M. D. Vose, IEEE Trans. Softw. Eng. 17, 1991).

    What weighs nothing is never drawn, whatever the rounding; a row that weighs nothing keeps everything where it is
    and is never asked.
    """
    size = weights.shape[0]
    total, heaviest = 0.0, 0
    for i in range(size):
        total += weights[i]
        if weights[i] > weights[heaviest]:
            heaviest = i
        keep[i] = 1.0
        other[i] = i
    if total <= 0:
        return
    small, large = np.empty(size, np.int64), np.empty(size, np.int64)
    smalls = larges = 0
    for i in range(size):
        keep[i] = weights[i] / total * size
        if keep[i] < 1:
            small[smalls] = i
            smalls += 1
        else:
            large[larges] = i
            larges += 1
    while smalls and larges:
        smalls -= 1
        little, big = small[smalls], large[larges - 1]
        other[little] = big
        keep[big] -= 1 - keep[little]
        if keep[big] < 1:
            larges -= 1
            small[smalls] = big
            smalls += 1
    for i in range(size):
        if weights[i] <= 0:
            keep[i] = 0.0
            if weights[other[i]] <= 0:
                other[i] = heaviest
        elif other[i] == i:
            keep[i] = 1.0
