"""The programme tried from outside: drafts, other people's work, one's own approval through a lent role, forged ids."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cast import HOME, NEXT_DOOR, TODAY, play_all
from diaban.apps.access import AccessRefused, House
from diaban.apps.accounts.models import Delegation, User
from diaban.apps.agencies.models import Agency
from diaban.apps.choosing import actions as choosing
from diaban.apps.concerns import actions as concerns
from diaban.apps.concerns.models import Concern
from diaban.apps.localities import actions as localities
from diaban.apps.localities.models import Cycle
from diaban.apps.places import actions as place_actions
from diaban.apps.places import queries as places
from diaban.apps.plans import actions as plans
from diaban.apps.plans.models import Version
from diaban.apps.programme import actions as programme
from diaban.apps.programme.models import Evidence, Extension, Turn

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
HOUSE = House("thử")
SECRET = "Câu chưa ai duyệt zeisig"
TEXT = f"""ỦY BAN NHÂN DÂN TỈNH
Số: 77/KH-UBND
KẾ HOẠCH
Phòng, chống ma túy năm 2027
I. MỤC TIÊU
1. {SECRET}.
2. Công an tỉnh chủ trì báo cáo trước ngày 15/12/2027.
"""


@pytest.fixture
def cast(db: None) -> dict[str, User]:
    place_actions.load_catalogue(by=HOUSE, at=AT)
    return play_all()


def enter(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def agency(code: str, level: str, line: str) -> Agency:
    return Agency.objects.create(code=code, name=f"Cơ quan {code}", level=level, line=line)


def task_in(code: str, *, from_above: bool = False, **more: Any) -> Turn:
    """Return the turn of a task of a commune."""
    lead = Agency.objects.filter(code="xa").first() or agency("xa", "commune", "police")
    order = programme.Order(title="Rà soát", lead=lead, starts=date(2026, 11, 1), due=date(2026, 12, 1), **more)
    unit = places.unit_by_code(code, TODAY)
    return programme.give_task(order=order, unit=unit, by=HOUSE, at=AT, from_above=from_above).turns.get()


def lend(giver: User, receiver: User) -> None:
    Delegation.objects.create(
        assignment=giver.assignments.get(), receiver=receiver, start=date(2026, 1, 1), end=date(2027, 1, 1),
        given_by=giver.username, given_at=AT,
    )  # fmt: skip
    receiver.forget_rights()


# Drafts of the whole area


@pytest.fixture
def draft(cast: dict[str, User]) -> Version:
    return plans.take_text(text=TEXT, source="a.txt", by=cast["an"], at=AT, at_once=True)


@pytest.mark.parametrize("name", ["binh", "lan", "ha", "khoa", "chi", "thu", "oanh", "quan", "van", "dung"])
def test_a_draft_of_the_whole_area_is_not_read_by_communes(draft: Version, cast: dict[str, User], name: str) -> None:
    client, code = enter(cast[name]), draft.plan.code
    clause = draft.clauses.filter(text__contains="zeisig").get()
    for address in (
        reverse("plans:detail", args=[code]), reverse("plans:version", args=[code, 1]),
        reverse("plans:version_number", args=[draft.pk]), reverse("plans:compare", args=[code]),
        reverse("plans:list"), reverse("plans:list") + "?q=77", f"/api/v1/plans/{code}", "/api/v1/plans",
        reverse("programme:tree", args=[code]), reverse("programme:new") + f"?dieu={clause.pk}",
        reverse("concerns:new") + f"?dieu={clause.pk}", reverse("plans:edit", args=[code, 1]),
    ):  # fmt: skip
        answer = client.get(address)
        told = answer.content.decode()
        assert "zeisig" not in told, address
        assert code not in told or answer.status_code in (403, 404), address


def test_the_draft_of_an_amendment_is_not_read_by_communes(draft: Version, cast: dict[str, User]) -> None:
    plan, an = draft.plan, cast["an"]
    Version.objects.filter(pk=draft.pk).update(state="in_force", in_force_from=date(2026, 1, 1))
    text = TEXT.replace("zeisig", "drossel")
    plans.amend_with_text(plan=plan, text=text, source="b.txt", reason="sửa", by=an, at=AT, at_once=True)
    client = enter(cast["lan"])
    for address in (
        reverse("plans:detail", args=[plan.code]), reverse("plans:version", args=[plan.code, 2]),
        reverse("plans:compare", args=[plan.code]), f"/api/v1/plans/{plan.code}", reverse("plans:list"),
        reverse("programme:tree", args=[plan.code]) + "?ban=2",
    ):  # fmt: skip
        assert "drossel" not in client.get(address).content.decode(), address
    assert client.get(reverse("plans:version", args=[plan.code, 2])).status_code == 404
    assert "zeisig" in client.get(reverse("plans:detail", args=[plan.code])).content.decode()
    assert "drossel" in enter(an).get(reverse("plans:version", args=[plan.code, 2])).content.decode()


# Four eyes


def test_nobody_confirms_what_they_reported_in_another_name(cast: dict[str, User]) -> None:
    turn = task_in(HOME)
    lend(cast["lan"], cast["dung"])
    programme.report_done(turn=turn, words="x", by=cast["dung"], at=AT)
    for name in ("dung", "lan"):
        with pytest.raises(AccessRefused):
            programme.confirm(turn=turn, by=cast[name], at=AT)
        enter(cast[name]).post(reverse("programme:confirm"), {"turn": [turn.pk]})
        turn.refresh_from_db()
        assert not turn.final


def test_whoever_lent_the_role_does_not_decide_what_was_asked_in_their_name(cast: dict[str, User]) -> None:
    turn = task_in(HOME)
    lend(cast["lan"], cast["dung"])
    asked = programme.ask_extension(turn=turn, until=date(2026, 12, 9), reason="x", by=cast["dung"], at=AT)
    for name in ("dung", "lan"):
        with pytest.raises(AccessRefused):
            programme.decide_extension(extension=asked, grant=True, by=cast[name], at=AT)
        assert (
            "quyet-dinh" not in enter(cast[name]).get(reverse("programme:task", args=[turn.task.code])).content.decode()
        )
    assert programme.decide_extension(extension=asked, grant=True, by=cast["minh"], at=AT).decision == "granted"


def test_whoever_decides_under_the_askers_own_role_is_refused(cast: dict[str, User]) -> None:
    turn = task_in(HOME)
    lend(cast["lan"], cast["dung"])
    asked = programme.ask_extension(turn=turn, until=date(2026, 12, 9), reason="x", by=cast["lan"], at=AT)
    with pytest.raises(AccessRefused):
        programme.decide_extension(extension=asked, grant=True, by=cast["dung"], at=AT)


def test_one_of_several_that_one_reported_stops_a_bulk_confirmation_whole(cast: dict[str, User]) -> None:
    mine, other = task_in(HOME), task_in(HOME)
    programme.report_done(turn=mine, words="x", by=cast["lan"], at=AT)
    programme.report_done(turn=other, words="x", by=cast["binh"], at=AT)
    with pytest.raises(AccessRefused):
        programme.take_many(turns=[other, mine], verb="confirm", by=cast["lan"], at=AT)
    assert not Turn.objects.filter(final=True).exists()
    client = enter(cast["lan"])
    client.post(reverse("programme:confirm"), {"turn": [mine.pk, other.pk]})
    assert set(Turn.objects.filter(final=True)) == {other}


# Work of others


ACTS = ("progress", "report", "evidence", "extension", "edit", "post", "clauses", "close", "confirm", "drop")


def _post(client: Client, turn: Turn, act: str) -> int:
    code, seq = turn.task.code, turn.seq
    ways = {
        "progress": ("programme:work", [code, seq, "progress"], {"percent": 50}),
        "report": ("programme:work", [code, seq, "report"], {"words": "x", "confirm": "1"}),
        "evidence": ("programme:evidence", [code, seq], {"kind": "document", "words": "x", "document": "1"}),
        "extension": ("programme:extension", [code, seq], {"until": "31/12/2026", "reason": "x"}),
        "edit": ("programme:edit", [code], {"title": "y", "lead": "xa", "kind": "plan"}),
        "post": ("programme:post", [code], {"post": ""}),
        "clauses": ("programme:clauses", [code], {"clause": "1"}),
        "close": ("programme:close", [code, "thoi-giao"], {"reason": "x"}),
        "confirm": ("programme:judge", [code, seq, "confirm"], {"words": "x"}),
        "drop": ("programme:settle", [code, seq, "drop"], {"reason": "x", "confirm": "1"}),
    }  # fmt: skip
    name, args, sent = ways[act]
    return client.post(reverse(name, args=args), sent).status_code


@pytest.mark.parametrize("name", ["ha", "khoa", "chi", "thu", "oanh", "quan", "dung", "giang", "phuc"])
def test_nobody_acts_on_the_task_of_another_place(cast: dict[str, User], name: str) -> None:
    turn, client = task_in(HOME), enter(cast[name])
    for act in ACTS:
        assert _post(client, turn, act) in (403, 404), act
    for verb in ("progress", "report", "evidence"):
        body = json.dumps({"kind": "document", "words": "x", "document": "1", "percent": 5})
        address = f"/api/v1/tasks/{turn.task.code}/turns/1/{verb}"
        assert client.post(address, body, content_type="application/json").status_code in (403, 404), verb
    turn.refresh_from_db()
    assert (turn.state, turn.percent, turn.steps.count()) == ("given", 0, 1)
    assert not Evidence.objects.exists()
    assert not Extension.objects.exists()


def test_a_commune_does_not_settle_what_the_province_gave_it(cast: dict[str, User]) -> None:
    turn = task_in(HOME, from_above=True)
    programme.report_done(turn=turn, words="x", by=cast["binh"], at=AT)
    for act in ("edit", "clauses", "close", "confirm", "drop"):
        assert _post(enter(cast["lan"]), turn, act) == 403, act


def test_a_file_of_another_place_is_not_there(cast: dict[str, User]) -> None:
    turn = task_in(NEXT_DOOR)
    shown = programme.Shown(kind="file", words="x", file_name="a.csv", data=b"a;b\n")
    piece = programme.add_evidence(turn=turn, given=shown, by=HOUSE, at=AT)
    for name in ("binh", "lan"):
        assert enter(cast[name]).get(reverse("programme:file", args=[piece.pk])).status_code == 404
    assert enter(cast["giang"]).get(reverse("programme:file", args=[piece.pk])).status_code == 403
    assert enter(cast["ha"]).get(reverse("programme:file", args=[piece.pk])).status_code == 200


def test_work_is_given_only_in_ones_own_place(cast: dict[str, User]) -> None:
    lead = agency("xa", "commune", "police")
    sent = {"title": "x", "lead": lead.code, "kind": "plan", "starts": "23/11/2026", "confirm": "1", "regime": "nd09"}
    client = enter(cast["lan"])
    for units in ([places.unit_by_code(NEXT_DOOR, TODAY).uid], []):
        assert client.post(reverse("programme:new"), {**sent, "units": units}).status_code == 422
    assert not Turn.objects.exists()


# Issues


def test_a_department_raises_nothing_in_the_name_of_a_commune(cast: dict[str, User]) -> None:
    health = agency("yte", "province", "health")
    uid = places.unit_by_code(HOME, TODAY).uid
    sent = {"unit": uid, "topic": "law", "subject": "x", "words": "x", "addressed": health.code}
    for name in ("giang", "an"):
        enter(cast[name]).post(reverse("concerns:new"), sent)
        assert not Concern.objects.filter(unit__isnull=False).exists(), name


def test_only_the_agency_asked_answers_and_only_the_raiser_closes(cast: dict[str, User]) -> None:
    health, unit = agency("yte", "province", "health"), places.unit_by_code(HOME, TODAY)
    other = agency("tc", "province", "administration")
    row = concerns.raise_concern(by=cast["binh"], at=AT, issue=concerns.Issue(unit, "law", "x", "x", health))
    for name in ("giang", "ha", "khoa", "lan", "binh"):
        client = enter(cast[name])
        for verb in ("receive", "answer", "forward"):
            answer = client.post(reverse("concerns:step", args=[row.code, verb]), {"words": "x", "addressed": other.pk})
            assert answer.status_code in (403, 404), (name, verb)
    concerns.take_step(by=cast["minh"], at=AT, concern=row, verb="receive")
    concerns.take_step(by=cast["minh"], at=AT, concern=row, verb="answer", words="x")
    for name in ("giang", "minh", "an", "ha"):
        assert enter(cast[name]).post(
            reverse("concerns:step", args=[row.code, "close"]), {"words": "x"}
        ).status_code in (403, 404)


# Choosing


def test_a_dossier_in_the_making_is_not_read_by_the_communes_in_it(cast: dict[str, User]) -> None:
    unit = places.unit_by_code(HOME, TODAY)
    localities.open_cycle(year=2026, by=cast["an"], at=AT)
    row = choosing.propose(cycle=Cycle.objects.get(), title="zeisig", picks=[choosing.Pick(unit.uid, "x")],
                           by=HOUSE, at=AT)  # fmt: skip
    for name in ("binh", "lan", "ha", "giang"):
        client = enter(cast[name])
        assert client.get(reverse("choosing:dossier", args=[row.code])).status_code in (403, 404), name
        assert "zeisig" not in client.get(reverse("choosing:list")).content.decode(), name
