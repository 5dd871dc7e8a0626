"""A text is read and looked through beside its original, with the mouse, with the keyboard alone, and on a phone."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

PLAN = """ỦY BAN NHÂN DÂN
TỈNH THỬ NGHIỆM
Số: {n}/KH-UBND
Thử Nghiệm, ngày 10 tháng 01 năm 2026
KẾ HOẠCH
Phòng, chống ma túy năm 2026
I. MỤC TIÊU
1. Bảo đảm trên 80% số người nghiện có hồ sơ quản lý được tư vấn.
2. Không để phát sinh điểm, tụ điểm phức tạp về ma túy.
II. TỔ CHỨC THỰC HIỆN
1. Công an tỉnh
- Chủ trì, phối hợp với Sở Y tế rà soát điểm, tụ điểm hằng tháng; báo cáo kết quả.
- Kiềm chế tỷ lệ gia tăng số người nghiện ma túy và số xã, phường không có tệ nạn ma túy dưới 1% so với năm trước.
"""


def read(page: Page, n: int) -> None:
    """Paste a plan and have it read."""
    page.goto("/ke-hoach/doc-van-ban/")
    page.get_by_label("Hoặc dán nội dung").fill(PLAN.format(n=n))
    page.get_by_role("button", name="Đọc văn bản").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã xem 0/")


def fits(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"the page is {wide} px wider than the screen"


def clause(page: Page, path: str) -> str:
    """Return the number under which the clause at `path` stands on the page."""
    link = page.locator(".plan-clause__path", has_text=re.compile(rf"^{re.escape(path)}$"))
    return str(link.get_attribute("href")).removeprefix("#v-")


def test_the_two_sides_go_together_and_the_keyboard_is_enough(page: Page) -> None:
    read(page, 901)
    fits(page)
    number = clause(page, "I.1")
    page.locator(f"#v-{number}").click()
    expect(page.locator(f"#d-{number}")).to_have_class(re.compile("is-here"))
    expect(page.locator(f"#v-{number}")).to_have_class(re.compile("is-here"))
    page.keyboard.press("j")
    other = clause(page, "I.2")
    expect(page.locator(f"#d-{other}")).to_be_focused()
    page.keyboard.press("a")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Đã xem 1/")
    expect(page.locator(f"#d-{other}")).to_contain_text("đã chấp nhận")
    expect(page.locator(f"#d-{other}")).to_be_in_viewport()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sửa điều khoản I.1")


def test_splitting_and_undoing_bring_back_the_same_page(page: Page) -> None:
    read(page, 902)
    number = clause(page, "II.1.-1")
    page.locator(f"#d-{number} [data-open]").click()
    page.get_by_role("listitem").filter(has_text="báo cáo kết quả").get_by_role("button", name="Tách").click()
    expect(page.locator(f"#d-{clause(page, 'II.1.-2')} .plan-clause__text")).to_have_text("báo cáo kết quả.")
    expect(page.locator(f"#v-{clause(page, 'II.1.-2')}")).to_have_text("báo cáo kết quả.")
    page.get_by_role("button", name="Hoàn tác: tách II.1.-1").click()
    expect(page.locator(f"#d-{clause(page, 'II.1.-2')}")).to_contain_text("Kiềm chế")


def test_a_garbled_sentence_shows_its_readings_side_by_side(page: Page) -> None:
    read(page, 903)
    box = page.locator(f"#d-{clause(page, 'II.1.-2')}")
    expect(box.locator(".plan-readings p")).to_have_count(2)
    expect(box).to_contain_text("chưa chắc")
    page.get_by_role("link", name="Chưa chắc").click()
    expect(page.locator("[data-clause]")).to_have_count(1)


def test_what_is_missing_leads_to_its_clause(page: Page) -> None:
    read(page, 904)
    page.get_by_role("link", name="Đưa vào thực hiện").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("điều cần làm")
    page.get_by_role("link", name="I.2: chưa xem hết.").click()
    expect(page.locator(f"#d-{clause(page, 'I.2')}")).to_be_in_viewport()


def test_on_a_phone_the_sides_are_two_tabs(phone: Page) -> None:
    read(phone, 905)
    fits(phone)
    expect(phone.locator("#van-ban")).to_be_hidden()
    number = clause(phone, "I.2")
    phone.locator(f"#d-{number} .plan-clause__path").click()
    expect(phone.locator(f"#v-{number}")).to_be_in_viewport()
    expect(phone.locator("#cau-truc")).to_be_hidden()
    phone.locator(f"#v-{number}").click()
    expect(phone.locator(f"#d-{number}")).to_be_in_viewport()
    phone.locator(f"#d-{number}").get_by_role("button", name="Chấp nhận").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Đã xem 1/")
