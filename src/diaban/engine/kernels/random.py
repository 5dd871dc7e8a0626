"""Random numbers by key and counter: draw number `index` of replicate `replicate` is a pure function of its address.

Philox 4x32-10 of J. K. Salmon, M. A. Moraes, R. O. Dror and D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3",
SC11 (2011). The key is the seed; the counter is (block of four words, replicate, stream). No state is carried, so one
worker, sixteen workers and a cluster draw the same numbers whoever does which replicate.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diaban.engine.kernels.compiled import kernel

_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint32(0x9E3779B9)
_WEYL_1 = np.uint32(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_ROUNDS = 10


@kernel
def philox(
    c0: np.uint32, c1: np.uint32, c2: np.uint32, c3: np.uint32, k0: np.uint32, k1: np.uint32
) -> tuple[np.uint32, np.uint32, np.uint32, np.uint32]:
    """Return the four random words of 32 bits that stand at a counter of four words, under a key of two."""
    for _ in range(_ROUNDS):
        first = np.uint64(c0) * _MULTIPLIER_0
        second = np.uint64(c2) * _MULTIPLIER_1
        c0, c1, c2, c3 = (
            np.uint32(np.uint32(second >> _HALF) ^ c1 ^ k0),
            np.uint32(second & _LOW),
            np.uint32(np.uint32(first >> _HALF) ^ c3 ^ k1),
            np.uint32(first & _LOW),
        )
        k0 = np.uint32(k0 + _WEYL_0)
        k1 = np.uint32(k1 + _WEYL_1)
    return c0, c1, c2, c3


@kernel
def fill_words(out: NDArray[np.uint32], seed: np.uint64, stream: np.uint32, replicate: np.uint64) -> None:
    """Fill `out` with the first words of a replicate's stream."""
    k0, k1 = np.uint32(np.uint64(seed) & _LOW), np.uint32(np.uint64(seed) >> _HALF)
    low, high = np.uint32(np.uint64(replicate) & _LOW), np.uint32(np.uint64(replicate) >> _HALF)
    count = out.shape[0]
    for start in range(0, count, 4):
        words = philox(np.uint32(start >> 2), low, np.uint32(stream), high, k0, k1)
        out[start] = words[0]
        if start + 1 < count:
            out[start + 1] = words[1]
        if start + 2 < count:
            out[start + 2] = words[2]
        if start + 3 < count:
            out[start + 3] = words[3]


@kernel
def fill_uniforms(out: NDArray[np.float64], seed: np.uint64, stream: np.uint32, replicate: np.uint64) -> None:
    """Fill `out` with uniforms on [0, 1) of 53 bits: draw `i` takes words `2 i` and `2 i + 1`."""
    k0, k1 = np.uint32(np.uint64(seed) & _LOW), np.uint32(np.uint64(seed) >> _HALF)
    low, high = np.uint32(np.uint64(replicate) & _LOW), np.uint32(np.uint64(replicate) >> _HALF)
    count = out.shape[0]
    for start in range(0, count, 2):
        a, b, c, d = philox(np.uint32(start >> 1), low, np.uint32(stream), high, k0, k1)
        out[start] = ((a >> np.uint32(5)) * 67108864.0 + (b >> np.uint32(6))) / 9007199254740992.0
        if start + 1 < count:
            out[start + 1] = ((c >> np.uint32(5)) * 67108864.0 + (d >> np.uint32(6))) / 9007199254740992.0


@kernel
def shuffle(values: NDArray[np.generic], seed: np.uint64, stream: np.uint32, replicate: np.uint64) -> None:
    """Put `values` (fewer than 2**32, any type) into a uniformly random order, in place.

    Fisher and Yates, with D. Lemire's exact bounded draws (ACM Trans. Model. Comput. Simul. 29, 2019): a word that
    would favour some places is thrown away, so every order is equally likely up to the words themselves.
    """
    k0, k1 = np.uint32(np.uint64(seed) & _LOW), np.uint32(np.uint64(seed) >> _HALF)
    low, high = np.uint32(np.uint64(replicate) & _LOW), np.uint32(np.uint64(replicate) >> _HALF)
    block = np.uint32(0)
    words = philox(block, low, np.uint32(stream), high, k0, k1)
    used = 0
    for last in range(values.shape[0] - 1, 0, -1):
        bound = np.uint64(last + 1)
        while True:
            if used == 4:
                block = np.uint32(block + np.uint32(1))
                words = philox(block, low, np.uint32(stream), high, k0, k1)
                used = 0
            word = words[0] if used == 0 else words[1] if used == 1 else words[2] if used == 2 else words[3]
            used += 1
            product = np.uint64(word) * bound
            fraction = product & _LOW
            if fraction >= bound or fraction >= (np.uint64(4294967296) - bound) % bound:
                break
        chosen = np.int64(product >> _HALF)
        held = values[last]
        values[last] = values[chosen]
        values[chosen] = held
