"""Squares and hexagons over events, on the plane and on the earth."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from diaban.engine.local import Cells, hexagons, squares
from diaban.engine.positions import Positions

Lay = Callable[..., Cells]
MADE = np.random.default_rng(2).uniform(0, 5_000, (3_000, 2))
PLANE = Positions(MADE[:, 0], MADE[:, 1])
EARTH = Positions(105.8 + MADE[:, 0] / 50_000, 21.0 + MADE[:, 1] / 50_000, geodesic=True)


@pytest.mark.parametrize("lay", [squares, hexagons])
@pytest.mark.parametrize("events", [PLANE, EARTH], ids=["plane", "earth"])
@pytest.mark.parametrize("everywhere", [True, False])
def test_every_event_lies_in_the_cell_whose_middle_is_nearest(lay: Lay, events: Positions, everywhere: bool) -> None:
    cells = lay(events, 500.0, everywhere=everywhere)
    assert cells.counts.sum() == len(events)
    assert len(cells.counts) == len(cells) == len(cells.corners)
    if not everywhere:
        assert (cells.counts > 0).all()
    far = 500.0 / 2**0.5 if lay is squares else 500.0 / 3**0.5
    for event in range(0, len(events), 300):
        apart = cells.centres.distances(events.x[event], events.y[event])
        assert apart[cells.member[event]] <= far * 1.001
        assert apart[cells.member[event]] <= apart.min() * 1.001 + 1e-6


@pytest.mark.parametrize(("lay", "most"), [(squares, 8), (hexagons, 6)])
def test_neighbours_touch(lay: Lay, most: int) -> None:
    cells = lay(PLANE, 500.0)
    near = cells.neighbours
    assert near.counts.max() == most
    unit = np.repeat(np.arange(len(cells)), near.counts)
    apart = np.hypot(
        cells.centres.x[unit] - cells.centres.x[near.other], cells.centres.y[unit] - cells.centres.y[near.other]
    )
    assert apart.max() <= (500.0 * 2**0.5 if lay is squares else 500.0) + 1e-6
    assert apart.min() == pytest.approx(500.0)
    inside = near.counts == most
    shared = [
        len({tuple(c) for c in np.round(cells.corners[i], 3)} & {tuple(c) for c in np.round(cells.corners[j], 3)})
        for i in np.flatnonzero(inside)[:20]
        for j in near.other[near.start[i] : near.start[i + 1]]
    ]
    assert set(shared) == ({1, 2} if lay is squares else {2})


def test_areas_and_order_of_corners() -> None:
    for lay, area in ((squares, 500.0**2), (hexagons, 500.0**2 * 3**0.5 / 2)):
        corner = lay(PLANE, 500.0).corners[0]
        x, y = corner.T
        assert (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2 == pytest.approx(area)


def test_the_plane_of_degrees_keeps_distances() -> None:
    # The stated error at 180 km: 13 in 100,000 across, none from the centre.
    events = Positions(np.array([106.6, 105.0]), np.array([8.7, 9.0]), geodesic=True)
    cells = squares(events, 1_000.0, everywhere=False)
    x, y = cells.plane.forward(events)
    true = float(events.distances(106.6, 8.7)[1])
    assert np.hypot(x[1] - x[0], y[1] - y[0]) == pytest.approx(true, rel=1.4e-4)
    back = cells.plane.back(x, y)
    assert back[0] == pytest.approx(events.x, abs=1e-9)
    assert back[1] == pytest.approx(events.y, abs=1e-9)


def test_one_event_and_events_in_one_place() -> None:
    for lay in (squares, hexagons):
        for events in (Positions(np.array([5.0]), np.array([7.0])), Positions(np.full(4, 5.0), np.full(4, 7.0))):
            cells = lay(events, 100.0)
            assert cells.counts.sum() == len(events)
            assert (cells.counts > 0).sum() == 1
            assert cells.neighbours.alone.all() or len(cells) > 1
    west_and_east = Positions(np.array([179.9, -179.9]), np.array([0.0, 0.0]), geodesic=True)
    assert len(squares(west_and_east, 10_000.0)) <= 6  # across the date line


def test_bad_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="no events"):
        squares(Positions(np.array([]), np.array([])), 100.0)
    for size in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match="size of a cell"):
            hexagons(PLANE, size)
    with pytest.raises(ValueError, match="choose larger"):
        squares(PLANE, 0.5)
    assert len(squares(PLANE, 0.5, everywhere=False)) <= 3_000
    with pytest.raises(ValueError, match="too far apart"):
        squares(Positions(np.array([0.0, 180.0]), np.array([0.0, 0.0]), geodesic=True), 1_000.0)
