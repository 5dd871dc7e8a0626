"""Names of random streams, and generators for draws that need no compiled loop.

Every random draw of the engine has an address: seed, stream (what is drawn), replicate (which repetition). Two methods
never share a stream, and no draw depends on who made the one before it.
"""

from __future__ import annotations

import secrets
from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What is drawn. The numbers are part of every stored result: add, never renumber."""

    SCAN_TIMES = 1  # permuted times of cases (space-time permutation)
    SCAN_CASES = 2  # cases thrown over cells in proportion to what is expected (Poisson)
    SCAN_LABELS = 3  # cases and controls (Bernoulli)
    LOCAL_PERMUTATION = 10  # conditional permutations of local statistics
    LOCAL_GLOBAL = 11  # whole-map permutations
    KNOX_TIMES = 20
    SURVEILLANCE_NULL = 30  # series without a change, for the calibration of alarms
    SURVEILLANCE_PLANTED = 31
    EVALUATION_BOOTSTRAP = 40
    EVALUATION_PLACEBO = 41
    FAIRNESS_CITY = 50  # the feedback-loop simulation
    SYNTHETIC = 60  # data made for tests and benchmarks


def new_seed() -> int:
    """Return a seed for a run for which nobody chose one; it is written into the result. Below 2**53, safe in JSON."""
    return secrets.randbits(53)


def generator(seed: int, stream: Stream, replicate: int = 0) -> np.random.Generator:
    """Return numpy's generator at an address, for draws outside compiled loops (binomials, Poisson counts, …).

    numpy's Philox 4x64 with the seed as key and (stream, replicate) as the upper half of the counter; two addresses
    never meet, because a generator would need 2**128 draws to reach the next one's counter.
    """
    return np.random.Generator(
        np.random.Philox(key=seed & (2**64 - 1), counter=[0, 0, replicate & (2**64 - 1), int(stream)])
    )
