"""A real server in its own process, on a demonstration province of its own, and a real Chromium in front of it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, sync_playwright

from browser_site import Site

CHROMIUM = os.environ.get("DIABAN_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
START_SECONDS = 120
SHOTS = os.environ.get("DIABAN_SHOTS")  # a folder: keep pictures of what the tests saw


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    """Return when the server answers; fail when it ends or stays silent."""
    for _ in range(START_SECONDS * 5):
        if process.poll() is not None:
            pytest.fail(f"the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            try:
                process.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                continue
    pytest.fail(f"the server did not answer within {START_SECONDS} s")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Start the product the way its users do, with the demonstration province."""
    data = tmp_path_factory.mktemp("site")
    port = _free_port()
    env = {**os.environ, "DIABAN_DATA_DIR": str(data), "DIABAN_DATABASE_URL": ""}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-W", "error::ResourceWarning", "-m", "diaban"]
    subprocess.run([*command, "demo", "--reset", "--today", "2026-11-23"], env=env, check=True, timeout=300)
    log = (data / "server.log").open("wb")
    process = subprocess.Popen([*command, "serve", "--port", str(port)], env=env, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(process, f"{url}/tai-khoan/dang-nhap/")
        yield Site(url, data)
    finally:
        process.terminate()
        process.wait(timeout=20)
        log.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium as it is on this machine."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
        )
        yield chromium
        chromium.close()


def _sign_in(site: Site, browser: Browser, username: str) -> StorageState:
    context = browser.new_context(base_url=site.url, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(site.password)
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    page.wait_for_url(f"{site.url}/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="session")
def signed_in_states(site: Site, browser: Browser) -> Callable[[str], StorageState]:
    """Sign each of the cast in once, through the page; the cookies serve all tests."""

    @cache
    def state_of(username: str) -> StorageState:
        return _sign_in(site, browser, username)

    return state_of


@pytest.fixture(scope="session")
def signed_in_state(site: Site, signed_in_states: Callable[[str], StorageState]) -> StorageState:
    """The cookies of the province's officer."""
    return signed_in_states(site.username)


def _watched(context: BrowserContext, faults: list[str], origin: str) -> Page:
    page = context.new_page()
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request", lambda r: faults.append(f"outside: {r.url}") if not r.url.startswith((origin, "data:")) else None
    )
    return page


@pytest.fixture
def page(site: Site, browser: Browser, signed_in_state: StorageState) -> Iterator[Page]:
    """A page at 1366×768. The test fails on any console error or request to elsewhere."""
    yield from _page(site, browser, signed_in_state, 1366, 768)


@pytest.fixture
def page_of(
    site: Site, browser: Browser, signed_in_states: Callable[[str], StorageState]
) -> Iterator[Callable[[str], Page]]:
    """Give a page at 1366×768 as anybody of the cast; the test fails on any console error."""
    with ExitStack() as stack:

        def open_page(username: str) -> Page:
            return stack.enter_context(contextmanager(_page)(site, browser, signed_in_states(username), 1366, 768))

        yield open_page


@pytest.fixture
def phone(site: Site, browser: Browser, signed_in_state: StorageState) -> Iterator[Page]:
    """A page 360 px wide."""
    yield from _page(site, browser, signed_in_state, 360, 740)


def _page(site: Site, browser: Browser, state: StorageState, width: int, height: int) -> Iterator[Page]:
    context = browser.new_context(
        base_url=site.url,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        viewport={"width": width, "height": height},
        storage_state=state,
        accept_downloads=True,
    )
    faults: list[str] = []
    yield _watched(context, faults, site.url)
    context.close()
    assert faults == []
