"""A ranking that adds up what patrols find follows the patrols; ours follows the places, whose truth never changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from diaban.engine.executors import Serial, Threads
from diaban.engine.fairness import Allocation, City, Evidence, gini, simulate, top_share
from diaban.engine.fairness.city import _figure

ALIKE = City(np.full(12, 4.0), rounds=150, patrols=12, reached=1, finding=0.1)
LAST = 100
SEED = 20


@pytest.fixture(scope="module")
def naive_shares() -> np.ndarray:
    return simulate(ALIKE, 96, SEED).shares(LAST)


def test_naive_ranking_runs_away(naive_shares: np.ndarray) -> None:
    """All twelve places are alike, yet one of them gets every patrol for ever."""
    assert (top_share(naive_shares) > 0.99).mean() > 0.95
    assert gini(naive_shares).mean() > 0.9  # 11/12 is the most there can be


def test_which_place_it_is_was_decided_by_chance(naive_shares: np.ndarray) -> None:
    chosen = np.bincount(naive_shares.argmax(axis=1), minlength=12)
    assert stats.chisquare(chosen).pvalue > 0.001


@pytest.mark.parametrize("evidence", [Evidence.REPORTED, Evidence.EXPOSED])
def test_ours_stays_bounded(evidence: Evidence) -> None:
    """In proportion to what residents report (and finds per patrol): every place keeps about its twelfth."""
    ours = simulate(replace(ALIKE, evidence=evidence, allocation=Allocation.SHARE), 96, SEED).shares(LAST)
    assert (top_share(ours) < 2 / 12).all()
    assert gini(ours).max() < 0.2


@pytest.mark.parametrize("evidence", [Evidence.REPORTED, Evidence.EXPOSED])
def test_even_first_come_ranking_moves_on_when_it_forgets(evidence: Evidence) -> None:
    ours = simulate(replace(ALIKE, evidence=evidence, memory=13), 96, SEED).shares(LAST)
    assert (top_share(ours) < 0.6).all()
    assert top_share(ours).mean() < 0.35


def test_naive_ranking_hides_the_truth_and_ours_shows_it() -> None:
    """One place truly has half as much again; the naive ranking mostly sits elsewhere."""
    rates = np.full(12, 4.0)
    rates[7] = 6.0
    naive = simulate(replace(ALIKE, rates=rates), 96, SEED).shares(LAST)
    fair = simulate(replace(ALIKE, rates=rates, evidence=Evidence.REPORTED, allocation=Allocation.SHARE), 96, SEED)
    assert (naive.argmax(axis=1) == 7).mean() < 0.6
    shares = fair.shares(LAST)
    assert shares[:, 7].mean() == pytest.approx(6 / 50, abs=0.015)
    assert np.delete(shares, 7, axis=1).mean() == pytest.approx(4 / 50, abs=0.005)


def test_counts_of_finds_follow_patrols_not_truth() -> None:
    history = simulate(ALIKE, 32, SEED)
    found = history.found[:, -LAST:].sum(axis=1)
    top = history.shares(LAST).argmax(axis=1)
    assert (found.argmax(axis=1) == top).all()
    reported = history.reported[:, -LAST:].sum(axis=1) / LAST
    assert reported.mean() == pytest.approx(4 * 0.3, rel=0.02)


def test_every_patrol_is_sent() -> None:
    for allocation in Allocation:
        history = simulate(replace(ALIKE, allocation=allocation, reached=5), 3, SEED)
        assert (history.patrols.sum(axis=2) == 12).all()


def test_the_same_bits_whoever_does_the_work() -> None:
    one = simulate(ALIKE, 40, SEED, executor=Serial())
    for executor in (Threads(2), Threads(16)):
        many = simulate(ALIKE, 40, SEED, executor=executor)
        assert (one.patrols == many.patrols).all()
        assert (one.found == many.found).all()
    fewer = simulate(ALIKE, 7, SEED)
    assert (fewer.found == one.found[:7]).all()


def test_a_quiet_city_is_patrolled_all_the_same() -> None:
    history = simulate(
        replace(ALIKE, rates=np.zeros(4), evidence=Evidence.EXPOSED, allocation=Allocation.SHARE), 5, SEED
    )
    assert history.found.sum() == history.reported.sum() == 0
    assert (history.patrols.sum(axis=2) == 12).all()


@pytest.mark.parametrize(
    "bad", [{"rates": np.ones(1)}, {"reached": 13}, {"finding": 1.5}, {"memory": 0}, {"rates": -np.ones(3)}]
)
def test_cities_that_cannot_be_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"at least|between|shares"):
        replace(ALIKE, **bad)  # type: ignore[arg-type]


def test_reports_alone_do_not_see_finds() -> None:
    patrols, reported, found = (np.array([row], np.int32) for row in ([4, 0], [1, 2], [8, 0]))
    figures = {
        evidence: _figure(replace(ALIKE, evidence=evidence), patrols, reported, found).tolist() for evidence in Evidence
    }
    assert figures[Evidence.REPORTED] == [1, 2]
    assert figures[Evidence.POOLED] == [9, 2]
    assert figures[Evidence.EXPOSED] == [3, 4]  # two finds a patrol; where none went, as in the middle of all
