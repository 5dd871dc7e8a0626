"""The import wizard with the files that people really send: refused ones say why, old text is converted, half of a file
can be taken, a file that comes twice is known, a check can be stopped. On a desk and on a phone."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from diaban.adapters.workbooks import CLASSIFICATION, write_template, write_xlsx
from diaban.apps.hotspots.sheets.spots import SPEC

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 504
SLOW_ROWS = 15_000
PATIENCE = 30_000
ROW: dict[str, object] = {
    "code": "THU-1", "name": "Khu sau chợ cũ", "kind": "diem_nguy_co", "grade": "nghi_van", "unit_code": "26506",
    "listed_on": date(2026, 3, 1), "document": "12/QĐ-CAX", "decider": "Trưởng Công an phường",
}  # fmt: skip


def with_macro() -> bytes:
    """An .xlsm that somebody renamed."""
    buffer = io.BytesIO(write_template(SPEC, [ROW]))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/vbaProject.bin", OLE2)
    return buffer.getvalue()


REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "macro": ("danh-sach.xlsx", with_macro, "Tệp có macro. Lưu lại dưới dạng .xlsx (không macro) rồi tải lên."),
    "old": ("danh-sach.xls", lambda: OLE2, "Tệp kiểu Excel cũ (.xls)."),
    "encrypted": ("mat.xlsx", lambda: OLE2 + "EncryptedPackage".encode("utf-16-le"), "Tệp được đặt mật khẩu."),
    "utf-16": ("danh-sach.csv", lambda: "code,name\nTHU-1,Chợ".encode("utf-16"), "UTF-16"),
    "other sheet": (
        "phan-loai.xlsx",
        lambda: write_template(CLASSIFICATION, [{"unit_code": "26506"}]),
        "thiếu cột bắt buộc của mẫu “Điểm, tụ điểm”: code (Mã điểm)",
    ),
}


def upload(page: Page, name: str, content: bytes) -> None:
    page.goto("/nhap-xuat/nhap/hotspots/")
    page.get_by_label("Tệp bảng tính").set_input_files({"name": name, "mimeType": "", "buffer": content})
    page.get_by_role("button", name="Tải lên và kiểm tra").click()


def heading(page: Page, words: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(words, timeout=PATIENCE)


def fits(page: Page) -> None:
    """Nothing but a table that scrolls by itself is wider than the screen."""
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")


def refused(page: Page, kind: str) -> None:
    name, _content, sentence = REFUSED[kind]
    heading(page, f"Không nhận được tệp {name}")
    expect(page.get_by_role("alert")).to_contain_text(sentence)
    expect(page.get_by_role("link", name="Tải tệp khác")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Chuyển từ"))).to_have_count(0)
    fits(page)


def test_files_that_cannot_be_taken_are_refused_each_with_its_sentence_on_a_phone(phone: Page) -> None:
    addresses = {}
    for kind, (name, content, _sentence) in REFUSED.items():  # sent one after the other: the wait is for all at once
        upload(phone, name, content())
        phone.wait_for_url("**/nhap-xuat/lo/**")
        addresses[kind] = phone.url
    assert len(set(addresses.values())) == len(REFUSED)
    for kind, address in addresses.items():
        phone.goto(address)
        refused(phone, kind)


def test_a_refused_file_on_a_desk_is_thrown_away_and_found_in_the_list(page: Page) -> None:
    upload(page, "danh-sach.xlsx", with_macro())
    refused(page, "macro")
    number = page.url.rstrip("/").rsplit("/", 1)[1]
    page.get_by_role("button", name="Bỏ lô này").click()
    expect(page.get_by_text(f"Đã bỏ lô {number}; không có gì được ghi.")).to_be_visible()
    page.get_by_label("Trạng thái").select_option(label="Đã bỏ")
    page.get_by_role("button", name="Lọc").click()
    expect(page).to_have_url(re.compile("trang_thai=discarded"))
    expect(page.get_by_role("link", name=number)).to_be_visible()
    page.get_by_label("Bảng", exact=True).select_option(label="Tuyến trọng điểm")
    page.get_by_role("button", name="Lọc").click()
    expect(page.get_by_text("Không có lô nào theo bộ lọc này.")).to_be_visible()


def test_old_text_is_recognised_offered_for_conversion_and_converted(page: Page) -> None:
    typed = {"name": "§iÓm phøc t¹p ë chî", "document": "12/KH", "decider": "C«ng an tØnh"}
    upload(page, "tcvn3.xlsx", write_template(SPEC, [ROW | typed]))
    heading(page, "Không nhận được tệp tcvn3.xlsx")
    expect(page.get_by_role("alert")).to_contain_text("gõ theo bảng mã cũ TCVN3: “§iÓm phøc t¹p ë chî")
    page.get_by_role("button", name="Chuyển từ TCVN3 sang Unicode và kiểm tra lại").click()
    heading(page, "1 dòng sẵn sàng, không có lỗi")
    main = page.get_by_role("main")
    expect(main).to_contain_text("Tên gọi: Điểm phức tạp ở chợ")
    expect(main).to_contain_text("chuyển từ TCVN3 sang Unicode")
    page.get_by_role("button", name="Bỏ lô này").click()
    expect(page.get_by_text("không có gì được ghi")).to_be_visible()


def test_the_valid_rows_are_written_alone_and_the_same_file_is_known_again(phone: Page) -> None:
    page = phone
    content = write_template(SPEC, [ROW, ROW | {"code": "THU-2", "unit_code": "99999"}])
    upload(page, "mot-nua.xlsx", content)
    heading(page, "1 dòng ghi được, 1 dòng có lỗi")
    address = page.url
    number = address.rstrip("/").rsplit("/", 1)[1]
    expect(page.locator("#loi")).to_contain_text("99999")
    fits(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải bản sao có ghi từng lỗi").click()
    assert download.value.suggested_filename == f"{number}-co-loi.xlsx"
    assert "Lỗi" in openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).sheetnames
    page.get_by_role("link", name="Xem lại rồi ghi").click()
    expect(page.get_by_role("main")).to_contain_text("1 dòng có lỗi sẽ không được ghi")
    expect(page.get_by_role("radio")).to_have_count(1)
    expect(page.get_by_role("radio", name="Chỉ các dòng hợp lệ")).to_be_checked()
    fits(page)
    page.get_by_role("button", name=re.compile("^Ghi 1 dòng vào Điểm, tụ điểm")).click()
    heading(page, "đã ghi 1 dòng")

    upload(page, "ten-khac.xlsx", content)
    heading(page, "0 dòng ghi được, 1 dòng có lỗi")
    expect(page.get_by_text("Tệp này giống hệt tệp của lô")).to_contain_text(number)
    fits(page)

    page.goto(address)
    page.get_by_role("link", name="Hoàn tác lô này").click()
    fits(page)
    page.get_by_role("button", name="Hoàn tác 1 dòng").click()
    heading(page, "đã hoàn tác")


def test_a_running_check_is_stopped_and_may_be_started_again(page: Page) -> None:
    with write_xlsx(SPEC, (ROW | {"code": f"THU-{n}"} for n in range(SLOW_ROWS))) as handle:
        upload(page, "rat-dai.xlsx", handle.read())
    heading(page, "Đang kiểm tra lô")
    expect(page.get_by_role("progressbar", name="Tiến độ")).to_be_visible()
    page.get_by_role("button", name="Dừng").click()
    heading(page, "chưa kiểm tra xong")
    expect(page.get_by_role("alert")).to_contain_text("Đã dừng theo yêu cầu")
    expect(page.get_by_role("link", name="Xem lại rồi ghi")).to_have_count(0)
    expect(page.get_by_role("button", name="Kiểm tra lại")).to_be_visible()
    page.get_by_role("button", name="Bỏ lô này").click()
    expect(page.get_by_text("không có gì được ghi")).to_be_visible()
