"""The design system in a real browser: accessible, by keyboard, in both themes, at 360 px, under the real CSP."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from csp.utils import build_policy
from django.contrib.staticfiles import finders
from playwright.sync_api import Browser, Page, Route

from kit import kit_page, plain_page

ORIGIN = "http://kit.test"
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "woff2": "font/woff2"}
Open = Callable[..., Page]


def _answer(route: Route, pages: dict[str, str]) -> None:
    path = route.request.url.removeprefix(ORIGIN).split("?")[0]
    if path in pages:
        policy = build_policy()
        route.fulfill(
            body=pages[path],
            content_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": policy, "Content-Type": "text/html; charset=utf-8"},
        )
        return
    found = finders.find(path.removeprefix("/static/")) if path.startswith("/static/") else None
    if isinstance(found, str):
        route.fulfill(path=found, content_type=TYPES[found.rsplit(".", 1)[-1]])
    else:
        route.fulfill(body="<!doctype html><title>.</title>", content_type="text/html")


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Open the kit (or another page) with the product's own policy; fail on any console error."""
    contexts, faults = [], []

    def open_page(
        path: str = "/bo-mau/", *, width: int = 1366, dark: bool = False, wrong: bool = True, **more: Any
    ) -> Page:
        pages = {"/bo-mau/": kit_page(wrong=wrong), "/vao/": plain_page()}
        context = browser.new_context(
            viewport={"width": width, "height": 760}, color_scheme="dark" if dark else "light", locale="en-US", **more
        )
        contexts.append(context)
        context.route("**/*", lambda route: _answer(route, pages))
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(ORIGIN + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", ["/bo-mau/", "/vao/"])
def test_axe_finds_nothing(opened: Open, path: str, dark: bool) -> None:
    results = Axe().run(opened(path, dark=dark))
    found = [
        (v["id"], [node["html"][:160] for node in v["nodes"]], v["nodes"][0]["failureSummary"])
        for v in results.response["violations"]
    ]
    assert found == []


@pytest.mark.parametrize("path", ["/bo-mau/", "/vao/"])
def test_nothing_is_wider_than_a_phone(opened: Open, path: str) -> None:
    page = opened(path, width=360)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_the_real_policy_is_strict() -> None:
    policy = build_policy()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_arrow_keys_walk_the_map_and_enter_opens(opened: Open) -> None:
    page = opened(wrong=False)
    assert page.locator("a.map__unit[tabindex='0']").count() == 1
    page.locator("a.map__unit[data-key=u7]").focus()
    assert page.locator(".map__readout").inner_text() == "Xã số 7: 21 người"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.dataset.key") == "u8"
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.dataset.key") == "u14"
    page.keyboard.press("Enter")
    page.wait_for_url(f"{ORIGIN}/don-vi/u14/")


def test_enlarging_keeps_names_at_one_size_and_shows_more(opened: Open) -> None:
    page = opened(wrong=False, width=360)
    before = page.locator(".map__label.is-shown").count()
    for _ in range(4):
        page.get_by_role("button", name="Phóng to").click()
    assert page.locator(".map__label.is-shown").count() > before
    tall = page.locator(".map__label.is-shown").first.evaluate(
        "e => parseFloat(e.style.fontSize) * e.ownerSVGElement.getScreenCTM().a"
    )
    assert tall == pytest.approx(12, abs=0.5)
    page.get_by_role("button", name="Toàn bộ").click()
    assert page.locator(".map__svg").get_attribute("viewBox", timeout=2000).startswith("0 0 1000")  # type: ignore[union-attr]


def test_map_and_charts_need_no_script(opened: Open) -> None:
    page = opened(java_script_enabled=False)
    assert page.locator("a.map__unit").count() == 25
    assert page.locator("a.map__unit:not([href])").count() == 0
    assert page.locator(".chart__svg--wide:visible").count() == 5


def test_errors_take_the_focus_and_lead_to_their_field(opened: Open) -> None:
    page = opened()
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.get_by_role("link", name=re.compile("^Tên điểm")).click()
    assert page.evaluate("document.activeElement.name") == "name"
    described = page.locator("#id_name").get_attribute("aria-describedby") or ""
    assert {page.locator(f"#{one}").count() for one in described.split()} == {1}
    assert len(described.split()) == 2


def test_days_are_written_the_vietnamese_way_in_an_english_browser(opened: Open) -> None:
    page = opened(wrong=False)
    page.get_by_label("Ngày").fill("5/12/2026")
    page.get_by_label("Ngày").press("Tab")
    assert page.locator("input[name=on]").input_value() == "2026-12-05"
    assert page.get_by_label("Ngày").input_value() == "05/12/2026"
    page.get_by_label("Ngày").fill("31/02/2026")
    page.get_by_label("Ngày").press("Tab")
    assert page.locator("input[name=on]").input_value() == ""
    assert not page.get_by_label("Ngày").evaluate("e => e.checkValidity()")


def test_a_word_being_composed_is_not_searched_for(opened: Open) -> None:
    page = opened(wrong=False)
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if "q=" in r.url else None)
    search = page.get_by_label("Tìm")
    search.evaluate("e => { e.focus(); e.dispatchEvent(new CompositionEvent('compositionstart', {bubbles: true})) }")
    search.evaluate(
        "e => { e.value = 'vu'; e.dispatchEvent(new InputEvent('input', {bubbles: true, isComposing: true})) }"
    )
    page.wait_for_timeout(400)
    assert asked == []
    search.evaluate("e => { e.value = 'vũ'; e.dispatchEvent(new CompositionEvent('compositionend', {bubbles: true})) }")
    page.wait_for_url("**/bo-mau/?q=v%C5%A9")
    assert [url.split("q=")[1] for url in asked] == ["v%C5%A9"]


def test_the_first_stop_of_the_keyboard_leads_past_the_bars(opened: Open) -> None:
    page = opened(wrong=False)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "noi-dung"


def test_a_question_mark_opens_the_list_of_keys_but_not_while_typing(opened: Open) -> None:
    page = opened(wrong=False)
    keys = page.get_by_role("dialog", name="Phím tắt")
    page.locator("input[type=search], input[type=text]").first.press("?")
    assert not keys.is_visible()
    page.locator("h1").first.click()
    page.keyboard.press("?")
    assert keys.is_visible()
    page.keyboard.press("Escape")
    assert not keys.is_visible()


def test_a_phone_has_doors_and_one_large_act(opened: Open) -> None:
    page = opened(wrong=False, width=360)
    assert page.get_by_role("link", name="Ghi nhận", exact=True).last.is_visible()
    assert not page.locator("#cong-viec").is_visible()
    page.get_by_role("link", name="Thêm").click()
    assert page.locator("#cong-viec").is_visible()


def test_print_shows_the_page_without_its_bars(opened: Open) -> None:
    page = opened(wrong=False)
    page.emulate_media(media="print")
    assert not page.locator(".bar").is_visible()
    assert not page.locator(".map__tools").is_visible()
    assert page.locator(".print-foot").is_visible()
    assert page.locator(".chart__svg--wide").first.is_visible()
