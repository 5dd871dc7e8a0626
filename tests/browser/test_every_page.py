"""Every page a person reaches: no sideways scrolling, accessible by the axe rules, nothing asked of other hosts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, StorageState

from browser_site import Site

PAGES = {
    "canbo": (
        "/",
        "/?xem=bang",
        "/?xem=bieu-do",
        "/diem/",
        "/diem/?xem=ban-do",
        "/diem/?xem=bieu-do",
        "/diem/xuat.xlsx",
        "/diem/moi/",
        "/diem/gia-tri/",
        "/vu-viec/",
        "/vu-viec/?xem=bieu-do",
        "/vu-viec/moi/",
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
        "/don-vi/",
        "/don-vi/?xem=ban-do",
        "/don-vi/26506@2025-07-01/",
        "/bao-cao/",
        "/bao-cao/2026/",
        "/bao-cao/co-quan/",
        "/nhap-xuat/",
        "/nhap-xuat/nhap/declarations/",
        "/nhap-xuat/xuat/hotspots.xlsx",
    ),
    "lanhdaotinh": ("/", "/phan-loai/2026/", "/phan-loai/2026/26506@2025-07-01/quyet-dinh/", "/bao-cao/"),
    "congan.vungtau": (
        "/",
        "/diem/",
        "/vu-viec/",
        "/vu-viec/moi/",
        "/chuoi-so-lieu/",
        "/phan-loai/2026/",
        "/phan-loai/2026/26506@2025-07-01/khai/",
        "/nhap-xuat/",
        "/uy-quyen/",
        "/vai-tro/",
        "/vai-tro/commune_police/",
        "/vai-tro/vi-sao/",
        "/tai-khoan/",
        "/tai-khoan/mat-khau/",
        "/tai-khoan/xac-nhan/",
        "/tai-khoan/ung-dung/",
        "/tai-khoan/khoa/",
    ),
    "lanhdao.vungtau": ("/", "/phan-loai/2026/26506@2025-07-01/"),
    "soyte": ("/", "/phan-loai/2026/", "/chuoi-so-lieu/", "/bao-cao/"),
    "duyetbaocao": ("/", "/bao-cao/", "/bao-cao/2026/"),
    "yte.vungtau": ("/", "/don-vi/26506@2025-07-01/"),
    "tinbao": ("/",),
    "thanhtra": ("/", "/nhat-ky/", "/nhat-ky/?nguoi=canbo", "/nhat-ky/xuat.csv", "/nguoi/"),
    "quantri": (
        "/",
        "/nguoi/",
        "/nguoi/moi/",
        "/nguoi/tai-khoan/congan.vungtau/",
        "/nhap-xuat/",
        "/don-vi/dia-ban/",
        "/don-vi/ranh-gioi/",
        "/don-vi/nhap-csv/",
    ),
    "taikhoan.vungtau": (
        "/",
        "/nguoi/",
        "/nguoi/moi/",
        "/nguoi/tai-khoan/congan.vungtau/",
        "/nguoi/tai-khoan/congan.vungtau/sua/",
        "/nguoi/tai-khoan/congan.vungtau/giao/",
        "/nguoi/tai-khoan/congan.vungtau/ban-giao/",
    ),
}
"""Who may see which page; the pages that lie before the door are looked at by the tests of signing in."""
PARAMS = [(who, path) for who, paths in PAGES.items() for path in paths]
LOOK = "document.documentElement.scrollWidth"


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


@pytest.mark.parametrize(("who", "path"), [("thanhtra", "/diem/"), ("canbo", "/phan-loai/2026/0@2025-07-01/")])
def test_a_refusal_looks_calm(
    site: Site, browser: Browser, signed_in_states: Callable[[str], StorageState], who: str, path: str
) -> None:
    context = browser.new_context(base_url=site.url, locale="vi-VN", storage_state=signed_in_states(who))
    try:
        page = context.new_page()
        response = page.goto(path)
        assert response is not None
        assert response.status in {403, 404}
        assert Axe().run(page).response["violations"] == []
        page.set_viewport_size({"width": 360, "height": 740})
        assert page.evaluate(LOOK) <= 360
    finally:
        context.close()


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
