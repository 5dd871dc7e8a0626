"""A city whose places never change, and patrols that follow a ranking of what was counted: does the ranking run away?

Each round every place has events at its own constant true rate. Residents report some of them. Patrols find some of the
others where they are, in proportion to their number. Then the next round's patrols are sent by the counts. After K. Lum
and W. Isaac, Significance 13 (2016), and Ensign and others (2018), see `sources`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from diaban.engine.executors import Executor, Progress, Serial, quiet
from diaban.engine.streams import Stream, generator

Floats = NDArray[np.float64]
BLOCK = 16
"""Replicates in one piece of work."""


class Evidence(StrEnum):
    """What places are ranked by."""

    POOLED = "pooled"  # everything that was counted, added up: the naive way
    REPORTED = "reported"  # what residents reported, nothing else
    EXPOSED = "exposed"  # reported, and finds per patrol; never patrolled says nothing


class Allocation(StrEnum):
    """How patrols follow the ranking."""

    TOP = "top"  # all to the places that rank first, ties by lot
    SHARE = "share"  # each patrol to a place drawn in proportion to its figure


@dataclass(frozen=True, eq=False)
class City:
    """`rates` (places,) true events a round. `patrols` are sent each round; with TOP, to the first `reached` places.

    `reporting`: the share of events that residents report. `finding`: the share of the others that one patrol finds.
    `memory`: rounds counted for the ranking (None: all since the beginning).
    """

    rates: Floats
    rounds: int = 200
    patrols: int = 10
    reached: int = 3
    reporting: float = 0.3
    finding: float = 0.05
    evidence: Evidence = Evidence.POOLED
    allocation: Allocation = Allocation.TOP
    memory: int | None = None

    def __post_init__(self) -> None:
        """Refuse a city that cannot be."""
        rates = np.asarray(self.rates, dtype=np.float64)
        if rates.ndim != 1 or len(rates) < 2 or not np.isfinite(rates).all() or (rates < 0).any():
            raise ValueError("at least two places, each with a rate from 0 on")
        if not 1 <= self.reached <= len(rates) or self.rounds < 1 or self.patrols < 1:
            raise ValueError("reached lies between 1 and the number of places; rounds and patrols are at least 1")
        if not (0 <= self.reporting <= 1 and 0 <= self.finding <= 1) or (self.memory is not None and self.memory < 1):
            raise ValueError("reporting and finding are shares, memory at least one round")
        object.__setattr__(self, "rates", rates)


@dataclass(frozen=True, eq=False)
class History:
    """`patrols`, `reported`, `found` (replicates, rounds, places)."""

    patrols: NDArray[np.int32]
    reported: NDArray[np.int32]
    found: NDArray[np.int32]

    def shares(self, last: int) -> Floats:
        """Return each place's share of the patrols over the last rounds, (replicates, places)."""
        sums = self.patrols[:, -last:].sum(axis=1).astype(np.float64)
        return np.asarray(sums / np.maximum(sums.sum(axis=1, keepdims=True), 1), dtype=np.float64)


def simulate(
    city: City,
    replicates: int,
    seed: int,
    *,
    executor: Executor | None = None,
    progress: Progress = quiet,
) -> History:
    """Run the city `replicates` times; replicate r of a seed is the same whoever runs it (`Stream.FAIRNESS_CITY`)."""
    if replicates < 1:
        raise ValueError("at least one replicate")
    blocks = [(seed, first, min(first + BLOCK, replicates)) for first in range(0, replicates, BLOCK)]
    parts = (executor or Serial()).run(_block, city, blocks, progress)
    return History(*(np.concatenate([part[kind] for part in parts]) for kind in range(3)))


def _block(city: City, block: tuple[int, int, int]) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    seed, first, last = block
    runs = [_run(city, generator(seed, Stream.FAIRNESS_CITY, replicate)) for replicate in range(first, last)]
    patrols, reported, found = (np.stack([run[kind] for run in runs]) for kind in range(3))
    return patrols, reported, found


def _run(city: City, draw: np.random.Generator) -> Sequence[NDArray[np.int32]]:
    places = len(city.rates)
    patrols, reported, found = (np.zeros((city.rounds, places), dtype=np.int32) for _ in range(3))
    events = draw.poisson(city.rates, (city.rounds, places))
    reported[:] = draw.binomial(events, city.reporting)
    for now in range(city.rounds):
        since = 0 if city.memory is None else max(0, now - city.memory)
        span = slice(since, now)
        figure = _figure(city, patrols[span], reported[span], found[span])
        patrols[now] = _sent(city, figure, draw)
        chance = 1 - (1 - city.finding) ** patrols[now]
        found[now] = draw.binomial(events[now] - reported[now], chance)
    return patrols, reported, found


def _figure(city: City, patrols: NDArray[np.int32], reported: NDArray[np.int32], found: NDArray[np.int32]) -> Floats:
    """Return what places are ranked by, from the rounds that are remembered."""
    told: Floats = reported.sum(axis=0).astype(np.float64)
    if city.evidence is Evidence.REPORTED:
        return told
    if city.evidence is Evidence.POOLED:
        return np.asarray(told + found.sum(axis=0), dtype=np.float64)
    # Finds per patrol, each place drawn towards the middle of all as if it had had an average place's patrols there:
    # a place that was never patrolled stands in the middle, neither clean nor bad.
    hours, finds = patrols.sum(axis=0).astype(np.float64), found.sum(axis=0).astype(np.float64)
    middle = finds.sum() / hours.sum() if hours.sum() else 0.0
    doubt = max(1.0, float(hours.mean()))
    per_patrol = (finds + doubt * middle) / (hours + doubt)
    rounds = max(1, len(reported))
    return np.asarray(told / rounds + per_patrol, dtype=np.float64)


def _sent(city: City, figure: Floats, draw: np.random.Generator) -> NDArray[np.int32]:
    """Return how many patrols each place gets."""
    places = len(figure)
    lot = draw.random(places)
    sent = np.zeros(places, dtype=np.int32)
    if city.allocation is Allocation.TOP:
        first = np.lexsort((lot, -figure))[: city.reached]
        sent[first] = city.patrols // city.reached
        sent[first[: city.patrols % city.reached]] += 1
        return sent
    weight = figure + 1e-9
    return draw.multinomial(city.patrols, weight / weight.sum()).astype(np.int32)
