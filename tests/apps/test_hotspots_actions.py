"""Hot-spots, incidents and routes one at a time: what is written, what is refused, what the audit keeps."""

from __future__ import annotations

from datetime import date

import pytest
from hotspots_cast import AT, PAPER, Province, build, spot, step

from diaban.apps.audit.models import Event
from diaban.apps.hotspots import actions, queries
from diaban.apps.hotspots.models import Hotspot, HotspotStep, Incident, ProvinceValue
from diaban.core.lifecycle import StepRefused

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Province:
    return build()


def said(caught: pytest.ExceptionInfo[StepRefused]) -> dict[str, str]:
    return {problem.field: str(problem.message) for problem in caught.value.problems}


def test_a_new_spot_gets_the_next_code_of_its_unit(cast: Province) -> None:
    codes = [spot(cast, cast.merged, date(2026, 1, 5)).code for _ in range(2)]
    assert codes == ["DTD-26506-0001", "DTD-26506-0002"]
    event = Event.objects.get(subject="hotspot:DTD-26506-0002")
    assert (event.verb, event.actor) == ("hotspot.create", "an")


def test_a_reused_code_of_a_unit_continues_the_numbers(cast: Province) -> None:
    old = spot(cast, cast.one, date(2024, 1, 5))
    new = spot(cast, cast.merged, date(2026, 1, 5))
    assert [old.code, new.code] == ["DTD-26506-0001", "DTD-26506-0002"]


def test_a_spot_is_not_opened_in_a_unit_that_was_not_there(cast: Province) -> None:
    with pytest.raises(StepRefused) as caught:
        spot(cast, cast.one, date(2025, 7, 1), document="")
    assert set(said(caught)) == {"unit", "document"}
    assert "Phường Một" in said(caught)["unit"]
    assert not Hotspot.objects.exists()


def test_a_code_once_in_a_province(cast: Province) -> None:
    spot(cast, cast.merged, date(2026, 1, 5), code="X-1")
    with pytest.raises(StepRefused, match="X-1"):
        spot(cast, cast.island, date(2026, 1, 5), code="X-1")


def test_search_knows_the_spot_without_diacritics(cast: Province) -> None:
    made = spot(cast, cast.merged, date(2026, 1, 5), name="Hẻm Đồng Khởi", address="Tổ 5, Hoà Bình")
    for text in ("dong khoi", "hoa binh", "HÒA BÌNH", "khởi 26506", made.code):
        assert queries.hotspots_list(queries.HotspotFilter(on=date(2026, 2, 1), text=text)).get() == made
    assert not queries.hotspots_list(queries.HotspotFilter(on=date(2026, 2, 1), text="dong khoa")).exists()


def test_the_row_follows_its_history_through_a_whole_life(cast: Province) -> None:
    actions.set_value(
        key="watch_months", value="6", effective_from=date(2026, 1, 1), document="3/KH", by=cast.user, at=AT
    )
    made = spot(cast, cast.merged, date(2026, 1, 5), grade="nghi_van")
    step(cast, made, "plan", date(2026, 1, 20))
    with pytest.raises(StepRefused) as caught:
        step(cast, made, "eliminate", date(2026, 2, 1))
    assert "nghi vấn" in said(caught)["grade"]
    step(cast, made, "eliminate", date(2026, 2, 1), grade="co_tai_lieu")
    watched = step(cast, made, "watch", date(2026, 2, 10))
    assert (watched.state, watched.eliminated_on, watched.watch_until) == (
        "watched", date(2026, 2, 1), date(2026, 8, 10),
    )  # fmt: skip
    with pytest.raises(StepRefused, match="10/08/2026"):
        step(cast, made, "remove", date(2026, 8, 9))
    removed = step(cast, made, "remove", date(2026, 8, 10))
    assert (removed.state, removed.removed_on) == ("removed", date(2026, 8, 10))
    again = step(cast, made, "reform", date(2026, 9, 1))
    assert (again.state, again.reformed_count, again.eliminated_on, again.removed_on) == ("reformed", 1, None, None)
    assert again.listed_on == date(2026, 1, 5)
    assert list(made.steps.order_by("seq").values_list("until", flat=True))[-2:] == [date(2026, 9, 1), None]


def test_changing_the_watch_term_moves_the_end_of_running_watches(cast: Province) -> None:
    made = spot(cast, cast.merged, date(2026, 1, 5))
    step(cast, made, "eliminate", date(2026, 2, 1))
    step(cast, made, "watch", date(2026, 2, 1))
    assert Hotspot.objects.get(pk=made.pk).watch_until is None
    for months, expected in (("12", date(2027, 2, 1)), ("", None)):
        actions.set_value(
            key="watch_months", value=months, effective_from=date(2026, 3, 1), document="4/KH", by=cast.user, at=AT
        )
        assert Hotspot.objects.get(pk=made.pk).watch_until == expected
    with pytest.raises(StepRefused, match="số tháng"):
        actions.set_value(
            key="watch_months", value="nửa năm", effective_from=AT.date(), document="4", by=cast.user, at=AT
        )
    assert ProvinceValue.objects.count() == 1


def test_a_step_taken_back_stays_in_the_log_and_no_longer_counts(cast: Province) -> None:
    made = spot(cast, cast.merged, date(2026, 1, 5))
    step(cast, made, "eliminate", date(2026, 2, 1))
    assert queries.existing_points(date(2026, 2, 2)) == {}
    back = actions.undo_step(hotspot=made, on=date(2026, 2, 5), reason="Ghi nhầm điểm", by=cast.user, at=AT, **PAPER)
    assert (back.state, back.eliminated_on) == ("listed", None)
    assert queries.existing_points(date(2026, 2, 2)) == {cast.merged.pk: 1}
    assert [(s.verb, s.stands, s.undoes) for s in made.steps.order_by("seq")] == [
        ("enlist", True, None), ("eliminate", False, None), ("undo", False, 2),
    ]  # fmt: skip
    assert Event.objects.filter(verb="hotspot.undo").count() == 1
    with pytest.raises(StepRefused, match="Bước đầu tiên"):
        actions.undo_step(hotspot=made, on=date(2026, 2, 6), reason="x", by=cast.user, at=AT, **PAPER)


def test_merging_counts_the_spot_at_its_target_and_can_be_taken_back(cast: Province) -> None:
    first, second = (spot(cast, cast.merged, date(2026, 1, 5), name=name) for name in ("Một", "Hai"))
    with pytest.raises(StepRefused, match="chính là điểm này"):
        step(cast, first, "merge", date(2026, 2, 1), target=first)
    merged = step(cast, first, "merge", date(2026, 2, 1), target=second)
    assert (merged.state, merged.merged_into) == ("merged", second)
    assert queries.existing_points(date(2026, 2, 1)) == {cast.merged.pk: 1}
    with pytest.raises(StepRefused, match="Đã hợp nhất"):
        step(cast, second, "merge", date(2026, 2, 2), target=merged)
    actions.undo_step(hotspot=first, on=date(2026, 2, 3), reason="Hai nơi", by=cast.user, at=AT, **PAPER)
    assert Hotspot.objects.get(pk=first.pk).merged_into is None


def test_moving_sets_the_unit_and_refuses_one_that_ended(cast: Province) -> None:
    made = spot(cast, cast.merged, date(2026, 1, 5))
    with pytest.raises(StepRefused) as caught:
        step(cast, made, "move", date(2026, 2, 1), unit=cast.one)
    assert set(said(caught)) == {"unit"}
    moved = step(cast, made, "move", date(2026, 2, 1), unit=cast.island)
    assert moved.unit == cast.island
    assert queries.existing_points(date(2026, 1, 31)) == {cast.merged.pk: 1}
    assert queries.existing_points(date(2026, 2, 1)) == {cast.island.pk: 1}


def test_describing_a_spot_never_touches_what_steps_decide(cast: Province) -> None:
    made = spot(cast, cast.merged, date(2026, 1, 5))
    changes = {"name": "Quán ven sông", "behaviours": ["su_dung", "mua_ban"]}
    edited = actions.edit_hotspot(hotspot=made, by=cast.user, at=AT, changes=changes)
    assert edited.behaviour_codes == ("mua_ban", "su_dung")
    assert Event.objects.get(verb="hotspot.edit").detail["name"] == ["Bãi sau chợ", "Quán ven sông"]
    actions.edit_hotspot(hotspot=made, by=cast.user, at=AT, changes=changes)
    assert Event.objects.filter(verb="hotspot.edit").count() == 1  # nothing changed, nothing told
    with pytest.raises(ValueError, match="kind"):
        actions.edit_hotspot(hotspot=made, by=cast.user, at=AT, changes={"kind": "diem_nguy_co"})


def test_an_incident_is_recorded_with_what_was_seized(cast: Province) -> None:
    made = actions.record_incident(
        by=cast.user, at=AT, on=date(2026, 3, 1), unit=cast.merged, kind="trong_cay", source="patrol", arrested=2,
        seizures={("cay_can_sa", "cay"): 40, ("cay_can_sa", "m2"): 12, ("heroin", "g"): 1500},
    )  # fmt: skip
    assert made.code == "VV-26506-2026-0001"
    assert queries.plants_by_unit(date(2026, 3, 1), date(2026, 3, 2)) == {cast.merged.pk: queries.Plants(40, 12)}
    assert queries.seizure_totals(date(2026, 3, 1), date(2026, 3, 2))["heroin", "g"] == 1500
    edited = actions.edit_incident(
        incident=made, by=cast.user, at=AT, changes={"arrested": 3}, seizures={("heroin", "g"): 2000}
    )
    assert queries.arrests_by_unit(date(2026, 3, 1), date(2026, 3, 2)) == {cast.merged.pk: 3}
    assert queries.plants_by_unit(date(2026, 3, 1), date(2026, 3, 2)) == {}
    detail = Event.objects.get(verb="incident.edit", subject=f"incident:{edited.code}").detail
    assert detail["arrested"] == [2, 3]
    assert detail["seizures"][0] == {"cay_can_sa.cay": 40, "cay_can_sa.m2": 12, "heroin.g": 1500}


def test_an_incident_that_contradicts_itself_is_refused_whole(cast: Province) -> None:
    with pytest.raises(StepRefused) as caught:
        actions.record_incident(
            by=cast.user, at=AT, on=date(2027, 1, 1), unit=cast.merged, kind="mua_ban", source="tip", arrested=1,
            fined=-1, no_suspect=True, seizures={("heroin", "vien"): 3},
        )  # fmt: skip
    assert set(said(caught)) == {"on", "fined", "no_suspect", "seizures"}
    assert "không tính bằng «viên»" in said(caught)["seizures"]
    assert not Incident.objects.exists()


def test_a_route_marks_its_units_and_inter_province_wins(cast: Province) -> None:
    def route(reach: str, valid_from: date, *units: object) -> None:
        values = {
            "name": f"Tuyến {reach}",
            "reach": reach,
            "valid_from": valid_from,
            "line": [[107.0, 10.4], [107.2, 10.5]],
        }
        actions.record_route(by=cast.user, at=AT, values=values, units=units)  # type: ignore[arg-type]

    route("intra", date(2024, 1, 1), cast.one, cast.island)
    route("inter", date(2026, 1, 1), cast.island)
    assert queries.routes_by_unit(date(2024, 6, 1)) == {cast.one.pk: "intra", cast.island.pk: "intra"}
    assert queries.routes_by_unit(date(2026, 6, 1)) == {cast.merged.pk: "intra", cast.island.pk: "inter"}
    with pytest.raises(StepRefused) as caught:
        route("intra", date(2026, 1, 1), cast.one, cast.one)
    assert set(said(caught)) == {"units"}


def test_a_stale_page_cannot_take_the_same_step_twice(cast: Province) -> None:
    made = spot(cast, cast.merged, date(2026, 1, 5))
    step(cast, made, "plan", date(2026, 1, 20))
    with pytest.raises(StepRefused, match="Đang đấu tranh"):
        step(cast, made, "plan", date(2026, 1, 21))
    assert HotspotStep.objects.filter(hotspot=made).count() == 2
