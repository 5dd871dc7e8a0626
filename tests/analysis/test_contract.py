"""The contract of the analysis: settings that go out and come back, tables that refuse, documents in two languages."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.analysis import answer as answers
from diaban.analysis.settings import (
    QUESTIONS,
    Circle,
    EvaluateSettings,
    KnoxSettings,
    ScanSettings,
    SettingsError,
    WatchSettings,
    from_dict,
)
from diaban.analysis.tables import About, AreaCounts, Labels, PointEvents, TableError, date_of, day_number
from diaban.core.messages import say
from diaban.engine.positions import Positions

ABOUT = About(dt.date(2024, 1, 1), dt.date(2024, 2, 1), "test")
FIRST = day_number(ABOUT.first)

EXAMPLES = (
    ScanSettings(prospective=True, first_look=dt.date(2024, 1, 1), max_radius=3_000.0),
    KnoxSettings(distances=(0, 100.5), days=(0, 1)),
    WatchSettings(place=Circle(107.1, 10.4, 500.0), resolved=dt.date(2024, 3, 1)),
    EvaluateSettings(units=("26506",), start=dt.date(2024, 1, 1), rings=(500.0, 1_000.0)),
    QUESTIONS["gi"](),
    QUESTIONS["emerging"](),
)


@pytest.mark.parametrize("settings", EXAMPLES, ids=lambda s: s.question)
def test_settings_go_out_as_json_and_come_back(settings: object) -> None:
    told = json.loads(json.dumps(settings.to_dict()))  # type: ignore[attr-defined]
    assert from_dict(told) == settings


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        ScanSettings(model="x", step="hour", replicates=1, max_share=0.9)
    assert set(caught.value.where) == {"model", "step", "replicates", "max_share"}
    assert all(str(problem) for problem in caught.value.problems)


@pytest.mark.parametrize("question", sorted(QUESTIONS))
@given(data=st.data())
def test_any_json_is_settings_or_a_clear_refusal(question: str, data: st.DataObject) -> None:
    names = [one.name for one in fields(QUESTIONS[question])]
    lists = st.lists(st.integers(-2, 3), max_size=3)
    places = st.dictionaries(st.sampled_from(["x", "y", "radius"]), st.floats())
    values = st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.floats(), st.text(max_size=4), lists, places)
    told = data.draw(st.dictionaries(st.sampled_from(names), values, max_size=4))
    try:
        settings = from_dict({"question": question, **told})
    except SettingsError as error:
        assert all(str(problem) for problem in error.problems)
    else:
        assert from_dict(settings.to_dict()) == settings


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(SettingsError, match="khong-co"):
        from_dict({"question": "scan", "khong-co": 1})


def points(days: list[int]) -> PointEvents:
    spots = Positions(np.arange(len(days), dtype=float), np.zeros(len(days)))
    return PointEvents(np.asarray(days, dtype=np.int32), spots, ABOUT)


def test_days_outside_the_span_are_refused() -> None:
    points([FIRST, FIRST + 30])
    with pytest.raises(TableError):
        points([FIRST + 31])


def test_the_fingerprint_is_of_the_data_alone() -> None:
    one, other = points([FIRST, FIRST + 1]), points([FIRST, FIRST + 2])
    assert one.fingerprint == points([FIRST, FIRST + 1]).fingerprint
    assert one.fingerprint != other.fingerprint


def test_a_count_below_not_reported_and_an_unknown_area_are_refused() -> None:
    spots = Positions(np.zeros(1), np.zeros(1))

    def table(unit: int, count: int) -> AreaCounts:
        return AreaCounts(("a",), ("A",), spots, np.array([unit]), np.array([FIRST]), np.array([count]), ABOUT)

    assert table(0, -1).events == 0
    for unit, count in ((1, 0), (0, -2)):
        with pytest.raises(ValueError):
            table(unit, count)


def test_labels_choose_rows() -> None:
    labels = Labels(np.array([0, 1, -1, 0], dtype=np.int32), ("patrol", "tip"))
    assert labels.rows_of(("patrol",)).tolist() == [True, False, False, True]


@given(st.dates())
def test_days_are_numbers_and_back(day: dt.date) -> None:
    assert date_of(day_number(day)) == day


def test_one_document_reads_in_two_languages() -> None:
    inner = say("điểm {n}", n=3)
    kept = json.loads(json.dumps(answers.keep(say("có {what}", what=inner))))
    english = {"có {what}": "there is {what}", "điểm {n}": "place {n}"}
    assert answers.rendered(kept) == "có điểm 3"
    assert answers.rendered({"a": [kept]}, english.__getitem__) == {"a": ["there is place 3"]}
