"""Who sees a dossier, who submits it, who issues it: never the same hand, never another content than was submitted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from apps.localities_province import AFTER, CLASS_ONE, IN_CYCLE, NOTHING, commune, officer
from cast import GIVEN_AT, HOME, SINCE, TODAY, give, play
from diaban.apps.access import AccessRefused, House
from diaban.apps.accounts.models import Assignment, Delegation, User
from diaban.apps.audit.models import Event
from diaban.apps.hotspots.actions import create_hotspot
from diaban.apps.localities import actions as localities
from diaban.apps.localities.models import Cycle
from diaban.apps.places.actions import load_catalogue
from diaban.apps.reports import actions, queries
from diaban.apps.reports.models import Issue, Letterhead, Submission
from diaban.core.dossier import canonical_json

HOUSE = House("set-up")
SPOT = "Quán karaoke Sóng Biển"
HEAD = {"issuer": "Công an tỉnh", "issuer_short": "Công an tỉnh", "symbol": "CAT", "archive": "VT", "signer": "Ký sau"}


@pytest.fixture
def cycle(db: None) -> Cycle:
    load_catalogue(by=HOUSE, at=IN_CYCLE)
    found = localities.open_cycle(year=2026, by=HOUSE, at=IN_CYCLE)
    declare(found, CLASS_ONE)
    create_hotspot(
        by=officer("ghi-so"),
        at=IN_CYCLE,
        code="DD-001",
        name=SPOT,
        unit=commune(HOME),
        kind="tu_diem_phuc_tap",
        grade="co_tai_lieu",
        on=date(2026, 3, 2),
        document="12/BC-CAP",
        decider="Trưởng Công an phường",
        verb="enlist",
    )
    return found


def declare(cycle: Cycle, values: Mapping[str, object], code: str = HOME) -> None:
    localities.declare(
        cycle=cycle,
        unit=commune(code),
        values=values,
        by=HOUSE,
        at=AFTER,
        declared_by="Công an xã",
        reason="Đếm lại",
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(name: str, *args: object) -> str:
    return reverse(f"reports:{name}", args=args)


def delegate(giver: User, role: str, receiver: User) -> None:
    """Lend `giver`'s role to `receiver` for the days around today."""
    Delegation.objects.create(
        assignment=Assignment.objects.get(user=giver, role=role),
        receiver=receiver,
        start=SINCE,
        end=date(2027, 6, 1),
        reason="Nghỉ phép",
        given_by=giver.username,
        given_at=GIVEN_AT,
    )
    receiver.forget_rights()


# Who may


@pytest.mark.parametrize("name", ["binh", "lan", "ha", "khoa", "chi", "thu", "oanh", "quan", "van", "dung"])
def test_a_dossier_tells_of_the_whole_area_and_is_shut_to_everybody_else(cycle: Cycle, name: str) -> None:
    sent = actions.submit(by=play("an"), at=AFTER, cycle=cycle)
    actions.issue(by=play("phuc"), at=AFTER, submission=sent)
    client = signed_in(play(name))
    for route, args in [
        ("list", []),
        ("draft", [2026]),
        ("submission", [2026, 1]),
        ("detail", [2026, 1]),
        ("download", [2026, 1, "xlsx"]),
        ("letterhead", []),
    ]:
        reply = client.get(address(route, *args))
        assert reply.status_code == 403 and "Vũng Tàu" not in reply.content.decode(), route
    for route, args in [("submit", [2026]), ("send_back", [2026, 1]), ("issue", [2026, 1])]:
        assert client.post(address(route, *args), {"remark": "x", "xac-nhan": "1"}).status_code == 403, route
    assert Issue.objects.count() == Submission.objects.count() == 1


def test_an_officer_of_one_unit_reads_no_dossier_whatever_the_role(cycle: Cycle) -> None:
    client = signed_in(give(play("dung"), "provincial_police", HOME))
    assert client.get(address("draft", 2026)).status_code == 403
    assert client.post(address("submit", 2026)).status_code == 403


@pytest.mark.parametrize("name", ["an", "minh", "phuc", "giang"])
def test_each_may_what_their_role_says(cycle: Cycle, name: str) -> None:
    user = play(name)
    client = signed_in(user)
    draft = client.get(address("draft", 2026)).content.decode()
    assert (address("submit", 2026) in draft) == (name == "an")
    assert client.post(address("submit", 2026)).status_code == (302 if name == "an" else 403)
    if name == "an":
        with pytest.raises(AccessRefused):
            actions.issue(by=user, at=AFTER, submission=Submission.objects.get())
        return
    assert not Submission.objects.exists()
    sent = actions.submit(by=play("an"), at=AFTER, cycle=cycle)
    page = client.get(address("submission", 2026, 1)).content.decode()
    assert (address("issue", 2026, 1) in page) == (name == "phuc")
    assert client.post(address("issue", 2026, 1), {"xac-nhan": "1"}).status_code == (302 if name == "phuc" else 403)
    assert Issue.objects.count() == (name == "phuc")
    assert client.post(address("letterhead"), HEAD | {"effective_from": "01/12/2026"}).status_code == 403
    assert not Letterhead.objects.exists()
    if name != "phuc":
        for act in (
            lambda: actions.issue(by=user, at=AFTER, submission=sent),
            lambda: actions.send_back(by=user, at=AFTER, submission=sent, remark="x"),
            lambda: actions.submit(by=user, at=AFTER, cycle=cycle),
            lambda: actions.set_letterhead(by=user, at=AFTER, effective_from=TODAY, values=HEAD),
        ):
            with pytest.raises(AccessRefused):
                act()


def test_nobody_issues_what_they_submitted(cycle: Cycle) -> None:
    user = give(play("an"), "report_approver")
    sent = actions.submit(by=user, at=AFTER, cycle=cycle)
    client = signed_in(user)
    page = client.get(address("submission", 2026, 1)).content.decode()
    assert "Không ai được duyệt việc do chính mình trình." in page and address("issue", 2026, 1) not in page
    reply = client.post(address("issue", 2026, 1), {"xac-nhan": "1"})
    assert reply.status_code == 403 and "chính mình trình" in reply.content.decode()
    assert client.post(address("send_back", 2026, 1), {"remark": "x"}).status_code == 403
    with pytest.raises(AccessRefused):
        actions.issue(by=user, at=AFTER, submission=sent)
    assert Submission.objects.get().state == "waiting" and not Issue.objects.exists()


def test_a_delegation_lends_no_second_pair_of_eyes(cycle: Cycle) -> None:
    an, phuc, minh = play("an"), play("phuc"), play("minh")
    delegate(phuc, "report_approver", an)
    sent = actions.submit(by=an, at=AFTER, cycle=cycle)
    with pytest.raises(AccessRefused):
        actions.issue(by=an, at=AFTER, submission=sent)
    delegate(phuc, "report_approver", minh)
    made = actions.issue(by=minh, at=AFTER, submission=sent)
    assert (made.by, made.in_name_of, made.submitted_by) == ("minh", "phuc", "an")

    declare(cycle, NOTHING)
    delegate(an, "provincial_police", phuc)
    sent = actions.submit(by=phuc, at=AFTER, cycle=cycle, reason="Đếm lại")
    assert (sent.by, sent.in_name_of) == ("phuc", "an")
    give(an, "report_approver")
    for user in (an, phuc):
        with pytest.raises(AccessRefused, match="chính mình"):
            actions.issue(by=user, at=AFTER, submission=sent)
    page = signed_in(minh).get(address("submission", 2026, 2)).content.decode()
    assert "Theo ủy quyền của Trần Văn An (an)" in page


def test_the_database_itself_refuses_one_hand_and_two_waiting(cycle: Cycle) -> None:
    sent = actions.submit(by=play("an"), at=AFTER, cycle=cycle)
    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.objects.create(
            cycle=cycle, issue=1, snapshot={}, digest="", content="", submitted_by="an", by="an", at=AFTER
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.create(cycle=cycle, turn=2, snapshot={}, digest="", content="", by="x", at=AFTER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=sent.pk).update(state="returned")


# Exactly what was submitted


def test_what_is_issued_is_what_was_submitted(cycle: Cycle) -> None:
    sent = actions.submit(by=play("an"), at=AFTER, cycle=cycle, note="Đã rà soát")
    made = actions.issue(by=play("phuc"), at=AFTER, submission=sent, number=7, issued_on=date(2026, 12, 16))
    assert made.content == sent.content and made.submission == sent
    said, issued = queries.dossier_of(sent), queries.dossier_of(made)
    assert (said.classes, said.workings, said.hotspots) == (issued.classes, issued.workings, issued.hotspots)
    assert (issued.number, said.number) == (7, None)
    assert Submission.objects.get().state == "issued"
    told = Event.objects.filter(verb__startswith="reports.").order_by("pk")
    assert [(one.verb, one.actor, one.subject) for one in told] == [
        ("reports.submit", "an", "submission:2026/1"),
        ("reports.issue", "phuc", "dossier:2026/1"),
    ]
    assert told[0].detail["content"] == told[1].detail["content"] == sent.content
    assert told[1].detail["submitted_by"] == "an" and told[0].detail["note"] == "Đã rà soát"


def test_figures_changed_since_stop_the_issue_and_are_named(cycle: Cycle) -> None:
    sent = actions.submit(by=play("an"), at=AFTER, cycle=cycle)
    before = canonical_json(queries.dossier_of(sent))
    declare(cycle, {"persons": 111})
    phuc = play("phuc")
    with pytest.raises(actions.Refused, match="đã đổi sau khi trình"):
        actions.issue(by=phuc, at=AFTER, submission=sent)
    client = signed_in(phuc)
    page = client.get(address("submission", 2026, 1)).content.decode()
    assert "Đã đổi sau khi trình" in page and "110 → 111" in page and address("issue", 2026, 1) not in page
    assert client.post(address("issue", 2026, 1), {"xac-nhan": "1"}).status_code == 422
    assert not Issue.objects.exists()
    assert canonical_json(queries.dossier_of(Submission.objects.get())) == before

    again = actions.submit(by=User.objects.get(username="an"), at=AFTER, cycle=cycle)
    assert Submission.objects.get(turn=1).state == "replaced"
    with pytest.raises(actions.Refused, match="bản trình mới"):
        actions.issue(by=phuc, at=AFTER, submission=sent)
    assert actions.issue(by=phuc, at=AFTER, submission=again).content == again.content


def test_a_letterhead_entered_since_stops_the_issue(cycle: Cycle) -> None:
    an, phuc = play("an"), play("phuc")
    sent = actions.submit(by=an, at=IN_CYCLE, cycle=cycle)
    actions.set_letterhead(by=an, at=AFTER, effective_from=date(2026, 12, 1), values=HEAD)
    with pytest.raises(actions.Refused, match="cơ quan ban hành"):
        actions.issue(by=phuc, at=AFTER, submission=sent)
    assert "không đổi; thông tin cơ quan ban hành" in (
        signed_in(phuc).get(address("submission", 2026, 1)).content.decode()
    )
    again = actions.submit(by=an, at=AFTER, cycle=cycle)
    made = actions.issue(by=phuc, at=AFTER, submission=again, issued_on=date(2026, 12, 16))
    assert queries.dossier_of(made).letterhead.signer == "Ký sau"


def test_a_return_says_why_and_what_comes_back_unchanged_says_why_too(cycle: Cycle) -> None:
    an, phuc = play("an"), play("phuc")
    sent = actions.submit(by=an, at=AFTER, cycle=cycle)
    with pytest.raises(actions.Refused, match="đang chờ duyệt"):
        actions.submit(by=an, at=AFTER, cycle=cycle)
    client = signed_in(phuc)
    assert client.post(address("send_back", 2026, 1), {"remark": " "}).status_code == 422
    client.post(address("send_back", 2026, 1), {"remark": "Kiểm tra lại số người ở Vũng Tàu"})
    sent.refresh_from_db()
    assert (sent.state, sent.answered_by) == ("returned", "phuc")
    assert Event.objects.get(verb="reports.send_back").detail["remark"].startswith("Kiểm tra")
    page = signed_in(an).get(address("draft", 2026)).content.decode()
    assert "Lần trình 1 bị trả lại" in page and "Kiểm tra lại số người" in page and address("submit", 2026) in page
    for answer in (actions.issue, actions.send_back):
        with pytest.raises(actions.Refused):
            answer(by=phuc, at=AFTER, submission=sent, **({"remark": "x"} if answer is actions.send_back else {}))
    with pytest.raises(actions.Refused, match="giải trình"):
        actions.submit(by=an, at=AFTER, cycle=cycle)
    again = actions.submit(by=an, at=AFTER, cycle=cycle, note="Đã đối chiếu với sổ, số đúng")
    assert again.turn == 2 and actions.issue(by=phuc, at=AFTER, submission=again).issue == 1


def test_a_touched_submission_is_neither_shown_nor_issued(cycle: Cycle) -> None:
    sent = actions.submit(by=play("an"), at=AFTER, cycle=cycle)
    Submission.objects.update(snapshot=sent.snapshot | {"cycle": 2027})
    with pytest.raises(queries.Tampered):
        queries.dossier_of(Submission.objects.get())


def test_what_waits_is_for_whoever_may_answer(cycle: Cycle) -> None:
    an, phuc, minh = play("an"), play("phuc"), play("minh")

    def waiting() -> tuple[int, ...]:
        return tuple(queries.waiting_for(User.objects.get(pk=one.pk).rights(TODAY)) for one in (an, phuc, minh))

    assert waiting() == (0, 0, 0)
    sent = actions.submit(by=an, at=AFTER, cycle=cycle)
    assert waiting() == (0, 1, 0)
    give(an, "report_approver")
    assert waiting() == (0, 1, 0)  # not one's own
    actions.send_back(by=phuc, at=AFTER, submission=sent, remark="Xem lại")
    assert waiting() == (1, 0, 0)
    again = actions.submit(by=an, at=AFTER, cycle=cycle, note="Đúng")
    actions.issue(by=phuc, at=AFTER, submission=again)
    assert waiting() == (0, 0, 0)


# What a role may see of it, and what is taken out


def test_single_hot_spots_are_not_for_a_department(cycle: Cycle) -> None:
    an, phuc, giang = play("an"), play("phuc"), play("giang")
    first = actions.issue(by=phuc, at=AFTER, submission=actions.submit(by=an, at=AFTER, cycle=cycle))
    create_hotspot(
        by=officer("ghi-so"),
        at=IN_CYCLE,
        code="DD-002",
        name="Bến thuyền Gió Lùa",
        unit=commune(HOME),
        kind="tu_diem_phuc_tap",
        grade="co_tai_lieu",
        on=date(2026, 4, 2),
        document="13/BC-CAP",
        decider="Trưởng Công an phường",
        verb="enlist",
    )
    declare(cycle, {"points": 3})
    sent = actions.submit(by=an, at=AFTER, cycle=cycle, reason="Bổ sung")
    pages = [address("draft", 2026), address("submission", 2026, 2), address("detail", 2026, first.issue)]
    for page in pages:
        said = signed_in(giang).get(page).content.decode()
        assert SPOT not in said and "Gió Lùa" not in said, page
        assert "Phường Vũng Tàu" in said and "Phụ lục I (từng điểm, tụ điểm)" in said
        assert SPOT in signed_in(phuc).get(page).content.decode()
    actions.issue(by=phuc, at=AFTER, submission=sent)
    again = signed_in(giang).get(address("detail", 2026, 2)).content.decode()
    assert "Gió Lùa" not in again and "Điểm tổ chức, chứa chấp" in again  # what changed, without the spot
    assert "Gió Lùa" in signed_in(an).get(address("detail", 2026, 2)).content.decode()
    assert address("download", 2026, 1, "xlsx") not in again
    for fmt in ("xlsx", "docx", "pdf"):
        assert signed_in(giang).get(address("download", 2026, 1, fmt)).status_code == 403
    assert not Event.objects.filter(verb="reports.export").exists()


@pytest.mark.parametrize("name", ["an", "minh", "phuc"])
def test_every_file_taken_out_is_written_down(cycle: Cycle, name: str) -> None:
    made = actions.issue(by=play("phuc"), at=AFTER, submission=actions.submit(by=play("an"), at=AFTER, cycle=cycle))
    user = User.objects.filter(username=name).first() or play(name)
    assert signed_in(user).get(address("download", 2026, 1, "docx")).status_code == 200
    event = Event.objects.get(verb="reports.export")
    assert (event.actor, event.subject, event.kind, event.purpose) == (name, "dossier:2026/1", "export", "reporting")
    assert event.detail["form"] == "docx" and event.detail["rows"] == 31 and event.detail["digest"] == made.digest


def test_an_issue_from_before_submissions_were_kept_still_opens(cycle: Cycle) -> None:
    made = actions.issue(by=play("phuc"), at=AFTER, submission=actions.submit(by=play("an"), at=AFTER, cycle=cycle))
    Issue.objects.filter(pk=made.pk).update(submission=None, submitted_by="")
    client = signed_in(play("minh"))
    said = client.get(address("detail", 2026, 1)).content.decode()
    assert "Người trình" not in said
    assert client.get(address("list")).status_code == 200
