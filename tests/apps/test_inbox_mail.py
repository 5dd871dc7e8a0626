"""The daily e-mail: a number and an address, once a day, to whoever asked; failures stop nothing and are seen."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from adapters.smtp_server import Mailbox, mail_server
from diaban.adapters.clock import VIETNAM
from diaban.adapters.mail import Server
from diaban.apps.accounts.models import User
from diaban.apps.audit.models import Event
from diaban.apps.inbox import actions, mailing, queries, tasks
from diaban.apps.inbox.models import MailWish, Notice
from diaban.commands.doctor import _mail
from diaban.core.messages import say

AT = dt.datetime(2026, 11, 23, 8, tzinfo=VIETNAM)
pytestmark = pytest.mark.django_db


def on(days: int, hours: int = 0) -> dt.datetime:
    return AT + dt.timedelta(days=days, hours=hours)


@pytest.fixture
def box(settings: Any) -> Iterator[Mailbox]:
    with mail_server() as running:
        settings.MAIL = Server("127.0.0.1", running.port, "none", "diaban@tinh.example")
        settings.SITE_ADDRESS = "https://diaban.tinh.example"
        yield running


@pytest.fixture
def an() -> User:
    user = User.objects.create(username="an", date_joined=AT)
    actions.wish_mail(by=user, at=on(-1), address="an@tinh.example")
    return user


def notice(user: User, key: str, at: dt.datetime = AT) -> None:
    words = say("Được giao {code} “Việc không ai ngoài được biết”.", code="NV-000001")
    actions.tell(to=[user], kind=Notice.Kind.GIVEN, topic="turn:1", words=words, url="/bi-mat/", key=key, at=at)


def test_a_message_tells_how_many_and_nothing_else(box: Mailbox, an: User) -> None:
    for number in range(3):
        notice(an, f"{number}")
    assert mailing.send_mail(at=on(0)) == 1
    ((_sender, to, message),) = box.arrived
    assert to == "an@tinh.example"
    text = message.get_content().replace("\r\n", "\n")
    assert text == ("Đồng chí có 3 nhắc việc mới trong Diaban.\n\nMở hộp thư: https://diaban.tinh.example/hop-thu/\n")
    whole = message.as_string()
    assert "NV-" not in whole and "bi-mat" not in whole and "không ai" not in whole


def test_without_an_address_of_its_own_the_house_names_none(box: Mailbox, an: User, settings: Any) -> None:
    settings.SITE_ADDRESS = ""
    notice(an, "1")
    mailing.send_mail(at=on(0))
    assert "http" not in box.arrived[0][2].as_string()


def test_one_a_day_and_only_of_what_is_new_and_unread(box: Mailbox, an: User) -> None:
    notice(an, "1")
    assert mailing.send_mail(at=on(0)) == 1
    notice(an, "2", on(0, 1))
    assert mailing.send_mail(at=on(0, 2)) == 0
    assert mailing.send_mail(at=on(1)) == 1
    assert "có 1 nhắc việc mới" in box.arrived[1][2].get_content()
    assert mailing.send_mail(at=on(2)) == 0
    notice(an, "3", on(2))
    actions.mark(by=an, at=on(2))
    assert mailing.send_mail(at=on(3)) == 0
    assert len(box.arrived) == 2


def test_nobody_is_written_to_who_did_not_ask_stopped_asking_or_left(box: Mailbox, an: User) -> None:
    other = User.objects.create(username="binh", date_joined=AT, email="binh@tinh.example")
    for user in (an, other):
        notice(user, "1")
    User.objects.filter(pk=an.pk).update(is_active=False)
    assert mailing.send_mail(at=on(0)) == 0
    User.objects.filter(pk=an.pk).update(is_active=True)
    actions.unwish_mail(by=an, at=on(0))
    assert not MailWish.objects.exists()
    assert mailing.send_mail(at=on(0)) == 0
    assert box.arrived == []


def test_a_refused_address_is_noted_tried_the_next_day_and_does_not_stop_the_others(box: Mailbox, an: User) -> None:
    binh = User.objects.create(username="binh", date_joined=AT)
    actions.wish_mail(by=binh, at=on(-1), address="binh@tinh.example")
    box.refuse = {"an@tinh.example"}
    for user in (an, binh):
        notice(user, "1")
    assert mailing.send_mail(at=on(0)) == 1
    assert mailing.send_mail(at=on(0, 1)) == 0
    wish = queries.mail_wish(an)
    assert wish is not None and wish.failed_at and "550" in wish.failure
    assert queries.mail_standing().failing == 1
    assert not _mail().good
    box.refuse = set()
    assert mailing.send_mail(at=on(1)) == 1
    assert queries.mail_standing().failing == 0
    assert _mail().good
    assert [to for _sender, to, _message in box.arrived] == ["binh@tinh.example", "an@tinh.example"]


def test_a_server_that_is_away_costs_no_message_and_is_told_by_the_doctor(
    box: Mailbox, an: User, settings: Any
) -> None:
    notice(an, "1")
    there = settings.MAIL
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.MAIL = replace(there, port=closed.getsockname()[1])
        assert mailing.send_mail(at=on(0)) == 0
    found = _mail()
    assert not found.good and not found.needed and "không nối được" in found.found
    settings.MAIL = there
    assert mailing.send_mail(at=on(0, 1)) == 1
    assert _mail().good


def test_a_message_that_may_have_left_is_not_sent_a_second_time_that_day(box: Mailbox, an: User) -> None:
    notice(an, "1")
    box.hang_up_at_data = True
    assert mailing.send_mail(at=on(0)) == 0
    box.hang_up_at_data = False
    assert mailing.send_mail(at=on(0, 1)) == 0
    assert mailing.send_mail(at=on(1)) == 1


def test_a_new_address_is_no_way_to_a_second_message_of_the_day(box: Mailbox, an: User) -> None:
    notice(an, "1")
    mailing.send_mail(at=on(0))
    actions.wish_mail(by=an, at=on(0, 1), address="khac@tinh.example")
    notice(an, "2", on(0, 1))
    assert mailing.send_mail(at=on(0, 2)) == 0


def test_the_log_knows_the_wish_and_not_the_address(an: User) -> None:
    event = Event.objects.get(verb="inbox.mail_on")
    assert "tinh.example" not in f"{event.subject} {event.detail}"


def test_nothing_leaves_at_night_nor_where_no_server_is_named(box: Mailbox, an: User, settings: Any) -> None:
    notice(an, "1")
    tasks.send_mail(on(0, 14))
    assert box.connections == 0
    server, settings.MAIL = settings.MAIL, None
    tasks.send_mail(on(0))
    assert box.connections == 0
    settings.MAIL = server
    tasks.send_mail(on(0))
    assert len(box.arrived) == 1
