"""Near repeats: bands and their labels."""

from __future__ import annotations

import numpy as np
from interaction_events import repeating

from diaban.engine.interaction.near_repeat import Rings, near_repeats, space_labels, time_labels


def test_bands_bear_the_label_of_what_they_hold() -> None:
    rings = Rings(200, 2, 1, 2)
    assert rings.space == (0, 200, 400)
    assert rings.time == (0, 1, 2)
    assert [str(label) for label in space_labels(rings.space)] == [
        "cùng chỗ",
        "trên 0 đến 200 m",
        "trên 200 đến 400 m",
        "trên 400 m",
    ]
    assert [str(label) for label in time_labels(rings.time)] == [
        "cùng ngày",
        "cách 1 ngày",
        "cách 2 ngày",
        "cách trên 2 ngày",
    ]
    assert [str(label) for label in time_labels((0, 7, 14))][1:] == [
        "cách 1 đến 7 ngày",
        "cách 8 đến 14 ngày",
        "cách trên 14 ngày",
    ]
    assert [str(label) for label in space_labels((1500.5,))] == ["đến 1.500,5 m", "trên 1.500,5 m"]
    assert [str(label) for label in time_labels((7,))] == ["cách 0 đến 7 ngày", "cách trên 7 ngày"]


def test_the_table_has_a_row_and_a_column_for_each_label() -> None:
    positions, days = repeating(1, 200, 50)
    rings = Rings(30, 2, 4, 2)
    result = near_repeats(positions, days, rings, permutations=99)
    assert result.observed.shape == (len(space_labels(rings.space)), len(time_labels(rings.time)))
    assert result.p_high[1, 1] == 0.01
    assert np.isclose(result.observed.sum(), 250 * 249 / 2)
