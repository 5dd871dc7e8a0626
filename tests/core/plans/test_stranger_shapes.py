"""Plans as strangers' copies come, all invented: lost spaces, heads of archives, labelled lines, other subjects."""

from __future__ import annotations

from pathlib import Path

import pytest

from diaban.catalogue.plans_loader import gazetteer
from diaban.core.plans import PlanText, Task, read_plan

SHAPES = Path(__file__).parent / "shapes"
HEAD = (
    "| Cơ quan ban hành | Tỉnh Bình Hải |\n|\nỦY BAN NHÂN DÂN |\nCỘNG HÒA XÃ HỘI\nCHỦ NGHĨA VIỆT NAM |\n|\n"
    "Số: 87/KH-UBND |\nBình Hải, ngày 18 tháng 12 năm 2025 |\nKẾ HOẠCH\nPHÒNG, CHỐNG MA TÚY NĂM 2026\n"
    "Thực hiện Nghị quyết số 50/NQ-CP ngày 13/3/2025 của Chính phủ; Ủy ban nhân dân tỉnh ban hành Kế hoạch như sau:\n"
)


def shape(name: str) -> PlanText:
    return read_plan((SHAPES / name).read_text(encoding="utf-8"), gazetteer(None))


def body(text: str) -> PlanText:
    return read_plan(HEAD + text, gazetteer(None))


def work(plan: PlanText) -> dict[str, Task]:
    return {task.clause: task for task in plan.tasks}


def aims(plan: PlanText, path: str) -> list[tuple[str, object, str | None, str]]:
    return [(t.op, t.value, t.by, t.words) for t in plan.targets if t.clause == path]


def test_the_committee_is_placed_by_the_archive_the_sentence_or_the_date() -> None:
    assert body("I. MỤC TIÊU\n- Giảm.\n").issuer == "Ủy ban nhân dân tỉnh Bình Hải"
    without = HEAD.replace("| Cơ quan ban hành | Tỉnh Bình Hải |\n", "") + "I. MỤC TIÊU\n- Giảm.\n"
    assert read_plan(without, gazetteer(None)).issuer == "Ủy ban nhân dân tỉnh Bình Hải"
    unknown = without.replace("Ủy ban nhân dân tỉnh ban hành", "nay ban hành")
    assert read_plan(unknown, gazetteer(None)).issuer == "Ủy ban nhân dân"  # nothing is made up


def test_labelled_lines_describe_one_task() -> None:
    plan = body(
        "I. NHIỆM VỤ\n1. Tuyên truyền\n- Nội dung: Tổ chức tuyên truyền cho học sinh.\n"
        "- Cơ quan chủ trì: Sở Giáo dục và Đào tạo.\n- Cơ quan phối hợp: Công an tỉnh, Tỉnh đoàn.\n"
        "- Thời gian thực hiện: Hoàn thành trước ngày 30/6/2026.\n- Sản phẩm: Báo cáo.\n"
        "2. Rà soát người nghiện (Chủ trì: Sở Y tế; phối hợp: Công an tỉnh; thời gian: quý II/2026).\n"
    )
    tasks = work(plan)
    assert set(tasks) == {"I.1.-1", "I.2"}
    first, second = tasks["I.1.-1"], tasks["I.2"]
    assert (first.lead, first.coordinating) == ("Sở Giáo dục và Đào tạo", ("Công an tỉnh", "Tỉnh đoàn"))
    assert (first.deadline, first.product) == ("2026-06-30", "Báo cáo")
    assert (second.lead, second.coordinating, second.deadline) == ("Sở Y tế", ("Công an tỉnh",), "Q2/2026")


def test_labels_below_a_paragraph_and_above_a_list() -> None:
    tasks = work(shape("p6-commune-pipes.txt"))
    assert (tasks["III.1.~1"].lead, tasks["III.1.~1"].recurrence) == ("Phòng Văn hóa - Xã hội", "thường xuyên")
    assert {tasks[path].lead for path in ("III.2.*1.-1", "III.2.*1.-2")} == {"Công an xã"}
    assert not {"III.1.-1", "III.2.*2", "III.2.*5"} & set(tasks)


def test_a_label_alone_is_no_task_of_others() -> None:
    plan = body("I. NHIỆM VỤ\n1. Hội nghị\n- Rà soát danh sách.\n- Thời gian: tháng 6/2026.\n")
    assert "I.1.-2" in work(plan)


def test_a_road_map_is_one_aim_for_each_year() -> None:
    plan = body(
        "I. MỤC TIÊU\n1. Năm 2026 ít nhất 20%, đến hết năm 2030 có ít nhất 50% số xã, phường không ma túy.\n"
        "2. 100% cán bộ chuyên trách cấp tỉnh, ít nhất 90% cán bộ cấp xã được tập huấn; tối thiểu 01 mô hình/xã/năm.\n"
    )
    assert aims(plan, "I.1") == [
        (">=", 20.0, "2026", "Năm 2026 ít nhất 20%"),
        (">=", 50.0, "2030", "đến hết năm 2030 có ít nhất 50% số xã, phường không ma túy."),
    ]
    assert [item[3] for item in aims(plan, "I.2")][1] == "ít nhất 90% cán bộ cấp xã được tập huấn"
    assert aims(plan, "I.2")[2][2] == "hằng năm"


def test_one_word_for_several_numbers() -> None:
    text = HEAD.replace("50/NQ-CP ngày 13/3/2025", "50/NQ-CP ngày 13/3/2025, số 52/NQ-CP ngày 14/3/2025")
    found = {base.number: str(base.date) for base in read_plan(text + "I. MỤC TIÊU\n- Giảm.\n", gazetteer(None)).bases}
    assert found == {"50/NQ-CP": "2025-03-13", "52/NQ-CP": "2025-03-14"}


def test_half_a_year_and_a_year_are_a_rhythm() -> None:
    task = work(body("I. TỔ CHỨC THỰC HIỆN\n1. Sở Y tế: định kỳ 6 tháng, năm báo cáo Công an tỉnh.\n"))["I.1"]
    assert task.recurrence == "6 tháng, năm"


def test_rows_of_a_flattened_table_are_uncertain() -> None:
    plan = body(
        "I. NHIỆM VỤ\n- Rà soát.\nNơi nhận:\n- Lưu: VT.\nKT. CHỦ TỊCH\nNguyễn Lê Hoàng\nPHỤ LỤC I\nNHIỆM VỤ\n"
        "TT Nội dung nhiệm vụ Cơ quan chủ trì Cơ quan phối hợp Thời gian\n"
        "1 Rà soát địa bàn Công an tỉnh Sở Y tế Quý I/2026\n2 Tuyên truyền Sở Tư pháp Công an tỉnh Quý II/2026\n"
    )
    rows = [clause for clause in plan.clauses if clause.kind == "row"]
    assert len(rows) == 2 and all(row.uncertain and "dồn" in (row.why or "") for row in rows)
    assert all(work(plan)[row.path].uncertain for row in rows)


def test_spaces_lost_in_the_head_and_projects_numbered_without_a_dot() -> None:
    plan = shape("p4-decision-projects.txt")
    assert (plan.issuer, plan.number) == ("Ủy ban nhân dân tỉnh Vĩnh Hưng", "745/QĐ-UBND")
    assert str(plan.bases[1].date) == "2012-08-31"
    assert {"P2.II.1", "P2.II.1.1", "P2.II.1.2.+1", "P2.II.2.1"} <= {clause.path for clause in plan.clauses}
    assert work(plan)["P2.II.1"].lead == "Công an tỉnh"
    assert not [t for t in plan.targets if t.clause.startswith("P1")]


def test_a_plan_on_another_subject_is_read_alike() -> None:
    plan = shape("p5-traffic.txt")
    assert (plan.issuer, plan.signer) == ("Ban Chỉ đạo 138 huyện An Sơn", "Phạm Quốc Việt")
    assert (work(plan)["B.2"].lead, work(plan)["B.2"].coordinating) == ("Công an huyện", ("UBND các xã, thị trấn",))
    assert aims(plan, "A.-1")[0][3].endswith("so với năm 2019.")
    assert aims(plan, "C.III")[0][2] == "hằng quý"


def test_numbers_with_a_dash_and_a_count_of_wards() -> None:
    plan = shape("p7-dotted-dashes.txt")
    assert plan.issuer == "Ủy ban nhân dân quận 15"
    assert work(plan)["III.1.a"].lead == "Công an quận"
    assert work(plan)["III.4.+1"].lead == "Ủy ban nhân dân 14 phường"


def test_a_small_plan_without_letterhead() -> None:
    plan = shape("p8-small.txt")
    assert [clause.path for clause in plan.clauses][:5] == ["1", "1.-1", "1.-2", "1.-3", "2"]
    assert (plan.number, plan.date, plan.signer) == (None, None, None)
    assert work(plan)["3.*1"].lead == "Công an phường"


def test_a_division_of_a_district_and_a_plan_about_hiv() -> None:
    plan = shape("p9-division.txt")
    assert plan.issuer == "Phòng Lao động - Thương binh và Xã hội thị xã Bình Khánh"
    assert plan.signer == "Trần Đình Hậu"
    hiv = shape("p10-hiv.txt")
    assert [(t.op, t.value) for t in hiv.targets if t.clause == "II.2"] == [("<", 2.0)]
    assert work(hiv)["III.2"].lead == "Sở Y tế"  # "Đơn vị tính" is no agency's column


@pytest.mark.parametrize(
    ("sentence", "lead"),
    [
        ("Phòng LĐ-TB&XH huyện: lập hồ sơ.", "Phòng LĐ-TB&XH"),
        ("Phòng GD&ĐT huyện chủ trì tuyên truyền.", "Phòng GD&ĐT huyện"),
        ("Các phòng, ban, ngành, đoàn thể huyện triển khai thực hiện.", "Các phòng, ban, ngành, đoàn thể huyện"),
    ],
)
def test_divisions_of_a_district_are_found_by_their_short_names_and_together(sentence: str, lead: str) -> None:
    found = read_plan(f"C. NHIỆM VỤ\n1. {sentence}", gazetteer(None))
    assert [task.lead for task in found.tasks] == [lead]


def test_prevention_is_no_division() -> None:
    assert read_plan("C. NHIỆM VỤ\n1. Phòng, chống ma túy là việc của toàn dân.", gazetteer(None)).agencies == ()
