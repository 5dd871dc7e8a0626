"""Pages of refusals and faults: plain words, both languages, no database, and nothing of what went wrong inside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client, RequestFactory, override_settings

from cast import play
from diaban.site.errors import server_error, too_many
from faulty_urls import SECRET

CASES = {
    "odd": (400, "Máy chủ không hiểu yêu cầu này"),
    "denied": (403, "Tài khoản này không được làm việc này"),
    "refused": (403, "Tài khoản này không được làm việc này"),
    "gone": (404, "Không có trang này"),
    "crash": (500, "Có lỗi ở máy chủ"),
}


@pytest.fixture
def stranger() -> Iterator[Client]:
    with override_settings(ROOT_URLCONF="faulty_urls"):
        yield Client(raise_request_exception=False)


@pytest.mark.parametrize("kind", CASES)
def test_a_page_says_what_happened_without_a_database_and_never_what_was_inside(stranger: Client, kind: str) -> None:
    status, heading = CASES[kind]
    response = stranger.get(f"/loi/{kind}")  # no database mark: a query would fail the test
    said = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{heading}</h1>" in said and 'lang="vi"' in said and "Về trang tổng quan" in said
    assert SECRET not in said and "Traceback" not in said and "RuntimeError" not in said


@pytest.mark.parametrize("kind", CASES)
def test_the_api_is_told_the_same_as_a_problem(stranger: Client, kind: str) -> None:
    response = stranger.get(f"/api/loi/{kind}")
    assert response.status_code == CASES[kind][0] == response.json()["status"]
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["title"] == CASES[kind][1]
    assert SECRET not in response.content.decode()


def test_the_policy_s_reason_and_what_was_refused_are_told(stranger: Client) -> None:
    said = stranger.get("/loi/refused").content.decode()
    assert "Xuất sổ ra bảng tính" in said
    assert "Đơn vị này ngoài phạm vi được giao." in said
    assert "báo cán bộ quản trị" in said


def test_pages_speak_the_language_that_was_chosen(stranger: Client) -> None:
    stranger.cookies["diaban-language"] = "en"
    assert '<html lang="en"' in stranger.get("/loi/gone").content.decode()


def test_a_crash_has_a_number_that_the_log_knows(stranger: Client, caplog: pytest.LogCaptureFixture) -> None:
    said = stranger.get("/loi/crash").content.decode()
    number = re.search(r"<b>([2-9A-Z]{4}-[2-9A-Z]{4})</b>", said)
    assert number is not None
    assert f"incident {number[1]}" in caplog.text
    other = server_error(RequestFactory().get("/")).content.decode()
    assert number[1] not in other


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "1 giây"), (59.1, "60 giây"), (91, "2 phút"), (3600, "60 phút")])
def test_the_wait_is_told_in_words_and_in_the_header(seconds: float, words: str) -> None:
    response = too_many(RequestFactory().get("/"), seconds=seconds)
    assert f"Hãy chờ {words} rồi làm lại." in response.content.decode()
    assert int(response.headers["Retry-After"]) >= seconds


def test_a_body_over_the_ceiling_is_refused_before_it_is_read(stranger: Client) -> None:
    with override_settings(REQUEST_MAX_BYTES=1000):
        response = stranger.post("/loi/echo", {"a": "x" * 2000})
    assert response.status_code == 413
    assert "quá lớn" in response.content.decode()


def test_a_form_over_the_ceiling_is_refused_too(stranger: Client) -> None:
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        large = stranger.post("/loi/echo", "a=" + "x" * 2000, content_type="application/x-www-form-urlencoded")
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=10):
        many = stranger.post("/loi/echo", {f"f{n}": "1" for n in range(50)})
    assert (large.status_code, many.status_code) == (413, 413)


@pytest.mark.parametrize("length", ["-1", "1e9", "12a", "١٢"])
def test_a_length_that_is_no_number_is_refused(stranger: Client, length: str) -> None:
    assert stranger.post("/loi/echo", {"a": "1"}, CONTENT_LENGTH=length).status_code == 400


@pytest.mark.django_db
def test_what_is_out_of_sight_and_what_does_not_exist_look_the_same(client: Client) -> None:
    client.force_login(play("an"))
    pages = {client.get(address).content for address in ("/diem/999999/", "/khong-co/", "/vu-viec/999999/")}
    assert len(pages) == 1


@pytest.mark.django_db(databases=[])
@pytest.mark.parametrize("path", ["/loi/gone", "/loi/crash", "/loi/refused"])
def test_a_signed_in_person_s_cookie_does_not_make_the_page_ask_the_database(stranger: Client, path: str) -> None:
    stranger.cookies["diaban"] = "x" * 32
    assert "<h1>" in stranger.get(path).content.decode()


def test_no_template_of_an_error_asks_who_looks() -> None:
    folder = Path(__file__).parents[2] / "src/diaban/ui/templates"
    for name in ("400", "403", "403_csrf", "404", "413", "429", "500"):
        assert not re.search(r"request|user|perms", (folder / f"{name}.html").read_text(encoding="utf-8")), name
