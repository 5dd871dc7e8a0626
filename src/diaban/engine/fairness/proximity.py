"""Schools, homes and public places near hot-spots, by bands of distance; counts of places, never of persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from diaban.engine.positions import Positions

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Proximity:
    """Places by bands of distance.

    `nearest` (places,): metres to the nearest hot-spot, infinite where there is none. `bounds`: the upper limits of the
    bands in metres; `counts` and `weights` have one more entry, for everything beyond the last.
    """

    nearest: Floats
    bounds: tuple[float, ...]
    counts: tuple[int, ...]
    weights: tuple[float, ...]


def within_bands(
    places: Positions, spots: Positions, bounds: Sequence[float], weights: Floats | None = None
) -> Proximity:
    """Count places by their distance to the nearest hot-spot; a distance equal to a bound belongs inside it.

    `weights` (places,): residents of a place, say; their sums stand beside the counts. Raises `ValueError` unless the
    bounds rise from above 0.
    """
    edges = np.asarray(bounds, dtype=np.float64)
    if not len(edges) or not np.isfinite(edges).all() or (np.diff(edges, prepend=0.0) <= 0).any():
        raise ValueError("bounds of bands must rise, from above 0, in metres")
    if places.geodesic != spots.geodesic:
        raise ValueError("places and hot-spots must both be metres, or both degrees")
    size = np.ones(len(places)) if weights is None else np.asarray(weights, dtype=np.float64)
    if size.shape != (len(places),):
        raise ValueError("one weight per place")
    nearest = np.full(len(places), np.inf)
    if len(spots) and len(places):
        found, _ = cKDTree(spots.embedded).query(places.embedded)
        nearest = places.arc(np.asarray(found, dtype=np.float64))
    band = np.searchsorted(edges, nearest, side="left")
    return Proximity(
        nearest=nearest,
        bounds=tuple(float(edge) for edge in edges),
        counts=tuple(np.bincount(band, minlength=len(edges) + 1).tolist()),
        weights=tuple(np.bincount(band, weights=size, minlength=len(edges) + 1).tolist()),
    )


def nearby_events(places: Positions, events: Positions, radius: float) -> NDArray[np.int64]:
    """Return how many events lie within `radius` metres of each place."""
    if places.geodesic != events.geodesic:
        raise ValueError("places and events must both be metres, or both degrees")
    if not len(places) or not len(events):
        return np.zeros(len(places), dtype=np.int64)
    reach = places.chord(radius) * (1 + 1e-12)
    found = cKDTree(events.embedded).query_ball_point(places.embedded, reach, return_length=True)
    return np.asarray(found, dtype=np.int64)
