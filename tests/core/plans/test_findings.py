"""Aims, moments, agencies, citations and tasks in single sentences."""

from __future__ import annotations

import pytest

from diaban.catalogue.plans_loader import gazetteer
from diaban.core.plans import agencies, citations, moments, targets
from diaban.core.plans.read import read_plan
from diaban.core.plans.targets import Place


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Đạt trên 80% số người nghiện.", [(">", 80.0, "%")]),
        ("Ít nhất 80% số người nghiện.", [(">=", 80.0, "%")]),
        ("Từ 90% trở lên số người dân.", [(">=", 90.0, "%")]),
        ("Không quá 10% học viên.", [("<=", 10.0, "%")]),
        ("Không dưới 1.500 lượt phương tiện.", [(">=", 1500.0, "lượt phương tiện")]),
        ("Tại 100% số xã, phường, thị trấn.", [("=", 100.0, "%")]),
        ("≥ 90% số vụ; > 80% người dân.", [(">=", 90.0, "%"), (">", 80.0, "%")]),
        ("Giảm 5 - 10% số điểm so với năm trước.", [("decrease", (5.0, 10.0), "%")]),
        ("Giảm từ 5% đến 7% số vụ so với năm 2023.", [("decrease", (5.0, 7.0), "%")]),
        ("Số vụ tăng ít nhất 3%.", [("increase", 3.0, "%")]),
        ("Tăng không quá 2% so với năm trước.", [("<=", 2.0, "%")]),
        ("Giảm xuống dưới 65% vào năm 2023.", [("<", 65.0, "%")]),
        ("Nâng tỷ lệ lên tối thiểu 35% tổng số xã.", [(">=", 35.0, "%")]),
        ("Không để phát sinh điểm phức tạp.", [("=", 0.0, "điểm")]),
        ("Số lượng tin bài tăng hàng năm.", [(">", None, None)]),
        ("Có 03/06 địa bàn được chuyển hóa.", [("=", 3.0, "địa bàn")]),
        ("Tỷ lệ 12,5% số hộ.", [("=", 12.5, "%")]),
        ("Theo Điều 5 Luật Phòng, chống ma túy năm 2021, giai đoạn 2021-2025.", []),
        ("Trong 6 tháng đầu năm 2024.", []),
        ("Giảm từ 63% năm 2020 xuống còn 35% năm 2022.", [("=", 35.0, "%")]),
    ],
)
def test_aims(sentence: str, expected: list[tuple[str, object, str | None]]) -> None:
    found = targets.find(sentence, Place("I.1", "goal"))
    assert [(t.op, t.value, t.unit) for t in found] == expected
    assert all(t.words in sentence for t in found)


def test_each_figure_has_its_own_year() -> None:
    found = targets.find("Đến năm 2025, trên 80% và năm 2030, trên 90% thanh niên.", Place("I.1", "goal"))
    assert [(t.value, t.by) for t in found] == [(80.0, "2025"), (90.0, "2030")]


def test_what_holds_down_what_it_should_raise_keeps_both_readings() -> None:
    sentence = (
        "Kiềm chế tỷ lệ gia tăng số người nghiện ma túy và số xã, phường, thị trấn không có tệ nạn ma túy dưới 1% "
        "so với năm trước."
    )
    (target,) = targets.find(sentence, Place("I.2.-5", "goal"))
    assert (target.op, target.value, target.against, target.uncertain) == ("<", 1.0, "năm trước", True)
    assert [reading.text.split("trấn ")[1] for reading in target.readings] == [
        "không có tệ nạn ma túy",
        "có tệ nạn ma túy",
    ]


def test_what_was_reached_is_no_aim() -> None:
    assert targets.find("Bắt 150 vụ, tăng 12% so với năm 2018.", Place("I.1", "state")) == []


@pytest.mark.parametrize(
    ("sentence", "values"),
    [
        ("trước ngày 15/12/2025", ["2025-12-15"]),
        ("trước ngày 26 tháng 6 năm 2024", ["2024-06-26"]),
        ("ngày 31-12-2020", ["2020-12-31"]),
        ("trước ngày 15/12 hằng năm", ["15/12 hằng năm"]),
        ("trong quý III/2024", ["Q3/2024"]),
        ("Quý I năm 2024", ["Q1/2024"]),
        ("trước Quý II năm 2026", ["trước Q2/2026"]),
        ("trong tháng 5/2023", ["2023-05"]),
        ("đến hết năm 2025", ["2025"]),
        ("định kỳ hàng tháng", ["hằng tháng"]),
        ("ngày 14 hằng tháng", ["14 hằng tháng"]),
        ("trong vòng 15 ngày", ["15 ngày"]),
        ("6 tháng đầu năm 2024", ["6 tháng đầu năm 2024"]),
        ("ngày 31/02/2024", []),
        ("03/06 địa bàn", []),
    ],
)
def test_moments(sentence: str, values: list[str]) -> None:
    assert [when.value for when in moments.find(sentence)] == values


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("Sở LĐ-TB&XH", ["Sở Lao động - Thương binh và Xã hội"]),
        ("phối hợp với BĐBP tỉnh, TAND tỉnh", ["Bộ đội Biên phòng tỉnh", "Tòa án nhân dân tỉnh"]),
        ("UBND các huyện, thị xã, thành phố", ["Ủy ban nhân dân cấp huyện"]),
        ("Uỷ ban nhân dân các xã, phường, đặc khu", ["Ủy ban nhân dân cấp xã"]),
        ("Sở Y tế, Giáo dục và Đào tạo, Tài chính", ["Sở Y tế", "Sở Giáo dục và Đào tạo", "Sở Tài chính"]),
        ("các Sở: Y tế, Tư pháp", ["Sở Y tế", "Sở Tư pháp"]),
        ("Công an tỉnh Nghệ An", ["Công an tỉnh Nghệ An"]),
        ("Tỉnh đoàn, Hội LHPN tỉnh", ["Đoàn TNCS Hồ Chí Minh tỉnh", "Hội Liên hiệp Phụ nữ tỉnh"]),
        ("Vùng Cảnh sát biển 3", ["Vùng cảnh sát biển 3"]),
        ("chế độ báo cáo", []),
        ("địa bàn xã, phường, thị trấn", []),
        ("Quyết định số 5027/QĐ-BCA-C04 ngày 05/7/2022 của Bộ Công an về dự án", []),
    ],
)
def test_agencies(sentence: str, names: list[str]) -> None:
    found = agencies.find(sentence, gazetteer(None))
    assert [mention.canonical.lower() for mention in found] == [name.lower() for name in names]
    assert all(sentence[m.start : m.end].strip() for m in found)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Luật Phòng, chống ma túy số 73/2021/QH14 ngày 30/3/2021", [("Luật", "73/2021/QH14", "2021-03-30")]),
        ("Kế hoạch số 179- KH/TU ngày20/12/2019", [("Kế hoạch", "179-KH/TU", "2019-12-20")]),
        ("Chỉ thị số 36-CT/TW, ngày 16 tháng 8 năm 2019 của Bộ Chính trị", [("Chỉ thị", "36-CT/TW", "2019-08-16")]),
        ("Luật Tổ chức chính quyền địa phương ngày 19/6/2015;", [("Luật", None, "2015-06-19")]),
        ("trước ngày 15/12/2024", []),
    ],
)
def test_citations(sentence: str, expected: list[tuple[str, str | None, str]]) -> None:
    assert [(c.kind, c.number, str(c.day)) for c in citations.find(sentence)] == expected


def test_a_document_in_the_title_of_another_is_marked() -> None:
    text = (
        "Nghị quyết số 93/NQ-CP ngày 16/4/2025 của Chính phủ ban hành Kế hoạch thực hiện Kết luận số 132-KL/TW ngày "
        "18/3/2025 của Bộ Chính trị"
    )
    assert [(c.number, c.nested) for c in citations.find(text)] == [("93/NQ-CP", None), ("132-KL/TW", "93/NQ-CP")]


def test_the_sections_agency_leads_and_others_help() -> None:
    plan = read_plan(
        "I. TỔ CHỨC THỰC HIỆN\n\n1. Sở Y tế\n\n"
        "- Phối hợp với Công an tỉnh, Sở Tài chính mở 02 lớp trước ngày 30/6/2024.\n\n"
        "2. Giao Công an tỉnh chủ trì, phối hợp với Sở Y tế rà soát, báo cáo UBND tỉnh.",
        gazetteer(None),
    )
    first, second = plan.tasks
    assert (first.lead, first.coordinating, first.deadline) == (
        "Sở Y tế",
        ("Công an tỉnh", "Sở Tài chính"),
        "2024-06-30",
    )
    assert (second.lead, second.coordinating) == ("Công an tỉnh", ("Sở Y tế",))
    assert "UBND tỉnh" not in second.agencies  # it is reported to
