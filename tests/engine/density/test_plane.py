"""Degrees laid flat: areas are true, and there is a way back."""

from __future__ import annotations

import numpy as np
import pytest

from diaban.engine.density.plane import Plane
from diaban.engine.positions import EARTH_RADIUS, Positions


def test_there_and_back_and_true_to_area() -> None:
    rng = np.random.default_rng(1)
    places = Positions(rng.uniform(106, 109, 200), rng.uniform(8, 12, 200), geodesic=True)
    plane = Plane.around(places)
    flat = plane.flat(places)
    longitude, latitude = plane.degrees(flat.x, flat.y)
    assert longitude == pytest.approx(places.x, abs=1e-9)
    assert latitude == pytest.approx(places.y, abs=1e-9)
    true = places.distances(plane.longitude, plane.latitude)
    assert np.hypot(flat.x, flat.y) == pytest.approx(true, rel=5e-4)
    # one square degree: area on the sphere against the shoelace of its outline
    side = np.linspace(0, 1, 400, endpoint=False)
    outline = Positions(
        np.concatenate([106 + side, 107 + 0 * side, 107 - side, 106 + 0 * side]),
        np.concatenate([8 + 0 * side, 8 + side, 9 + 0 * side, 9 - side]),
        geodesic=True,
    )
    xy = plane.flat(outline)
    shoelace = 0.5 * abs(np.sum(xy.x * np.roll(xy.y, -1) - np.roll(xy.x, -1) * xy.y))
    sphere = EARTH_RADIUS**2 * np.radians(1) * (np.sin(np.radians(9)) - np.sin(np.radians(8)))
    assert shoelace == pytest.approx(sphere, rel=1e-6)


def test_the_centre_and_what_is_too_far() -> None:
    plane = Plane(107.0, 10.0)
    assert plane.flat(Positions([107.0], [10.0], geodesic=True)).embedded.tolist() == [[0.0, 0.0]]
    assert [float(v[0]) for v in plane.degrees(np.zeros(1), np.zeros(1))] == pytest.approx([107.0, 10.0])
    with pytest.raises(ValueError, match="2000 km"):
        plane.flat(Positions([-70.0], [10.0], geodesic=True))
    with pytest.raises(ValueError, match="at least one"):
        Plane.around(Positions([], [], geodesic=True))
    with pytest.raises(ValueError, match="no centre"):
        Plane.around(Positions([0.0, 180.0], [0.0, 0.0], geodesic=True))
