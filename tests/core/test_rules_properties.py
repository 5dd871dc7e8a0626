"""What must hold for every commune: exact boundaries, no class lost by more, no guess from a missing figure."""

from __future__ import annotations

import ast
from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import diaban.core.periods
import diaban.core.rules
from diaban.catalogue.rulesets_loader import ruleset, ruleset_for
from diaban.core.rules import NO_CLASS, CommuneFigures, ProvinceFigures, Reading, evaluate, what_if

QD28 = ruleset_for(2026)
RANK = {None: 0, "III": 1, "II": 2, "I": 3}
QUIET = CommuneFigures(points=0, plants=0, plant_m2=0)
ADDABLE = ("persons", "points", "arrested", "plants", "plant_m2")
COUNTED = [spec.name for spec in fields(CommuneFigures) if spec.name not in {"population", "route", "sources"}]

POPULATIONS = st.one_of(st.integers(1, 3_000_000), st.sampled_from([1, 2, 999, 1000, 1001, 6502, 17767, 20_000]))
ROUTES = st.sampled_from(["", "intra", "inter"])


@st.composite
def communes(draw: st.DrawFn, missing: bool = False) -> CommuneFigures:
    """Draw a commune whose figures lie around the thresholds of its own population."""
    population = draw(POPULATIONS)

    def around(*shares: tuple[int, int]) -> st.SearchStrategy[int]:
        near = [-(-population * num // den) + step for num, den in shares for step in (-1, 0, 1)]
        return st.one_of(st.sampled_from([0, 1, *(max(0, value) for value in near)]), st.integers(0, population))

    def given_or_not(strategy: st.SearchStrategy[int]) -> int | None:
        return draw(st.one_of(strategy, st.none())) if missing else draw(strategy)

    persons = given_or_not(around((1, 1000), (5, 1000)))
    return CommuneFigures(
        population=population,
        persons=persons,
        persons_exempt=given_or_not(st.integers(0, persons or 0)),
        points=given_or_not(st.integers(0, 4)),
        arrested=given_or_not(around((5, 10000), (1, 1000))),
        resident_offenders=given_or_not(st.integers(0, 2)),
        wanted_hiding=given_or_not(st.integers(0, 1)),
        plants=given_or_not(st.sampled_from([0, 1, 499, 500, 501, 2999, 3000, 9000])),
        plant_m2=given_or_not(st.sampled_from([0, 1, 124, 125, 126, 749, 750, 5000])),
        route=draw(ROUTES),
    )


def met(figures: CommuneFigures | ProvinceFigures) -> set[str]:
    return set(evaluate(QD28, figures).criteria_met)


@settings(deadline=None)
@given(population=POPULATIONS, persons=st.integers(1, 20_000), arrested=st.integers(1, 5_000))
@example(population=20_000, persons=20, arrested=10)
@example(population=20_000, persons=100, arrested=20)
def test_shares_are_exact_at_every_boundary(population: int, persons: int, arrested: int) -> None:
    held = Fraction(persons, population)
    caught = Fraction(arrested, population)
    found = met(
        CommuneFigures(population=population, persons=persons, arrested=arrested, points=0, plants=0, plant_m2=0)
    )
    band = "I.a" if held >= Fraction(5, 1000) else "II.a" if held >= Fraction(1, 1000) else "III.a"
    grip = "I.c" if caught >= Fraction(1, 1000) else "II.c" if caught >= Fraction(5, 10000) else "III.b"
    assert found == {band, grip}


@settings(deadline=None)
@given(population=POPULATIONS)
def test_the_least_number_is_the_least(population: int) -> None:
    assessment = evaluate(
        QD28, CommuneFigures(population=population, persons=1, points=0, arrested=1, plants=0, plant_m2=0)
    )
    for result in assessment.criteria:
        for (quantity, base), band in zip(result._quantities, result.criterion.bands, strict=True):
            if quantity.per and band.low is not None:
                least = band.low.least(base)
                assert Fraction(least, population) >= Fraction(band.low.num, band.low.den)
                assert Fraction(least - 1, population) < Fraction(band.low.num, band.low.den)


@settings(deadline=None)
@given(figures=communes(), name=st.sampled_from(ADDABLE), more=st.integers(1, 3000), zero=st.booleans())
def test_more_never_lowers_the_class_read_at_least(figures: CommuneFigures, name: str, more: int, zero: bool) -> None:
    heavier = replace(figures, **{name: getattr(figures, name) + more})
    before = evaluate(QD28, figures, {"zero_counts": zero})
    after = evaluate(QD28, heavier, {"zero_counts": zero})
    assert RANK[after.at_least] >= RANK[before.at_least]


@settings(deadline=None)
@given(figures=communes())
def test_a_key_route_never_lowers_the_class(figures: CommuneFigures) -> None:
    off, intra, inter = (evaluate(QD28, replace(figures, route=route)) for route in ("", "intra", "inter"))
    for reading in Reading:
        assert RANK[intra.outcomes[reading].klass] >= RANK[off.outcomes[reading].klass]
        assert intra.outcomes[reading] == inter.outcomes[reading]


@settings(deadline=None)
@given(figures=communes())
def test_the_lenient_reading_is_never_below_the_literal_one(figures: CommuneFigures) -> None:
    assessment = evaluate(QD28, figures)
    assert RANK[assessment.at_least] >= RANK[assessment.literal]


@settings(deadline=None)
@given(
    figures=communes(), name=st.sampled_from([*ADDABLE, "resident_offenders", "wanted_hiding"]), more=st.integers(1, 9)
)
def test_adding_never_makes_a_commune_drug_free(figures: CommuneFigures, name: str, more: int) -> None:
    before = evaluate(QD28, figures).drug_free
    after = evaluate(QD28, replace(figures, **{name: getattr(figures, name) + more})).drug_free
    assert not (after is True and before is not True)


@settings(deadline=None)
@given(figures=communes())
def test_counting_the_route_criterion_of_the_lower_class_never_changes_the_class(figures: CommuneFigures) -> None:
    plain = evaluate(QD28, figures)
    deep = evaluate(QD28, figures, {"route_recursion": True})
    assert (plain.literal, plain.at_least) == (deep.literal, deep.at_least)
    assert set(plain.criteria_met) <= set(deep.criteria_met)


@settings(max_examples=60, deadline=None)
@given(figures=communes(), zero=st.booleans())
def test_a_distance_is_true_and_the_shortest(figures: CommuneFigures, zero: bool) -> None:
    assessment = evaluate(QD28, figures, {"zero_counts": zero})
    for reading, targets in assessment.distance.items():
        for target, distance in targets.items():
            wanted = None if target == NO_CLASS else target
            for changes in (*({name: delta} for name, delta in distance.single.items()), *distance.combined):
                reached = what_if(assessment, **_moved(figures, changes)).after
                assert reached.outcomes[reading].klass == wanted, (reading, target, changes)
                for name, delta in changes.items():
                    short = {**changes, name: delta - (1 if delta > 0 else -1)}
                    almost = what_if(assessment, **_moved(figures, short)).after
                    assert almost.outcomes[reading].klass != wanted, (reading, target, short)


def _moved(figures: CommuneFigures, changes: dict[str, int]) -> dict[str, int]:
    return {name: getattr(figures, name) + delta for name, delta in changes.items()}


@settings(max_examples=200, deadline=None)
@given(figures=communes(), data=st.data())
def test_no_single_change_is_overlooked(figures: CommuneFigures, data: st.DataObject) -> None:
    """Any change of one figure that gives another class is at least as long as the distance says."""
    assessment = evaluate(QD28, figures)
    name = data.draw(st.sampled_from(ADDABLE))
    here = getattr(figures, name)
    there = data.draw(st.integers(0, max(10, 2 * here + 10)))
    for reading, outcome in evaluate(QD28, replace(figures, **{name: there})).outcomes.items():
        if outcome.klass != assessment.outcomes[reading].klass:
            single = assessment.distance[reading][outcome.klass or NO_CLASS].single
            assert abs(single[name]) <= abs(there - here)


@settings(deadline=None)
@given(figures=communes(), others=communes())
def test_every_class_that_can_be_reached_has_a_distance(figures: CommuneFigures, others: CommuneFigures) -> None:
    """Whatever figures another commune has: were they ours, the way there would be known."""
    assessment = evaluate(QD28, figures)
    moved = replace(figures, **{name: getattr(others, name) for name in ADDABLE})
    for reading, outcome in evaluate(QD28, moved).outcomes.items():
        if outcome.klass != assessment.outcomes[reading].klass:
            assert assessment.distance[reading][outcome.klass or NO_CLASS].reachable


@settings(max_examples=150, deadline=None)
@given(figures=communes(missing=True), data=st.data())
def test_no_completion_contradicts_what_is_called_certain(figures: CommuneFigures, data: st.DataObject) -> None:
    assessment = evaluate(QD28, figures)
    full = _completed(figures, data)
    complete = evaluate(QD28, full)
    for reading, outcome in assessment.outcomes.items():
        klass = complete.outcomes[reading].klass
        assert klass in outcome.possible
        if outcome.certain:
            assert klass == outcome.klass
    assert complete.outcomes[Reading.LITERAL].certain
    for before, after in zip(assessment.criteria, complete.criteria, strict=True):
        assert before.literal in (None, after.literal)
        assert before.at_least in (None, after.at_least)
    assert assessment.drug_free in (None, complete.drug_free)


@settings(max_examples=150, deadline=None)
@given(figures=communes(missing=True), data=st.data())
def test_a_figure_said_not_to_matter_does_not_matter(figures: CommuneFigures, data: st.DataObject) -> None:
    assessment = evaluate(QD28, figures)
    full = _completed(figures, data)
    deciding = {missing.figure for missing in assessment.missing if missing.affects_class}
    idle = {name: None for name in ADDABLE if getattr(figures, name) is None and name not in deciding}
    half = evaluate(QD28, replace(full, **idle))
    if not deciding:
        assert half.outcomes == assessment.outcomes
        assert all(outcome.certain for outcome in half.outcomes.values())


def _completed(figures: CommuneFigures, data: st.DataObject) -> CommuneFigures:
    missing = [name for name in COUNTED if getattr(figures, name) is None]
    limit = {"points": 5, "plants": 5000, "plant_m2": 2000}
    population = figures.population or 1
    values = {
        name: data.draw(st.one_of(st.integers(0, 3), st.integers(0, limit.get(name, population))), label=name)
        for name in missing
    }
    return replace(figures, **values)


@settings(deadline=None)
@given(figures=communes(missing=True))
def test_without_population_no_class_is_given(figures: CommuneFigures) -> None:
    for population in (None, 0):
        assessment = evaluate(QD28, replace(figures, population=population))
        assert assessment.literal is assessment.at_least is None
        assert not any(outcome.certain for outcome in assessment.outcomes.values())
        assert assessment.refused == ("population",)
        assert "G8" in {finding.code for finding in assessment.conflicts}
        assert not any(assessment.distance.values())


@settings(deadline=None)
@given(figures=communes(missing=True))
def test_no_class_is_never_left_without_a_name(figures: CommuneFigures) -> None:
    assessment = evaluate(QD28, figures)
    codes = {finding.code for finding in assessment.conflicts}
    if assessment.outcomes[Reading.LITERAL].certain and assessment.literal is None and assessment.drug_free is False:
        assert "G7" in codes
    if assessment.drug_free is True and (assessment.literal or assessment.at_least):
        assert codes & {"G3", "G4", "G15"}
    assert str(assessment.standing.label)
    assert all(str(sentence).strip() for sentence in assessment.explain())


@settings(deadline=None)
@given(
    population=POPULATIONS,
    communes_total=st.integers(1, 400),
    keys=st.integers(0, 400),
    persons=st.integers(0, 10_000),
    arrested=st.integers(0, 4_000),
)
def test_province_shares_are_exact(
    population: int, communes_total: int, keys: int, persons: int, arrested: int
) -> None:
    figures = ProvinceFigures(
        population=population,
        persons=persons,
        points=4,
        arrested=arrested,
        communes=communes_total,
        key_communes=keys,
        plants=7999,
        plant_m2=1999,
    )
    expected = set()
    if Fraction(persons, population) >= Fraction(2, 1000):
        expected.add("5.1")
    if Fraction(arrested, population) >= Fraction(5, 10000):
        expected.add("5.3")
    if Fraction(keys, communes_total) >= Fraction(3, 100):
        expected.add("5.4")
    assert met(figures) == expected


@settings(deadline=None)
@given(
    name=st.sampled_from(["persons", "points", "arrested", "key_communes", "plants", "plant_m2"]),
    least=st.integers(0, 3000),
    span=st.one_of(st.none(), st.integers(0, 60)),
    population=st.sampled_from([1_000, 300_000, 1_000_000]),
)
@example(name="points", least=7, span=None, population=1_000_000)
@example(name="key_communes", least=0, span=2, population=1_000_000)
def test_a_partial_sum_settles_only_what_no_completion_can_change(
    name: str, least: int, span: int | None, population: int
) -> None:
    whole = ProvinceFigures(
        population=population, persons=1, points=0, arrested=1, communes=100, key_communes=0, plants=0, plant_m2=0
    )
    known = evaluate(
        QD28, replace(whole, **{name: None}, within={name: (least, None if span is None else least + span)})
    )
    most = least + (9_000 if span is None else span)
    ends = [evaluate(QD28, replace(whole, **{name: value})) for value in {least, *range(least, most, 97), most}]
    for position, result in enumerate(known.criteria):
        seen = {end.criteria[position].literal for end in ends}
        assert result.literal == (seen.pop() if len(seen) == 1 else None)
    classes = {end.literal for end in ends}
    outcome = known.outcomes[Reading.LITERAL]
    assert outcome.certain == (len(classes) == 1) and set(outcome.possible) == classes


@pytest.mark.parametrize("within", [{"points": (-1, None)}, {"points": (3, 2)}, {"no_such": (0, None)}])
def test_bounds_that_cannot_be_are_refused(within: dict[str, tuple[int, int | None]]) -> None:
    with pytest.raises(ValueError, match="bounds"):
        ProvinceFigures(within=within)


@settings(deadline=None)
@given(
    dependent=st.one_of(st.none(), st.integers(0, 150)),
    gatherings=st.one_of(st.none(), st.integers(0, 8)),
    plant_m2=st.one_of(st.none(), st.integers(0, 4000)),
)
def test_the_older_rule_names_class_one_or_says_that_it_does_not_know(
    dependent: int | None, gatherings: int | None, plant_m2: int | None
) -> None:
    assessment = evaluate(
        ruleset("qd3122-2010"), CommuneFigures(dependent=dependent, gatherings=gatherings, plant_m2=plant_m2)
    )
    reached = (dependent or 0) >= 100 or (gatherings or 0) >= 5 or (plant_m2 or 0) >= 2000
    assert assessment.literal == assessment.at_least == ("I" if reached else None)
    assert ("G19" in {finding.code for finding in assessment.conflicts}) is (not reached)


@pytest.mark.parametrize("package", [diaban.core.rules, diaban.core.periods], ids=lambda package: package.__name__)
def test_no_floating_point_anywhere(package: object) -> None:
    folder = Path(str(package.__file__)).parent  # type: ignore[attr-defined]
    files = sorted(folder.glob("*.py"))
    assert len(files) > 2
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            where = f"{path.name}:{getattr(node, 'lineno', 0)}"
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), where
            assert not (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div)), where
            assert not (isinstance(node, ast.Name) and node.id in {"float", "round"}), where
