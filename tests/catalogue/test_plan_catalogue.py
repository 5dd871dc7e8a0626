"""The plans of the catalogue: every clause of plan 208 settled, and a broken file that says what is wrong and where."""

from __future__ import annotations

import copy
import re
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from diaban.catalogue import plan_catalogue
from diaban.catalogue.plan_catalogue import PlanCatalogueError
from diaban.catalogue.plan_catalogue.reading import read_indicators, read_plan_document
from diaban.catalogue.plans_loader import gazetteer
from diaban.core.plans import PlanText, read_plan

KH208 = plan_catalogue.plan("kh208-2022")
AGENCIES = frozenset({"Công an tỉnh", "Sở Y tế"})


def raw(name: str) -> dict[str, Any]:
    loaded = yaml.safe_load((files("diaban.catalogue") / "plans" / name).read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def one_line(text: str) -> str:
    return " ".join(text.split())


# Plan 208


def test_head_of_plan_208() -> None:
    assert (KH208.number, KH208.date, KH208.signer) == ("208/KH-UBND", date(2022, 11, 4), "Đặng Minh Thông")
    assert [(basis.number, basis.date) for basis in KH208.bases] == [("5027/QĐ-BCA-C04", date(2022, 7, 5))]
    assert KH208.cut_after == "II.1"
    assert any("[1]" in sentence for sentence in KH208.unknown)


def test_paths_of_plan_208() -> None:
    expected = ["I", "I.1", *(f"I.1.-{n}" for n in range(1, 7)), "I.1.*1", "I.2", *(f"I.2.-{n}" for n in range(1, 6))]
    expected += ["II", "II.1", *(f"II.1.-{n}" for n in range(1, 9))]
    assert [clause.path for clause in KH208.clauses] == expected


def test_the_clauses_are_the_whole_body_of_the_text() -> None:
    text = one_line(plan_catalogue.source_text("kh208-2022"))
    body = " ".join(f"{clause.mark} {clause.text}" for clause in KH208.clauses)
    assert text.endswith(f"{body} [...]")


@pytest.mark.parametrize("clause", KH208.clauses, ids=lambda clause: clause.path)
def test_every_clause_of_plan_208_is_settled(clause: plan_catalogue.CatalogueClause) -> None:
    assert clause.heading != bool(clause.tasks or clause.targets or clause.served_by or clause.no_measure)
    assert all(target.words in clause.text for target in clause.targets)
    assert all(task.words in clause.text for task in clause.tasks)


def test_the_garbled_clause_keeps_both_readings() -> None:
    clause = KH208.clause("I.2.-5")
    assert [reading.code for reading in clause.readings] == ["literal", "intended"]
    assert "không có tệ nạn" in clause.text
    caps = {target.indicator: (target.kind, target.value, target.against, target.reading) for target in clause.targets}
    assert caps == {
        "D6": ("growth_cap", Decimal(1), "năm trước", ""),
        "B8": ("growth_cap", Decimal(1), "năm trước", "literal"),
        "B7": ("growth_cap", Decimal(1), "năm trước", "intended"),
    }


def test_targets_of_plan_208_that_have_a_figure() -> None:
    figures = {(t.clause, t.indicator): (t.kind, t.value) for t in KH208.targets if t.value is not None}
    assert figures == {
        **{("I.2.-2", code): ("coverage", Decimal(100)) for code in ("E1", "E2", "E3", "E4")},
        ("I.2.-4", "D5"): ("floor_strict", Decimal(80)),
        **{("I.2.-5", code): ("growth_cap", Decimal(1)) for code in ("D6", "B8", "B7")},
    }


def test_the_lost_footnote_is_named() -> None:
    assert {clause.path: clause.lost_notes for clause in KH208.clauses if clause.lost_notes} == {"I.2.-4": ("[1]",)}


def test_section_ii_1_is_led_by_the_provincial_police() -> None:
    section = [clause for clause in KH208.clauses if clause.path.startswith("II.1")]
    assert {clause.owner for clause in section} == {"Công an tỉnh"}
    at_province = {task.lead for clause in section for task in clause.tasks if task.level == "province"}
    assert at_province == {"Công an tỉnh"}


def test_tasks_are_proposals_and_some_reach_the_communes() -> None:
    assert all(task.proposed for task in KH208.tasks)
    assert {task.level for task in KH208.tasks} == {"province", "commune"}
    assert {task.grain for task in KH208.tasks} <= {"month", "quarter", "half", "year"}


# The other sets of targets


def test_targets_to_2030_say_where_they_come_from() -> None:
    plan = plan_catalogue.plan("nq163-2024")
    assert plan.kind == "targets"
    assert not plan.clauses
    assert {target.mark for target in plan.targets} == {"S"}
    assert all(target.reference for target in plan.targets)
    half = next(target for target in plan.targets if target.indicator == "B9")
    assert (half.kind, half.value, half.by) == ("floor", Decimal(50), "2030")


def test_yearly_registration_holds_no_figure() -> None:
    plan = plan_catalogue.plan("yearly-registration")
    assert plan.kind == "form"
    assert plan.targets
    assert all(target.open and target.value is None for target in plan.targets)


def test_unknown_plan() -> None:
    with pytest.raises(KeyError):
        plan_catalogue.plan("kh999")


@pytest.mark.parametrize("key", plan_catalogue.plan_keys())
def test_indicators_and_plans_refer_to_each_other(key: str) -> None:
    used: dict[str, set[str]] = {}
    for target in plan_catalogue.plan(key).targets:
        used.setdefault(target.indicator, set()).add(f"{key} {target.clause}".strip())
    for code, clauses in used.items():
        assert clauses <= set(plan_catalogue.indicators()[code].clauses), code


@pytest.mark.parametrize("indicator", plan_catalogue.indicators().values(), ids=lambda one: one.code)
def test_every_reference_of_an_indicator_leads_to_a_clause(indicator: plan_catalogue.Indicator) -> None:
    assert (indicator.register is None) == (indicator.source == "declared")
    for reference in indicator.clauses:
        key, _, path = reference.partition(" ")
        plan = plan_catalogue.plan(key)
        targets = plan.clause(path).targets if path else plan.loose_targets
        assert indicator.code in {target.indicator for target in targets}, reference


# A file that is wrong

GOOD: dict[str, Any] = {
    "kind": "plan",
    "title": "Kế hoạch thử",
    "starts": date(2024, 1, 1),
    "ends": date(2025, 1, 1),
    "reference": "thử",
    "checked_by": "thử",
    "cut_after": "I",
    "bases": [{"kind": "Quyết định", "number": "1/QĐ-X", "date": date(2024, 1, 1)}],
    "clauses": [
        {"path": "I", "mark": "I.", "text": "MỤC TIÊU", "heading": True},
        {
            "path": "I.1",
            "mark": "1.",
            "text": "Trên 80% số xã báo cáo; không để phát sinh.",
            "readings": [{"code": "a", "title": "Một", "text": "Một"}],
            "indicators": [
                {"indicator": "X1", "kind": "floor_strict", "value": 80, "unit": "%", "words": "Trên 80% số xã"},
                {"indicator": "X1", "kind": "zero", "words": "không để phát sinh", "reading": "a"},
            ],
        },
        {
            "path": "I.2",
            "mark": "2.",
            "text": "Lập danh sách.",
            "tasks": [
                {
                    "code": "t1", "title": "Lập danh sách", "words": "Lập danh sách", "lead": "Công an tỉnh",
                    "coordinating": ["Sở Y tế"], "level": "commune", "grain": "month", "product": "Danh sách",
                    "proposed": True, "also": ["I.3"],
                }
            ],
        },
        {"path": "I.3", "mark": "3.", "text": "Việc khác."},
        {"path": "I.4", "mark": "4.", "text": "Lời chung.", "no_measure": "Không đo được."},
    ],
}  # fmt: skip
INDICATORS = read_indicators(
    {
        "indicators": [
            {
                "code": "X1", "title": "Thử", "unit": "%", "kind": "stock", "numerator": "thử", "source": "declared",
                "reference": "thử", "checked_by": "thử",
            }
        ]
    },
    "indicators.yaml",
)  # fmt: skip


def read(data: dict[str, Any]) -> plan_catalogue.CataloguePlan:
    return read_plan_document(data, "thu", INDICATORS, AGENCIES)


def test_a_good_file() -> None:
    plan = read(GOOD)
    assert plan.clause("I.3").served_by == ("t1",)
    assert plan.clause("I.2").parent == "I"
    assert plan.clause("I.2").depth == 2
    assert [task.clauses for task in plan.tasks] == [("I.2", "I.3")]


def change(data: dict[str, Any], place: tuple[str | int, ...], value: object) -> None:
    at: Any = data
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value


BROKEN: list[tuple[tuple[str | int, ...], object, str]] = [
    (("clauses", 1, "indicators", 0, "indicator"), "X9", "clause 'I.1', indicator 'X9': indicator must be one of X1"),
    (("clauses", 1, "indicators", 0, "words"), "Trên 90%", "clause 'I.1', indicator 'X1': words are not in the clause"),
    (("clauses", 1, "indicators", 0, "value"), None, "a target of kind floor_strict needs a value"),
    (("clauses", 1, "indicators", 1, "value"), 3, "a target of kind zero has no value"),
    (("clauses", 1, "indicators", 0, "value"), "tám mươi", "value must be a number, got 'tám mươi'"),
    (("clauses", 1, "indicators", 1, "reading"), "b", "the clause has no reading 'b'"),
    (("clauses", 1, "indicators"), None, "clause 'I.1': not settled"),
    (("clauses", 2, "tasks", 0, "lead"), "Sở Ma", "agency 'Sở Ma' is not in agencies.yaml"),
    (("clauses", 2, "tasks", 0, "coordinating"), ["Sở Ma"], "agency 'Sở Ma' is not in agencies.yaml"),
    (("clauses", 2, "tasks", 0, "level"), "district", "level must be one of province, commune, got 'district'"),
    (("clauses", 2, "tasks", 0, "grain"), "week", "grain must be one of month, quarter, half, year"),
    (("clauses", 2, "tasks", 0, "deadline"), date(2024, 3, 1), "a task recurs by grain or has a deadline, not both"),
    (("clauses", 2, "tasks", 0, "deadline"), "1/3", "deadline must be a day like 2022-11-04, got '1/3'"),
    (("clauses", 2, "tasks", 0, "also"), ["I.9"], "serves a clause that is missing: 'I.9'"),
    (("clauses", 2, "tasks", 0, "words"), "Xóa danh sách", "words are not in the clause"),
    (("clauses", 2, "path"), "I.1", "clause 'I.1': path stands twice"),
    (("clauses", 3, "path"), "II.3", "clause 'II.3': its parent 'II' is missing"),
    (("clauses", 3, "text"), " Việc", "clause 'I.3': text must be text without spaces around it"),
    (("clauses", 3, "no_measure"), "Không", "no_measure stands beside a task or an indicator"),
    (("clauses", 3, "hedding"), True, "clause 'I.3': unknown key 'hedding'"),
    (("clauses", 3, "heading"), "có", "heading must be true or false"),
    (("clauses", 0), "I. MỤC TIÊU", "clauses: expected a mapping"),
    (("clauses",), "I", "clauses: expected a list"),
    (("cut_after",), "IX", "cut_after names no clause: 'IX'"),
    (("starts",), date(2026, 1, 1), "starts must be before ends"),
    (("kind",), "song", "kind must be one of plan, targets, form"),
    (("checked_by",), None, "top: checked_by must be text"),
]


@pytest.mark.parametrize(("place", "value", "complaint"), BROKEN, ids=[words for _, _, words in BROKEN])
def test_a_broken_file_says_what_and_where(place: tuple[str | int, ...], value: object, complaint: str) -> None:
    data = copy.deepcopy(GOOD)
    change(data, place, value)
    with pytest.raises(PlanCatalogueError) as caught:
        read(data)
    assert any(complaint in problem for problem in caught.value.problems), caught.value.problems
    assert all(problem.startswith("plans/thu.yaml: ") for problem in caught.value.problems)


def test_all_problems_are_told_at_once() -> None:
    data = copy.deepcopy(GOOD)
    change(data, ("clauses", 1, "indicators", 0, "indicator"), "X9")
    change(data, ("clauses", 2, "tasks", 0, "lead"), "Sở Ma")
    change(data, ("cut_after",), "IX")
    with pytest.raises(PlanCatalogueError) as caught:
        read(data)
    assert len(caught.value.problems) == 3


def test_a_broken_indicator_says_what_and_where() -> None:
    row = raw("indicators.yaml")["indicators"][0]
    with pytest.raises(PlanCatalogueError) as caught:
        read_indicators({"indicators": [row, row | {"kind": "sum"}, row | {"source": "guess"}]}, "indicators.yaml")
    told = "\n".join(caught.value.problems)
    assert re.search(
        r"plans/indicators.yaml: indicator 'A1': kind must be one of stock, flow, cumulative, got 'sum'", told
    )
    assert "source must be declared or register:<key>, got 'guess'" in told
    assert told.count("code stands twice") == 2


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["path", "text", "tasks"]), inner),
    max_leaves=6,
)


@given(place=st.sampled_from([place for place, _, _ in BROKEN]), value=PLAIN)
def test_whatever_stands_in_the_file_it_is_read_or_refused_with_words(
    place: tuple[str | int, ...], value: object
) -> None:
    data = copy.deepcopy(GOOD)
    change(data, place, value)
    try:
        read(data)
    except PlanCatalogueError as error:
        assert error.problems


# What the reader of plans makes of plan 208


@pytest.fixture(scope="module")
def read_208() -> PlanText:
    return read_plan(plan_catalogue.source_text("kh208-2022"), gazetteer())


def test_the_reader_finds_the_same_head(read_208: PlanText) -> None:
    assert (read_208.number, read_208.date, read_208.effective) == (KH208.number, KH208.date, KH208.effective)
    assert (read_208.signer, read_208.field) == (KH208.signer, KH208.field)
    assert [(base.number, base.date) for base in read_208.bases] == [(base.number, base.date) for base in KH208.bases]


def test_the_reader_finds_the_same_clauses_path_by_path(read_208: PlanText) -> None:
    read = [(clause.path, clause.mark, clause.text, clause.heading) for clause in read_208.clauses]
    assert read == [(clause.path, clause.mark, clause.text, clause.heading) for clause in KH208.clauses]


def test_the_reader_finds_the_same_owners(read_208: PlanText) -> None:
    read = {clause.path: clause.agencies[:1] for clause in read_208.clauses if clause.path.startswith("II.")}
    assert read == {clause.path: (clause.owner,) for clause in KH208.clauses if clause.owner}


def test_the_reader_finds_the_figures_that_the_catalogue_sets(read_208: PlanText) -> None:
    read = {(target.clause, target.value) for target in read_208.targets if target.value is not None}
    ours = {(t.clause, None if t.value is None else int(t.value)) for t in KH208.targets if t.value is not None}
    ours |= {(target.clause, 0) for target in KH208.targets if target.kind == "zero"}
    assert read == ours


def test_the_reader_doubts_what_the_catalogue_doubts(read_208: PlanText) -> None:
    doubted = {target.clause for target in read_208.targets if target.readings}
    assert doubted == {clause.path for clause in KH208.clauses if clause.readings}
    assert read_208.cut is not None
    assert any("[1]" in str(note) for note in read_208.notes)


def test_names_of_agencies_are_those_that_the_reader_uses(read_208: PlanText) -> None:
    named = {agency.canonical for agency in read_208.agencies}
    assert {"Công an tỉnh", "Bộ đội Biên phòng", "Cảnh sát biển", "Hải quan"} <= named & plan_catalogue.agency_names()
