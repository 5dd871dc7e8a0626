"""A question asked in the browser and answered while one waits; the pages of analyses, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

PAGES = {
    "canbo": (
        "/phan-tich/",
        "/phan-tich/lich-su/",
        "/phan-tich/bao-dong/",
        "/phan-tich/bao-dong/muc/",
        "/phan-tich/hoi/scan/",
        "/phan-tich/hoi/heat/",
        "/phan-tich/hoi/knox/",
        "/phan-tich/hoi/watch/",
        "/phan-tich/hoi/evaluate/",
    ),
    "congan.tamthang": ("/phan-tich/", "/phan-tich/hoi/scan/"),
    "lanhdaotinh": ("/phan-tich/",),
    "thanhtra": ("/phan-tich/", "/phan-tich/lich-su/"),
}
PARAMS = [(who, path) for who, paths in PAGES.items() for path in paths]
LONGEST = 240_000  # ms: the first answer compiles, and the weekly look may stand before it in the queue


@pytest.mark.parametrize(("who", "path"), PARAMS)
def test_page_is_sound_wide_and_narrow(page_of: Callable[[str], Page], who: str, path: str) -> None:
    page = page_of(who)
    page.goto(path)
    expect(page.locator("h1")).not_to_be_empty()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_an_answer_shows_its_map_curve_table_and_cautions(page: Page) -> None:
    page.goto("/phan-tich/hoi/scan/")
    page.get_by_label("Tin báo, tố giác, trình báo").check()
    page.get_by_role("button", name="Hỏi", exact=True).click()
    expect(page.get_by_role("heading", name="Điều này không nói lên")).to_be_visible(timeout=LONGEST)
    expect(page.locator(".map__svg")).to_be_visible()
    expect(page.locator(".chart__svg--wide").first).to_be_visible()
    page.get_by_text("Để làm lại").click()
    expect(page.get_by_text("Mã băm của số liệu")).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
