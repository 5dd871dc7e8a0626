"""Every page a person reaches: no sideways scrolling, accessible by the axe rules, nothing asked of other hosts."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from browser_site import Site

PAGES = (
    "/",
    "/?xem=bang",
    "/?xem=bieu-do",
    "/diem/",
    "/diem/?xem=ban-do",
    "/diem/?xem=bieu-do",
    "/diem/moi/",
    "/vu-viec/",
    "/vu-viec/?xem=bieu-do",
    "/tuyen/",
    "/chuoi-so-lieu/",
    "/chuoi-so-lieu/?xem=bieu-do",
    "/chuoi-so-lieu/?xem=ban-do",
    "/chuoi-so-lieu/?ngay=2022-06-01&loai_ky=nam&uoc_tinh=dan-so",
    "/ghi-nhan/",
    "/phan-loai/",
    "/phan-loai/2026/",
    "/phan-loai/2026/?xem=ban-do",
    "/phan-loai/2026/?xem=bieu-do",
    "/phan-loai/2024/",
    "/phan-loai/2026/26506@2025-07-01/",
    "/phan-loai/2026/26506@2025-07-01/quyet-dinh/",
    "/don-vi/",
    "/don-vi/?xem=ban-do",
    "/don-vi/26506@2025-07-01/",
    "/bao-cao/",
    "/bao-cao/2026/",
    "/nhap-xuat/",
    "/nhap-xuat/nhap/declarations/",
)


@pytest.mark.parametrize("path", PAGES)
def test_page_on_a_desk(page: Page, path: str) -> None:
    response = page.goto(path)
    assert response is not None
    assert response.status == 200
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found.response["violations"]] == []


@pytest.mark.parametrize("path", PAGES)
def test_page_on_a_phone(phone: Page, path: str) -> None:
    response = phone.goto(path)
    assert response is not None
    assert response.status == 200
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("path", ["/", "/diem/", "/phan-loai/2026/26506@2025-07-01/", "/nhap-xuat/"])
def test_page_in_english_has_no_vietnamese_left(page: Page, path: str) -> None:
    page.goto(path)
    page.get_by_role("button", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"
    navigation = page.get_by_role("navigation").first.inner_text()
    assert not re.search("[ăâđêôơưáàảãạéèẻẽẹíìỉĩịóòỏõọúùủũụýỳỷỹỵ]", navigation, re.IGNORECASE), navigation


def test_without_scripts_a_list_can_still_be_searched(site: Site, browser: Browser, page: Page) -> None:
    plain = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    try:
        tab = plain.new_page()
        tab.goto(f"{site.url}/diem/?q=mo+phong")
        assert tab.get_by_role("row").count() > 2
    finally:
        plain.close()
