"""Records made by mistake, codes that two records carry, targets of a merger, and the period of a list."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hotspots_cast import AT, PAPER, Province, build, spot, step

from diaban.apps.audit.models import Event
from diaban.apps.hotspots import actions, queries
from diaban.apps.hotspots.forms.fields import HotspotCodeField
from diaban.apps.hotspots.models import Hotspot, Incident, Route
from diaban.core.lifecycle import Flow, StepRefused

WHY: dict[str, Any] = {"reason": "Ghi nhầm đơn vị", **PAPER}
DAY = date(2026, 11, 1)
YEAR = (date(2025, 12, 15), date(2026, 12, 15))


@pytest.fixture
def cast(db: None) -> Province:
    return build()


@pytest.fixture
def page(cast: Province) -> Client:
    client = Client()
    client.force_login(cast.user)
    return client


def incident(cast: Province, **given: Any) -> Incident:
    values = {"on": date(2026, 2, 1), "unit": cast.merged, "kind": "su_dung", "source": "patrol", "arrested": 3}
    return actions.record_incident(by=cast.user, at=AT, **(values | given))


def route(cast: Province) -> Route:
    values = {"name": "Đường ven biển", "reach": "inter", "valid_from": date(2026, 1, 1)}
    return actions.record_route(by=cast.user, at=AT, values=values, units=[cast.merged])


def twins(cast: Province) -> tuple[Hotspot, Hotspot]:
    """Two registers that came together, each with its own X-1."""
    first = spot(cast, cast.merged, date(2026, 1, 5), name="Bãi một")
    second = spot(cast, cast.island, date(2026, 1, 5), name="Bãi hai")
    Hotspot.objects.filter(pk=second.pk).update(province=cast.island, code=first.code)
    return first, Hotspot.objects.get(pk=second.pk)


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_voided_file_counts_nowhere_and_comes_back_as_it_was(cast: Province) -> None:
    made = spot(cast, cast.merged, date(2026, 1, 5))
    before = list(made.steps.order_by("seq").values_list("seq", "stands", "until"))
    gone = actions.void_hotspot(hotspot=made, on=DAY, by=cast.user, at=AT, **WHY)
    assert (gone.state, gone.kind, gone.unit_id, gone.listed_on) == ("voided", made.kind, cast.merged.pk, None)
    everything = queries.HotspotFilter(on=DAY)
    assert not queries.hotspots_list(everything).exists()
    assert queries.hotspots_list(queries.HotspotFilter(on=DAY, states=("voided",))).get() == made
    assert queries.flow_total(*YEAR) == Flow()
    assert not queries.existing_spots(DAY)
    assert "voided" not in queries.overview_counts(DAY, *YEAR).by_state
    with pytest.raises(StepRefused, match="khôi phục"):
        actions.edit_hotspot(hotspot=made, by=cast.user, at=AT, changes={"name": "Khác"})
    back = actions.restore_hotspot(hotspot=made, on=DAY, by=cast.user, at=AT, **WHY)
    assert (back.state, back.listed_on) == ("listed", date(2026, 1, 5))
    assert list(made.steps.filter(seq=1).values_list("seq", "stands", "until")) == before
    assert queries.flow_total(*YEAR) == Flow(new=1, closing=1)
    told = Event.objects.filter(subject=f"hotspot:{made.code}").order_by("pk").values_list("verb", flat=True)
    assert list(told) == ["hotspot.create", "hotspot.void", "hotspot.restore"]


def test_a_listed_file_is_voided_only_after_its_steps_are_taken_back(cast: Province) -> None:
    made = spot(cast, cast.merged, date(2026, 1, 5))
    step(cast, made, "plan", date(2026, 2, 1))
    with pytest.raises(StepRefused, match="hoàn tác từng bước"):
        actions.void_hotspot(hotspot=made, on=DAY, by=cast.user, at=AT, **WHY)
    actions.undo_step(hotspot=made, on=DAY, by=cast.user, at=AT, **WHY)
    assert actions.void_hotspot(hotspot=made, on=DAY, by=cast.user, at=AT, **WHY).state == "voided"
    assert not made.steps.filter(stands=True).exists()


def test_a_file_that_others_lean_on_is_not_voided(cast: Province) -> None:
    made, other = (spot(cast, cast.merged, date(2026, 1, 5)) for _ in range(2))
    event = incident(cast, hotspot=made)
    step(cast, other, "merge", date(2026, 2, 1), target=made)
    with pytest.raises(StepRefused) as caught:
        actions.void_hotspot(hotspot=made, on=DAY, by=cast.user, at=AT, **WHY)
    assert event.code in str(caught.value)
    assert other.code in str(caught.value)
    actions.undo_step(hotspot=other, on=DAY, by=cast.user, at=AT, **WHY)
    actions.void_incident(incident=event, on=DAY, by=cast.user, at=AT, **WHY)
    actions.void_hotspot(hotspot=made, on=DAY, by=cast.user, at=AT, **WHY)
    with pytest.raises(StepRefused, match="khôi phục điểm đó trước"):
        actions.restore_incident(incident=event, on=DAY, by=cast.user, at=AT, **WHY)


def test_a_voided_incident_is_in_no_figure(cast: Province) -> None:
    made = incident(cast, seizures={("heroin", "g"): 500, ("cay_can_sa", "cay"): 7})
    assert queries.plants_by_unit(*YEAR)[cast.merged.pk].plants == 7
    assert queries.arrests_by_unit(*YEAR) == {cast.merged.pk: 3}
    actions.void_incident(incident=made, on=DAY, by=cast.user, at=AT, **WHY)
    assert not queries.arrests_by_unit(*YEAR)
    assert not queries.plants_by_unit(*YEAR)
    assert not queries.seizure_totals(*YEAR)
    assert queries.overview_counts(DAY, *YEAR).incidents == 0
    assert not queries.incidents_list(queries.IncidentFilter(on=DAY)).exists()
    assert queries.incidents_list(queries.IncidentFilter(on=DAY, voided=True)).get() == made
    assert incident(cast).code != made.code, "a code that was given stays given"
    for wrong in (actions.void_incident, actions.edit_incident):
        values = {"changes": {"arrested": 1}} if wrong is actions.edit_incident else {"on": DAY, **WHY}
        with pytest.raises(StepRefused):
            wrong(incident=made, by=cast.user, at=AT, **values)
    actions.restore_incident(incident=made, on=DAY, by=cast.user, at=AT, **WHY)
    assert queries.arrests_by_unit(*YEAR) == {cast.merged.pk: 6}
    assert queries.seizure_totals(*YEAR)["heroin", "g"] == 500


def test_a_voided_route_marks_no_unit(cast: Province) -> None:
    made = route(cast)
    assert queries.routes_by_unit(DAY) == {cast.merged.pk: "inter"}
    actions.void_route(route=made, on=DAY, by=cast.user, at=AT, **WHY)
    assert not queries.routes_by_unit(DAY)
    assert not queries.routes_list(Route.everything.all())
    assert list(queries.routes_list(Route.everything.all(), voided=True)) == [made]
    with pytest.raises(StepRefused, match="khôi phục"):
        actions.edit_route(route=made, by=cast.user, at=AT, values={"note": "x"}, units=[cast.merged])
    actions.restore_route(route=made, on=DAY, by=cast.user, at=AT, **WHY)
    assert queries.routes_by_unit(DAY) == {cast.merged.pk: "inter"}


def test_a_void_record_needs_its_reason_and_its_document(cast: Province) -> None:
    for act, what in (
        (actions.void_incident, {"incident": incident(cast)}),
        (actions.void_route, {"route": route(cast)}),
    ):
        with pytest.raises(StepRefused) as caught:
            act(**what, on=date(2027, 1, 1), document="", decider="", reason=" ", by=cast.user, at=AT)
        assert {problem.field for problem in caught.value.problems} == {"on", "document", "decider", "reason"}


def test_a_mistake_is_voided_shown_and_restored_on_its_pages(page: Client, cast: Province) -> None:
    records = {"diem": spot(cast, cast.merged, date(2026, 1, 5)), "vu-viec": incident(cast), "tuyen": route(cast)}
    lists = {"diem": "trang_thai=voided", "vu-viec": "huy=1", "tuyen": "huy=1"}
    answers = {"on": "2026-11-01", **WHY}
    for what, record in records.items():
        own = f"/{what}/{record.pk}/"
        assert page.post(f"{own}huy-ghi-nhan/", {**answers, "reason": ""}).status_code == 422
        assert page.post(f"{own}huy-ghi-nhan/", answers).headers["Location"] == own
        shown = text(page.get(own))
        assert "ã hủy ghi nhận" in shown
        assert "Ghi nhầm đơn vị" in shown
        assert f"{own}khoi-phuc/" in shown
        assert f"{own}sua/" not in shown
        assert f'href="{own}"' not in text(page.get(f"/{what}/"))
        assert f'href="{own}"' in text(page.get(f"/{what}/?{lists[what]}"))
        assert page.post(f"{own}huy-ghi-nhan/", answers).status_code == 422
        assert page.post(f"{own}khoi-phuc/", answers).headers["Location"] == own
        assert f'href="{own}"' in text(page.get(f"/{what}/"))
    assert page.get("/khac/1/huy-ghi-nhan/").status_code == 404


def test_automatic_codes_are_given_once_whatever_the_province(cast: Province) -> None:
    first, second = twins(cast)
    Hotspot.objects.filter(pk=first.pk).update(province=cast.island, code="DTD-26506-0007")
    assert spot(cast, cast.merged, date(2026, 1, 6)).code == "DTD-26506-0008"
    with pytest.raises(StepRefused, match="DTD-26506-0007"):
        spot(cast, cast.merged, date(2026, 1, 6), code="DTD-26506-0007")
    assert second.code


def test_a_code_that_two_carry_is_never_guessed(cast: Province) -> None:
    first, second = twins(cast)
    field = HotspotCodeField("Mã", seen=None)
    with pytest.raises(ValidationError) as caught:
        field.clean(first.code.lower())
    for words in ("Bãi một", "Bãi hai", "Phường Hợp Nhất", "Phường Đảo", "Trong danh sách", f"«{first.code} · "):
        assert words in caught.value.messages[0]
    assert field.clean(f"{first.code} · 26506") == first
    assert field.clean(f"{first.code} · phuong dao") == second
    assert field.clean(f"{first.code}·bai hai") == second
    assert field.clean(field.prepare_value(first)) == first
    assert field.clean(field.prepare_value(second)) == second
    with pytest.raises(ValidationError, match="2 điểm"):
        field.clean(f"{first.code} · 99999")
    with pytest.raises(ValidationError, match="Không có điểm"):
        field.clean("Y-9")
    actions.void_hotspot(hotspot=second, on=DAY, by=cast.user, at=AT, **WHY)
    assert field.clean(first.code) == first
    with pytest.raises(ValidationError, match="xem lại đơn vị"):
        field.clean(f"{first.code} · phuong dao")


def test_a_row_that_names_a_double_code_is_refused_and_what_stands_is_kept(cast: Province) -> None:
    first, _second = twins(cast)
    linked = incident(cast, hotspot=first)
    same = actions.IncidentRow(cast.merged.pk, linked.on, linked.code, "su_dung", "patrol", hotspot_code=first.code)
    new = actions.IncidentRow(cast.merged.pk, linked.on, "V-2", "su_dung", "patrol", hotspot_code=first.code)
    told = actions.IncidentRow(
        cast.merged.pk, linked.on, "V-3", "su_dung", "patrol", hotspot_code=f"{first.code} · 26732"
    )
    found = actions.check_incident_rows([same, new, told], by=cast.user, at=AT)
    assert set(found) == {1}
    assert "2 điểm" in str(found[1][0].message)


def test_what_is_void_is_not_changed_by_a_row(cast: Province) -> None:
    made, event = spot(cast, cast.merged, date(2026, 1, 5)), incident(cast)
    actions.void_hotspot(hotspot=made, on=DAY, by=cast.user, at=AT, **WHY)
    actions.void_incident(incident=event, on=DAY, by=cast.user, at=AT, **WHY)
    rows = [actions.HotspotRow(cast.merged.pk, code=made.code, note="x", removed_on=date(2026, 5, 1))]
    assert [p.field for p in actions.check_hotspot_rows(rows, by=cast.user, at=AT)[0]] == ["code"]
    again = [actions.IncidentRow(cast.merged.pk, event.on, event.code, note="x")]
    assert [p.field for p in actions.check_incident_rows(again, by=cast.user, at=AT)[0]] == ["code"]


def test_an_existing_spot_merges_only_into_an_existing_one(cast: Province) -> None:
    source, target = (spot(cast, cast.merged, date(2026, 1, 5)) for _ in range(2))
    step(cast, target, "strike", date(2026, 2, 1))
    with pytest.raises(StepRefused, match="không còn được tính"):
        step(cast, source, "merge", date(2026, 3, 1), target=target)
    seen = spot(cast, cast.merged, date(2026, 1, 5), verb="detect")
    with pytest.raises(StepRefused, match="không còn được tính"):
        step(cast, source, "merge", date(2026, 3, 1), target=seen)
    step(cast, seen, "merge", date(2026, 3, 1), target=source)
    assert queries.flow_total(*YEAR).holds


def test_a_step_not_yet_permitted_says_from_when(page: Client, cast: Province) -> None:
    made = spot(cast, cast.merged, date(2026, 1, 5))
    step(cast, made, "eliminate", date(2026, 10, 1))
    step(cast, made, "watch", date(2026, 10, 15))
    own = f"/diem/{made.pk}/"
    unset = text(page.get(own))
    assert f'class="button" href="{own}buoc/remove/"' in unset, "possible with a reason, but not the usual step"
    actions.set_value(
        key="watch_months", value="120", effective_from=date(2026, 1, 1), document="1/QĐ", by=cast.user, at=AT
    )
    shown = text(page.get(own))
    assert "«Đưa ra khỏi danh sách» được phép từ 15/10/2036" in shown
    assert f"{own}buoc/remove/" not in shown
    assert "button--primary" not in shown.split('id="tiep-theo"')[1].split("</section>")[0]
    answer = page.get(f"{own}buoc/remove/", follow=True)
    assert answer.redirect_chain == [(own, 302)]
    assert "15/10/2036" in text(answer)


def test_a_register_is_whole_until_the_address_names_a_period(page: Client, cast: Province) -> None:
    spot(cast, cast.merged, date(2026, 1, 5), name="Điểm năm nay")
    old = spot(cast, cast.one, date(2024, 3, 1), name="Điểm năm xưa")
    step(cast, old, "strike", date(2024, 6, 1))
    incident(cast, place="Hẻm năm nay")
    incident(cast, on=date(2024, 3, 1), unit=cast.one, place="Hẻm năm xưa")
    for address, now_there, once_there in (
        ("/diem/", "Điểm năm nay", "Điểm năm xưa"), ("/vu-viec/", "Hẻm năm nay", "Hẻm năm xưa"),
    ):  # fmt: skip
        whole = text(page.get(address))
        assert now_there in whole
        assert once_there in whole
        assert "<b>toàn bộ sổ</b>" in whole
        assert "xem toàn bộ sổ" not in whole
        one = text(page.get(f"{address}?ky=2024"))
        assert now_there not in one
        assert once_there in one
        assert "Chỉ kỳ" in one
        assert "xem toàn bộ sổ" in one
        assert "<b>toàn bộ sổ</b>" not in one
    made = route(cast)
    assert made.name in text(page.get("/tuyen/"))
    assert made.name not in text(page.get("/tuyen/?ky=2024"))
    assert made.name in text(page.get("/tuyen/?ky=2026"))


def test_an_incident_names_its_period_with_its_days(page: Client, cast: Province) -> None:
    made = incident(cast, on=date(2026, 11, 18))
    assert "thuộc Tháng 12 · 15/11–14/12/2026" in text(page.get(f"/vu-viec/{made.pk}/"))


def test_the_units_of_a_route_are_asked_for(page: Client, cast: Province) -> None:
    form = page.get("/tuyen/moi/").context["form"]
    assert form.fields["units"].required
    answer = page.post("/tuyen/moi/", {"name": "A", "reach": "intra", "mode": "road", "valid_from": "2026-01-01"})
    assert answer.status_code == 422
    assert "Chưa chọn đơn vị nào" in text(answer)
