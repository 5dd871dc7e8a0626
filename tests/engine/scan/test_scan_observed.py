"""The scan of the data against the definition, window by window."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scan_made import random_data, some_data
from scan_reference import largest, windows

from diaban.engine.executors import Serial, Threads
from diaban.engine.scan import Model, Secondary, Windows, layers
from diaban.engine.scan import observed as module
from diaban.engine.scan.clusters import choose
from diaban.engine.scan.data import Data
from diaban.engine.scan.design import Design
from diaban.engine.scan.monte_carlo import best, maxima
from diaban.engine.scan.monte_carlo.draws import Draws
from diaban.engine.scan.observed import observe


def some_windows(ways: tuple[bool, bool], least: int) -> st.SearchStrategy[Windows]:
    """Draw settings that look for high rates, low rates, or both."""
    return st.builds(
        Windows,
        radius=st.one_of(st.none(), st.sampled_from([0.0, 1000.0, 2500.0])),
        share=st.one_of(st.none(), st.sampled_from([0.3, 0.5, 1.0])),
        duration=st.one_of(st.none(), st.integers(1, 6)),
        prospective=st.booleans(),
        high=st.just(ways[0]),
        low=st.just(ways[1]),
        least=st.integers(least, 3),
    )


WINDOWS = st.one_of(some_windows((True, False), 1), some_windows((True, True), 0), some_windows((False, True), 0))


@given(data=some_data(), asked=WINDOWS, looks=st.integers(1, 4))
@settings(deadline=None, max_examples=120)
def test_best_of_every_row_is_that_of_the_definition(data: Data, asked: Windows, looks: int) -> None:
    design = replace(layers(data, asked)[0].design, looks=looks)
    bests = observe(design)
    every = list(windows(design))
    for row in range(len(design.rows) - 1):
        expected = max((window.statistic for window in every if window.row == row), default=0.0)
        assert bests.figures[row, 1] == pytest.approx(expected, rel=1e-9, abs=1e-9)
        if expected > 1e-6:
            ours = bests.window(row)
            theirs = {(w.width, w.start, w.end): w for w in every if w.row == row}[ours.width, ours.start, ours.end]
            assert (ours.observed, ours.expected) == (theirs.observed, pytest.approx(theirs.expected))
            assert theirs.statistic == pytest.approx(expected, rel=1e-9)


@given(data=some_data(), asked=WINDOWS, looks=st.integers(1, 4))
@settings(deadline=None, max_examples=60)
def test_replicates_are_scanned_as_the_data_are(data: Data, asked: Windows, looks: int) -> None:
    design = replace(layers(data, asked)[0].design, looks=looks)
    observed = float(observe(design).figures[:, 1].max(initial=0))
    assert best(design) == pytest.approx(observed, rel=1e-9, abs=1e-9)
    drawn = maxima(design, seed=5, first=3, count=3, executor=Serial())
    draws = Draws.of(design)
    for number, value in enumerate(drawn):
        starts, times = draws.draw(5, 3 + number)
        counts = np.zeros((design.places, design.steps), dtype=np.int64)
        np.add.at(counts, (np.repeat(np.arange(design.places), np.diff(starts)), times), 1)
        again = design if design.model is not Model.BERNOULLI else relabelled(design, counts)
        assert value == pytest.approx(largest(again, counts), rel=1e-9, abs=1e-9)


def relabelled(design: Design, counts: np.ndarray) -> Design:
    """Return a design in which others of the same people are cases."""
    assert design.controls is not None
    before = np.zeros_like(counts)
    np.add.at(before, (design.place, design.step), 1)
    return replace(design, controls=(design.controls + before - counts).astype(np.int32))


@pytest.mark.parametrize("rule", [Secondary.NO_OVERLAP_ANY_WINDOW, Secondary.NO_COMMON_PLACE])
@pytest.mark.parametrize("model", list(Model))
def test_secondary_clusters_are_the_best_windows_that_are_left(model: Model, rule: Secondary) -> None:
    for seed in range(12):
        data = random_data(model, seed, places=9, steps=6, cases=40)
        made = layers(data, Windows(share=0.5))
        found = choose(made, [observe(made[0].design)], rule, 50)
        left = list(windows(made[0].design))
        reach, rows = made[0].design.reach, made[0].design.rows
        for cluster in found:
            assert cluster.value == pytest.approx(max(window.statistic for window in left), rel=1e-9)
            held = set(cluster.places.tolist())
            left = [
                window
                for window in left
                if not held & set(reach[rows[window.row] : rows[window.row] + window.width].tolist())
                or (
                    rule is Secondary.NO_OVERLAP_ANY_WINDOW
                    and (window.end <= cluster.window.start or window.start >= cluster.window.end)
                )
            ]
        assert max((window.statistic for window in left), default=0.0) < 1e-9


def test_units_of_work_and_threads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    data = random_data(Model.PERMUTATION, 3, places=40, steps=8, cases=200, coarse=False)
    design = layers(data, Windows(share=0.5))[0].design
    whole = observe(design)
    monkeypatch.setattr(module, "_TOGETHER", 17)
    for executor in (Serial(), Threads(1), Threads(2), Threads(16)):
        cut = observe(design, executor=executor)
        assert np.array_equal(whole.where, cut.where)
        assert np.array_equal(whole.figures, cut.figures)


def test_nobody_is_no_cluster() -> None:
    data = random_data(Model.BERNOULLI, 1, cases=25)
    empty = Data(Model.BERNOULLI, data.positions, data.place[:0], data.step[:0], data.steps, controls=data.controls)
    design = layers(empty, Windows())[0].design
    assert not observe(design).figures.any()
