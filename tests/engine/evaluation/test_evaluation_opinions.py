"""Several methods on one panel: they agree on a planted fall, and each says why where it cannot speak."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from diaban.engine.evaluation.interrupted import Season
from diaban.engine.evaluation.opinions import opinions
from diaban.engine.streams import Stream, generator


def counts_of(effect: float, level: float = 15) -> NDArray[np.int64]:
    draw = generator(71, Stream.EVALUATION_BOOTSTRAP)
    time = np.arange(48)
    mean = np.outer(level * draw.uniform(0.6, 1.6, 16), 1 + 0.2 * np.sin(2 * np.pi * time / 12))
    mean[:2, 36:] *= effect
    return draw.poisson(mean)


def test_a_planted_fall_is_seen_by_all() -> None:
    found = opinions(counts_of(0.5), np.arange(16) < 2, 36, width=6, season=Season(12, 1))
    assert found.silent == ()
    assert found.difference is not None
    assert found.series is not None
    assert found.synthetic is not None
    assert found.study is not None
    assert found.difference.ratio.fell
    assert found.series.events.high < 0
    assert found.synthetic.treated.effect == pytest.approx(-0.5, abs=0.12)
    assert found.synthetic.p_value == pytest.approx(1 / 15)
    assert found.study.parallel_p > 0.05
    assert all(ratio.fell for ratio in found.study.ratios[-2:])


def test_without_an_effect_none_claims_one() -> None:
    found = opinions(counts_of(1.0), np.arange(16) < 2, 36, width=6, season=Season(12, 1))
    assert found.difference is not None
    assert found.series is not None
    assert found.synthetic is not None
    assert not found.difference.ratio.fell
    assert found.series.level.p_value > 0.05
    assert found.synthetic.p_value > 0.1


def test_thin_counts_leave_methods_silent_with_a_reason() -> None:
    thin = np.zeros((16, 48), int)
    thin[0, 3] = 1
    found = opinions(thin, np.arange(16) < 2, 36, width=40)
    assert found.difference is not None
    assert not found.difference.ratio.fell
    assert [name for name, _ in found.silent] == ["study", "series", "synthetic"]
    assert all(why for _, why in found.silent)
