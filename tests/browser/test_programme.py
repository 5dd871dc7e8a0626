"""Plan 208 followed from a sentence of its text to a commune's evidence and back, by three people; and its pages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, StorageState, expect

from browser_site import Site

PLAN = "kh208-2022"
PAPER = "27/BC-CAX ngày 23/11/2026"
PAGES = {
    "canbo": (
        "/nhiem-vu/",
        "/nhiem-vu/cua-toi/",
        "/nhiem-vu/bang/",
        "/nhiem-vu/lich/?thang=2026-12",
        "/nhiem-vu/lich/?thang=2026-12&kieu=ky",
        "/nhiem-vu/tien-do/",
        "/nhiem-vu/tien-do/?nhom=dieu",
        "/nhiem-vu/qua-han/",
        "/nhiem-vu/chua-giao/",
        "/nhiem-vu/co-quan/",
        "/nhiem-vu/co-quan/?nhom=don_vi",
        "/nhiem-vu/cac-xa/",
    ),
    "congan.vungtau": ("/nhiem-vu/", "/nhiem-vu/cua-toi/", "/nhiem-vu/bang/", "/nhiem-vu/lich/?thang=2026-12"),
    "soyte": ("/nhiem-vu/cua-toi/", "/nhiem-vu/cac-xa/"),
    "lanhdaotinh": ("/nhiem-vu/cua-toi/", "/nhiem-vu/qua-han/"),
}
PARAMS = [(who, path) for who, paths in PAGES.items() for path in paths]
LOOK = "document.documentElement.scrollWidth"


def tree_of(page: Page) -> None:
    """Open the tree of the province's plan, from the plan's page, with every task shown."""
    page.goto(f"/ke-hoach/{PLAN}/")
    page.get_by_role("link", name="Theo dõi từng câu").click()
    page.get_by_label("mở hết nhiệm vụ").check()
    page.get_by_role("button", name="Lọc").click()
    expect(page.locator(".clause__tasks[open]").first).to_be_visible()


def sentence_with_communes(page: Page) -> str:
    """Return the path of the first sentence that communes carry out."""
    clause = page.locator(".clause", has=page.locator(".pieces__below")).first
    return str(clause.get_attribute("id"))


def to_the_commune(page: Page, path: str) -> None:
    """Go from the sentence to the list of communes, and on to the ward's task."""
    clause = page.locator(f'[id="{path}"]')
    clause.locator(".pieces__below").first.get_by_role("link", name=re.compile("xã thực hiện")).click()
    row = page.get_by_role("row").filter(has_text="Phường Vũng Tàu").first
    row.get_by_role("rowheader").get_by_role("link").click()


def back_to(page: Page, path: str) -> None:
    """Go from a task to its sentence; it stands in the tree's frame, with its words."""
    page.locator(".sentences").get_by_role("link").first.click()
    page.wait_for_url(re.compile(r"/nhiem-vu/ke-hoach/[^/]+/#c\d+$"))
    key = page.url.partition("#")[2]
    expect(page.locator(f'[id="{path}"]').locator(f"#{key}")).to_have_count(1)


def test_from_a_sentence_to_a_communes_evidence_and_back(page_of: Callable[[str], Page]) -> None:
    leader = page_of("lanhdaotinh")
    tree_of(leader)
    path = sentence_with_communes(leader)
    to_the_commune(leader, path)
    expect(leader.get_by_text(PAPER)).to_have_count(0)
    back_to(leader, path)

    commune = page_of("congan.vungtau")
    tree_of(commune)
    expect(commune.locator(f'[id="{path}"]')).to_contain_text("1 xã thực hiện")
    to_the_commune(commune, path)
    task = commune.url
    commune.get_by_role("link", name="Thêm minh chứng").click()
    commune.get_by_label("Minh chứng này cho thấy điều gì").fill("Báo cáo kết quả rà soát")
    commune.get_by_label("Văn bản: số, ký hiệu").fill(PAPER)
    commune.get_by_role("main").get_by_role("button").last.click()
    commune.wait_for_url(re.compile(re.escape(task.partition("?")[0])))
    expect(commune.get_by_text(PAPER)).to_be_visible()
    back_to(commune, path)

    tree_of(leader)
    to_the_commune(leader, path)
    expect(leader.get_by_text(PAPER)).to_be_visible()
    back_to(leader, path)

    department = page_of("soyte")
    tree_of(department)
    to_the_commune(department, path)
    assert department.url.partition("?")[0] == task.partition("?")[0]
    expect(department.get_by_text(PAPER)).to_have_count(0)
    back_to(department, path)


def test_a_number_in_the_tree_opens_its_rows(page: Page) -> None:
    tree_of(page)
    below = page.locator(".pieces__below").first
    link = below.get_by_role("link", name=re.compile(r"\d+ \w+")).nth(1)
    number = re.search(r"\d+", link.inner_text())
    assert number is not None
    link.click()
    expect(page.locator(".pager__count b")).to_have_text(number[0])


def test_the_tree_is_filtered_without_leaving_and_keeps_its_address(page: Page) -> None:
    tree_of(page)
    whole = page.locator(".clause").count()
    page.get_by_label("Tình trạng của câu", exact=True).select_option("chi_tieu")
    page.wait_for_url(re.compile("tinh_trang=chi_tieu"))
    expect(page.locator(".clause .chip").first).to_have_text("Chỉ có chỉ tiêu")
    assert page.locator(".clause").count() < whole


def test_the_calendar_on_a_phone_is_a_list(phone: Page) -> None:
    phone.goto("/nhiem-vu/lich/?thang=2026-12")
    assert phone.locator(".calendar__day:visible").count() < 31
    assert phone.locator(".calendar__entry:visible").count() > 0


def test_without_scripts_the_board_and_the_tree_still_answer(site: Site, browser: Browser, page: Page) -> None:
    plain = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    try:
        tab = plain.new_page()
        tab.goto(f"{site.url}/nhiem-vu/bang/?cua_toi=1")
        assert tab.locator(".board__column").count() >= 4
        tab.goto(f"{site.url}/nhiem-vu/?q=ra+soat")
        assert tab.get_by_role("row").count() > 2
    finally:
        plain.close()


@pytest.mark.parametrize(("who", "path"), PARAMS)
def test_page_on_a_desk_and_on_a_phone(page_of: Callable[[str], Page], who: str, path: str) -> None:
    page = page_of(who)
    response = page.goto(path)
    assert response is not None
    assert response.status == 200
    assert page.evaluate(LOOK) <= 1366
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found.response["violations"]] == []
    page.set_viewport_size({"width": 360, "height": 740})
    page.reload()
    assert page.evaluate(LOOK) <= 360


@pytest.mark.parametrize("part", ["", "tom-tat/"])
def test_the_plans_own_pages_on_a_desk_and_on_a_phone(page: Page, part: str) -> None:
    tree_of(page)
    address = page.url.partition("?")[0]
    page.goto(f"{address}{part}")
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found.response["violations"]] == []
    page.set_viewport_size({"width": 360, "height": 740})
    page.reload()
    assert page.evaluate(LOOK) <= 360


def test_a_gantt_prints_across_the_page(
    site: Site, browser: Browser, signed_in_states: Callable[[str], StorageState]
) -> None:
    context = browser.new_context(base_url=site.url, locale="vi-VN", storage_state=signed_in_states("canbo"))
    try:
        page = context.new_page()
        page.goto("/nhiem-vu/tien-do/")
        paper = page.pdf(prefer_css_page_size=True)
        sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
        assert any(float(width) > float(height) for width, height in sizes)
    finally:
        context.close()
