"""False-discovery control: statsmodels, the definition, and what has no p-value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from diaban.engine.local import adjusted, confidence, cutoff, discoveries

p_lists = st.lists(st.sampled_from([0.0001, 0.004, 0.01, 0.02, 0.03, 0.05, 0.2, 0.5, 1.0]), min_size=1, max_size=20)


@given(p_lists, st.sampled_from([0.01, 0.05, 0.1]))
def test_as_statsmodels(p_list: list[float], level: float) -> None:
    p_values = np.array(p_list)
    found, values, *_ = multipletests(p_values, alpha=level, method="fdr_bh")
    assert (discoveries(p_values, level) == found).all()
    assert adjusted(p_values) == pytest.approx(values)


@given(p_lists)
def test_what_has_no_p_value_is_not_counted(p_list: list[float]) -> None:
    p_values = np.array(p_list)
    gaps = np.insert(p_values, [0, len(p_values)], np.nan)
    assert (discoveries(gaps, 0.05)[1:-1] == discoveries(p_values, 0.05)).all()
    assert not discoveries(gaps, 0.05)[[0, -1]].any()
    assert np.isnan(adjusted(gaps)[[0, -1]]).all()


def test_the_example_of_benjamini_and_hochberg() -> None:
    """Their table of fifteen p-values (1995, §3): four are discoveries at 5 %, three by Bonferroni."""
    small = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p_values = np.array([*small, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0])
    assert discoveries(p_values, 0.05).sum() == 4
    assert cutoff(p_values, 0.05) == 0.0095


def test_nothing_to_discover() -> None:
    assert cutoff(np.array([0.9, 0.8]), 0.05) == -1
    assert cutoff(np.array([]), 0.05) == -1
    assert cutoff(np.array([np.nan]), 0.05) == -1
    assert not discoveries(np.array([np.nan, 0.9]), 0.05).any()


def test_confidence_in_three_classes() -> None:
    p_values = np.array([1e-6, 1e-6, 0.03, 0.07, 0.9, np.nan])
    sign = np.array([1, -1, 1, 1, 1, np.nan])
    # 5 tests: cut-offs 0.02 × … at 10 %: 0.07 <= 0.1 × 4/5; at 5 %: 0.03 <= 0.05 × 3/5; at 1 %: two.
    assert confidence(p_values, sign).tolist() == [3, -3, 2, 1, 0, 0]
    assert confidence(p_values, sign, control=False).tolist() == [3, -3, 2, 1, 0, 0]
    many = np.concatenate([p_values, np.full(50, 0.9)])
    assert confidence(many, np.ones(56)).tolist() == [3, 3] + [0] * 54


def test_a_level_is_between_zero_and_one() -> None:
    for level in (0, 1, 5):
        with pytest.raises(ValueError, match="level"):
            discoveries(np.array([0.1]), level)
