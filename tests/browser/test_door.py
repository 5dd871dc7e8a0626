"""Sign-in as people do it: keys (a virtual one), an app, recovery codes, forms that outlive a session."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browser_site import Site

PASSWORD = "mot-cau-kha-dai"
SHOTS = os.environ.get("DIABAN_SHOTS")
SIZES = {"1366": (1366, 768), "360": (360, 740)}


@pytest.fixture
def home(site: Site) -> str:
    """The address by name: browsers give keys to names, not to numbers."""
    return site.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def command(site: Site) -> Callable[..., str]:
    env = {**os.environ, "DIABAN_DATA_DIR": str(site.data), "DIABAN_DATABASE_URL": ""}
    env.pop("DJANGO_SETTINGS_MODULE", None)

    def run(*words: str, given: str = "") -> str:
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "diaban", "user", *words],
            env=env,
            input=given,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        return done.stdout.strip().splitlines()[-1]

    return run


@pytest.fixture
def officer(command: Callable[..., str], request: pytest.FixtureRequest) -> str:
    """An officer of their own for each test."""
    name = "thu." + re.sub(r"\W+", "", request.node.name)[5:25]
    command("add", name, "--full-name", "Nguyễn Văn An", "--title", "Cán bộ", "--password-stdin", given=PASSWORD)
    return name


@pytest.fixture
def context(browser: Browser, home: str) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=home, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", viewport={"width": 1366, "height": 768}
    )
    faults: list[str] = []
    context.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda error: faults.append(str(error.error)))
    yield context
    context.close()
    assert faults == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def key(context: BrowserContext, page: Page) -> Any:
    """A key of Chromium's own making that is touched, and whose owner is recognised, at once."""
    cdp = context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def recognised(yes: bool) -> None:
        cdp.send("WebAuthn.setUserVerified", {"authenticatorId": made, "isUserVerified": yes})

    return recognised


def shot(page: Page, name: str) -> None:
    """Look at both widths: nothing may be wider than the page. Keep a picture when asked to."""
    for label, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_load_state()
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{name} is {wide} px too wide at {label}"
        if SHOTS:
            page.screenshot(path=str(Path(SHOTS) / f"{name}-{label}.png"), full_page=True)
    page.set_viewport_size({"width": 1366, "height": 768})


def enter(page: Page, name: str, password: str = PASSWORD) -> None:
    page.goto("/tai-khoan/dang-nhap/")
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()


def inside(page: Page) -> None:
    """Wait until the door has let one in."""
    page.wait_for_url(lambda address: "dang-nhap" not in address and "kich-hoat" not in address)


def leave(page: Page) -> None:
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/dang-nhap/")


def add_key(page: Page, name: str, *, passwordless: bool) -> None:
    page.goto("/tai-khoan/khoa/")
    page.get_by_label("Tên để nhận ra khóa").fill(name)
    if passwordless:
        page.get_by_label("Dùng khóa này để đăng nhập không cần mật khẩu").check()
    page.get_by_role("button", name="Thêm khóa").click()
    page.wait_for_url(re.compile(r"/tai-khoan/(ma-du-phong/)?$"))


def test_a_key_opens_the_door_alone(page: Page, officer: str, key: Any) -> None:
    enter(page, officer)
    inside(page)
    page.goto("/tai-khoan/khoa/")
    shot(page, "key-add")
    add_key(page, "Máy tính phòng trực", passwordless=True)
    page.get_by_role("button", name="Lập 10 mã").click()
    expect(page.get_by_text("Chỉ hiện lần này")).to_be_visible()
    shot(page, "recovery")
    with page.expect_download() as download:
        page.get_by_role("button", name="Lưu tệp").click()
    saved = download.value.path().read_text(encoding="utf-8-sig")
    assert len(re.findall(r"^[B-Z]{5}-[B-Z]{5}$", saved, re.MULTILINE)) == 10
    page.get_by_role("link", name="Đã cất, xong").click()
    expect(page.get_by_text("Máy tính phòng trực").first).to_be_visible()
    shot(page, "own")
    leave(page)

    page.get_by_role("button", name="Dùng khóa, không cần mật khẩu").click()
    inside(page)
    page.goto("/tai-khoan/")
    expect(page.get_by_role("row", name="phiên này")).to_contain_text("khóa")
    leave(page)

    key(False)
    page.get_by_role("button", name="Dùng khóa, không cần mật khẩu").click()
    expect(page.get_by_text("Chưa dùng được khóa")).to_be_visible()


def test_a_key_is_the_second_step(page: Page, officer: str, key: Any) -> None:
    enter(page, officer)
    inside(page)
    add_key(page, "Khóa USB", passwordless=False)
    leave(page)
    enter(page, officer)
    page.wait_for_url("**/buoc-hai/")
    shot(page, "second")
    page.get_by_role("button", name="Dùng khóa").click()
    inside(page)
    leave(page)
    page.get_by_role("button", name="Dùng khóa, không cần mật khẩu").click()
    expect(page.get_by_text("Chưa dùng được khóa").or_(page.get_by_text("Chưa đăng nhập được"))).to_be_visible()


def test_a_key_proves_oneself_and_is_removed(page: Page, context: BrowserContext, officer: str, key: Any) -> None:
    enter(page, officer)
    inside(page)
    add_key(page, "Khóa USB", passwordless=False)
    page.goto("/tai-khoan/xac-nhan/?next=/tai-khoan/khoa/")
    shot(page, "confirm")
    page.get_by_role("button", name="Dùng khóa").click()
    page.wait_for_url(lambda address: "xac-nhan" not in address)
    page.goto("/tai-khoan/")
    page.get_by_role("link", name="Gỡ Khóa USB").click()
    shot(page, "remove")
    page.get_by_role("button", name="Gỡ").click()
    expect(page.get_by_text("Chưa có bước thứ hai.")).to_be_visible()


def test_an_app_is_the_second_step(page: Page, officer: str) -> None:
    enter(page, officer)
    inside(page)
    page.goto("/tai-khoan/ung-dung/")
    picture = page.get_by_role("img", name="Hình mã QR")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100")
    shot(page, "app")
    secret = page.locator("main code").inner_text().replace(" ", "").replace("\xa0", "")
    step = int(time.time()) // 30
    page.get_by_label("Mã 6 số").fill(format_hotp_value(hotp_value(secret, step - 1)))
    page.get_by_role("button", name="Thêm", exact=True).click()
    page.wait_for_url("**/ma-du-phong/")
    leave(page)
    enter(page, officer)
    page.get_by_label("Mã trong ứng dụng").fill("000000")
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.get_by_role("alert")).to_contain_text("Mã hoặc khóa không đúng")
    page.get_by_label("Mã trong ứng dụng").fill(format_hotp_value(hotp_value(secret, step)))
    page.get_by_role("button", name="Tiếp tục").click()
    inside(page)


def test_a_one_time_code_sets_the_password(page: Page, officer: str, command: Callable[..., str]) -> None:
    code = command("activate", officer)
    page.goto("/tai-khoan/dang-nhap/")
    shot(page, "login")
    page.get_by_role("link", name="Có mã dùng một lần").click()
    page.get_by_label("Tên đăng nhập").fill(officer)
    page.get_by_label("Mã dùng một lần").fill(code)
    page.get_by_label("Mật khẩu mới", exact=True).fill("mot-cau-moi-tinh")
    page.get_by_label("Nhập lại mật khẩu mới").fill("mot-cau-moi-tinh")
    shot(page, "activate")
    page.get_by_role("button", name="Đặt mật khẩu và đăng nhập").click()
    inside(page)


def test_refusals_look_calm(page: Page, officer: str) -> None:
    enter(page, officer, "sai-mat-khau")
    expect(page.get_by_role("alert")).to_contain_text("Tên đăng nhập hoặc mật khẩu không đúng")
    shot(page, "refused")


def test_what_was_typed_outlives_the_session(page: Page, context: BrowserContext, officer: str) -> None:
    enter(page, officer)
    inside(page)
    page.goto("/tai-khoan/mat-khau/")
    page.clock.install()
    page.clock.fast_forward(120_000)
    context.clear_cookies(name="diaban")
    page.get_by_label("Mật khẩu đang dùng").fill(PASSWORD)
    page.get_by_label("Mật khẩu mới", exact=True).fill("mot-cau-khac-han")
    page.get_by_label("Nhập lại mật khẩu mới").fill("mot-cau-khac-han")
    page.get_by_role("button", name="Đổi mật khẩu").click()
    expect(page.get_by_text("nội dung trên trang chưa được gửi và vẫn còn nguyên")).to_be_visible()
    shot(page, "session-ended")
    with context.expect_page() as opened:
        page.get_by_role("link", name="Đăng nhập trong thẻ mới").click()
    door = opened.value
    door.get_by_label("Tên đăng nhập").fill(officer)
    door.get_by_label("Mật khẩu").fill(PASSWORD)
    door.get_by_role("button", name="Đăng nhập", exact=True).click()
    inside(door)
    expect(page.get_by_label("Mật khẩu mới", exact=True)).to_have_value("mot-cau-khac-han")
    page.get_by_role("button", name="Đổi mật khẩu").click()
    expect(page.get_by_text("Đã đổi mật khẩu.")).to_be_visible()
