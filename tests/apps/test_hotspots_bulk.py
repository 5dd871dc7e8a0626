"""Whole workbooks: the same guards, every reason at once, all or nothing, and a way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hotspots_cast import AT, Province, build, spot, step

from diaban.apps.audit.models import Event
from diaban.apps.hotspots import actions, queries
from diaban.apps.hotspots.actions import BulkRefused, HotspotRow, IncidentRow
from diaban.apps.hotspots.models import Hotspot, HotspotStep, Incident, Seizure

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


@pytest.fixture
def cast() -> Province:
    return build()


def row(cast: Province, code: str = "DTD-1", **given: object) -> HotspotRow:
    return replace(
        HotspotRow(
            unit_id=cast.merged.pk, code=code, name="Hẻm Chợ", kind="diem_phuc_tap", grade="co_tai_lieu",
            listed_on=date(2026, 1, 5), document="1/QĐ", decider="Giám đốc", evidence="KL 1",
        ),
        **given,  # type: ignore[arg-type]
    )  # fmt: skip


def verbs(code: str) -> list[str]:
    return list(
        HotspotStep.objects.filter(hotspot__code=code, stands=True).order_by("seq").values_list("verb", flat=True)
    )


def problems(cast: Province, *rows: HotspotRow) -> dict[int, set[str]]:
    before = HotspotStep.objects.count()
    found = actions.check_hotspot_rows(rows, by=cast.user, at=AT)
    assert HotspotStep.objects.count() == before
    return {index: {problem.field for problem in wrong} for index, wrong in found.items()}


def test_a_row_tells_a_whole_life(cast: Province) -> None:
    rows = [
        row(cast, "A"),
        row(cast, "B", planned_on=date(2026, 1, 9), eliminated_on=date(2026, 2, 1), watched_on=date(2026, 2, 2)),
        row(cast, "C", eliminated_on=date(2026, 2, 1), removed_on=date(2026, 3, 1), reason="Đã ổn định"),
        row(cast, "D", removed_on=date(2026, 3, 1), reason="Đưa vào nhầm"),
        row(cast, "E", listed_on=None, detected_on=date(2026, 1, 2), grade="nghi_van"),
        row(cast, "F", eliminated_on=date(2026, 2, 1), reformed_on=date(2026, 4, 1), reason="Hoạt động lại"),
        row(cast, "", unit_id=cast.island.pk),
    ]
    done = actions.bulk_upsert_hotspots(rows, by=cast.user, at=AT)
    assert (done.created, done.updated, done.unchanged) == (7, 0, 0)
    assert done.codes == ("A", "B", "C", "D", "E", "F", "DTD-26732-0001")
    assert [verbs(code) for code in "ABCDEF"] == [
        ["enlist"], ["enlist", "plan", "eliminate", "watch"], ["enlist", "eliminate", "watch", "remove"],
        ["enlist", "strike"], ["detect"], ["enlist", "eliminate", "reform"],
    ]  # fmt: skip
    assert queries.existing_spots(date(2026, 5, 1)) == {cast.merged.pk: 2, cast.island.pk: 1}
    assert Event.objects.filter(verb="hotspot.create").count() == 7
    again = actions.bulk_upsert_hotspots(
        [replace(r, code=c) for r, c in zip(rows, done.codes, strict=True)], by=cast.user, at=LATER
    )
    assert (again.created, again.updated, again.unchanged) == (0, 0, 7)


def test_the_spans_written_in_bulk_are_those_of_single_steps(cast: Province) -> None:
    actions.bulk_upsert_hotspots(
        [row(cast, "A", planned_on=date(2026, 1, 9), eliminated_on=date(2026, 2, 1))], by=cast.user, at=AT
    )
    single = spot(cast, cast.merged, date(2026, 1, 5), kind="diem_phuc_tap")
    step(cast, single, "plan", date(2026, 1, 9))
    step(cast, single, "eliminate", date(2026, 2, 1))
    columns = ("verb", "from_state", "to_state", "from_unit", "unit", "from_kind", "kind", "on", "until", "stands")
    one, other = (
        list(HotspotStep.objects.filter(hotspot__code=code).order_by("seq").values_list(*columns))
        for code in ("A", single.code)
    )
    assert one == other


def test_every_reason_is_told_by_row_and_column(cast: Province) -> None:
    spot(cast, cast.merged, date(2026, 1, 5), code="OLD", kind="diem_nguy_co")
    found = problems(
        cast,
        row(cast, "A", document="", kind="la", lon=1.0),
        row(cast, "B", grade="nghi_van", eliminated_on=date(2026, 2, 1), evidence=""),
        row(cast, "C", unit_id=cast.one.pk),
        row(cast, "D", listed_on=date(2027, 1, 1)),
        row(cast, "E", name=None, listed_on=None),
        row(cast, "F"),
        row(cast, "F"),
        row(cast, "OLD", unit_id=cast.island.pk),
        row(cast, "G"),
    )
    assert found == {
        0: {"document", "kind", "lon"},
        1: {"evidence", "grade"},
        2: {"unit_id"},
        3: {"listed_on"},
        4: {"name", "listed_on"},
        5: {"code"},
        6: {"code"},
        7: {"kind", "unit_id"},
    }


def test_one_bad_row_writes_nothing(cast: Province) -> None:
    with pytest.raises(BulkRefused) as caught:
        actions.bulk_upsert_hotspots([row(cast, "A"), row(cast, "B", decider="")], by=cast.user, at=AT)
    assert set(caught.value.problems) == {1}
    assert not Hotspot.objects.exists()


def test_an_update_adds_steps_and_keeps_what_is_not_given(cast: Province) -> None:
    actions.bulk_upsert_hotspots([row(cast, "A", address="Tổ 5")], by=cast.user, at=AT)
    change = HotspotRow(
        unit_id=cast.merged.pk, code="A", name="Hẻm Chợ Mới", eliminated_on=date(2026, 2, 1), document="2/QĐ",
        decider="PC04", evidence="KL",
    )  # fmt: skip
    done = actions.bulk_upsert_hotspots([change], by=cast.user, at=LATER)
    assert (done.created, done.updated) == (0, 1)
    now = Hotspot.objects.get(code="A")
    assert (now.name, now.address, now.state, now.listed_on) == ("Hẻm Chợ Mới", "Tổ 5", "eliminated", date(2026, 1, 5))
    assert HotspotStep.objects.get(hotspot=now, verb="enlist").until == date(2026, 2, 1)
    assert queries.hotspots_list(queries.HotspotFilter(on=date(2026, 3, 1), text="cho moi")).get() == now
    assert problems(cast, replace(change, eliminated_on=date(2026, 2, 3))) == {0: {"eliminated_on"}}
    assert problems(cast, replace(change, listed_on=date(2026, 1, 6))) == {0: {"listed_on"}}


def test_a_spot_that_was_only_detected_is_listed_by_a_row(cast: Province) -> None:
    actions.bulk_upsert_hotspots([row(cast, "A", listed_on=None, detected_on=date(2026, 1, 2))], by=cast.user, at=AT)
    actions.bulk_upsert_hotspots([row(cast, "A", listed_on=date(2026, 1, 9))], by=cast.user, at=LATER)
    assert verbs("A") == ["detect", "verify", "list"]


def test_a_row_that_names_the_successor_of_a_merged_commune_is_the_same_spot(cast: Province) -> None:
    actions.bulk_upsert_hotspots([row(cast, "A", unit_id=cast.one.pk, listed_on=date(2024, 1, 5))], by=cast.user, at=AT)
    assert problems(cast, row(cast, "A", listed_on=None, name="Tên khác")) == {}
    assert problems(cast, row(cast, "A", listed_on=None, unit_id=cast.island.pk)) == {0: {"unit_id"}}


def test_an_import_is_taken_back_whole(cast: Province) -> None:
    actions.bulk_upsert_hotspots([row(cast, "A", address="Tổ 5")], by=cast.user, at=AT)
    before = Hotspot.objects.filter(code="A").values().get()
    rows = [row(cast, "A", name="Khác", eliminated_on=date(2026, 2, 1)), row(cast, "B")]
    done = actions.bulk_upsert_hotspots(rows, by=cast.user, at=LATER)
    back = actions.revert_hotspots(done.image, by=cast.user, at=LATER + timedelta(hours=1))
    assert (back.deleted, back.restored) == (1, 1)
    after = Hotspot.objects.filter(code="A").values().get()
    assert {k: v for k, v in after.items() if k != "updated_at"} == {
        k: v for k, v in before.items() if k != "updated_at"
    }
    assert list(HotspotStep.objects.values_list("hotspot__code", "verb", "until")) == [("A", "enlist", None)]


def test_an_import_is_not_taken_back_over_later_work(cast: Province) -> None:
    done = actions.bulk_upsert_hotspots([row(cast, "A"), row(cast, "B")], by=cast.user, at=AT)
    made = Hotspot.objects.get(code="A")
    decision = actions.Decision(verb="plan", on=date(2026, 2, 1), document="3", decider="PC04")
    actions.take_step(hotspot=made, decision=decision, by=cast.user, at=LATER)
    with pytest.raises(BulkRefused, match="A đã được sửa"):
        actions.revert_hotspots(done.image, by=cast.user, at=LATER)
    assert Hotspot.objects.count() == 2


def incident(cast: Province, code: str, **given: object) -> IncidentRow:
    return replace(
        IncidentRow(unit_id=cast.merged.pk, on=date(2026, 3, 1), code=code, kind="mua_ban", source="tip"),
        **given,  # type: ignore[arg-type]
    )


def test_incidents_come_change_and_go_back(cast: Province) -> None:
    at = spot(cast, cast.merged, date(2026, 1, 5), code="A")
    rows = [incident(cast, "V1", arrested=2, hotspot_code="A", seizures={("heroin", "g"): 500}), incident(cast, "")]
    done = actions.bulk_upsert_incidents(rows, by=cast.user, at=AT)
    assert done.codes == ("V1", "VV-26506-2026-0001")
    assert Incident.objects.get(code="V1").hotspot == at
    again = actions.bulk_upsert_incidents(
        [replace(rows[0], seizures=None), replace(rows[1], code=done.codes[1])], by=cast.user, at=LATER
    )
    assert again.unchanged == 2
    change = [incident(cast, "V1", arrested=0, seizures={("heroin", "g"): 700, ("mdma", "vien"): 3})]
    changed = actions.bulk_upsert_incidents(change, by=cast.user, at=LATER)
    assert Seizure.objects.get(substance="heroin").amount == 700
    actions.revert_incidents(changed.image, by=cast.user, at=LATER + timedelta(hours=1))
    assert Incident.objects.get(code="V1").arrested == 2
    assert list(Seizure.objects.values_list("substance", "amount")) == [("heroin", 500)]


def test_incidents_that_cannot_be_are_named_by_column(cast: Province) -> None:
    rows = [
        incident(cast, "V1", kind="la", source=None, arrested=-1),
        incident(cast, "V2", unit_id=cast.one.pk, hotspot_code="KHONG"),
        incident(cast, "V3", no_suspect=True, arrested=1, on=date(2027, 1, 1)),
        incident(cast, "V4", seizures={("heroin", "cay"): 1}),
    ]
    found = {i: {p.field for p in wrong} for i, wrong in actions.check_incident_rows(rows, by=cast.user, at=AT).items()}
    assert found == {
        0: {"kind", "source", "arrested"},
        1: {"unit_id", "hotspot_code"},
        2: {"no_suspect", "on"},
        3: {"seizures"},
    }
    with pytest.raises(BulkRefused):
        actions.bulk_upsert_incidents(rows, by=cast.user, at=AT)
    assert not Incident.objects.exists()
