"""Knox's test: published figures, the definition, other programs' results, and honest p-values."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interaction_events import burkitt, repeating, scattered
from scipy.stats import hypergeom, kstest

from diaban.engine.executors import Threads, quiet
from diaban.engine.interaction.knox import Settings, knox
from diaban.engine.interaction.local import _at_least, local_knox
from diaban.engine.interaction.pairs import Metric
from diaban.engine.kernels.random import shuffle
from diaban.engine.positions import Positions
from diaban.engine.streams import Stream


def test_the_published_figures_of_burkitts_lymphoma() -> None:
    """pointpats 2.5.5 prints these for its own example, with 20 units of distance and 5 of time."""
    result = knox(*burkitt(), Settings((20.0,), (5,), permutations=999, seed=1))
    assert result.observed.tolist() == [[13, 3416], [39, 14110]]
    assert result.expected == pytest.approx(np.array([[10.1438161, 3418.85618], [41.8561839, 14107.1438]]), rel=1e-8)
    assert result.p_poisson[0, 0] == pytest.approx(0.14624558, abs=5e-9)
    assert 0.15 < result.p_high[0, 0] < 0.35
    assert result.simulated.mean() == pytest.approx(10.1438, abs=0.5)


def test_pointpats_counts_the_same() -> None:
    import pointpats

    positions, steps = repeating(4, 150, 60)
    xy = positions.embedded
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = pointpats.Knox(xy, steps[:, None], 50.0, 4, permutations=9)
        local = pointpats.KnoxLocal(xy, steps[:, None], 50.0, 4, permutations=0)
    ours = knox(positions, steps, Settings((50.0,), (4,), permutations=0))
    assert ours.observed.tolist() == np.asarray(theirs.observed).tolist()
    assert ours.p_poisson[0, 0] == pytest.approx(theirs.p_poisson, abs=1e-12)
    events = local_knox(positions, steps, 50.0, 4)
    both = events.lead + events.lag + events.same
    assert both.tolist() == np.asarray(local.nsti).astype(int).tolist()
    assert both.max() > 0
    # pointpats takes the mean over the times that any event has; the counts are the same.
    n = len(steps)
    averaged = hypergeom.sf(both[:, None] - 1, n - 1, events.soon[None, :], events.near[:, None]).mean(axis=1)
    assert averaged == pytest.approx(np.asarray(local.p_hypergeom), abs=1e-9)


def table_by_definition(positions, steps, settings):
    one, other = np.triu_indices(len(steps), 1)
    dx, dy = positions.x[one] - positions.x[other], positions.y[one] - positions.y[other]
    far = np.abs(dx) + np.abs(dy) if settings.metric is Metric.MANHATTAN else np.hypot(dx, dy)
    row = np.searchsorted(settings.space, far)
    column = np.searchsorted(settings.time, np.abs(steps[one] - steps[other]))
    table = np.zeros((len(settings.space) + 1, len(settings.time) + 1), dtype=int)
    np.add.at(table, (row, column), 1)
    return table


@pytest.mark.parametrize("span", [40, 100_000])  # lanes of 16 and of 32 bits
@pytest.mark.parametrize("metric", list(Metric))
def test_every_shuffle_is_counted_right(span: int, metric: Metric) -> None:
    positions, steps = scattered(9, 300, 500.0, span)
    steps = steps - 7
    settings = Settings((0.0, 20.0, 60.0), (0, span // 10, span // 5), metric, permutations=140, seed=2**40 + 3)
    result = knox(positions, steps, settings)
    assert (result.observed == table_by_definition(positions, steps, settings)).all()
    from diaban.engine.interaction.pairs import checked_edges, lay_out

    order = lay_out(positions, steps, checked_edges(settings.space), metric).order
    for replicate in (0, 1, 127, 128, 139):
        shuffled = steps[order].copy()
        shuffle(shuffled, np.uint64(settings.seed), np.uint32(Stream.KNOX_TIMES), np.uint64(replicate))
        expected = table_by_definition(positions.take(order), shuffled, settings)
        assert (result.simulated[replicate] == expected[:-1, :-1]).all()


class Sent:
    """Workers that share no memory with the caller: everything is sent and comes back."""

    def run(self, work, shared, items, progress=quiet):
        return [pickle.loads(pickle.dumps(work(*pickle.loads(pickle.dumps((shared, item)))))) for item in items]


def test_workers_and_portions_give_the_same_bits() -> None:
    positions, steps = scattered(5, 900)
    settings = Settings((20.0, 50.0), (1, 5), permutations=300, seed=8)
    alone = knox(positions, steps, settings)
    for executor in (Threads(1), Threads(2), Threads(16), Sent()):
        assert (knox(positions, steps, settings, executor).simulated == alone.simulated).all()
    in_portions = Settings((20.0, 50.0), (1, 5), permutations=300, seed=8, most_pairs=100)
    assert (knox(positions, steps, in_portions).simulated == alone.simulated).all()
    assert (knox(positions, steps, in_portions).observed == alone.observed).all()


def test_more_pairs_than_sixteen_bits_hold() -> None:
    """90,000 pairs of one place and step: counters of 16 bits are emptied in time."""
    n = 425
    same = Positions(np.zeros(n), np.zeros(n))
    result = knox(same, np.zeros(n, dtype=np.int64), Settings((0.0,), (0,), permutations=3))
    assert result.observed.tolist() == [[90_100, 0], [0, 0]]
    assert (result.simulated == 90_100).all()
    assert result.p_high[0, 0] == result.p_low[0, 0] == result.p_any == 1.0


def test_p_values_are_uniform_when_nothing_is_going_on() -> None:
    high, every = [], []
    for number in range(200):
        result = knox(*scattered(1000 + number, 150, 500.0, 60), Settings((60.0,), (5,), permutations=199, seed=number))
        high.append(result.p_high[0, 0])
        wide = Settings((20.0, 40.0, 60.0), (2, 5), permutations=199, seed=number)
        every.append(knox(*scattered(1000 + number, 150, 500.0, 60), wide).p_any)
    assert kstest(high, "uniform").pvalue > 0.001
    assert kstest(every, "uniform").pvalue > 0.001


def test_repeats_are_found() -> None:
    result = knox(*repeating(2, 400, 40), Settings((30.0, 300.0), (3, 14), permutations=999))
    assert result.p_high[0, 0] == result.p_any == 0.001
    assert result.ratio[0, 0] > 5
    assert result.p_high[1, 1] > 0.01
    events = local_knox(*repeating(2, 400, 40), 30.0, 3)
    assert (events.p[:40] < 0.05).mean() > 0.9
    assert (events.lead[:40] + events.same[:40] >= 1).all()


def test_cumulative_bands() -> None:
    positions, steps = scattered(6, 200)
    result = knox(positions, steps, Settings((20.0, 60.0), (1, 5), permutations=50)).cumulative()
    within = knox(positions, steps, Settings((60.0,), (5,), permutations=0))
    assert result.observed[1, 1] == within.observed[0, 0]
    assert result.observed[-1, -1] == 200 * 199 // 2
    assert result.expected[1, 1] == pytest.approx(within.expected[0, 0])
    assert (result.simulated[:, 1, 1] >= result.simulated[:, 0, 0]).all()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_events(count: int) -> None:
    positions, steps = scattered(1, count)
    result = knox(positions, steps, Settings((10.0,), (1,), permutations=19))
    assert result.observed.sum() == count * (count - 1) // 2
    assert result.p_high[0, 0] == 1.0
    assert np.isfinite(result.ratio).all()
    assert np.isfinite(result.p_poisson).all()
    assert local_knox(positions, steps, 10.0, 1).p.tolist() == [1.0] * count


def test_bad_settings_are_refused() -> None:
    for space, time in (((), (1,)), ((1.0,), ()), ((1.0,), (1, 1)), ((1.0,), (-1,)), ((1.0,), (0.5,))):
        with pytest.raises(ValueError, match=r"edges|bands"):
            Settings(space, time)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="32 bits"):
        knox(Positions([0, 1], [0, 1]), np.array([0, 2**40]), Settings((1.0,), (1,)))


def test_the_worked_example() -> None:
    """docs/methods/knox.md: six events on a road."""
    positions = Positions([0.0, 50, 1000, 1030, 5000, 9000], np.zeros(6))
    days = np.array([0, 2, 10, 11, 3, 40])
    result = knox(positions, days, Settings((100.0,), (3,), permutations=9999, seed=1))
    assert result.observed.tolist() == [[2, 0], [2, 11]]
    assert result.expected[0, 0] == pytest.approx(2 * 4 / 15)
    assert result.ratio[0, 0] == pytest.approx(3.75)
    assert result.p_high[0, 0] == pytest.approx(6 / 90, abs=0.01)  # 6 of 90 ways to lay two pairs of days on the pairs
    events = local_knox(positions, days, 100.0, 3)
    assert events.lead.tolist() == [1, 0, 1, 0, 0, 0]
    assert events.lag.tolist() == [0, 1, 0, 1, 0, 0]


@settings(deadline=None)
@given(st.integers(1, 400), st.data())
def test_the_chance_of_a_local_count_is_hypergeometric(every: int, data: st.DataObject) -> None:
    marked, drawn = data.draw(st.integers(1, every)), data.draw(st.integers(1, every))
    least = data.draw(st.integers(max(0, marked + drawn - every), min(marked, drawn)))
    found = _at_least(np.array([least]), every, np.array([marked]), np.array([drawn]))
    assert found[0] == pytest.approx(hypergeom.sf(least - 1, every, marked, drawn), rel=1e-9, abs=1e-14)


@pytest.mark.parametrize("least", [1, 400, 899, 900, 901, 1000, 1500])
def test_the_chance_of_a_local_count_among_many(least: int) -> None:
    found = _at_least(np.array([least]), 100_000, np.array([30_000]), np.array([3_000]))
    assert found[0] == pytest.approx(hypergeom.sf(least - 1, 100_000, 30_000, 3_000), rel=1e-7)
