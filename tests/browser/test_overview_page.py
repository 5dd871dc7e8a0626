"""The first page on the demonstration province, as an officer meets it."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect


def test_the_first_page_answers_and_leads_on(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"\d+"))
    assert page.get_by_text("Dữ liệu mô phỏng – không phải số liệu thật").first.is_visible()
    page.locator("a.map__unit").first.focus()
    name = page.locator(".map__readout b").inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_the_same_units_stand_in_the_table_and_on_the_map(page: Page) -> None:
    page.goto("/")
    on_map = sorted(page.locator("a.map__unit").evaluate_all("all => all.map(a => a.dataset.name)"))
    page.get_by_role("link", name="Bảng", exact=True).click()
    page.wait_for_url("**/?xem=bang")
    assert sorted(page.locator("tbody th").all_inner_texts()) == on_map
    page.get_by_role("link", name="Người có hồ sơ").click()
    page.wait_for_url(re.compile(r"sort=-persons"))
    cells = page.locator("tbody td:nth-child(4)").all_inner_texts()
    figures = [int(cell.replace(".", "")) for cell in cells if cell != "chưa báo cáo"]
    assert figures == sorted(figures, reverse=True)
    assert len(figures) < len(cells), "the demonstration leaves some communes silent"
    assert all(cell == "chưa báo cáo" for cell in cells[len(figures) :])


@pytest.mark.parametrize("view", ["ban-do", "bang", "bieu-do"])
def test_axe_finds_nothing(page: Page, view: str) -> None:
    page.goto(f"/?xem={view}")
    results = Axe().run(page)
    assert [(v["id"], [n["html"][:140] for n in v["nodes"]]) for v in results.response["violations"]] == []


@pytest.mark.parametrize("view", ["ban-do", "bang", "bieu-do"])
def test_it_fits_a_phone(phone: Page, view: str) -> None:
    phone.goto(f"/?xem={view}")
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    assert phone.get_by_role("link", name="Ghi nhận", exact=True).is_visible()


def test_the_period_is_chosen_in_the_bar_and_stays_in_the_address(page: Page) -> None:
    page.goto("/")
    page.locator("summary", has_text="Đổi").click()
    page.locator("#scope-ky").select_option("2026-10")
    page.get_by_role("button", name="Xem", exact=True).click()
    page.wait_for_url(re.compile("ky=2026-10"))
    expect(page.locator(".scope")).to_contain_text("15/09–14/10/2026")
    page.get_by_role("navigation", name="Công việc").get_by_role("link", name="Điểm, tụ điểm").click()
    page.wait_for_url(re.compile(r"/diem/\?.*ky=2026-10"))
