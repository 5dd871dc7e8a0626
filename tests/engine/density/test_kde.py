"""Kernel density: against scikit-learn, against the definition, and honest at the edges."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from diaban.engine.density.kde import Density, Edge, Kernel, Rule, bandwidth, density
from diaban.engine.density.window import Grid
from diaban.engine.positions import Positions

# An L, with a hole in its foot, and an island beside it.
LAND = np.array([(0, 0), (600, 0), (600, 200), (200, 200), (200, 600), (0, 600)], dtype=float)
LAKE = np.array([(300, 50), (400, 50), (400, 150), (300, 150)], dtype=float)
ISLAND = np.array([(450, 450), (550, 450), (500, 550)], dtype=float)
RINGS = [LAND, LAKE, ISLAND]


def inside_land(seed: int, count: int) -> Positions:
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 600, (2, 40 * count))
    land = ((y < 200) | (x < 200)) & ~((x > 300) & (x < 400) & (y > 50) & (y < 150))
    return Positions(x[land][:count], y[land][:count])


def shapely_inside(grid: Grid) -> NDArray[np.bool_]:
    import shapely

    shape = shapely.Polygon(LAND, [LAKE]).union(shapely.Polygon(ISLAND))
    x, y = np.meshgrid(grid.x, grid.y)
    return np.asarray(shapely.contains_xy(shape, x, y))


def test_the_window_is_what_shapely_says() -> None:
    grid = Grid.over((0, 0, 600, 600), 7.3)
    assert (grid.inside(RINGS) == shapely_inside(grid)).all()
    assert grid.inside([*RINGS]).sum() * grid.area == pytest.approx(200_000 - 10_000 + 5_000, rel=0.03)


def test_without_edges_it_is_what_scikit_learn_says() -> None:
    from sklearn.neighbors import KernelDensity

    events = inside_land(1, 300)
    grid = Grid.over((0, 0, 600, 600), 25)
    x, y = np.meshgrid(grid.x, grid.y)
    theirs = KernelDensity(bandwidth=60).fit(events.embedded).score_samples(np.column_stack([x.ravel(), y.ravel()]))
    ours = density(events, grid, 60, edge=Edge.NONE)
    assert ours.values.ravel() == pytest.approx(300 * np.exp(theirs), rel=1e-9)


@pytest.mark.parametrize("kernel", list(Kernel))
@pytest.mark.parametrize("edge", list(Edge))
def test_it_is_what_the_definition_says(kernel: Kernel, edge: Edge) -> None:
    events, grid, h = inside_land(2, 50), Grid(0, 0, 20, 30, 30), 90.0
    weights = np.random.default_rng(3).uniform(0.5, 2, 50)
    found = density(events, grid, h, rings=RINGS, kernel=kernel, edge=edge, weights=weights)
    x, y = np.meshgrid(grid.x, grid.y)
    middles, land = np.column_stack([x.ravel(), y.ravel()]), grid.inside(RINGS).ravel()

    def hill(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
        square = ((a[:, None] - b[None]) ** 2).sum(axis=2) / h**2
        if kernel is Kernel.GAUSSIAN:
            return np.asarray(np.exp(-square / 2) / (2 * np.pi * h**2))
        return np.asarray(np.where(square < 1, 3 / (np.pi * h**2) * (1 - square) ** 2, 0))

    hills = hill(middles, events.embedded)
    if edge is Edge.EVENT:
        hills = hills / (hills[land].sum(axis=0) * 400)
    expected = hills @ weights
    if edge is Edge.PLACE:
        expected[land] /= hill(middles[land], middles[land]).sum(axis=1) * 400
    assert found.values.ravel() == pytest.approx(np.where(land, expected, 0), rel=1e-9)


@pytest.mark.parametrize("kernel", list(Kernel))
def test_every_event_is_one_event_under_the_surface(kernel: Kernel) -> None:
    events, grid = inside_land(4, 500), Grid.over((0, 0, 600, 600), 10)

    def total(edge: Edge) -> float:
        return density(events, grid, 80, rings=RINGS, kernel=kernel, edge=edge).total

    assert total(Edge.EVENT) == pytest.approx(500, rel=1e-12)
    assert total(Edge.NONE) < 470
    assert total(Edge.PLACE) == pytest.approx(500, rel=0.05)


def test_a_constant_density_stays_constant_at_the_edge() -> None:
    """Events on a lattice in the window: the corner is as dense as the middle, and without correction it is not."""
    grid = Grid(0, 0, 10, 60, 60)
    x, y = np.meshgrid(grid.x, grid.y)
    land = grid.inside([LAND])
    events = Positions(x[land], y[land])

    def surface(edge: Edge) -> Density:
        return density(events, grid, 50, rings=[LAND], edge=edge)

    assert surface(Edge.PLACE).values[land] == pytest.approx(1 / 100, rel=1e-9)
    assert surface(Edge.NONE).values[0, 0] < 0.4 / 100


def test_bandwidths() -> None:
    rng = np.random.default_rng(5)
    events = Positions(rng.normal(0, 300, 4096), rng.normal(0, 300, 4096))
    assert bandwidth(events) == pytest.approx(300 * 4096 ** (-1 / 6), rel=0.03)
    assert bandwidth(events, Rule.SILVERMAN) == pytest.approx(300 * 4096 ** (-1 / 6), rel=0.05)
    assert bandwidth(events, kernel=Kernel.QUARTIC) == pytest.approx(2.779 * bandwidth(events), rel=1e-3)
    far = Positions(np.append(events.x, 1e6), np.append(events.y, 1e6))
    assert bandwidth(far) > 10 * bandwidth(events)
    assert bandwidth(far, Rule.SILVERMAN) == pytest.approx(bandwidth(events, Rule.SILVERMAN), rel=0.03)
    with pytest.raises(ValueError, match="one spot"):
        bandwidth(Positions(np.ones(9), np.ones(9)))
    assert bandwidth(Positions(np.arange(9.0), np.ones(9)), Rule.SILVERMAN) > 0


def test_nothing_and_bad_input() -> None:
    grid, none = Grid(0, 0, 10, 5, 5), Positions([], [])
    assert density(none, grid, 20).total == 0
    for kernel in Kernel:
        assert density(Positions([25.0] * 3, [25.0] * 3), grid, 20, kernel=kernel).total == pytest.approx(3)
    with pytest.raises(ValueError, match="smaller than a cell"):
        density(none, grid, 5)
    with pytest.raises(ValueError, match="1 events lie outside"):
        density(Positions([1e4], [0.0]), grid, 20)
    with pytest.raises(ValueError, match="lay the degrees flat"):
        density(Positions([1.0], [1.0], geodesic=True), grid, 20)
    with pytest.raises(ValueError, match="weights"):
        density(Positions([1.0], [1.0]), grid, 20, weights=np.array([-1.0]))
    with pytest.raises(ValueError, match="no cell"):
        density(none, grid, 20, rings=[np.array([(1, 1), (2, 1), (2, 2)])])
    for bad in ([], [np.zeros((2, 2))], [np.full((3, 2), np.nan)]):
        with pytest.raises(ValueError, match="ring"):
            grid.inside(bad)
    with pytest.raises(ValueError, match="too many"):
        Grid.over((0, 0, 1e6, 1e6), 1)
    with pytest.raises(ValueError, match="cell"):
        Grid.over((0, 0, 1, 1), 0)


def test_the_worked_example() -> None:
    """docs/methods/density.md: one event 100 m from the edge of a square, bandwidth 100 m."""
    grid = Grid(0, 0, 10, 100, 100)
    event = Positions([100.0], [500.0])

    def at_the_event(edge: Edge) -> float:
        return float(density(event, grid, 100.0, edge=edge).values[50, 10]) * 1e6

    assert at_the_event(Edge.NONE) == pytest.approx(15.88, abs=0.005)
    assert at_the_event(Edge.EVENT) == pytest.approx(18.87, abs=0.005)
    assert at_the_event(Edge.PLACE) == pytest.approx(18.61, abs=0.005)
