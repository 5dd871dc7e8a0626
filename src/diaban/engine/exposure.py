"""Who lives and learns how near to hot-spots: places and people by bands of distance.

Counts only: nothing here scores a place. Distances are straight lines in metres, great circles for degrees; what lies
between (a river, a wall, the way one really goes) is not known to it. See docs/methods/exposure.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from diaban.engine.interaction.pairs import checked_edges
from diaban.engine.positions import Positions

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

BLOCK = 1024
"""Places looked at together: bounds memory when everything is near everything."""


@dataclass(frozen=True, eq=False)
class Exposure:
    """How near places are to hot-spots. P places, H hot-spots, B bands (`lower < d <= upper`, the first from 0).

    - `counts` (P, B): hot-spots in each band around each place.
    - `nearest` (P): metres to the nearest hot-spot, infinite when there is none; `which` (P): its number, -1 for none;
      of several equally near, the lowest.
    - `places_around` (H, B): places in each band around each hot-spot; `people_around` (H, B): what they weigh.
      Somebody near two hot-spots is in both rows, so these are never added up.
    - `places_by_nearest`, `people_by_nearest` (B + 1): places and people by the band of their nearest hot-spot, each
      counted once; the last is whoever lies beyond all bands.
    """

    edges: tuple[float, ...]
    counts: Ints
    nearest: Floats
    which: Ints
    places_around: Ints
    people_around: Floats
    places_by_nearest: Ints
    people_by_nearest: Floats


def exposure(
    places: Positions, spots: Positions, edges: tuple[float, ...], people: NDArray[np.float64] | None = None
) -> Exposure:
    """Count hot-spots around places, and places and people around hot-spots, in bands of distance in metres.

    `people` (P) is what each place weighs: residents of a cell or a hamlet, pupils of a school (None: 1 each). Raises
    `ValueError` when places and hot-spots are not measured alike (degrees and metres), or a weight is below 0.
    """
    upper = checked_edges(edges)
    if len(places) and len(spots) and (places.geodesic, places.radius) != (spots.geodesic, spots.radius):
        raise ValueError("places and hot-spots must both be in degrees, or both in metres of one projection")
    weight = np.ones(len(places)) if people is None else np.asarray(people, dtype=np.float64)
    if weight.shape != (len(places),) or not np.isfinite(weight).all() or (weight < 0).any():
        raise ValueError(f"{len(places)} places need as many numbers of people, 0 or more")
    bands = len(upper)
    counts = np.zeros((len(places), bands), dtype=np.int64)
    places_around, people_around = np.zeros((len(spots), bands), dtype=np.int64), np.zeros((len(spots), bands))
    if len(places) and len(spots):
        tree = cKDTree(spots.embedded)
        for first in range(0, len(places), BLOCK):
            part = np.arange(first, min(first + BLOCK, len(places)))
            place, spot, far = _near(places, spots, tree, part, float(upper[-1]))
            band = np.searchsorted(upper, far)
            np.add.at(counts, (place, band), 1)
            np.add.at(places_around, (spot, band), 1)
            np.add.at(people_around, (spot, band), weight[place])
    nearest, which = _nearest(places, spots)
    band = np.searchsorted(upper, nearest)
    return Exposure(
        edges=tuple(float(edge) for edge in upper),
        counts=counts,
        nearest=nearest,
        which=which,
        places_around=places_around,
        people_around=people_around,
        places_by_nearest=np.bincount(band, minlength=bands + 1).astype(np.int64),
        people_by_nearest=np.bincount(band, weights=weight, minlength=bands + 1).astype(np.float64),
    )


def _near(
    places: Positions, spots: Positions, tree: cKDTree, part: NDArray[np.intp], farthest: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """Return the pairs (place, hot-spot, metres) of some places that are at most `farthest` apart."""
    reach = places.chord(farthest) * (1 + 1e-9) + 1e-6  # the tree measures chords: ask for a little more, then measure
    found = tree.query_ball_point(places.embedded[part], reach, return_sorted=True)
    place = np.repeat(part, [len(row) for row in found])
    spot = np.concatenate([np.asarray(row, dtype=np.intp) for row in found])
    far = _metres(places, spots, place, spot)
    held = far <= farthest
    return place[held], spot[held], far[held]


def _nearest(places: Positions, spots: Positions) -> tuple[Floats, Ints]:
    """Return metres to the nearest hot-spot and its number."""
    if not len(spots) or not len(places):
        return np.full(len(places), np.inf), np.full(len(places), -1, dtype=np.int64)
    asked = min(2, len(spots))
    chords, which = cKDTree(spots.embedded).query(places.embedded, k=asked)
    chords, which = chords.reshape(-1, asked), which.reshape(-1, asked)
    number = which[:, 0].astype(np.int64)
    for row in np.flatnonzero(chords[:, -1] <= chords[:, 0] * (1 + 1e-9) + 1e-6) if asked == 2 else ():
        far = spots.distances(float(places.x[row]), float(places.y[row]))
        number[row] = int(np.argmin(far))  # the lowest number of the equally near
    every = np.arange(len(places))
    return _metres(places, spots, every, number), number


def _metres(places: Positions, spots: Positions, place: NDArray[np.intp], spot: NDArray[np.int64]) -> Floats:
    """Return the distance of each pair by the house's one measure."""
    x, y, x1, y1 = places.x[place], places.y[place], spots.x[spot], spots.y[spot]
    if not places.geodesic:
        return np.hypot(x - x1, y - y1)
    here, there = np.radians(y), np.radians(y1)
    half = np.sin((here - there) / 2) ** 2 + np.cos(here) * np.cos(there) * np.sin(np.radians(x - x1) / 2) ** 2
    metres: Floats = 2 * places.radius * np.arcsin(np.sqrt(np.minimum(half, 1)))
    return metres
