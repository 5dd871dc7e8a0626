"""One's own account: the password page, and accounts made from the command line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from typer.testing import CliRunner, Result

from apps.localities_province import officer
from diaban.adapters.clock import now
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.accounts.passwords import NotLocal
from diaban.apps.accounts.queries import people
from diaban.apps.audit.models import Event
from diaban.apps.places.actions import load_catalogue
from diaban.cli import build
from diaban.core.privacy import EVERYTHING

OLD, NEW = "khong-phai-that", "mot-cau-dai-hon"


@pytest.fixture
def by(db: None) -> User:
    return officer()


@pytest.fixture
def page(client: Client, by: User) -> Client:
    client.force_login(by)
    return client


def test_the_account_page_leads_to_the_password(page: Client) -> None:
    said = page.get("/tai-khoan/").content.decode()
    assert 'href="/tai-khoan/mat-khau/"' in said and 'href="/nhat-ky/"' not in said
    assert 'href="/tai-khoan/"' in page.get("/").content.decode()


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"old": "sai", "new": NEW, "again": NEW}, "Mật khẩu đang dùng không đúng."),
        ({"old": OLD, "new": "ngan", "again": "ngan"}, "Mật khẩu quá ngắn: cần ít nhất 10 ký tự."),
        ({"old": OLD, "new": "1234567890", "again": "1234567890"}, "Mật khẩu này nhiều người đã dùng"),
        ({"old": OLD, "new": NEW, "again": "khac-han-nhau"}, "Hai lần nhập mật khẩu mới không giống nhau."),
    ],
)
def test_a_password_is_refused_in_vietnamese(page: Client, by: User, given: dict[str, str], why: str) -> None:
    said = page.post("/tai-khoan/mat-khau/", given).content.decode()
    assert why in said and given["new"] not in said
    by.refresh_from_db()
    assert by.check_password(OLD)


def test_a_changed_password_keeps_one_signed_in_here_only(page: Client, by: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(by)
    done = page.post("/tai-khoan/mat-khau/", {"old": OLD, "new": NEW, "again": NEW})
    assert done.headers["Location"] == "/tai-khoan/"
    by.refresh_from_db()
    assert by.check_password(NEW)
    assert page.get("/tai-khoan/").status_code == 200
    assert elsewhere.get("/tai-khoan/").status_code == 302
    event = Event.objects.get(verb="account.password")
    assert (event.actor, event.subject, event.detail) == ("canbo", "account:canbo", {})


@pytest.fixture
def run(db: None) -> Callable[..., Result]:
    return lambda *words, given="": CliRunner().invoke(build(stateless=False), ["user", "add", *words], input=given)


def test_the_command_asks_for_the_password(run: Callable[..., Result]) -> None:
    done = run("nvan", "--full-name", "Nguyễn Văn An", given=f"{NEW}\n{NEW}\n")
    assert done.exit_code == 0 and "Đã tạo tài khoản nvan." in done.output and NEW not in done.output
    assert User.objects.get(username="nvan").check_password(NEW)
    assert Event.objects.get(verb="account.add").actor == "dòng lệnh"
    assert people(["nvan", "cài đặt"], cleared=EVERYTHING) == {"nvan": "Nguyễn Văn An (nvan)", "cài đặt": "cài đặt"}


def test_the_command_reads_the_password_from_a_pipe(run: Callable[..., Result]) -> None:
    assert run("nvan", "--password-stdin", given=f"{NEW}\n").exit_code == 0
    assert User.objects.get().check_password(NEW)
    assert run("nvbinh", "--password-stdin").exit_code == 2


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (f"{NEW}\nkhac\n", "Lỗi: hai lần nhập mật khẩu không giống nhau."),
        ("123\n123\n", "Lỗi: Mật khẩu quá ngắn: cần ít nhất 10 ký tự. Mật khẩu này nhiều người đã dùng"),
    ],
)
def test_the_command_refuses_in_vietnamese(run: Callable[..., Result], given: str, why: str) -> None:
    refused = run("nvan", given=given)
    assert refused.exit_code == 2 and why in refused.output
    assert "Error" not in refused.output and "This password" not in refused.output
    assert not User.objects.exists()


def test_a_name_in_use_is_refused(run: Callable[..., Result], by: User) -> None:
    refused = run("canbo", given=f"{NEW}\n{NEW}\n")
    assert refused.exit_code == 2 and "tên “canbo” đã có người dùng" in refused.output


def test_the_first_administrator_gets_the_role_on_the_command_line(db: None) -> None:
    load_catalogue(by=House("cài đặt"), at=now())
    user = User.objects.create_user("nvan")

    def give(*words: str) -> Result:
        return CliRunner().invoke(build(stateless=False), ["user", "give", *words])

    assert "Quản trị hệ thống, toàn địa bàn" not in give("ai-do", "system_administrator").output
    wrong = give("nvan", "quan_tri")
    assert wrong.exit_code == 2 and "không có vai trò “quan_tri”" in wrong.output and "system_admin" in wrong.output
    assert give("nvan", "commune_police").exit_code == 2, "a role of a commune needs one"
    assert give("nvan", "commune_police", "--unit", "99999").exit_code == 2
    done = give("nvan", "system_administrator", "--document", "1/QĐ")
    assert done.exit_code == 0 and "Đã giao cho nvan vai trò “Quản trị hệ thống”, toàn địa bàn." in done.output
    assert user.assignments.get().role == "system_administrator"
    assert Event.objects.get(verb="post.give").actor == "dòng lệnh"
    assert give("nvan", "commune_police", "--unit", "26506").exit_code == 2, "who runs the system does no work in it"


@pytest.mark.parametrize(
    ("password", "fits"),
    [
        ("congan-vungtau-2026", False),
        ("Công An Vũng Tàu!", False),
        ("nvan-diaban-123", False),
        ("Nguyễn Văn An 1990", False),
        ("diaban sông xanh ngoài ngõ", True),
        ("mười hai con thuyền", True),
        ("7f!q2-Lx9zR", True),
    ],
)
def test_words_that_anybody_here_would_try_make_no_password(password: str, fits: bool) -> None:
    rule, user = NotLocal(), User(username="nvan", full_name="Nguyễn Văn An", title="Công an phường Vũng Tàu")
    if fits:
        rule.validate(password, user)
    else:
        with pytest.raises(ValidationError):
            rule.validate(password, user)
