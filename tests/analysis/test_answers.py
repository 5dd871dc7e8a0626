"""Questions put to small made tables: the planted thing is found, nothing is found in nothing, and every run is "
"the same."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest

from diaban.analysis import answer as answers
from diaban.analysis.answering import answer
from diaban.analysis.outputs.writing import content_of, pictures_of
from diaban.analysis.settings import (
    AnySettings,
    Circle,
    EmergingSettings,
    EvaluateSettings,
    GiSettings,
    KnoxSettings,
    ScanSettings,
    WatchSettings,
)
from diaban.analysis.tables import About, AreaCounts, Labels, PointEvents, TableError, day_number
from diaban.engine.executors import Serial, Threads
from diaban.engine.positions import Positions

FIRST, END = dt.date(2023, 1, 1), dt.date(2025, 1, 1)
DAYS = (END - FIRST).days
ABOUT = About(FIRST, END, "made")
BEGIN = day_number(FIRST)
SIDE = 6  # areas stand on a square grid, 2 km apart


def points(planted: int = 25) -> PointEvents:
    """Return 600 events everywhere, and `planted` ones within 300 m during the last four weeks."""
    random = np.random.default_rng(7)
    day = np.concatenate([random.integers(0, DAYS, 600), random.integers(DAYS - 28, DAYS, planted)])
    x = np.concatenate([random.uniform(0, 20_000, 600), random.normal(12_000, 150, planted)])
    y = np.concatenate([random.uniform(0, 20_000, 600), random.normal(8_000, 150, planted)])
    return PointEvents((day + BEGIN).astype(np.int32), Positions(x, y), ABOUT)


def areas(factor: float = 0.4, missing: bool = False) -> AreaCounts:
    """Return monthly counts of 36 areas, of which "14" falls to `factor` of itself from January 2024 on."""
    random = np.random.default_rng(11)
    units = tuple(f"{place:02d}" for place in range(SIDE * SIDE))
    starts = [day_number(dt.date(2023 + month // 12, month % 12 + 1, 1)) for month in range(24)]
    unit, month = np.repeat(np.arange(36), 24), np.tile(np.arange(24), 36)
    mean = np.where((unit == 14) & (month >= 12), 20 * factor, 20.0)
    count = random.poisson(mean)
    if missing:
        count[5] = -1
    place = np.arange(36)
    positions = Positions(2_000.0 * (place % SIDE), 2_000.0 * (place // SIDE))
    about = About(FIRST, END, "made", grain="month")
    day = np.asarray(starts, dtype=np.int32)[month]
    return AreaCounts(units, units, positions, unit.astype(np.int32), day, count, about, np.full(36, 1_000.0))


POINTS, NOTHING, AREAS = points(), points(0), areas()
SCAN = ScanSettings(prospective=True, max_radius=2_000.0, max_duration=8, replicates=99)
WATCH = WatchSettings(cell=1_000.0, false_alarms_per_year=2.0)
EVALUATE = EvaluateSettings(units=("14",), start=dt.date(2024, 1, 1), rings=(2_500.0,))
CASES: tuple[tuple[str, AnySettings, object], ...] = (
    ("scan", SCAN, POINTS),
    ("scan areas", ScanSettings(model="poisson", step="month", replicates=99, low=True), AREAS),
    ("gi", GiSettings(cell=2_000.0, permutations=999), POINTS),
    ("emerging", EmergingSettings(cell=4_000.0), POINTS),
    ("knox", KnoxSettings(distances=(500.0, 1_000.0), days=(7, 14), replicates=99), POINTS),
    ("watch", WATCH, POINTS),
    ("return", WatchSettings(place=Circle(12_000, 8_000, 500), resolved=dt.date(2024, 6, 1)), POINTS),
    ("evaluate", EVALUATE, AREAS),
)


@pytest.mark.parametrize(("name", "settings", "table"), CASES, ids=[case[0] for case in CASES])
def test_every_answer_is_whole_and_the_same_for_any_number_of_threads(
    name: str, settings: AnySettings, table: PointEvents | AreaCounts
) -> None:
    first = answer(settings, table, seed=3, executor=Serial())
    again = answer(settings, table, seed=3, executor=Threads(16))
    told = json.dumps(answers.to_document(first), ensure_ascii=False, allow_nan=False)
    assert told == json.dumps(answers.to_document(again), ensure_ascii=False, allow_nan=False)
    document = json.loads(told)
    assert document["headline"] and document["cautions"] and document["methods"]
    assert document["reproduce"]["seed"] == 3
    assert document["reproduce"]["settings"] == settings.to_dict()
    for row in document[document["rows"]]:
        assert {column["key"] for column in document["columns"]} <= set(row)
    kept = json.loads(json.dumps(answers.to_document(first, answers.keep)))
    assert answers.rendered(kept) == document
    assert "Điều này không nói lên" in str(content_of(first, "text", table))
    assert bytes(content_of(first, "xlsx", table)).startswith(b"PK")  # type: ignore[arg-type]
    assert json.loads(str(content_of(first, "geojson", table)))["type"] == "FeatureCollection"
    for picture in pictures_of(first, table).values():
        assert picture.startswith("<svg") and picture.rstrip().endswith("</svg>")


def test_the_planted_cluster_is_found_where_and_when_it_is() -> None:
    found = answer(SCAN, POINTS, seed=1)
    first = found.findings[0]
    assert found.level == "found"
    assert first["observed"] >= 22
    assert abs(first["centre"]["x"] - 12_000) < 500 and abs(first["centre"]["y"] - 8_000) < 500
    assert first["start"] >= "2024-11-26" and first["end"] == "2024-12-31"
    assert {"statistic", "p_value", "expected", "relative_risk", "points", "radius"} <= set(first)
    watched = answer(WATCH, POINTS, seed=1)
    assert watched.level == "found"
    assert abs(watched.findings[0]["centre"]["x"] - 12_000) < 1_000


def test_a_quiet_table_is_left_in_peace() -> None:
    assert answer(SCAN, NOTHING, seed=1).level == "nothing"
    assert answer(WATCH, NOTHING, seed=1).level == "nothing"


def test_work_that_helped_is_said_to_have_helped_and_nothing_is_not() -> None:
    found = answer(EVALUATE, AREAS, seed=1)
    assert (found.level, found.findings[0]["verdict"]) == ("found", "fell")
    same = answer(EVALUATE, areas(factor=1.0), seed=1)
    assert same.findings[0]["verdict"] in ("no_difference", "too_little")
    undone = answer(EvaluateSettings(units=("14",), start=dt.date(2024, 1, 1), done=0.3), AREAS, seed=1)
    assert undone.numbers["verdict"] == "not_carried_out"


def test_patrol_finds_never_decide() -> None:
    table = points()
    source = Labels(np.zeros(len(table), dtype=np.int32), ("tuần tra",))
    patrolled = PointEvents(table.day, table.positions, ABOUT, source=source)
    settings = EvaluateSettings(place=Circle(10_000, 10_000, 3_000), start=dt.date(2024, 1, 1))
    assert answer(settings, patrolled, seed=1).numbers["verdict"] == "one_sided"


def test_a_reason_that_two_sources_give_is_said_once() -> None:
    random = np.random.default_rng(3)
    day, x, y = random.integers(0, DAYS, 6_000), random.uniform(0, 20_000, 6_000), random.uniform(0, 20_000, 6_000)
    away, after = np.hypot(x - 10_000, y - 10_000), day >= day_number(dt.date(2024, 1, 1)) - BEGIN
    gone = (away < 2_000) & after
    x[gone] += 5_000
    source = Labels(np.arange(6_000, dtype=np.int32) % 2, ("người dân", "khác"))
    told = PointEvents((day + BEGIN).astype(np.int32), Positions(x, y), ABOUT, source=source)
    place = Circle(10_000, 10_000, 2_000)
    found = answer(EvaluateSettings(place=place, start=dt.date(2024, 1, 1), rings=(2_000.0,)), told, seed=1)
    assert [row["verdict"] for row in found.findings] == ["fell", "fell"]
    assert len({str(one) for one in found.sentences}) == len(found.sentences)


def test_what_was_not_reported_is_never_zero() -> None:
    told = answer(WatchSettings(units=("00",), resolved=dt.date(2023, 3, 1), step="month"), areas(missing=True), seed=1)
    assert told.curves[0].observed[5] is None
    with pytest.raises(TableError):
        answer(EmergingSettings(), areas(missing=True), seed=1)


@pytest.mark.parametrize(
    ("settings", "table"),
    [
        (ScanSettings(model="poisson"), POINTS),
        (ScanSettings(model="bernoulli"), POINTS),
        (ScanSettings(step="day"), AREAS),
        (GiSettings(neighbours="contiguity"), AREAS),
        (GiSettings(per_population=True), POINTS),
        (KnoxSettings(), AREAS),
        (EmergingSettings(step="day"), AREAS),
        (EvaluateSettings(units=("xx",), start=dt.date(2024, 1, 1)), AREAS),
        (EvaluateSettings(units=("14",), start=dt.date(2031, 1, 1)), AREAS),
        (WatchSettings(units=("xx",), resolved=dt.date(2024, 1, 1), step="month"), AREAS),
        (WatchSettings(units=("00",), resolved=dt.date(2026, 1, 1), step="month"), AREAS),
    ],
    ids=str,
)
def test_a_question_that_a_table_cannot_bear_is_refused_in_words(settings: AnySettings, table: PointEvents) -> None:
    with pytest.raises(TableError) as caught:
        answer(settings, table, seed=1)
    assert all(str(problem) for problem in caught.value.problems)


@pytest.mark.parametrize("question", ["scan", "gi", "emerging", "knox", "watch"])
@pytest.mark.parametrize("count", [1, 2, 12])
def test_hardly_any_events_and_all_in_one_place(question: str, count: int) -> None:
    """One event, two, or twelve at one spot on one day: an answer or a refusal, never a traceback."""
    from diaban.analysis.settings import from_dict

    spots = Positions(np.full(count, 107.1), np.full(count, 10.4), geodesic=True)
    table = PointEvents(np.full(count, BEGIN + 100, dtype=np.int32), spots, ABOUT)
    try:
        found = answer(from_dict({"question": question}), table, seed=1)
    except TableError as error:
        assert error.problems
    else:
        assert found.level in ("nothing", "unsure") or question in ("gi", "knox", "emerging", "scan", "watch")
        json.dumps(answers.to_document(found), allow_nan=False)
