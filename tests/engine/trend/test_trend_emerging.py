"""Emerging hot-spots: scores by their definition, planted changes, windows, null cubes, what is refused."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from diaban.engine.executors import Serial, Threads
from diaban.engine.local import Inference, Neighbours, from_pairs, gi, touching
from diaban.engine.trend import (
    Category,
    Cube,
    Settings,
    Version,
    Window,
    count_events,
    emerging,
    mann_kendall,
)

SIDE = 8


def lattice(side: int) -> Neighbours:
    """Squares that touch at sides and corners."""
    return touching(
        side * side,
        np.array(
            [
                (r * side + c, (r + dr) * side + c + dc)
                for r, c, (dr, dc) in product(range(side), range(side), ((0, 1), (1, 0), (1, 1), (1, -1)))
                if r + dr < side and 0 <= c + dc < side
            ]
        ),
    )


NEAR = lattice(SIDE)


def quiet_cube(steps: int, seed: int, mean: float = 3) -> NDArray[np.float64]:
    return np.random.default_rng(seed).poisson(mean, (SIDE * SIDE, steps)).astype(float)


def unrolled(near: Neighbours, first: int, last: int, depth: int) -> Neighbours:
    """Every bin of steps first … last as a unit by itself, place by place."""
    span = last - first + 1
    pairs = [
        (place * span + step, other * span + earlier)
        for place in range(len(near))
        for step in range(span)
        for other in [place, *near.other[near.start[place] : near.start[place + 1]].tolist()]
        for earlier in range(max(0, step - depth + 1), step + 1)
        if (other, earlier) != (place, step)
    ]
    one, two = np.array(pairs).T
    return from_pairs(len(near) * span, one, two)


@pytest.mark.parametrize("before", [0, 1, 3])
def test_scores_are_gi_star_of_all_bins(before: int) -> None:
    values = quiet_cube(12, 1)
    found = emerging(Cube(values), NEAR, Settings(before=before))
    plain = gi(values.ravel(), unrolled(NEAR, 0, 11, before + 1), inference=Inference.NORMAL)
    assert found.z.ravel() == pytest.approx(plain.z, abs=1e-9)
    assert found.p_value.ravel() == pytest.approx(plain.p_value, abs=1e-9)
    assert (found.signs.ravel() == plain.hot.astype(int) - plain.cold).all()
    assert (found.trends.score == mann_kendall(found.z).score).all()


@pytest.mark.parametrize(("window", "depth"), [(Window.NEIGHBOURHOOD, 2), (Window.STEP, 1)])
def test_windows_compare_with_their_own_bins(window: Window, depth: int) -> None:
    values = quiet_cube(10, 2) * np.arange(1, 11)
    found = emerging(Cube(values), NEAR, Settings(window=window))
    for step in (0, 1, 6):
        first = max(step - depth + 1, 0)
        pool = values[:, first : step + 1]
        plain = gi(pool.ravel(), unrolled(NEAR, first, step, depth), inference=Inference.NORMAL)
        assert found.z[:, step] == pytest.approx(plain.z.reshape(pool.shape)[:, -1], abs=1e-9)


@pytest.mark.parametrize(("window", "depth"), [(Window.CUBE, 2), (Window.NEIGHBOURHOOD, 2), (Window.STEP, 1)], ids=str)
def test_permutations_are_those_of_all_bins(window: Window, depth: int) -> None:
    values = quiet_cube(10, 2)
    asked = Settings(window=window, inference=Inference.PERMUTATION, replicates=300, seed=3)
    found = emerging(Cube(values), NEAR, asked)
    for step in (0, 1, 9):
        first, last = (0, 9) if window is Window.CUBE else (max(step - depth + 1, 0), step)
        pool = values[:, first : last + 1]
        plain = gi(pool.ravel(), unrolled(NEAR, first, last, depth), replicates=300, seed=3)
        assert (found.p_value[:, step] == plain.p_value.reshape(pool.shape)[:, step - first]).all()


@pytest.mark.parametrize("window", list(Window))
def test_permutation_agrees_with_the_normal_scores(window: Window) -> None:
    cube = Cube(quiet_cube(10, 3, mean=40))
    normal = emerging(cube, NEAR, Settings(window=window))
    permuted = emerging(cube, NEAR, Settings(window=window, inference=Inference.PERMUTATION, replicates=1_999, seed=4))
    assert (normal.z == permuted.z).all()
    # The unit's own value is fixed in a permutation, and part of the score of Gi*: alike, not equal.
    inner = np.array([SIDE * 3 + 3, SIDE * 4 + 4])
    assert np.corrcoef(np.log(normal.p_value.ravel()), np.log(permuted.p_value.ravel()))[0, 1] > 0.7
    assert np.isfinite(permuted.p_value[inner]).all()
    assert permuted.run.replicates == 1_999


@pytest.mark.parametrize("inference", list(Inference))
def test_null_cubes_have_hardly_any_pattern(inference: Inference) -> None:
    patterned = 0
    for seed in range(10):
        found = emerging(Cube(quiet_cube(24, seed)), NEAR, Settings(inference=inference, replicates=4_999, seed=seed))
        patterned += int((found.category != Category.NONE).sum())
    assert patterned <= 10 * SIDE * SIDE * 0.02


def test_planted_changes_get_their_category() -> None:
    steps, side = 24, 16
    mean = np.full((side, side, steps), 2.0)
    mean[0:3, 0:3] = 20  # always
    mean[10:13, 10:13, -5:] = 20  # the last five
    mean[0:3, 10:13, :] = np.linspace(14, 26, steps)  # more and more
    mean[10:13, 0:3, :] = 20  # but the last
    mean[10:13, 0:3, -1] = 2
    values = np.random.default_rng(5).poisson(mean).reshape(side * side, steps).astype(float)
    near = lattice(side)
    found = emerging(Cube(values), near, Settings(before=0))
    kinds = found.category.reshape(side, side)
    assert kinds[1, 1] == Category.PERSISTENT
    assert kinds[11, 11] == Category.CONSECUTIVE
    assert kinds[1, 11] == Category.INTENSIFYING
    assert kinds[11, 1] == Category.HISTORICAL
    assert kinds[6, 6] == Category.NONE
    arcmap = emerging(Cube(values), near, Settings(before=0, version=Version.ARCMAP))
    differ = arcmap.category != found.category
    assert (np.abs(arcmap.category[differ]) == Category.SPORADIC).all()


def test_the_same_for_any_number_of_workers() -> None:
    cube = Cube(quiet_cube(15, 6))
    asked = Settings(inference=Inference.PERMUTATION, replicates=3_000, seed=8)
    one, *others = (
        emerging(cube, NEAR, asked, executor=executor) for executor in (Serial(), Threads(1), Threads(2), Threads(16))
    )
    for other in others:
        assert (one.p_value == other.p_value).all()
        assert (one.category == other.category).all()


@pytest.mark.parametrize("inference", list(Inference))
@pytest.mark.parametrize("window", list(Window))
def test_empty_constant_and_single_events_have_no_pattern(inference: Inference, window: Window) -> None:
    asked = Settings(window=window, inference=inference, replicates=199)
    one = np.zeros((SIDE * SIDE, 10))
    one[20, 4] = 1
    for values in (np.zeros((SIDE * SIDE, 10)), np.full((SIDE * SIDE, 10), 0.1), one):
        found = emerging(Cube(values), NEAR, asked)
        assert np.isfinite(found.z).all()
        if values is not one:
            assert (found.z == 0).all()
            assert (found.p_value == 1).all()
            assert not found.category.any()
        assert found.category[20] == Category.NONE


def test_a_place_alone_has_no_pattern() -> None:
    near = touching(5, np.array([[0, 1], [1, 2], [2, 3]]))
    values = np.random.default_rng(1).poisson(3, (5, 12)).astype(float)
    values[4] = 500
    for inference in Inference:
        found = emerging(Cube(values), near, Settings(inference=inference, replicates=99))
        assert found.alone.tolist() == [False] * 4 + [True]
        assert np.isnan(found.p_value[4]).all()
        assert not found.signs[4].any() and found.category[4] == Category.NONE and found.trend[4] == 0


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    asked = Settings(window=Window.STEP, inference=Inference.PERMUTATION, replicates=99)
    emerging(Cube(quiet_cube(10, 1)), NEAR, asked, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (10, 10)


def test_cubes_of_events() -> None:
    cube = count_events(np.array([0, 2, 2, 2]), np.array([1, 0, 0, 3]), places=3, steps=4)
    assert cube.values.tolist() == [[0, 1, 0, 0], [0, 0, 0, 0], [2, 0, 0, 1]]
    assert (cube.places, cube.steps) == (3, 4)
    assert not count_events(np.array([], int), np.array([], int), places=2, steps=2).values.any()
    with pytest.raises(ValueError, match="event 1 has step 4"):
        count_events(np.array([0, 1]), np.array([0, 4]), places=3, steps=4)
    with pytest.raises(ValueError, match="event 0 has place -1"):
        count_events(np.array([-1]), np.array([0]), places=3, steps=4)
    with pytest.raises(ValueError, match="a place and a step each"):
        count_events(np.array([1]), np.array([0, 1]), places=3, steps=4)
    with pytest.raises(ValueError, match="at least one"):
        count_events(np.array([], int), np.array([], int), places=0, steps=4)


def test_bad_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 10 steps"):
        emerging(Cube(quiet_cube(9, 1)), NEAR)
    with pytest.raises(ValueError, match="do not fit"):
        emerging(Cube(np.ones((3, 10))), NEAR)
    with pytest.raises(ValueError, match="at least 3"):
        emerging(Cube(np.ones((2, 10))), touching(2, np.array([[0, 1]])))
    with pytest.raises(ValueError, match="0 or more earlier steps"):
        Settings(before=-1)
    with pytest.raises(ValueError, match="level"):
        Settings(level=0)
    with pytest.raises(ValueError, match="place 1 has no value at step 0"):
        Cube(np.array([[1.0], [np.nan]]))
    with pytest.raises(ValueError, match="places and steps"):
        Cube(np.empty((0, 5)))
