"""ST-DBSCAN: what scikit-learn's DBSCAN gives on the same neighbourhoods, number by number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diaban.engine.density.st_dbscan import Settings, st_dbscan
from diaban.engine.executors import Threads
from diaban.engine.interaction.pairs import Metric
from diaban.engine.positions import Positions


def by_scikit_learn(x, y, steps, chosen: Settings):
    from sklearn.cluster import DBSCAN

    dx, dy = np.abs(np.subtract.outer(x, x)), np.abs(np.subtract.outer(y, y))
    far = dx + dy if chosen.metric is Metric.MANHATTAN else np.hypot(dx, dy)
    near = (far <= chosen.distance) & (np.abs(np.subtract.outer(steps, steps)) <= chosen.time)
    model = DBSCAN(eps=0.5, min_samples=chosen.least, metric="precomputed").fit(np.where(near, 0.0, 1.0))
    core = np.zeros(len(x), dtype=bool)
    core[model.core_sample_indices_] = True
    return model.labels_, core


@settings(deadline=None, max_examples=80)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12), st.integers(0, 6)), min_size=1, max_size=60),
    st.sampled_from([0.0, 1.0, 2.0, 5.0]),
    st.integers(0, 3),
    st.integers(1, 5),
    st.sampled_from(list(Metric)),
    st.sampled_from([10**9, 3]),
)
def test_small(rows, distance, time, least, metric, most) -> None:
    x, y, steps = np.array(rows).T
    chosen = Settings(distance, time, least, metric, most)
    found = st_dbscan(Positions(x, y), steps, chosen)
    labels, core = by_scikit_learn(x, y, steps, chosen)
    assert found.labels.tolist() == labels.tolist()
    assert found.core.tolist() == core.tolist()
    assert found.count == labels.max() + 1


def test_two_outbreaks_at_one_place_are_two() -> None:
    """The same street twice, a year apart: one cluster in space, two in space and time."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(0, 50, (2, 80))
    steps = np.concatenate([rng.integers(0, 10, 40), rng.integers(365, 375, 40)])
    noise = rng.uniform(-20_000, 20_000, (2, 100))
    positions = Positions(np.append(x, noise[0]), np.append(y, noise[1]))
    when = np.append(steps, rng.integers(0, 375, 100))
    found = st_dbscan(positions, when, Settings(100.0, 5, 5))
    assert found.count == 2
    assert (found.labels[:40][found.core[:40]] == 0).all()
    assert (found.labels[40:80][found.core[40:80]] == 1).all()
    assert (found.labels[80:] == -1).mean() > 0.95
    shared = st_dbscan(positions, when, Settings(100.0, 5, 5), Threads(16))
    assert (shared.labels == found.labels).all()


def test_nothing_and_bad_settings() -> None:
    none = np.zeros(0)
    assert st_dbscan(Positions(none, none), none, Settings(1, 1, 1)).count == 0
    same = st_dbscan(Positions(np.zeros(9), np.zeros(9)), np.zeros(9), Settings(0, 0, 9))
    assert same.count == 1
    assert same.core.all()
    for bad in ((-1.0, 1, 1), (1.0, -1, 1), (1.0, 1, 0)):
        with pytest.raises(ValueError, match=r"steps|edges"):
            Settings(*bad)  # type: ignore[arg-type]
