"""Independent random streams, one per thing that is drawn, so that adding a thing leaves all others as they were."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def stream(seed: int, *names: object) -> random.Random:
    """Return the stream of that name. Seeding with a text hashes it with SHA-512: equal on every platform."""
    return random.Random("/".join(map(str, (seed, *names))))  # noqa: S311  (synthetic data, not a secret)


def poisson(draw: random.Random, mean: float) -> int:
    """Draw from the Poisson distribution by multiplying uniforms; meant for means below 30.

    Source: D. E. Knuth, The Art of Computer Programming, vol. 2, 3.4.1.
    """
    limit, product, count = math.exp(-mean), draw.random(), 0
    while product > limit:
        product *= draw.random()
        count += 1
    return count


def weighted(draw: random.Random, options: Sequence[tuple[T, float]]) -> T:
    """Draw one option with probability proportional to its weight."""
    return draw.choices([option for option, _ in options], [weight for _, weight in options])[0]


def near(draw: random.Random, lon: float, lat: float, km: float) -> tuple[float, float]:
    """Return a point around `(lon, lat)`, normally distributed with a standard deviation of `km` kilometres."""
    north, east = draw.gauss(0, km), draw.gauss(0, km)
    return round(lon + east / (111.32 * math.cos(math.radians(lat))), 6), round(lat + north / 110.57, 6)
