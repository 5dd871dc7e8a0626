"""Formulas against figures that SaTScan 10.3.2 prints for its published examples (observed and expected as there)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scan_reference import ratio, ratio_of_labels

from diaban.engine.scan import Model, expected_counts, person_time
from diaban.engine.scan.statistic import ceiling, likelihood_ratio, relative_risk, statistic

POISSON = [
    # cases, people inside, all cases, all people, statistic, relative risk
    (85, 95_249, 552, 1_057_673, 11.577255, 1.84),  # New York, leukaemia
    (38, 34_083, 552, 1_057_673, 9.019716, 2.22),
    (2359, 2_399_367, 10_279, 12_281_054, 36.538616, 1.23),  # Pennsylvania, lung cancer
    (1900, 2_068_414, 10_279, 12_281_054, 9.649491, 1.12),
    (371, 149_936, 667, 329_962, 13.869046, 1.50),  # North Carolina, sudden deaths
    (15, 1_570, 667, 329_962, 11.577076, 4.81),
]


@pytest.mark.parametrize(("seen", "inside", "cases", "people", "value", "risk"), POISSON)
def test_poisson_as_published(seen: int, inside: int, cases: int, people: int, value: float, risk: float) -> None:
    usual = inside * cases / people
    assert float(statistic(Model.POISSON, seen, usual, cases)) == pytest.approx(value, abs=1e-6)
    assert relative_risk(Model.POISSON, seen, usual, cases) == pytest.approx(risk, abs=0.005)


@pytest.mark.parametrize(
    ("seen", "size", "value", "risk"), [(4, 4, 4.836516, 3.43), (5, 6, 3.712697, 2.88), (3, 3, 3.609718, 3.39)]
)
def test_bernoulli_as_published(seen: int, size: int, value: float, risk: float) -> None:
    """North Humberside: 62 cases among 203."""
    usual = size * 62 / 203
    assert float(statistic(Model.BERNOULLI, seen, usual, 62, size, 203)) == pytest.approx(value, abs=1e-6)
    assert relative_risk(Model.BERNOULLI, seen, usual, 62) == pytest.approx(risk, abs=0.005)


@pytest.mark.parametrize(
    ("seen", "places", "steps", "value", "ratio"),
    [(4, 10, 13, 3.845418, 5.97), (2, 4, 8, 3.164201, 12.12), (2, 3, 19, 2.137259, 6.81)],
)
def test_permutation_as_published(seen: int, places: int, steps: int, value: float, ratio: float) -> None:
    """New York City fever: 194 cases; cases of the places × cases of the days."""
    usual = places * steps / 194
    assert float(statistic(Model.PERMUTATION, seen, usual, 194)) == pytest.approx(value, abs=1e-6)
    assert relative_risk(Model.PERMUTATION, seen, usual, 194) == pytest.approx(ratio, abs=0.006)


@given(seen=st.integers(0, 40), more=st.integers(0, 40), cases=st.integers(1, 40), free=st.integers(0, 40))
@settings(deadline=None)
def test_forms_agree_and_the_ceiling_holds(seen: int, more: int, cases: int, free: int) -> None:
    size, total, people = seen + more, seen + cases, seen + more + cases + free
    usual = size * total / people
    by_labels = ratio_of_labels(seen, size, total, people) if 0 < size < people else 0.0
    assert float(statistic(Model.BERNOULLI, seen, usual, total, size, people)) == pytest.approx(by_labels, abs=1e-9)
    arguments = (float(seen), usual, float(total), float(size), float(people))
    assert likelihood_ratio(1, *arguments) == pytest.approx(by_labels, abs=1e-9)
    assert ceiling(1, *arguments) >= by_labels - 1e-9
    if 0 < usual < total:
        assert likelihood_ratio(0, *arguments) == pytest.approx(ratio(seen, usual, total), abs=1e-9)
        assert float(statistic(Model.POISSON, seen, usual, total)) == pytest.approx(ratio(seen, usual, total), abs=1e-9)
        assert ceiling(0, *arguments) >= ratio(seen, usual, total) - 1e-9


def test_everything_inside_or_nothing_expected_has_no_risk() -> None:
    assert relative_risk(Model.POISSON, 10, 4.0, 10) is None
    assert relative_risk(Model.POISSON, 0, 0.0, 10) is None
    assert float(statistic(Model.POISSON, 10, 10.0, 10)) == 0
    assert np.isinf(statistic(Model.POISSON, 1, 0.0, 10))


def test_population_is_integrated_between_its_dates() -> None:
    # 100 until day 0, to 200 on day 10, 200 after: steps of 5 days from day -5
    found = person_time([0, 10], [100.0, 200.0], [-5, 0, 5, 10, 15])
    assert found == pytest.approx([500, 625, 875, 1000])
    daily = np.interp(np.arange(-5, 15, 1 / 64) + 1 / 128, [0, 10], [100, 200]).reshape(4, -1).sum(axis=1) / 64
    assert found == pytest.approx(daily)
    assert person_time([3], [[7.0], [0.0]], [0, 1, 3]) == pytest.approx(np.array([[7, 14], [0, 0]]))


def test_expected_counts_take_each_stratum_at_its_own_rate() -> None:
    # two places, young and old, two steps; 10 cases among the young of 100 person-steps, 30 among the old of 60
    people = np.array([[[20.0, 30.0], [10.0, 10.0]], [[25.0, 25.0], [20.0, 20.0]]])
    found = expected_counts(people, [10, 30])
    assert found == pytest.approx(np.array([[2 + 5, 3 + 5], [2.5 + 10, 2.5 + 10]]))
    assert found.sum() == pytest.approx(40)
    assert expected_counts([1.0, 3.0], 8, steps=2) == pytest.approx(np.array([[1, 1], [3, 3]]))
    assert expected_counts([1.0, 0.0], 0).sum() == 0


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: expected_counts([0.0, 0.0], 3), "nobody"),
        (lambda: expected_counts([[[1.0], [0.0]]], [1, 1]), "stratum 1"),
        (lambda: expected_counts([1.0], [1, 2]), "strata"),
        (lambda: expected_counts([-1.0, 2.0], 1), "exposure"),
        (lambda: person_time([2, 1], [1.0, 1.0], [0, 1]), "rise"),
        (lambda: person_time([1], [1.0, 1.0], [0, 1]), "per date"),
        (lambda: person_time([1], [np.nan], [0, 1]), "populations"),
        (lambda: person_time([1], [1.0], [0]), "step"),
    ],
)
def test_bad_populations_are_refused(call: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        call()  # type: ignore[operator]
