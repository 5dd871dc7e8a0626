"""The fast scan finds exactly what trying every window finds, whoever does the work and however it is cut."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from diaban.engine.executors import Serial, Threads
from diaban.engine.kernels import native
from diaban.engine.kernels.scan_series import most_possible
from diaban.engine.scan.design import Design, Floats, Model
from diaban.engine.scan.monte_carlo import best, maxima, search
from diaban.engine.scan.monte_carlo import plan as planning
from diaban.engine.scan.monte_carlo.draws import Draws, observed
from diaban.engine.scan.monte_carlo.plan import Plan

MODELS = list(Model)


def xlogx(x: float, y: float) -> float:
    return x * math.log(x / y) if x > 0 else 0.0


def ratio(design: Design, count: int, weight: float, total: float) -> float:
    n = design.cases
    if not 0 < weight < total:
        return 0.0
    more = count * total > weight * n
    if not (design.high if more else design.low):
        return 0.0
    if design.model is not Model.BERNOULLI:
        return xlogx(count, weight) + xlogx(n - count, total - weight)
    inside = xlogx(count, weight) + xlogx(weight - count, weight)
    outside = xlogx(n - count, total - weight) + xlogx(total - weight - n + count, total - weight)
    return inside + outside - xlogx(n, total) - xlogx(total - n, total)


def by_definition(design: Design, counts: Floats) -> float:
    """The largest statistic of cases per cell (P, T), window by window as the design's docstring says."""
    weights = {Model.PERMUTATION: counts, Model.POISSON: design.expected, Model.BERNOULLI: design.controls}
    cells = np.asarray(weights[design.model], float)
    if design.model is Model.BERNOULLI:
        seen = np.zeros_like(cells)
        np.add.at(seen, (design.place, design.step), 1)
        cells = cells + seen
    if design.model is Model.PERMUTATION and design.cases:
        cells = np.outer(counts.sum(1), counts.sum(0)) / counts.sum()
    found, total = 0.0, cells.sum()
    for first, last in zip(design.rows[:-1], design.rows[1:], strict=True):
        for width in range(1, last - first + 1):
            places = design.reach[first : first + width]
            for start in range(design.steps):
                for end in range(max(start + 1, design.earliest), min(start + design.longest, design.steps) + 1):
                    count = int(counts[places, start:end].sum())
                    if count >= design.least:
                        found = max(found, ratio(design, count, float(cells[places, start:end].sum()), float(total)))
    return found


def cells_of(design: Design, starts: np.ndarray, times: np.ndarray) -> Floats:
    counts = np.zeros((design.places, design.steps))
    np.add.at(counts, (np.repeat(np.arange(design.places), np.diff(starts)), times), 1)
    return counts


def made(seed: int, model: Model, *, places: int = 12, steps: int = 9, cases: int = 60, **further: object) -> Design:
    """A small design: circles of random size, lumpy times, some places without anybody."""
    draw = np.random.default_rng(seed)
    xy = draw.uniform(0, 1, (places, 2))
    rows, reach = [0], []
    for centre in xy:
        near = np.argsort(np.hypot(*(xy - centre).T), kind="stable")[: draw.integers(1, places + 1)]
        reach.append(near)
        rows.append(rows[-1] + len(near))
    place, step = draw.integers(0, places, cases), np.minimum(draw.geometric(0.2, cases) - 1, steps - 1)
    expected = controls = None
    if model is Model.POISSON:
        expected = draw.gamma(1.0, 1.0, (places, steps)) * (draw.uniform(size=(places, 1)) < 0.9)
        if seed % 2:  # every second design is a product of its margins
            expected = np.outer(expected.sum(1), expected.sum(0))
        expected[place, step] += 0.01  # nobody is a case where nobody lives
        expected = expected * (cases / expected.sum())
    if model is Model.BERNOULLI:
        controls = draw.poisson(1.5, (places, steps)).astype(np.int32)
    plain = {"longest": max(steps // 2, 1), "alive": False, "expected": expected, "controls": controls} | further
    return Design(
        model, place.astype(np.int32), step.astype(np.int32), places, steps, np.array(rows, np.int64),
        np.concatenate(reach).astype(np.int32), **plain,  # type: ignore[arg-type]
    )  # fmt: skip


def expect_exact(design: Design, *, replicates: int = 3, seed: int = 5) -> None:
    draws = Draws.of(design)
    wanted = [by_definition(design, cells_of(design, *draws.draw(seed, r))) for r in range(7, 7 + replicates)]
    found = maxima(design, seed=seed, first=7, count=replicates, executor=Serial())
    assert found == pytest.approx(wanted, abs=1e-9)
    assert best(design) == pytest.approx(by_definition(design, cells_of(design, *observed(design))), abs=1e-9)


@pytest.fixture(autouse=True, params=["numba", "C"])
def way(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """Every test runs with the kernel alone and, where there is a compiler, with the compiled C source."""
    if request.param == "C":
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "compiled"))
        if not native.place().exists() and native.build() is None:
            pytest.skip("no compiler here")
    else:
        monkeypatch.setenv(native.OFF, "1")
    native.load.cache_clear()
    assert (native.load() is not None) == (request.param == "C")
    yield request.param
    native.load.cache_clear()


@pytest.mark.parametrize("model", MODELS)
@given(
    seed=st.integers(0, 2**32), steps=st.sampled_from([1, 2, 7, 30]), alive=st.booleans(),
    looks=st.sampled_from([1, 3]),
    sides=st.sampled_from([(True, False), (False, True), (True, True)]), least=st.integers(1, 4),
    cases=st.sampled_from([1, 2, 20, 70]), single=st.booleans(),
)  # fmt: skip
@example(seed=1, steps=7, alive=False, looks=1, sides=(True, False), least=2, cases=70, single=True)
@settings(deadline=None, max_examples=12)
def test_equals_the_definition(
    model: Model, seed: int, steps: int, alive: bool, looks: int, sides: tuple[bool, bool], least: int, cases: int,
    single: bool,
) -> None:  # fmt: skip
    design = made(
        seed, model, steps=steps, cases=cases, alive=alive, looks=looks, least=least, high=sides[0], low=sides[1]
    )
    with pytest.MonkeyPatch.context() as patch:
        if single:  # as if every case had a place of its own
            patch.setattr(planning, "DENSE", 0)
            patch.setattr(planning, "SPARSE", 0)
        expect_exact(design, replicates=2, seed=seed % 1000)


@pytest.mark.parametrize("steps", [63, 64, 65, 129, 200])
def test_starts_are_tested_to_the_last_one(steps: int) -> None:
    """The stretches of 64 starts meet without a gap, and the last one ends at the last step."""
    design = made(3, Model.PERMUTATION, places=4, steps=steps, cases=40, longest=5)
    for at in (0, steps - 4, 61, steps - 70):
        if 0 <= at <= steps - 4:
            lump = replace(
                design, step=np.where(design.place == 0, at + np.arange(40) % 3, design.step).astype(np.int32)
            )
            assert best(lump) == pytest.approx(by_definition(lump, cells_of(lump, *observed(lump))), abs=1e-9)


def test_points_of_their_own_equal_the_definition() -> None:
    draw = np.random.default_rng(2)
    xy, n = draw.uniform(0, 1, (60, 2)), 60
    reach = np.array([np.argsort(np.hypot(*(xy - centre).T), kind="stable")[:9] for centre in xy], np.int32)
    step = draw.integers(0, 70, n).astype(np.int32)
    design = Design(
        Model.PERMUTATION, np.arange(n, dtype=np.int32), step, n, 70, np.arange(n + 1) * 9, reach.ravel(), 6, False
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planning, "DENSE", 0)
        patch.setattr(planning, "SPARSE", 0)
        assert Plan.of(design, theta=9).single
        expect_exact(design)


@pytest.mark.parametrize("model", MODELS)
def test_the_same_bits_whoever_does_the_work(model: Model) -> None:
    design = made(11, model, places=30, steps=40, cases=300)
    alone = maxima(design, seed=3, first=1, count=40, executor=Serial())
    for executor in (Threads(1), Threads(2), Threads(16)):
        assert np.array_equal(alone, maxima(design, seed=3, first=1, count=40, executor=executor))
    parts = [maxima(design, seed=3, first=a, count=b, executor=Serial()) for a, b in ((1, 1), (2, 25), (27, 14))]
    assert np.array_equal(alone, np.concatenate(parts))
    assert not np.array_equal(alone, maxima(design, seed=4, first=1, count=40, executor=Serial()))


@pytest.mark.parametrize("model", MODELS)
def test_the_order_of_the_cases_makes_no_difference(model: Model) -> None:
    design = made(11, model, cases=200)
    turned = replace(design, place=design.place[::-1].copy(), step=design.step[::-1].copy())
    one, other = (maxima(d, seed=1, first=1, count=9, executor=Serial()) for d in (design, turned))
    assert np.array_equal(one, other)


@pytest.mark.parametrize(
    ("theta", "patience"), [(1.0, planning.PATIENCE), (70.0, planning.PATIENCE), (9.0, 0.5), (9.0, 20.0)]
)
def test_how_blocks_are_cut_decides_the_time_only(theta: float, patience: float) -> None:
    draw = np.random.default_rng(8)
    xy = draw.uniform(0, 1, (60, 2))
    reach = np.array([np.argsort(np.hypot(*(xy - centre).T), kind="stable")[:30] for centre in xy], np.int32)
    place, step = draw.integers(0, 60, 4_000).astype(np.int32), draw.integers(0, 80, 4_000).astype(np.int32)
    design = Design(Model.PERMUTATION, place, step, 60, 80, np.arange(61) * 30, reach.ravel(), 12, False)
    one_by_one = Plan.of(design, theta=10.0, patience=1e6)
    assert (one_by_one.blocks[:, 0] == one_by_one.blocks[:, 1]).all()
    cut = Plan.of(design, theta=theta, patience=patience)
    for replicate in range(20):
        draws = one_by_one.draws.draw(1, replicate)
        assert search.largest(cut, *draws) == search.largest(one_by_one, *draws)


def test_the_kernel_and_the_c_source_give_the_same_bits(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if way != "C":
        pytest.skip("asked once")
    for model in MODELS:
        for further in ({}, {"low": True}, {"alive": True}):
            design = made(21, model, places=30, steps=70, cases=500, **further)
            compiled = maxima(design, seed=1, first=0, count=12, executor=Serial())
            monkeypatch.setenv(native.OFF, "1")
            native.load.cache_clear()
            assert np.array_equal(compiled, maxima(design, seed=1, first=0, count=12, executor=Serial()))
            monkeypatch.delenv(native.OFF)
            native.load.cache_clear()


def test_counts_beyond_16_bits_are_exact() -> None:
    """90,000 cases in three places and four steps: windows of more than 32,767, and of more than 65,535."""
    draw = np.random.default_rng(1)
    place, step = draw.integers(0, 3, 90_000).astype(np.int32), draw.integers(0, 4, 90_000).astype(np.int32)
    rows, reach = np.array([0, 3, 6]), np.array([0, 1, 2, 2, 1, 0], np.int32)
    for model in (Model.PERMUTATION, Model.POISSON):
        expected = np.full((3, 4), 7_500.0) if model is Model.POISSON else None
        design = Design(model, place, step, 3, 4, rows, reach, 3, False, expected, low=True)
        plan = Plan.of(design, theta=5)
        assert plan.wide
        for starts, times in (observed(design), plan.draws.draw(1, 1)):
            cells = cells_of(design, starts, times)
            bound = most_possible(starts, times, design.rows, design.reach, 3)
            assert bound == max(cells[:, :3].sum(), cells[:, 1:].sum()) > search.MOST
        expect_exact(design)


def test_nothing_to_find_is_zero() -> None:
    none = np.zeros(0, np.int32)
    rows, reach = np.array([0, 1, 2]), np.array([0, 1], np.int32)
    empty = Design(Model.PERMUTATION, none, none, 2, 3, rows, reach, 2, False)
    assert best(empty) == 0
    assert maxima(empty, seed=1, first=1, count=3, executor=Serial()).tolist() == [0, 0, 0]
    one_step = made(1, Model.PERMUTATION, steps=1)  # both margins fixed and one step: every window is as expected
    assert maxima(one_step, seed=1, first=1, count=5, executor=Serial()) == pytest.approx(np.zeros(5), abs=1e-9)
    zeros = np.zeros(30, np.int32)
    heap = Design(Model.PERMUTATION, zeros, zeros, 2, 3, rows, reach, 2, False)
    assert best(heap) == pytest.approx(0, abs=1e-9)
    no_rows = replace(heap, rows=np.array([0]), reach=none)
    assert best(no_rows) == 0
    assert len(maxima(heap, seed=1, first=1, count=0, executor=Serial())) == 0


def test_what_a_model_lacks_is_said() -> None:
    design = made(1, Model.PERMUTATION)
    with pytest.raises(ValueError, match="expected counts"):
        best(replace(design, model=Model.POISSON))
    with pytest.raises(ValueError, match="controls"):
        best(replace(design, model=Model.BERNOULLI))
    with pytest.raises(ValueError, match="longer steps"):
        best(replace(design, steps=40_000))


def test_progress_is_told_and_a_plan_can_be_sent() -> None:
    told: list[tuple[int, int]] = []
    design = made(1, Model.POISSON)
    maxima(design, seed=1, first=1, count=6, executor=Serial(), progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1]
    plan = Plan.of(design, theta=9)
    draws = plan.draws.draw(1, 1)
    assert search.largest(pickle.loads(pickle.dumps(plan)), *draws) == search.largest(plan, *draws)
