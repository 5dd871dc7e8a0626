"""What an answer may look like, how figures must agree, and that absence is never read as zero."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.apps.localities import figures
from diaban.apps.localities.models import LocalityClass, Stage
from diaban.apps.localities.queries.messages import pack, told, unpack
from diaban.apps.localities.queries.working import assess, brief, digest, required_figures, snapshot
from diaban.apps.localities.stages import REFUSALS, STEPS, Refused, advance, permitted
from diaban.catalogue.rulesets_loader import ruleset
from diaban.core.messages import N_, say
from diaban.core.rules import Reading

QD28 = ruleset("qd28-2025")
COUNTS = [figure.code for figure in figures.FIGURES if figure.kind == "count"]


@given(st.integers(min_value=0, max_value=figures.MAX_FIGURE))
def test_a_number_reads_as_it_was_written(value: int) -> None:
    assert figures.clean("persons", value) == value
    assert figures.clean("persons", str(value)) == value
    assert figures.clean("persons", f" {value:,} ".replace(",", ".")) == value


@given(st.text(max_size=12))
def test_any_other_text_is_refused_or_is_a_whole_number(text: str) -> None:
    try:
        found = figures.clean("persons", text)
    except figures.BadFigure as wrong:
        assert wrong.figure == "persons" and "số nguyên" in str(wrong)
    else:
        assert (found is None) == (not text.strip()) and (found is None or (isinstance(found, int) and found >= 0))


@pytest.mark.parametrize("text", ["1.5", "1,234", "12.34", ".123", "1..234", "٣", "0x10", "1e3", "−4", "=2"])
def test_near_numbers_are_refused(text: str) -> None:
    with pytest.raises(figures.BadFigure):
        figures.clean("points", text)


def test_days_routes_and_texts() -> None:
    assert figures.clean("population_as_of", "2026-12-01") == date(2026, 12, 1)
    assert figures.clean("route", " INTER ") == "inter"
    assert figures.clean("population_source", "  Công an   xã ") == "Công an xã"
    for code, value in (("population_as_of", "1/12"), ("route", "có"), ("unknown", 1)):
        with pytest.raises(figures.BadFigure):
            figures.clean(code, value)


VALUES = st.fixed_dictionaries({code: st.none() | st.integers(0, 40) for code in COUNTS})


@given(VALUES)
def test_what_is_not_reported_disagrees_with_nothing(values: dict[str, int | None]) -> None:
    for found in figures.check(values):
        assert all(values[code] is not None for code in found.figures)


@given(VALUES)
def test_a_total_is_never_made_from_part_of_its_parts(values: dict[str, int | None]) -> None:
    filled = figures.completed(values)
    parts = [values[part] for part in figures.SUMS["persons_exempt"]]
    if values["persons_exempt"] is None and None in parts:
        assert filled["persons_exempt"] is None
    assert {code: filled[code] for code in values if code != "persons_exempt"} == {
        code: value for code, value in values.items() if code != "persons_exempt"
    }


@pytest.mark.parametrize(
    ("values", "impossible"),
    [
        ({"persons": 10, "persons_dependent": 4, "persons_using": 5}, True),
        ({"persons": 3, "persons_dependent": 4, "persons_using": 1}, True),
        ({"persons": 8, "persons_dependent": 4, "persons_using": 5}, False),
        ({"persons": 2, "persons_exempt": 3}, True),
        ({"persons": 20, "population": 10}, True),
        ({"arrested": 1, "resident_offenders": 2}, False),
        ({"plants": 5, "plant_m2": 0}, False),
        ({"population": 0}, True),
    ],
)
def test_what_cannot_be_is_told_from_what_is_only_unusual(values: dict[str, int], impossible: bool) -> None:
    (found,) = figures.check(values)
    assert found.impossible is impossible and str(found.sentence)


def test_agreeing_figures_are_left_alone() -> None:
    agreed = {"persons": 9, "persons_dependent": 4, "persons_using": 5, "persons_exempt": 2, "population": 100}
    assert figures.check(agreed) == []


RULE_VALUES = st.fixed_dictionaries(
    {
        "population": st.none() | st.integers(0, 50_000),
        "persons": st.none() | st.integers(0, 300),
        "persons_exempt": st.none() | st.integers(0, 20),
        "points": st.none() | st.integers(0, 3),
        "arrested": st.none() | st.integers(0, 60),
        "resident_offenders": st.none() | st.integers(0, 3),
        "wanted_hiding": st.none() | st.integers(0, 1),
        "plants": st.none() | st.integers(0, 4000),
        "plant_m2": st.none() | st.integers(0, 900),
        "route": st.none() | st.sampled_from(["none", "intra", "inter"]),
    }
)


@given(RULE_VALUES)
def test_reporting_a_route_never_contradicts_what_was_known_without_it(values: dict[str, int | str | None]) -> None:
    open_route = assess(QD28, {**values, "route": None}, {})
    for route in ("none", "intra", "inter"):
        known = assess(QD28, {**values, "route": route}, {})
        for reading in Reading:
            if open_route.classes[reading] is not LocalityClass.UNKNOWN:
                assert known.classes[reading] is open_route.classes[reading]


@given(RULE_VALUES)
def test_a_snapshot_says_the_same_as_the_assessment_and_the_same_again(values: dict[str, int | str | None]) -> None:
    found = assess(QD28, values, {})
    shot, again = snapshot(found, values), snapshot(assess(QD28, values, {}), values)
    assert shot == again and digest(shot) == digest(again)
    assert len(digest(shot)) == len(hashlib.sha256().hexdigest())
    assert (shot["literal"], shot["at_least"]) == tuple(found.classes[reading] for reading in Reading)
    told_missing = set(brief(shot)["missing"])
    assert told_missing == {code for code in required_figures(QD28) if values.get(code) is None}
    if shot["proposed"] in ("I", "II", "III"):
        own = next(one for one in shot["classes"] if one["class"] == shot["proposed"])
        assert own["literal"] >= own["needs"]


@given(RULE_VALUES, st.sampled_from(["persons", "points", "arrested", "population"]))
def test_another_figure_gives_another_digest(values: dict[str, int | str | None], code: str) -> None:
    before = values.get(code)
    changed = {**values, code: 7 if before is None else None}
    one, two = snapshot(assess(QD28, values, {}), values), snapshot(assess(QD28, changed, {}), changed)
    assert digest(one) != digest(two)


def test_a_sentence_survives_the_snapshot() -> None:
    sentence = say(N_("{a} và {b}"), a=say(N_("thiếu {n} người"), n=3), b="2 điểm")
    assert str(unpack(pack(sentence))) == str(sentence) == told(pack(sentence)) == "thiếu 3 người và 2 điểm"
    assert told(None) == ""


def test_every_stage_has_a_way_on_and_every_refusal_its_reason() -> None:
    for stage in Stage:
        assert permitted(stage), stage
        for name in STEPS:
            if stage in STEPS[name].sources:
                assert advance(stage, name) is STEPS[name].target
            else:
                with pytest.raises(Refused) as refused:
                    advance(stage, name)
                assert str(refused.value) == str(REFUSALS[name])


def test_no_path_leads_out_of_a_decision_but_another_decision() -> None:
    assert [step.target for step in permitted(Stage.DECIDED)] == [Stage.DECIDED]
