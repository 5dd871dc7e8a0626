"""The numbers of docs/methods/local-statistics.md."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest

from diaban.engine.local import Inference, Neighbours, gi, global_moran

VALUES = np.array([[9, 7, 2, 1], [8, 6, 1, 0], [2, 1, 1, 2], [0, 1, 2, 0]]).ravel()


def test_the_worked_example(lattice: Callable[[int, int], Neighbours]) -> None:
    near = lattice(4, 4)
    assert (VALUES.mean(), VALUES.std()) == pytest.approx((2.6875, 2.9094), abs=5e-5)
    normal = gi(VALUES, near, inference=Inference.NORMAL)
    assert normal.z[0] == pytest.approx(3.699, abs=5e-4)
    assert normal.z[0] == pytest.approx((30 - 4 * 2.6875) / (VALUES.std() * ((16 * 4 - 16) / 15) ** 0.5))
    assert normal.p_value[0] == pytest.approx(0.00022, abs=5e-6)
    ways = [sum(chosen) for chosen in combinations(VALUES[1:].tolist(), 3)]
    assert (len(ways), sum(way >= 21 for way in ways)) == (455, 1)
    drawn = gi(VALUES, near, seed=1)
    assert drawn.p_value[0] == pytest.approx(0.0047, abs=5e-5)
    assert drawn.q_value[0] == pytest.approx(0.075, abs=5e-4)
    assert not drawn.hot.any()
    whole = global_moran(VALUES, near.standardised())
    assert (whole.statistic, whole.expected, whole.z) == pytest.approx((0.543, -0.067, 4.75), abs=2e-3)
