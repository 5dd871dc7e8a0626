"""Issues, more time and transformations hang on tasks: each leads to the other, on a commune's phone too."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

PHONE = {"width": 360, "height": 740}
LOOK = "document.documentElement.scrollWidth"
TITLE = "Tuần tra kiểm soát các tuyến trọng điểm, các điểm, tụ điểm"


def own_task(page: Page, title: str) -> str:
    """Open one of the reader's own tasks from "my work"; return its path."""
    page.goto("/nhiem-vu/cua-toi/")
    page.get_by_role("main").get_by_role("link", name=title, exact=True).first.click()
    page.wait_for_url(re.compile("/nhiem-vu/viec/"))
    return "/nhiem-vu/viec/" + page.url.partition("/nhiem-vu/viec/")[2].partition("/")[0] + "/"


def test_more_time_is_asked_on_a_phone_and_decided_at_the_province(page_of: Callable[[str], Page]) -> None:
    commune = page_of("congan.vungtau")
    commune.set_viewport_size(PHONE)
    task = own_task(commune, TITLE)
    commune.get_by_role("link", name="Xin gia hạn").click()
    assert commune.evaluate(LOOK) <= PHONE["width"]
    commune.get_by_label("Xin làm đến hết ngày").fill("30/12/2026")
    commune.get_by_label("Lý do").fill("Trùng đợt cao điểm của tỉnh.")
    commune.get_by_role("button", name="Gửi đề nghị").click()
    expect(commune.get_by_text("Đang xin gia hạn đến 30/12/2026.")).to_be_visible()
    expect(commune.get_by_role("link", name="Xin gia hạn")).to_have_count(0)
    expect(commune.get_by_role("link", name="Quyết định gia hạn")).to_have_count(0)

    officer = page_of("canbo")
    officer.goto("/nhiem-vu/cua-toi/")
    expect(officer.get_by_role("heading", level=1)).to_contain_text("đề nghị gia hạn chờ quyết định")
    officer.goto(task)
    officer.get_by_role("link", name="Quyết định gia hạn").first.click()
    officer.get_by_label("Đồng ý", exact=True).check()
    officer.get_by_role("button", name="Ghi quyết định").click()
    officer.wait_for_url(re.compile(re.escape(task)))

    commune.goto(task)
    expect(commune.get_by_text("được gia hạn đến 30/12/2026")).to_be_visible()
    expect(commune.locator("#tiep-theo")).to_contain_text("hạn 30/12/2026")


def test_an_issue_raised_from_a_task_leads_back_to_it(page_of: Callable[[str], Page]) -> None:
    commune = page_of("congan.vungtau")
    commune.set_viewport_size(PHONE)
    task = own_task(commune, TITLE)
    commune.get_by_role("link", name="Nêu vướng mắc về nhiệm vụ này").click()
    commune.get_by_label("Cơ quan cần trả lời").select_option(label="Công an tỉnh")
    commune.get_by_label("Nhóm vấn đề").select_option(index=1)
    commune.get_by_label("Vướng mắc, một câu").fill("Thiếu đèn chiếu sáng dọc tuyến")
    commune.get_by_label("Nội dung và kiến nghị").fill("Đề nghị hướng dẫn nguồn kinh phí.")
    commune.get_by_role("button", name="Gửi").click()
    commune.wait_for_url(re.compile("/vuong-mac/vu/"))
    issue = commune.url

    officer = page_of("canbo")
    officer.goto(task)
    officer.get_by_role("link", name=re.compile("Thiếu đèn chiếu sáng dọc tuyến")).click()
    assert officer.url.partition("?")[0] == issue.partition("?")[0]
    officer.get_by_role("main").get_by_role("link", name=task.rstrip("/").rpartition("/")[2]).click()
    officer.wait_for_url(re.compile(re.escape(task)))


def test_a_transformations_task_leads_back_to_its_plan(page: Page) -> None:
    page.goto("/chuyen-hoa/")
    page.get_by_role("main").get_by_role("link", name="Phường Vũng Tàu").first.click()
    plan = page.url.partition("?")[0]
    page.locator("#giai-phap").locator("xpath=ancestor-or-self::section[1]").get_by_role("link").filter(
        has_text="Rà soát lại"
    ).first.click()
    page.wait_for_url(re.compile("/nhiem-vu/viec/"))
    page.get_by_role("link", name=re.compile("^CH-")).click()
    assert page.url.partition("?")[0] == plan
