"""The life of a hot-spot: steps, guards, corrections, and the flow of a period, by example."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from diaban.catalogue.workflows_loader import workflow
from diaban.core.lifecycle import (
    Flow,
    History,
    Movement,
    Requirement,
    Settings,
    State,
    Step,
    StepRefused,
    Transition,
    Workflow,
    WorkflowError,
    add_months,
    apply,
    as_known,
    flow,
    flow_by,
    permitted,
    permitted_from,
    problems_of,
    restore,
    state_on,
    undo,
    void,
)

WORKFLOW = workflow("hotspot", date(2026, 1, 1))
SIX_MONTHS = Settings(watch_months=6)


def step(verb: str, on: date, **given: str) -> Step:
    filled = {"document": "12/QĐ-CAT", "decider": "Giám đốc Công an tỉnh", "reason": "Theo biên bản"} | given
    return Step(verb=verb, on=on, recorded_on=on, **filled)


def opening(on: date = date(2026, 1, 5), **given: str) -> Step:
    return step("detect", on, **({"unit": "A", "kind": "diem_phuc_tap", "grade": "nghi_van"} | given))


def lived(*steps: Step, settings: Settings = SIX_MONTHS) -> History:
    history = History(WORKFLOW)
    for one in steps:
        history = apply(history, one, settings)
    return history


def to_planned() -> History:
    return lived(
        opening(),
        step("verify", date(2026, 1, 10)),
        step("list", date(2026, 2, 1)),
        step("plan", date(2026, 2, 20)),
    )


def eliminated() -> History:
    done = step("eliminate", date(2026, 3, 10), evidence="Kết luận 5/KL", grade="co_tai_lieu")
    return apply(to_planned(), done, SIX_MONTHS)


def refused(history: History, one: Step, settings: Settings = SIX_MONTHS) -> dict[str, str]:
    with pytest.raises(StepRefused) as caught:
        apply(history, one, settings)
    return {problem.field: str(problem.message) for problem in caught.value.problems}


def test_the_whole_life_passes_through_every_state() -> None:
    history = apply(eliminated(), step("watch", date(2026, 3, 15)), SIX_MONTHS)
    history = apply(history, step("remove", date(2026, 9, 15)), SIX_MONTHS)
    assert [entry.to_state for entry in history.effective] == [
        "detected", "verifying", "listed", "planned", "eliminated", "watched", "removed",
    ]  # fmt: skip
    assert state_on(history, date(2026, 1, 4)) == ""
    assert state_on(history, date(2026, 2, 19)) == "listed"
    assert state_on(history, date(2026, 2, 20)) == "planned"
    assert history.grade == "co_tai_lieu"


def test_elimination_on_suspicion_is_refused_with_what_to_do() -> None:
    said = refused(to_planned(), step("eliminate", date(2026, 3, 10), evidence="Biên bản 3"))
    assert "nghi vấn" in said["grade"]
    assert "Nâng mức căn cứ" in said["grade"]


def test_elimination_tells_everything_that_is_missing_at_once() -> None:
    bare = Step(verb="eliminate", on=date(2026, 3, 10), recorded_on=date(2026, 3, 10))
    assert set(refused(to_planned(), bare)) == {"document", "decider", "evidence", "grade"}


def test_blank_text_does_not_count_as_a_document() -> None:
    assert set(refused(to_planned(), step("strike", date(2026, 3, 1), document="  "))) == {"document"}


def test_dates_never_go_backwards_and_never_into_the_future() -> None:
    assert "20/02/2026" in refused(to_planned(), step("strike", date(2026, 2, 19)))["on"]
    ahead = replace(step("strike", date(2026, 3, 2)), recorded_on=date(2026, 3, 1))
    assert "01/03/2026" in refused(to_planned(), ahead)["on"]


def test_a_step_out_of_turn_names_the_steps_that_are_possible() -> None:
    said = refused(lived(opening()), step("eliminate", date(2026, 3, 1)))["verb"]
    assert "«Phát hiện»" in said
    assert "«Tổ chức xác minh»" in said


def test_the_watch_must_run_its_months() -> None:
    history = apply(eliminated(), step("watch", date(2026, 3, 15)), SIX_MONTHS)
    assert "15/09/2026" in refused(history, step("remove", date(2026, 9, 14)))["on"]
    assert apply(history, step("remove", date(2026, 9, 15)), SIX_MONTHS).state == "removed"


def test_without_a_watch_period_a_removal_needs_its_reason() -> None:
    history = apply(eliminated(), step("watch", date(2026, 3, 15)), Settings())
    said = refused(history, step("remove", date(2026, 3, 16), reason=""), Settings())
    assert "Chưa đặt thời hạn theo dõi" in said["reason"]
    assert apply(history, step("remove", date(2026, 3, 16)), Settings()).state == "removed"


@pytest.mark.parametrize("after", [[], ["watch"], ["watch", "remove"]])
def test_a_spot_can_re_form_at_any_time_after_elimination(after: list[str]) -> None:
    history = eliminated()
    for verb in after:
        history = apply(history, step(verb, date(2026, 10, 1)), Settings())
    history = apply(history, step("reform", date(2026, 11, 1)), SIX_MONTHS)
    assert (history.state, history.reformations) == ("reformed", 1)
    history = apply(history, step("plan", date(2026, 11, 2)), SIX_MONTHS)
    history = apply(history, step("eliminate", date(2026, 11, 3), evidence="Biên bản 9"), SIX_MONTHS)
    history = apply(history, step("reform", date(2026, 11, 4)), SIX_MONTHS)
    assert history.reformations == 2


def test_moving_keeps_the_state_and_changes_the_unit() -> None:
    history = apply(to_planned(), step("move", date(2026, 3, 1), unit="B"), SIX_MONTHS)
    assert (history.state, history.unit) == ("planned", "B")
    assert history.entry_on(date(2026, 2, 28)).unit == "A"  # type: ignore[union-attr]
    assert "unit" in refused(history, step("move", date(2026, 3, 2), unit="B"))


def test_a_correction_leaves_the_wrong_step_in_the_log() -> None:
    history = eliminated()
    corrected = undo(history, step("", date(2026, 3, 20), reason="Ghi nhầm điểm"))
    assert (corrected.state, len(corrected.entries)) == ("planned", len(history.entries) + 1)
    assert corrected.entries[:-1] == history.entries
    assert state_on(corrected, date(2026, 3, 15)) == "planned"
    assert as_known(corrected, date(2026, 3, 19)).state == "eliminated"
    again = undo(corrected, step("", date(2026, 3, 21)))
    assert again.state == "listed"


def test_a_correction_needs_its_reason_and_never_empties_a_history() -> None:
    with pytest.raises(StepRefused) as caught:
        undo(eliminated(), step("", date(2026, 3, 1), reason=""))
    assert {problem.field for problem in caught.value.problems} == {"reason", "on"}
    with pytest.raises(StepRefused, match="Bước đầu tiên"):
        undo(lived(opening()), step("", date(2026, 3, 1)))


def test_the_flow_of_a_month_with_its_own_days() -> None:
    history = apply(eliminated(), step("reform", date(2026, 3, 10)), SIX_MONTHS)
    march = flow([history, to_planned()], date(2026, 2, 15), date(2026, 3, 15))
    assert (march.opening, march.eliminated, march.reformed, march.closing) == (2, 1, 1, 2)
    january = flow([history], date(2026, 1, 15), date(2026, 2, 15))
    assert (january.opening, january.new, january.closing) == (0, 1, 1)
    assert march.holds
    assert january.holds


def test_a_move_leaves_one_unit_and_enters_the_other_but_not_within_a_group() -> None:
    history = apply(to_planned(), step("move", date(2026, 3, 1), unit="B"), SIX_MONTHS)
    march = (date(2026, 2, 15), date(2026, 3, 15))
    by_unit = flow_by([history], *march, lambda unit, _kind: unit)
    assert (by_unit["A"].moved_out, by_unit["B"].moved_in) == (1, 1)
    assert all(one.holds for one in by_unit.values())
    merged_unit = flow_by([history], *march, lambda _unit, _kind: "A+B")
    assert (merged_unit["A+B"].opening, merged_unit["A+B"].moved_out, merged_unit["A+B"].closing) == (1, 0, 1)
    reclassified = apply(history, step("reclassify", date(2026, 3, 2), kind="diem_nguy_co"), SIX_MONTHS)
    by_kind = flow_by([reclassified], *march, lambda _unit, kind: kind)
    assert by_kind["diem_phuc_tap"].reclassified_out == by_kind["diem_nguy_co"].reclassified_in == 1


def test_only_listed_unresolved_spots_exist() -> None:
    assert WORKFLOW.existing_states == ("listed", "planned", "reformed")
    assert all(state.why for state in WORKFLOW.states)
    assert [t.verb for t in permitted(History(WORKFLOW))] == ["detect", "enlist", "receive"]


def test_unknown_verbs_are_problems_not_crashes() -> None:
    assert problems_of(lived(opening()), step("fly", date(2026, 2, 1)), SIX_MONTHS)[0].field == "verb"


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 8, 15), 6, date(2027, 2, 15)),
    ],
)
def test_months_are_added_to_the_calendar(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


ON_LIST = State("listed", "Trong danh sách", True, "")
GONE = State("gone", "Đã triệt xóa", False, "")
PAPERS = frozenset({Requirement.DOCUMENT, Requirement.DECIDER, Requirement.EVIDENCE, Requirement.CONFIRMED})
OPENS = Transition("enlist", "", (), "listed", frozenset(), Movement.NEW)
ENDS = Transition("end", "", ("listed",), "gone", PAPERS, Movement.ELIMINATED)
RETURNS = Transition("back", "", ("gone",), "listed", frozenset(), Movement.REFORMED)


@pytest.mark.parametrize(
    ("transitions", "complaint"),
    [
        ((OPENS, replace(ENDS, requires=PAPERS - {Requirement.EVIDENCE}), RETURNS), "không đòi"),
        ((OPENS, ENDS), "tái phức tạp"),
        ((OPENS, replace(ENDS, movement=Movement.NONE), RETURNS), "cột biến động"),
        ((OPENS, ENDS, replace(RETURNS, movement=Movement.REMOVED)), "cột biến động"),
        ((OPENS, ENDS, replace(RETURNS, target="lost")), "trạng thái lạ"),
        ((OPENS, OPENS, ENDS, RETURNS), "bị lặp"),
        ((replace(OPENS, target=""), ENDS, RETURNS), "thiếu trạng thái đến"),
    ],
)
def test_an_unsound_table_is_not_accepted(transitions: tuple[Transition, ...], complaint: str) -> None:
    def build(steps: tuple[Transition, ...]) -> Workflow:
        return Workflow("w", "1", date(2026, 1, 1), "", "", "co_tai_lieu", "gone", (ON_LIST, GONE), steps)

    assert build((OPENS, ENDS, RETURNS)).exists("listed")
    with pytest.raises(WorkflowError, match=complaint):
        build(transitions)


MISTAKE = Step("", date(2026, 9, 1), date(2026, 9, 1), "9/BC", "Trưởng Công an xã", "Ghi nhầm đơn vị")


def test_a_file_recorded_by_mistake_is_void_until_it_is_restored() -> None:
    history = lived(opening(), step("verify", date(2026, 1, 10)))
    gone = void(history, MISTAKE)
    assert (gone.state, gone.effective, state_on(gone, date(2026, 8, 1))) == ("voided", (), "")
    assert gone.steps == history.steps
    assert not permitted(gone)
    assert refused(gone, step("list", date(2026, 9, 2)))["verb"].startswith("Đang ở «Đã hủy ghi nhận»")
    with pytest.raises(StepRefused, match="đã hủy ghi nhận từ trước"):
        void(gone, MISTAKE)
    assert as_known(gone, date(2026, 8, 31)) == history
    back = restore(gone, MISTAKE)
    assert (back.state, back.effective) == ("verifying", history.effective)
    with pytest.raises(StepRefused, match="không bị hủy"):
        restore(back, MISTAKE)
    assert void(back, MISTAKE).state == "voided"


def test_what_was_listed_is_taken_back_step_by_step_before_it_is_void() -> None:
    listed = lived(opening(), step("verify", date(2026, 1, 10)), step("list", date(2026, 1, 20)))
    with pytest.raises(StepRefused, match="hoàn tác từng bước"):
        void(listed, MISTAKE)
    assert void(undo(listed, MISTAKE), MISTAKE).state == "voided"
    opened = lived(replace(opening(), verb="enlist"))
    assert flow([opened], date(2026, 1, 1), date(2027, 1, 1)).closing == 1
    assert flow([void(opened, MISTAKE)], date(2026, 1, 1), date(2027, 1, 1)) == Flow()


def test_a_void_file_needs_reason_document_and_a_day_in_order() -> None:
    with pytest.raises(StepRefused) as caught:
        void(lived(opening()), Step("", date(2026, 1, 1), date(2026, 9, 1)))
    assert {problem.field for problem in caught.value.problems} == {"reason", "document", "decider", "on"}


def test_the_day_on_which_a_watched_spot_may_leave_is_known_beforehand() -> None:
    watched = lived(*(entry.step for entry in eliminated().entries), step("watch", date(2026, 3, 20)))
    remove = watched.workflow.transition("remove")
    assert remove is not None
    assert permitted_from(watched, remove, SIX_MONTHS) == date(2026, 9, 20)
    assert permitted_from(watched, remove, Settings()) is None
    assert permitted_from(watched, watched.workflow.transition("reform"), SIX_MONTHS) is None  # type: ignore[arg-type]
