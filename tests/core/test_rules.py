"""The door of the rules: choosing the text, the working in words, what-if, plain data, refusals."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from diaban.catalogue.rulesets_loader import CatalogueError, _bound, cycle, ruleset, ruleset_for, rulesets
from diaban.core.periods import PeriodError
from diaban.core.rules import (
    CommuneFigures,
    FigureError,
    Provenance,
    ProvinceFigures,
    Reading,
    RuleError,
    choose,
    evaluate,
    falling_with_activity,
    to_json,
    what_if,
)
from diaban.core.rules.distance import _delta
from diaban.core.rules.ladder import Ladder, Rung, Step
from diaban.core.rules.model import Band, Bound
from diaban.core.rules.validate import problems
from diaban.core.rules.wording import grouped, percent, share

QD28 = ruleset("qd28-2025")


def commune(**figures: int | str | None) -> CommuneFigures:
    """Return a commune of 20,000 people where everything not named is reported as zero."""
    base: dict[str, int | str | None] = dict.fromkeys(
        (
            "persons",
            "persons_exempt",
            "points",
            "arrested",
            "resident_offenders",
            "wanted_hiding",
            "plants",
            "plant_m2",
        ),
        0,
    )
    return CommuneFigures(**{"population": 20_000, **base, **figures})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("year", "expected"), [(2010, "qd3122-2010"), (2024, "qd3122-2010"), (2025, "qd28-2025"), (2026, "qd28-2025")]
)
def test_the_last_day_of_the_cycle_chooses_the_text(year: int, expected: str) -> None:
    assert ruleset_for(year).id == expected
    assert cycle(year).last_day == date(year, 12, 14)


def test_before_the_first_text_there_is_none() -> None:
    with pytest.raises(RuleError, match="sớm nhất có từ 09/08/2010"):
        ruleset_for(2009)
    with pytest.raises(PeriodError):
        ruleset_for(0)
    with pytest.raises(KeyError, match="qd28-2025"):
        ruleset("qd-none")


def test_only_one_text_is_in_force_on_any_day() -> None:
    for day in (date(2010, 8, 9), date(2025, 8, 23), date(2025, 8, 24), date(2030, 1, 1)):
        assert sum(text.in_force(day) for text in rulesets().values()) == 1
        assert choose(rulesets().values(), day).in_force(day)


def test_every_rule_names_its_article_and_every_setting_its_gap() -> None:
    for text in rulesets().values():
        assert text.reference
        assert text.checked_by
        schemes = [scheme for scheme in (text.commune, text.province) if scheme]
        for scheme in schemes:
            codes = [criterion.code for criterion in scheme.criteria]
            assert len(codes) == len(set(codes))
            assert all(criterion.article and criterion.text for criterion in scheme.criteria)
            assert all(len(rule.criteria) >= rule.needs for rule in scheme.classes)
        known = {gap.code for gap in text.gaps}
        assert {setting.gap for setting in text.settings} <= known
        assert all(gap.name and gap.text and gap.handling for gap in text.gaps)
        assert text.resolve() == {setting.key: setting.default for setting in text.settings}


def test_all_fourteen_gaps_of_the_text_are_named() -> None:
    assert {f"G{number}" for number in range(1, 15)} <= {gap.code for gap in QD28.gaps}


def test_the_criterion_says_value_threshold_and_article() -> None:
    results = {result.code: result for result in evaluate(QD28, commune(persons=110, points=2, arrested=22)).criteria}
    assert str(results["I.a"].value) == "110 người (0,550 %)"
    assert str(results["I.a"].threshold) == "≥ 100 người (0,5 % của 20.000)"
    assert results["I.a"].article == "QĐ 28/2025/QĐ-TTg, Điều 4 khoản 1 điểm a"
    assert (results["I.a"].literal, results["II.a"].literal, results["II.a"].at_least) == (True, False, True)
    assert str(results["II.c"].threshold) == "10–19 người (0,05 % đến dưới 0,1 % của 20.000)"
    assert str(results["III.a"].threshold) == "1–19 người (dưới 0,1 % của 20.000)"
    assert str(results["I.d"].threshold) == "≥ 3.000 cây hoặc ≥ 750 m²"
    assert str(results["II.b"].threshold) == "1 điểm"
    assert "≥ 2 tiêu chí mức loại II trở lên" in str(results["I.đ"].threshold)
    assert results["I.d"].figures == ("plants", "plant_m2")


def test_a_band_without_any_whole_number_says_so() -> None:
    results = {result.code: result for result in evaluate(QD28, commune(population=150)).criteria}
    assert str(results["III.a"].threshold) == "không có số nguyên người nào (dưới 0,1 % của 150)"


def test_just_under_a_threshold_never_looks_like_on_it() -> None:
    assert share(99_999, 20_000_000) == "0,499 %"
    assert share(1, 3, 0) == "33 %"
    assert percent(Bound(5, 10000)) == "0,05 %"
    assert percent(Bound(3, 100)) == "3 %"
    assert grouped(1_234_567) == "1.234.567"


def test_who_declared_a_figure_is_told() -> None:
    figures = CommuneFigures(
        population=20_000,
        persons=5,
        sources={"persons": Provenance("Công an phường A", date(2026, 12, 14), "sổ theo dõi")},
    )
    sentences = [str(message) for message in evaluate(QD28, figures).explain()]
    assert any(
        sentence.endswith("có hồ sơ quản lý: 5 (Công an phường A khai, số liệu ngày 14/12/2026, nguồn: sổ theo dõi).")
        for sentence in sentences
    )
    assert any(
        "Chưa báo cáo" in sentence and "số điểm tổ chức, chứa chấp sử dụng" in sentence for sentence in sentences
    )


def test_sections_hold_the_whole_explanation_in_order() -> None:
    assessment = evaluate(QD28, commune(persons=110, points=1, arrested=12))
    sections = assessment.sections()
    assert [section.code for section in sections][:3] == ["result", "conflicts", "criteria"]
    assert [str(s) for section in sections for s in section.sentences] == [str(m) for m in assessment.explain()]


def test_distance_upward_downward_and_in_combination() -> None:
    distance = evaluate(QD28, commune(persons=60, arrested=6)).distance
    assert {"points": 1, "arrested": 4} in [dict(ways) for ways in distance[Reading.LITERAL]["II"].combined]
    assert not distance[Reading.LITERAL]["II"].single
    assert str(distance[Reading.LITERAL]["II"].sentence).startswith(
        "Sẽ là loại II nếu thêm 1 điểm và thêm 4 người bị bắt"
    )
    near = evaluate(QD28, commune(persons=88, points=2, arrested=20)).distance[Reading.AT_LEAST]
    assert dict(near["I"].single) == {"persons": 12, "plants": 3000, "plant_m2": 750}
    assert near["III"].single["persons"] == 19 - 88


def test_the_nearest_of_two_places_with_the_same_level_counts() -> None:
    steps = (Step(0, 9, 0), Step(10, 19, 1), Step(20, None, 0))
    assert _delta(steps, 18, 0) == 2
    assert _delta(steps, 11, 0) == -2
    assert _delta(steps, 5, 1) == 5
    ladder = Ladder((Rung(1, Band(Bound(10), Bound(20))),), zero_counts=False)
    assert ladder.steps(None) == steps


def test_two_equally_short_ways_leave_one() -> None:
    figures = commune(points=1, plant_m2=125, route="intra")
    assert abs(evaluate(QD28, figures).distance[Reading.LITERAL]["none"].single["points"]) == 1


def test_what_if_gives_the_new_assessment_and_what_differs() -> None:
    before = evaluate(QD28, commune(persons=110, points=1, arrested=12))
    result = what_if(before, points=2, arrested=20)
    assert (result.after.literal, result.after.at_least) == ("I", "I")
    said = [str(message) for message in result.differences]
    assert "Loại (đọc đúng từng chữ): không thuộc loại nào → loại I" in said
    assert "Tiêu chí đạt thêm: I.b, I.c" in said
    assert "Tiêu chí không còn đạt: II.b, II.c" in said
    assert what_if(before).differences == ()
    freed = what_if(evaluate(QD28, commune(points=1)), points=0)
    assert "“Không ma túy”: chưa đạt → đạt" in [str(message) for message in freed.differences]
    with pytest.raises(TypeError):
        what_if(before, houses=3)


def test_what_if_keeps_the_settings() -> None:
    before = evaluate(QD28, commune(points=1), {"zero_counts": True})
    assert before.literal == "III"
    assert what_if(before, points=0).after.literal == "III"


def test_plain_data_has_exactly_the_stable_keys() -> None:
    plain = to_json(evaluate(QD28, commune(persons=110, points=1, arrested=12)), "26506")
    assert list(plain) == [
        "unit_code",
        "literal",
        "at_least",
        "criteria_met",
        "drug_free",
        "conflicts",
        "missing",
        "distance",
    ]
    assert json.loads(json.dumps(plain, ensure_ascii=False)) == plain
    assert plain["conflicts"] == ["G1", "G7"]
    assert plain["distance"]["at_least"]["I"] == {
        "sentence": "Sẽ là loại I nếu thêm 1 điểm và thêm 8 người bị bắt; hoặc thêm 1 điểm và thêm 3.000 cây"
    }
    assert plain["distance"]["literal"]["II"]["persons"] == -11
    unknown = to_json(evaluate(QD28, CommuneFigures()), "1")
    assert unknown["distance"] == {"literal": {}, "at_least": {}}
    assert unknown["missing"][0] == "population"
    assert unknown["drug_free"] is None


def test_missing_figures_say_what_they_could_change() -> None:
    assessment = evaluate(QD28, commune(persons=60, arrested=12, points=None, wanted_hiding=None))
    effects = {missing.figure: (missing.affects_class, missing.affects_drug_free) for missing in assessment.missing}
    assert effects == {"points": (True, False), "wanted_hiding": (False, False)}
    assert assessment.outcomes[Reading.LITERAL].possible == ("II", None)
    free = evaluate(QD28, commune(wanted_hiding=None))
    assert [(one.figure, one.affects_drug_free) for one in free.missing] == [("wanted_hiding", True)]


@pytest.mark.parametrize(
    ("persons", "exempt", "expected"), [(0, None, True), (5, None, None), (5, 5, True), (5, 4, False), (None, 0, None)]
)
def test_the_first_condition_of_drug_free(persons: int | None, exempt: int | None, expected: bool | None) -> None:
    assessment = evaluate(QD28, commune(persons=persons, persons_exempt=exempt))
    assert assessment.conditions[0].met is expected
    assert assessment.drug_free is expected


def test_precedence_is_the_province_s_choice() -> None:
    both = commune(persons=5, persons_exempt=5, arrested=1)
    assert evaluate(QD28, both).standing.code == "both"
    assert evaluate(QD28, both, {"precedence": "drug_free"}).standing.code == "both"
    chosen = {"precedence": "drug_free", "precedence_arrests": "drug_free"}
    assert evaluate(QD28, both, chosen).standing.code == "drug_free"
    assert evaluate(QD28, both, {**chosen, "precedence_arrests": "key"}).standing.code == "III"


def test_the_chosen_reading_only_chooses_the_proposal() -> None:
    figures = commune(persons=110, points=1, arrested=12)
    literal, lenient = evaluate(QD28, figures), evaluate(QD28, figures, {"reading": "at_least"})
    assert (literal.proposed, lenient.proposed) == (None, "II")
    assert (literal.standing.code, lenient.standing.code) == ("neither", "II")
    assert literal.at_least == lenient.at_least == "II"


@pytest.mark.parametrize(
    "settings",
    [{"zero_counts": "no"}, {"reading": "kind"}, {"watch_months": 0}, {"small_unit_persons": True}, {"x": 1}],
)
def test_a_setting_it_does_not_know_is_refused(settings: dict[str, bool | str | int | None]) -> None:
    with pytest.raises(RuleError, match=r"chỉ nhận|các thiết lập"):
        evaluate(QD28, commune(), settings)


@pytest.mark.parametrize("value", [-1, 1.0, "5", True])
def test_a_figure_that_cannot_be_is_refused(value: object) -> None:
    with pytest.raises(FigureError, match="số nguyên từ 0") as caught:
        CommuneFigures(population=1000, persons=value)  # type: ignore[arg-type]
    assert caught.value.figure == "persons"


def test_a_route_that_is_not_known_is_refused() -> None:
    with pytest.raises(FigureError, match="nội tỉnh"):
        CommuneFigures(route="QL51")


def test_the_older_text_has_no_province_and_checks_its_thresholds() -> None:
    older = ruleset("qd3122-2010")
    with pytest.raises(RuleError, match="cấp tỉnh"):
        evaluate(older, ProvinceFigures())
    with pytest.raises(RuleError, match="phải nhỏ hơn"):
        evaluate(older, CommuneFigures(), {"ii_dependent": 100})


def test_a_threshold_is_a_whole_number_or_a_fraction_of_whole_numbers() -> None:
    assert _bound("5/1000", "I.a") == Bound(5, 1000)
    assert _bound(750, "I.d") == Bound(750)
    for wrong in (0.5, "0.5", "5/0", "half", {"x": 1}, True):
        with pytest.raises(CatalogueError, match=r"I\.a"):
            _bound(wrong, "I.a")


def test_figures_that_fall_with_the_work_that_finds_them_are_flagged() -> None:
    before, after = commune(persons=60, points=1), commune(persons=30, points=1, arrested=None)
    (warning,) = falling_with_activity(before, after, {"tests": 400, "tips": 10}, {"tests": 120, "tips": 12})
    assert "quản lý từ 60 còn 30" in str(warning)
    assert "số lượt xét nghiệm từ 400 còn 120" in str(warning)
    assert "tin báo" not in str(warning)
    assert falling_with_activity(before, after, {"tests": 400}, {"tests": 400}) == ()
    assert falling_with_activity(before, after, {"tests": 400}, {"tests": None}) == ()
    assert falling_with_activity(after, before, {"tests": 400}, {"tests": 120}) == ()
    with pytest.raises(KeyError):
        falling_with_activity(before, after, {"tea": 1}, {})


def test_a_rule_set_that_contradicts_itself_is_not_loaded() -> None:
    assert list(problems(QD28)) == []
    first, second, third = QD28.commune.classes
    persons = second.criteria[0]
    wide = replace(persons, bands=(Band(Bound(1, 1000), Bound(6, 1000)),))
    empty = replace(persons, bands=(Band(Bound(5, 1000), Bound(1, 1000)),))

    def with_second(*criteria: object, needs: int = 3) -> list[str]:
        rule = replace(second, criteria=(*criteria, *second.criteria[1:]), needs=needs)
        return list(problems(replace(QD28, commune=replace(QD28.commune, classes=(first, rule, third)))))

    assert with_second(wide) == ["measure persons: bands of persons overlap"]
    assert "criterion II.a: the band is empty" in with_second(empty)
    assert with_second(persons, needs=6) == ["class II: needs 6 of 5 criteria"]
    assert with_second(replace(persons, code="II.b")) == ["commune: two criteria have the same code"]
    assert "criterion II.a: no class 'IV'" in with_second(replace(persons, others_class="IV"))
    gap = replace(QD28.gaps[0], detect="nobody")
    assert "no finder 'nobody'" in next(problems(replace(QD28, gaps=(gap, *QD28.gaps[1:]))))
    assert list(problems(replace(QD28, effective_to=QD28.effective_from)))
    assert "setting reading: no gap 'G1'" in list(problems(replace(QD28, gaps=QD28.gaps[1:])))


def test_a_province_is_spoken_of_as_a_province() -> None:
    figures = ProvinceFigures(1_000_000, 2000, 5, 499, 100, 3, 0, 0, None)
    assessment = evaluate(QD28, figures)
    said = [str(message) for message in assessment.explain()]
    assert said[0] == "QĐ 28/2025/QĐ-TTg: không phải địa bàn trọng điểm."
    assert any(sentence.startswith("Sẽ là địa bàn trọng điểm nếu thêm 1 người bị bắt") for sentence in said)
    assert assessment.findings == ()
    assert str(assessment.standing.label) == "không thuộc loại trọng điểm"
    key = what_if(assessment, arrested=500).after
    assert str(key.distance[Reading.LITERAL]["none"].sentence).startswith("Sẽ không còn là địa bàn trọng điểm nếu bớt")
