"""Questions are asked where one may, answered from the register, repeated bit for bit; people decide about alerts."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from apps.analyses_world import AT, CORNER, SCAN, Register, answered, build, order
from diaban.apps.access import AccessRefused
from diaban.apps.analyses import actions, queries, shown
from diaban.apps.analyses.actions import Seen, Spot
from diaban.apps.analyses.models import Alert, Analysis, Proposal
from diaban.apps.audit.models import Event
from diaban.apps.hotspots.models import Hotspot, Incident
from diaban.apps.jobs.models import Run
from diaban.apps.jobs.progress import WorkFailed
from diaban.core.lifecycle import StepRefused

pytestmark = pytest.mark.django_db


@pytest.fixture
def register() -> Register:
    return build()


def test_a_question_goes_into_the_queue_with_what_was_asked(register: Register) -> None:
    row = actions.ask(by=register.cast["binh"], at=AT, order=order(register.home))
    assert row.code == f"PT-{row.pk:06d}"
    run = Run.objects.get(pk=row.job_id)
    assert (run.kind, run.params, run.by) == (actions.KIND, {"analysis": row.pk}, register.cast["binh"])
    event = Event.objects.get(verb="analysis.ask")
    assert event.detail["sources"] == ["reported"]
    assert event.detail["settings"]["max_radius"] == 2_000


def test_nobody_asks_about_what_they_do_not_see(register: Register) -> None:
    for who, unit in (("binh", register.next_door), ("binh", None), ("lan", register.home), ("minh", None)):
        with pytest.raises(AccessRefused):
            actions.ask(by=register.cast[who], at=AT, order=order(unit))
    assert not Analysis.objects.exists()


def test_every_reason_is_told_at_once(register: Register) -> None:
    wrong = order(register.home, SCAN | {"max_share": 3}, sources=[], last=AT.date() + timedelta(days=3), seed=-1)
    with pytest.raises(StepRefused) as refused:
        actions.ask(by=register.cast["an"], at=AT, order=wrong)
    assert {one.field for one in refused.value.problems} == {"sources", "last", "seed", "max_share"}


def test_the_answer_comes_from_the_register_and_is_the_same_again(register: Register) -> None:
    an = register.cast["an"]
    row = answered(an, order(None))
    assert (row.level, row.events, row.seed) == ("found", 162, 7)
    first = queries.findings_of(row.document)[0]
    assert first["observed"] >= 12
    assert row.where[0][0][0] == register.home.uid
    assert "Vũng Tàu" in str(shown.text_of(row.headline, str, shown.spots_of(row)))
    again = actions.ask_again(by=an, at=AT, analysis=row, same_seed=True)
    assert again.repeats_id == row.pk
    again.delete()
    second = answered(an, order(None))
    assert json.dumps(second.document) == json.dumps(row.document)
    with pytest.raises(StepRefused):
        actions.keep_answer(by=an, at=AT, analysis=row, document=row.document or {}, seed=1, digest="", events=0,
                            left_out={}, where=[])  # fmt: skip


def test_only_what_was_asked_for_counts(register: Register) -> None:
    an = register.cast["an"]
    at_home = answered(an, order(register.home))
    assert at_home.events == Incident.objects.filter(unit=register.home).count()
    Incident.objects.filter(unit=register.home, code="VV-501").update(lon=None, lat=None)
    assert answered(an, order(register.home)).left_out == {"no_place": 1}
    with pytest.raises(WorkFailed, match="Không có vụ việc nào"):
        answered(an, order(register.home, sources=["patrol"]))


def test_patrol_pooled_with_reports_is_said(register: Register) -> None:
    Incident.objects.filter(code="VV-1").update(source="patrol")
    row = answered(register.cast["an"], order(None, sources=["reported", "patrol"]))
    said = shown.cautions_of(row)
    assert sum("gộp" in one for one in said) == 1
    assert "patrol" not in " ".join(said)


def test_only_who_sees_the_whole_area_sees_the_answer(register: Register) -> None:
    cast = register.cast
    whole = answered(cast["an"], order(None))
    home = answered(cast["an"], order(register.home))
    seen = {
        who: set(queries.visible_analyses(cast[who].rights(AT.date())).values_list("pk", flat=True)) for who in cast
    }
    both = {whole.pk, home.pk}
    assert {who: found for who, found in seen.items() if found} == {
        "an": both, "minh": both, "oanh": both, "binh": {home.pk}, "lan": {home.pk},
    }  # fmt: skip
    assert not queries.sees_points(cast["oanh"].rights(AT.date()), whole)


def spot(register: Register, **changes: Any) -> Spot:
    told = {"name": "Góc đường", "unit": register.home, "on": AT.date(), "document": "PT", "decider": "PC04"}
    return Spot(**{**told, "lon": CORNER[0], "lat": CORNER[1], **changes})


def test_a_person_proposes_a_row_once(register: Register) -> None:
    an = register.cast["an"]
    row = answered(an, order(None))
    assert not Hotspot.objects.exists(), "nothing enters the register by itself"
    made = actions.propose(by=an, at=AT, analysis=row, row=0, spot=spot(register))
    assert (made.hotspot.state, made.hotspot.grade, made.hotspot.kind) == ("detected", "nghi_van", "diem_nguy_co")
    with pytest.raises(StepRefused, match=made.hotspot.code):
        actions.propose(by=an, at=AT, analysis=row, row=0, spot=spot(register))
    with pytest.raises(StepRefused):
        actions.propose(by=an, at=AT, analysis=row, row=99, spot=spot(register))
    with pytest.raises(AccessRefused):
        actions.propose(by=register.cast["binh"], at=AT, analysis=row, row=1, spot=spot(register))
    assert Proposal.objects.count() == Hotspot.objects.count() == 1


def alarm(register: Register, analysis: Analysis) -> Alert:
    seen = Seen("cluster", "cluster:here", {"msgid": "Một cụm", "params": {}}, unit=register.home, row=0)
    made = actions.raise_alert(by=register.cast["an"], at=AT, analysis=analysis, seen=seen)
    assert made is not None
    assert actions.raise_alert(by=register.cast["an"], at=AT, analysis=analysis, seen=seen) is None
    return made


def test_an_alert_is_looked_into_checked_and_closed(register: Register) -> None:
    binh = register.cast["binh"]
    alert = alarm(register, answered(register.cast["an"], order(None)))
    with pytest.raises(StepRefused):
        actions.take_step(by=binh, at=AT, alert=alert, verb="close")
    actions.take_step(by=binh, at=AT, alert=alert, verb="look")
    with pytest.raises(StepRefused, match="thấy gì"):
        actions.take_step(by=binh, at=AT, alert=alert, verb="refute", words="  ")
    actions.take_step(by=binh, at=AT, alert=alert, verb="refute", words="Ghi trùng một vụ.")
    done = actions.take_step(by=binh, at=AT, alert=alert, verb="close")
    assert (done.state, done.final, done.checked_on, done.closed_on) == ("closed", True, AT.date(), AT.date())
    assert [one.verb for one in done.steps.order_by("seq")] == ["raise", "look", "refute", "close"]
    with pytest.raises(AccessRefused):
        actions.take_step(by=register.cast["ha"], at=AT, alert=alert, verb="look")
    assert alarm(register, done.analysis).pk != alert.pk, "once it is closed, the same place can be alarmed anew"


def test_the_alarm_rate_is_set_by_who_sets_values(register: Register) -> None:
    held = queries.alarm_rate()
    assert (held.false_alarms_per_year, held.sources, held.row) == (1.0, ("reported", "tip"), None)
    actions.set_alarm_rate(by=register.cast["an"], at=AT, false_alarms_per_year=2.5, sources=["reported"])
    assert queries.alarm_rate().false_alarms_per_year == 2.5
    with pytest.raises(StepRefused):
        actions.set_alarm_rate(by=register.cast["an"], at=AT, false_alarms_per_year=0, sources=[])
    with pytest.raises(AccessRefused):
        actions.set_alarm_rate(by=register.cast["binh"], at=AT, false_alarms_per_year=1, sources=["tip"])
