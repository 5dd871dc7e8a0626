"""The made-up province: equal from equal seeds, and what it says it planted is really there."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from diaban.engine.synthetic import FIRST_DAY, Known, Place, Province, commune_years, generate

LAST_DAY = date(2026, 11, 14)
PLACES = tuple(
    Place(f"p{i:02d}", f"Xã {i}", 107.0 + 0.05 * (i % 6), 10.4 + 0.05 * (i // 6), 8_000 + 900 * i) for i in range(30)
)


@pytest.fixture(scope="module")
def province() -> Province:
    return generate(PLACES, last_day=LAST_DAY, seed=7)


def test_same_seed_same_province(province: Province) -> None:
    assert generate(tuple(reversed(PLACES)), last_day=LAST_DAY, seed=7) == province
    assert generate(PLACES, last_day=LAST_DAY, seed=8) != province


def test_everything_lies_within_the_days(province: Province) -> None:
    days = [incident.on for incident in province.incidents] + [s.on for spot in province.spots for s in spot.steps]
    assert min(days) >= FIRST_DAY
    assert max(days) <= LAST_DAY


def test_steps_of_a_spot_never_go_back_and_begin_with_detection(province: Province) -> None:
    for spot in province.spots:
        assert spot.steps[0].what == "detect"
        assert [step.on for step in spot.steps] == sorted(step.on for step in spot.steps)


def test_planted_reforming_spots_are_exactly_those_that_re_form(province: Province) -> None:
    assert province.planted.reforming_spots == tuple(spot.number for spot in province.spots if spot.reformed)
    assert province.planted.reforming_spots


def test_the_emerging_cluster_has_about_eight_times_the_incidents() -> None:
    inside = expected = 0.0
    for seed in range(16):
        made = generate(PLACES, last_day=LAST_DAY, seed=seed)
        cluster, factors = made.planted.emerging, dict(made.planted.place_factors)
        usual = sum(
            place.population / 10_000 * made.planted.yearly_rate_per_10_000 / 52.1775 * factors[place.uid]
            for place in PLACES
            if place.uid in cluster.places
        )
        season = [made.planted.season[(cluster.start + timedelta(days=d)).month - 1] for d in range(56)]
        expected += usual * 8 * sum(season) / len(season)
        inside += sum(i.place in cluster.places and cluster.start <= i.on < cluster.end for i in made.incidents)
    # Other planted effects touch a cluster place now and then, so the bounds leave them room.
    assert 7 < inside / expected < 9.5


def test_winter_peak_is_higher_than_late_autumn(province: Province) -> None:
    months: Counter[int] = Counter()
    for seed in range(4):
        made = generate(PLACES, last_day=LAST_DAY, seed=seed)
        # A market that opens and closes on its own days has another year than the rest, and so has what is emerging.
        others = {market.place for market in (made.planted.moved, made.planted.returned) if market}
        others.update(made.planted.emerging.places)
        months.update(i.on.month for i in made.incidents if i.place not in others)
    assert months[1] + months[2] > 1.3 * (months[9] + months[10])
    assert sum(province.planted.season) / 12 == pytest.approx(1.0)


def test_adding_a_place_leaves_the_spots_elsewhere_as_they_were(province: Province) -> None:
    more = generate((*PLACES, Place("p99", "Xã 99", 107.1, 10.6, 5_000)), last_day=LAST_DAY, seed=7)
    old = [replace(spot, number=0, name="") for spot in province.spots]
    assert [replace(spot, number=0, name="") for spot in more.spots if spot.place != "p99"] == old


def test_figures_are_consistent() -> None:
    known = [Known(f"u{i}", 20_000, i % 4, i) for i in range(60)]
    years = commune_years(known, cycle=2026, seed=7)
    assert [year.unit for year in years] == [one.unit for one in known]
    for one, year in zip(known, years, strict=True):
        persons = year.dependent + year.using
        assert year.in_substitution + year.in_home_rehab + year.post_rehab <= persons
        assert year.arrested == one.arrested
        assert year.resident_offenders is not None and year.resident_offenders <= one.arrested
    shares = {sum((y.dependent + y.using) * 1000 >= y.population * k for k in (1, 5)) for y in years if y.population}
    assert shares == {0, 1, 2}


def test_a_market_moves_and_another_comes_back() -> None:
    seen = 0
    for seed in range(12):
        made = generate(PLACES, last_day=LAST_DAY, seed=seed)
        planted = made.planted
        usual = {effect.place for effect in (planted.resolved, planted.patrol_surge)} | set(planted.emerging.places)
        spots = {spot.number: spot for spot in made.spots}
        if planted.moved is None or planted.returned is None:
            continue
        seen += 1
        moved, returned = planted.moved, planted.returned
        assert len({moved.place, returned.place, planted.quiet} | usual) == 3 + len(usual)
        assert spots[returned.spot].steps[-1].what == "watch"
        weeks_after = (LAST_DAY - moved.resolved).days / 7

        def close(spot_lon: float, spot_lat: float, start: date, end: date, made: Province = made) -> int:
            return sum(
                abs(i.lon - spot_lon) < 0.003 and abs(i.lat - spot_lat) < 0.003 and start <= i.on < end
                for i in made.incidents
            )

        spot, end = spots[moved.spot], LAST_DAY + timedelta(days=1)
        before = close(spot.lon, spot.lat, moved.start, moved.resolved)
        after = close(spot.lon, spot.lat, moved.resolved, end)
        there = close(moved.to_lon, moved.to_lat, moved.resolved, end)
        assert before / 52 > 3 * after / weeks_after
        assert there > 0.5 * moved.weekly * weeks_after
        spot = spots[returned.spot]
        pause = close(spot.lon, spot.lat, returned.resolved + timedelta(days=7), returned.back)
        assert pause < close(spot.lon, spot.lat, returned.start, returned.resolved) / 3
        assert close(spot.lon, spot.lat, returned.back, end) >= 1
    assert seen >= 9
