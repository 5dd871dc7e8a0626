"""The weekly look: once a week, everything that is to be looked at, within the false alarms that were set."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from apps.analyses_world import AT, CORNER, HOUSE, LAST, Register, build
from diaban.apps.access import Person
from diaban.apps.analyses import actions, tasks, weekly
from diaban.apps.analyses.models import Alert, Analysis
from diaban.apps.hotspots import actions as hotspots
from diaban.apps.hotspots.actions import Decision
from diaban.apps.hotspots.models import Hotspot
from diaban.apps.inbox.models import Notice
from diaban.apps.jobs.models import Run
from diaban.apps.jobs.progress import Progress, WorkFailed

pytestmark = pytest.mark.django_db
WEEK = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def real_queue(settings: Any) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}


@pytest.fixture
def register() -> Register:
    return build()


def progress() -> Progress:
    return Progress(Run.objects.create(kind="test", created_at=AT).pk)


def test_it_is_planned_once_a_week(register: Register) -> None:
    run = weekly.plan(at=AT)
    assert run is not None
    assert run.params == {"week": WEEK.isoformat()}
    assert weekly.plan(at=AT + timedelta(days=2)) is None
    assert weekly.plan(at=AT + timedelta(days=7)) is not None


def test_an_empty_register_is_not_looked_at(db: None) -> None:
    assert weekly.plan(at=AT) is None


def watched(register: Register) -> Hotspot:
    spot = hotspots.create_hotspot(
        by=register.cast["an"], at=AT, name="Góc đường", unit=register.home, kind="diem_phuc_tap",
        grade="co_tai_lieu", on=date(2026, 1, 5), document="1/QĐ", decider="Giám đốc", verb="enlist",
        lon=CORNER[0], lat=CORNER[1],
    )  # fmt: skip
    for verb, on in (("plan", date(2026, 2, 1)), ("eliminate", date(2026, 3, 1)), ("watch", date(2026, 3, 2))):
        step = Decision(verb, on, "2/QĐ", "Giám đốc", evidence="Biên bản", grade="co_tai_lieu")
        spot = hotspots.take_step(hotspot=spot, decision=step, by=register.cast["an"], at=AT)
    assert spot.state == "watched"
    return spot


def document(level: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    headline = {"msgid": "x", "params": {}}
    return {
        "level": level,
        "headline": headline,
        "rows": "found",
        "found": rows,
        "numbers": {"first_alarm": "2026-11-01"},
    }


def pretend(register: Register) -> Any:
    """Return what answers as an engine would that finds something everywhere."""

    def answer(row: Analysis, by: Person, _progress: Progress) -> Analysis:
        uid = register.home.uid
        rows: list[dict[str, Any]] = [{"observed": 12, "expected": 1.25, "p_value": 0.001, "start": "2026-11-01",
                                       "end": "2026-11-22", "unit_code": uid, "significant": True}]  # fmt: skip
        return actions.keep_answer(
            by=by, at=AT, analysis=row, document=document("found", rows), seed=1, digest="0" * 64, events=3,
            left_out={}, where=[[[uid, 12]]],
        )  # fmt: skip

    return answer


def test_everything_is_looked_at_and_told_to_who_decides(register: Register) -> None:
    spot = watched(register)
    raised = weekly.look(by=HOUSE, at=AT, week=WEEK, answer=pretend(register), progress=progress())
    rows = list(Analysis.objects.order_by("pk"))
    assert [(one.question, one.counted, one.last, one.weekly) for one in rows] == [
        ("scan", "points", LAST, True), ("watch", "communes", LAST, True), ("watch", "points", LAST, True),
    ]  # fmt: skip
    assert rows[0].settings["prospective"] is True
    assert rows[0].settings["alpha"] == pytest.approx(0.25 / 52)
    assert rows[2].hotspot_id == spot.pk
    assert rows[2].settings["false_alarms_per_year"] == pytest.approx(0.5)
    assert raised == 3
    assert {(one.kind, one.unit_id) for one in Alert.objects.all()} == {
        ("cluster", register.home.pk), ("commune", register.home.pk), ("return", register.home.pk),
    }  # fmt: skip
    told = {one.user.username for one in Notice.objects.filter(topic__startswith="alert:").select_related("user")}
    assert told == {"an", "binh"}
    assert weekly.look(by=HOUSE, at=AT, week=WEEK, answer=pretend(register), progress=progress()) == 0


def test_the_next_week_raises_nothing_about_what_is_still_open(register: Register) -> None:
    weekly.look(by=HOUSE, at=AT, week=WEEK, answer=pretend(register), progress=progress())
    later = WEEK + timedelta(days=7)
    before = Alert.objects.count()
    moment = AT + timedelta(days=7)
    assert weekly.look(by=HOUSE, at=moment, week=later, answer=pretend(register), progress=progress()) == 0
    assert Alert.objects.count() == before


def test_the_real_scan_of_the_week_finds_the_corner(register: Register) -> None:
    def scan_only(row: Analysis, by: Person, held: Progress) -> Analysis:
        if row.question != "scan":
            raise WorkFailed("không")
        return tasks.answer_one(row, by, held)

    assert weekly.look(by=HOUSE, at=AT, week=WEEK, answer=scan_only, progress=progress()) == 1
    alert = Alert.objects.get()
    assert (alert.kind, alert.unit_id, alert.state) == ("cluster", register.home.pk, "new")
    assert alert.observed is not None
    assert alert.observed >= 12
    assert Analysis.objects.count() == 1, "what could not be answered leaves no question behind"
