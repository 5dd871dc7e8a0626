"""What hangs on the weights: which changes would alter the choice, exactly, and how often other weights agree.

Exact answers go through every whole weight from 0 to 100 of one criterion at a time, all else unchanged. Beside them
weights are drawn at random around the set ones; each draw has a random stream of its own made from `seed` and its
number, so the same question always gives the same picture, in whatever order or number of workers it is drawn.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from diaban.core.choosing.criteria import MOST_WEIGHT
from diaban.core.choosing.ranking import Line, Ranking, Scaled, top

FINE: Final = 1_000_000
"""Random weights are whole numbers that add up to about this: every score is then an exact fraction.

Two different scores differ by more than 1e-12 of the scale's 1,000, so dividing as floats never confuses or swaps them.
"""


@dataclass(frozen=True, slots=True)
class Stability:
    """How one locality fares under other weights. `share`: of the drawn weightings that put it among the first k.

    `low` and `high`: its places in 90 of 100 drawn weightings (5th and 95th percentile), `middle` the median.
    `always`/`never`: among the first k under every weighting whatever / under none; None where that is not certain.
    """

    key: str
    place: int
    share: float
    low: int
    middle: int
    high: int
    certain: str  # "always", "never" or ""


@dataclass(frozen=True, slots=True)
class Hold:
    """Between which whole weights of one criterion the first k stay the same; and who changes just outside.

    `below` and `above` are (gone, come) at `low - 1` and `high + 1`; None where the scale ends first.
    """

    code: str
    weight: int
    low: int
    high: int
    below: tuple[tuple[str, ...], tuple[str, ...]] | None
    above: tuple[tuple[str, ...], tuple[str, ...]] | None


@dataclass(frozen=True, slots=True)
class Swap:
    """The nearest whole weight of one criterion at which the first one left out passes the last one taken in."""

    code: str
    weight: int
    at: int | None


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Everything that is said of the weights for the first `k`. `last_in` and `first_out` are the pair of `swaps`."""

    k: int
    draws: int
    spread: int
    seed: str
    stability: tuple[Stability, ...]
    holds: tuple[Hold, ...]
    last_in: str
    first_out: str
    swaps: tuple[Swap, ...]


def draw_weights(weights: Sequence[int], *, spread: int, seed: str, draw: int) -> tuple[int, ...]:
    """Return random weights around `weights` (Dirichlet, parameters `spread` × share); what weighs 0 stays 0."""
    digest = hashlib.sha256(f"{seed}:{draw}".encode()).digest()
    stream = random.Random(int.from_bytes(digest, "big"))  # noqa: S311 - a picture, not a secret
    total = sum(weights)
    drawn = [stream.gammavariate(spread * weight / total, 1.0) if weight else 0.0 for weight in weights]
    whole = sum(drawn)
    return tuple(max(1, round(FINE * one / whole)) if weight else 0 for one, weight in zip(drawn, weights, strict=True))


def sensitivity(ranking: Ranking, k: int, *, draws: int, spread: int, seed: str) -> Sensitivity:
    """Return what other weights would do to the first `k` of `ranking`; only localities with a place are asked.

    `k` is brought into 1 … number of ranked localities; with none ranked everything is empty.
    """
    lines = ranking.ranked
    if not lines:
        return Sensitivity(0, draws, spread, seed, (), (), "", "", ())
    k = min(max(k, 1), len(lines))
    rows = [(line.key, line.scaled) for line in lines]
    chosen = top(ranking, k)
    last_in, first_out = lines[len(chosen) - 1], lines[len(chosen)] if len(chosen) < len(lines) else None
    return Sensitivity(
        k=k,
        draws=draws,
        spread=spread,
        seed=seed,
        stability=_stability(lines, ranking.weights, k, draws, spread, seed),
        holds=tuple(_hold(ranking, rows, number, k) for number in range(len(ranking.codes))),
        last_in=last_in.key,
        first_out=first_out.key if first_out else "",
        swaps=tuple(_swap(ranking, last_in, first_out, number) for number in range(len(ranking.codes)))
        if first_out
        else (),
    )


def score(scaled: Scaled, weights: Sequence[int]) -> float:
    """Return the score in thousandths over what is known; -1 where nothing known weighs anything."""
    points = known = 0
    for one, weight in zip(scaled, weights, strict=True):
        if one is not None:
            points += one * weight
            known += weight
    return points / known if known else -1.0


def _places(rows: Sequence[tuple[str, Scaled]], weights: Sequence[int]) -> list[int]:
    scores = [score(scaled, weights) for _key, scaled in rows]
    order = sorted(scores, reverse=True)
    first: dict[float, int] = {}
    for number, one in enumerate(order, start=1):
        first.setdefault(one, number)
    return [first[one] for one in scores]


def _first(rows: Sequence[tuple[str, Scaled]], weights: Sequence[int], k: int) -> frozenset[str]:
    places = _places(rows, weights)
    return frozenset(key for (key, _scaled), place in zip(rows, places, strict=True) if place <= k)


def _stability(
    lines: Sequence[Line], weights: Sequence[int], k: int, draws: int, spread: int, seed: str
) -> tuple[Stability, ...]:
    rows = [(line.key, line.scaled) for line in lines]
    found: list[list[int]] = [[] for _row in rows]
    for draw in range(draws):
        for places, place in zip(
            found, _places(rows, draw_weights(weights, spread=spread, seed=seed, draw=draw)), strict=True
        ):
            places.append(place)
    certain = _certain(lines, weights, k)
    out = []
    for line, places in zip(lines, found, strict=True):
        places.sort()
        n = len(places)
        out.append(
            Stability(
                line.key,
                line.place or 0,
                sum(place <= k for place in places) / n if n else 0.0,
                places[n * 5 // 100] if n else 0,
                places[n // 2] if n else 0,
                places[max(n * 95 // 100 - 1, 0)] if n else 0,
                certain[line.key],
            )
        )
    return tuple(out)


def _certain(lines: Sequence[Line], weights: Sequence[int], k: int) -> dict[str, str]:
    """Return who is in, or out, under every weighting of the criteria that weigh something.

    Whoever is nowhere behind another (all figures of both known) is not behind it under any weights. Where k others
    are ahead in everything nobody gets in; where fewer than k could ever be ahead nobody is pushed out.
    """
    used = [number for number, weight in enumerate(weights) if weight]
    known = {line.key: [line.scaled[number] for number in used] for line in lines}
    out = {}
    for line in lines:
        mine = known[line.key]
        ahead = passing = 0
        for other in lines:
            if other.key == line.key:
                continue
            theirs = known[other.key]
            whole = None not in mine and None not in theirs
            pairs = [(a, b) for a, b in zip(mine, theirs, strict=True) if a is not None and b is not None]
            if whole and all(b > a for a, b in pairs):
                ahead += 1
            if not whole or any(b > a for a, b in pairs):
                passing += 1
        out[line.key] = "never" if ahead >= k else "always" if passing < k else ""
    return out


def _with(weights: Sequence[int], number: int, weight: int) -> tuple[int, ...]:
    return (*weights[:number], weight, *weights[number + 1 :])


def _hold(ranking: Ranking, rows: Sequence[tuple[str, Scaled]], number: int, k: int) -> Hold:
    now = _first(rows, ranking.weights, k)
    set_at = ranking.weights[number]
    low = high = set_at
    below = above = None
    while low > 0:
        other = _changed(rows, _with(ranking.weights, number, low - 1), k, now)
        if other is not None:
            below = other
            break
        low -= 1
    while high < MOST_WEIGHT:
        other = _changed(rows, _with(ranking.weights, number, high + 1), k, now)
        if other is not None:
            above = other
            break
        high += 1
    return Hold(ranking.codes[number], set_at, low, high, below, above)


def _changed(
    rows: Sequence[tuple[str, Scaled]], weights: Sequence[int], k: int, now: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    if not any(weights):
        return None
    then = _first(rows, weights, k)
    if then == now:
        return None
    return tuple(key for key, _s in rows if key in now - then), tuple(key for key, _s in rows if key in then - now)


def _swap(ranking: Ranking, last_in: Line, first_out: Line, number: int) -> Swap:
    set_at = ranking.weights[number]
    for step in range(1, MOST_WEIGHT + 1):
        for at in (set_at - step, set_at + step):
            if not 0 <= at <= MOST_WEIGHT:
                continue
            weights = _with(ranking.weights, number, at)
            if any(weights) and score(first_out.scaled, weights) > score(last_in.scaled, weights):
                return Swap(ranking.codes[number], set_at, at)
    return Swap(ranking.codes[number], set_at, None)
