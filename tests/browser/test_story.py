"""The story of the product's first outcome, played by the cast: the commune and the province keep the registers, the
class is understood, the leader decides, somebody else issues the dossier."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pdfplumber
import pytest
from docx import Document
from playwright.sync_api import Download, Page, expect

LEFT_OUT = {"26725": "Phường Tân Thành", "26728": "Xã Châu Pha", "26732": "Đặc khu Côn Đảo"}
FIGURES: dict[str, object] = {
    "population": 20_000,
    "population_as_of": date(2026, 11, 14),
    "population_source": "Số liệu mô phỏng",
    "persons_dependent": 40,
    "persons_using": 70,
    "persons": 110,
    "exempt_substitution": 10,
    "exempt_rehab": 5,
    "exempt_post_rehab": 5,
    "persons_exempt": 20,
    "points": 1,
    "arrested": 12,
    "resident_offenders": 4,
    "wanted_hiding": 0,
    "plants": 0,
    "plant_m2": 0,
    "route": "Không",
}


def fill(template: Path, target: Path, **changes: object) -> None:
    """Write the figures of the communes that have not declared into a copy of the template."""
    book = openpyxl.load_workbook(template)
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[2]}
    for row in range(3, sheet.max_row + 1):
        if sheet.cell(row, columns["unit_code"]).value in LEFT_OUT:
            for code, value in {**FIGURES, **changes}.items():
                sheet.cell(row, columns[code]).value = value
    book.save(target)


def upload(page: Page, file: Path) -> None:
    page.goto("/nhap-xuat/")
    page.get_by_role("link", name="Nhập Số liệu khai của xã").click()
    page.get_by_label("Đơn vị, chức danh khai số liệu").fill("Công an cấp xã")
    page.get_by_label("Tệp bảng tính").set_input_files(file)
    page.get_by_role("button", name="Tải lên và kiểm tra").click()


def bytes_of(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


PageOf = Callable[[str], Page]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("story")


def test_01_the_template_comes_with_the_communes_of_the_cycle(page: Page, folder: Path) -> None:
    page.goto("/nhap-xuat/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải mẫu Số liệu khai của xã").click()
    download.value.save_as(folder / "template.xlsx")
    sheet = openpyxl.load_workbook(folder / "template.xlsx").worksheets[0]
    assert sheet.max_row == 2 + 30
    assert {row[0] for row in sheet.iter_rows(min_row=3, max_col=1, values_only=True)} > set(LEFT_OUT)


def test_02_a_workbook_with_errors_shows_all_of_them_and_writes_nothing(page: Page, folder: Path) -> None:
    fill(folder / "template.xlsx", folder / "bad.xlsx", population="hai mươi nghìn", points=-1)
    upload(page, folder / "bad.xlsx")
    expect(page.get_by_role("heading", level=1)).to_contain_text("3 dòng có lỗi", timeout=30_000)
    expect(page.get_by_text("6 chỗ cần sửa")).to_be_visible()
    expect(page.get_by_text("hai mươi nghìn").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải bản sao có ghi từng lỗi").click()
    marked = openpyxl.load_workbook(io.BytesIO(bytes_of(download.value)))
    assert "Lỗi" in marked.sheetnames
    assert marked["Lỗi"].max_row >= 7
    page.goto("/phan-loai/2026/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("3 trên 30 đơn vị chưa khai số liệu")


def test_03_the_mended_workbook_is_written_in_one_piece(page: Page, folder: Path) -> None:
    fill(folder / "template.xlsx", folder / "good.xlsx")
    upload(page, folder / "good.xlsx")
    expect(page.get_by_role("heading", level=1)).to_contain_text("3 dòng sẵn sàng, không có lỗi", timeout=30_000)
    page.get_by_role("link", name="Xem lại rồi ghi").click()
    page.get_by_role("button", name=re.compile("^Ghi 3 dòng")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("đã ghi 3 dòng", timeout=30_000)


def test_04_the_class_is_seen_on_the_map_and_in_the_table(page: Page) -> None:
    page.goto("/phan-loai/2026/?xem=ban-do")
    for name in LEFT_OUT.values():
        link = page.locator("svg a", has_text=name).or_(page.locator(f'svg a[aria-label*="{name}"]')).first
        expect(link).to_be_attached()
    page.goto("/phan-loai/2026/?q=chau+pha")
    row = page.get_by_role("row").filter(has_text="Xã Châu Pha")
    expect(row).to_contain_text("20.000")
    expect(row).to_contain_text("110")


def test_05_the_class_explains_itself_down_to_article_and_whole_persons(page: Page) -> None:
    page.goto("/phan-loai/2026/")
    page.get_by_role("link", name="Xã Châu Pha").first.click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("Điều 4 khoản 1 điểm a")
    expect(main).to_contain_text("≥ 100 người")
    expect(main).to_contain_text("Hai cách đọc")
    # 110 of 20,000 is class I's band, 1 point and 12 arrests class II's: the hole between the bands (golden case 2).
    expect(main).to_contain_text("Loại II")
    expect(main).to_contain_text("bớt 11 người có hồ sơ")


def test_06_what_if_answers_without_writing(page: Page) -> None:
    page.goto("/phan-loai/2026/?q=chau+pha")
    page.get_by_role("link", name="Xã Châu Pha").first.click()
    page.locator('input[name="thu_points"]').fill("2")
    page.locator('input[name="thu_arrested"]').fill("20")
    page.get_by_role("button", name="Thử").click()
    expect(page).to_have_url(re.compile("thu_points=2"))
    expect(page.get_by_role("main")).to_contain_text("Đề xuất loại I: đạt 3 trên 5 tiêu chí loại I")
    page.goto("/phan-loai/2026/?q=chau+pha")
    expect(page.get_by_role("row").filter(has_text="Xã Châu Pha")).to_contain_text("Không thuộc loại")


def test_07_the_leader_records_the_decision_with_number_and_date(page_of: PageOf) -> None:
    page = page_of("lanhdaotinh")
    page.goto("/phan-loai/2026/26506@2025-07-01/")
    page.get_by_role("link", name="Ghi quyết định").first.click()
    page.get_by_label("Số quyết định").fill("1234/QĐ-UBND")
    page.get_by_label("Ngày quyết định").fill("23/11/2026")
    page.locator('select[name="chosen"]').select_option("II")
    page.locator('textarea[name="reason"]').fill("Ban hành trước ngày chốt để diễn tập")
    page.get_by_role("button", name="Xem lại").click()
    expect(page.get_by_role("main")).to_contain_text("1234/QĐ-UBND")
    page.get_by_role("button", name=re.compile("Ghi quyết định|Xác nhận")).click()
    expect(page.get_by_role("main")).to_contain_text("1234/QĐ-UBND")
    page.goto("/phan-loai/2026/?buoc=decided")
    expect(page.get_by_role("main")).to_contain_text("Phường Vũng Tàu")


def test_08_the_draft_is_submitted_by_one_and_issued_by_another(page: Page, page_of: PageOf) -> None:
    page.goto("/bao-cao/")
    page.get_by_role("link", name="Xem dự thảo hồ sơ năm 2026").click()
    page.get_by_role("button", name="Trình duyệt").click()
    expect(page.get_by_role("main")).to_contain_text("Trần Văn An")
    expect(page.get_by_role("button", name="Xem lại trước khi phát hành")).to_have_count(0)

    page = page_of("duyetbaocao")
    page.goto("/bao-cao/2026/")
    page.get_by_role("link", name="Mở bản đã trình").click()
    page.get_by_role("button", name="Xem lại trước khi phát hành").click()
    page.get_by_role("button", name="Duyệt và phát hành").click()
    files: dict[str, bytes] = {}
    for label, ending in (("báo cáo (.docx)", "docx"), ("báo cáo (.pdf)", "pdf"), ("phụ lục (.xlsx)", "xlsx")):
        for attempt in range(2):
            with page.expect_download() as download:
                page.get_by_role("link", name=f"Tải {label}").click()
            content = bytes_of(download.value)
            assert files.setdefault(ending, content) == content, f"{ending}: attempt {attempt} gave other bytes"
    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(files["docx"])).paragraphs)
    assert "28/2025/QĐ-TTg" in text
    with pdfplumber.open(io.BytesIO(files["pdf"])) as pdf:
        assert len(pdf.pages) > 5
        assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in (pdf.pages[0].extract_text() or "")
    assert zipfile.is_zipfile(io.BytesIO(files["xlsx"]))
    values = {
        str(cell)
        for sheet in openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
        for row in sheet.iter_rows(values_only=True)
        for cell in row
    }
    assert any("Xã Châu Pha" in value for value in values)
    assert any("1234/QĐ-UBND" in value for value in values)


def test_09_the_commune_records_and_its_neighbour_sees_nothing_of_it(page_of: PageOf) -> None:
    home, next_door = page_of("congan.vungtau"), page_of("congan.tamthang")
    home.goto("/vu-viec/moi/")
    expect(home.get_by_label("Xã, phường, đặc khu")).not_to_contain_text("Phường Tam Thắng")
    home.goto("/ghi-nhan/?loai=diem")
    home.get_by_label("Tên gọi").fill("Bãi gửi xe mô phỏng")
    home.get_by_label("Số văn bản").fill("77/BC-CAP")
    home.get_by_role("button", name=re.compile("Ghi")).last.click()
    expect(home.get_by_role("heading", level=1)).to_contain_text("Bãi gửi xe mô phỏng")
    address = home.url
    assert next_door.request.get(address).status == 404
    next_door.goto("/diem/?q=bai+gui+xe+mo+phong")
    expect(next_door.get_by_role("main")).not_to_contain_text("Bãi gửi xe mô phỏng")
    next_door.goto("/diem/?don_vi=26506@2025-07-01")
    expect(next_door.get_by_role("main")).not_to_contain_text("DTD-26506")


def test_10_the_inspector_sees_who_did_it_and_no_register(page_of: PageOf) -> None:
    page = page_of("thanhtra")
    page.goto("/nhat-ky/?nguoi=lanhdaotinh")
    expect(page.get_by_role("main")).to_contain_text("1234/QĐ-UBND")
    assert page.request.get("/diem/").status == 403


def test_11_an_import_is_undone_exactly(page: Page) -> None:
    page.goto("/nhap-xuat/")
    page.get_by_role("link", name=re.compile(r"^NX\d+-")).first.click()
    page.get_by_role("link", name="Hoàn tác lô này").click()
    page.get_by_role("button", name=re.compile("Hoàn tác")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("đã hoàn tác", timeout=30_000)
    page.goto("/phan-loai/2026/?q=chau+pha")
    expect(page.get_by_role("row").filter(has_text="Xã Châu Pha")).to_contain_text("chưa báo cáo")
