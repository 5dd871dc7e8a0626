"""Plans of many shapes, all invented: what the reader makes of marks, lines, regions and tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from diaban.catalogue.plans_loader import gazetteer
from diaban.core.plans import PlanText, read_plan

SHAPES = Path(__file__).parent / "shapes"
HEAD = (
    "ỦY BAN NHÂN DÂN\nTỈNH MINH SƠN\n-------\nSố: 12/KH-UBND\n\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n"
    "Độc lập - Tự do - Hạnh phúc\nMinh Sơn, ngày 05 tháng 3 năm 2024\n\nKẾ HOẠCH\nPhòng, chống ma túy năm 2024\n\n"
    "Thực hiện Kế hoạch số 31/KH-BCA ngày 22/01/2024 của Bộ Công an, UBND tỉnh ban hành Kế hoạch như sau:\n\n"
)


def read(text: str) -> PlanText:
    return read_plan(text, gazetteer(None))


def body(text: str) -> PlanText:
    return read(HEAD + text)


def paths(plan: PlanText) -> list[str]:
    return [clause.path for clause in plan.clauses]


def text_at(plan: PlanText, path: str) -> str:
    return next(clause.text for clause in plan.clauses if clause.path == path)


def test_parts_wrapped_lines_and_a_letterhead_in_pieces() -> None:
    plan = read((SHAPES / "p1-phan-thu.txt").read_text(encoding="utf-8"))
    assert (plan.number, str(plan.date), plan.issuer) == ("412/KH-UBND", "2020-03-12", "Ủy ban nhân dân tỉnh Hoà An")
    assert plan.signer == "Trần Thị Bình"
    assert [base.number for base in plan.bases] == [None, "36-CT/TW", "229-KH/TU"]
    assert str(plan.bases[0].date) == "2000-12-09"  # "ngày09/12/2000" without a space
    assert paths(plan)[:4] == ["P1", "P1.I", "P1.I.~1", "P1.II"]
    assert text_at(plan, "P2.II.2").endswith("đạt chuẩn loại II. Nhân rộng mô hình điểm.")  # "II." of a wrapped line
    assert "tuyến Bà Rịa - Vũng Tàu" in text_at(plan, "P3.1.b")
    assert not [t for t in plan.targets if t.clause.startswith("P1")]  # what was reached is no aim
    owners = next(c.owners for c in plan.clauses if c.path == "P3.3.~1")
    assert owners == ("Sở Y tế", "Sở Giáo dục và Đào tạo", "Sở Thông tin và Truyền thông")
    assert {t.clause: t.deadline for t in plan.tasks}["P3.5.-1"] == "15/12 hằng năm"
    assert plan.closing == ("Căn cứ Kế hoạch này, các đơn vị nghiêm túc triển khai thực hiện./.",)


def test_an_office_below_another_and_numbers_in_brackets() -> None:
    plan = read((SHAPES / "p2-flat.txt").read_text(encoding="utf-8"))
    assert (plan.number, plan.issuer, plan.signer) == ("25/KH-CAT-PC04", "Công an tỉnh Minh Sơn", "Nguyễn Văn Hùng")
    assert "III.(2).+1" in paths(plan)
    assert [(t.op, t.value, t.unit) for t in plan.targets if t.clause == "II.4"] == [("<", 1500.0, "người")]


def test_ocr_slips_in_numbers_and_the_cells_of_a_lost_table() -> None:
    plan = read((SHAPES / "p3-no-numbers.txt").read_text(encoding="utf-8"))
    assert plan.issuer == "Ủy ban nhân dân thành phố Bắc Hải"
    assert [p for p in paths(plan) if "." not in p] == ["I", "II", "III", "IV", "PL1"]  # "Il-" and "Ill-" are II, III
    assert text_at(plan, "III.1") == "Công tác tuyên truyền"  # "l." is 1.
    assert paths(plan)[-3:] == ["PL1.1", "PL1.2", "PL1.3"]
    tasks = {task.clause: task for task in plan.tasks}
    assert (tasks["PL1.1"].lead, tasks["PL1.1"].deadline) == ("Công an thành phố", "Q2/2025")
    assert tasks["PL1.1"].coordinating == ("Sở Y tế", "UBND các quận, huyện")
    assert {t.by for t in plan.targets if t.clause == "II.1.-1"} == {"2025"}  # from the heading above


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            "I. MỤC TIÊU\n\n1. Chung\n\n- Một;\n\n- Hai.\n\n2. Riêng\n\na) Ba.\n\n+ Bốn.",
            "I I.1 I.1.-1 I.1.-2 I.2 I.2.a I.2.a.+1",
        ),
        ("A. MỤC TIÊU\n\nI. CHUNG\n\n1. Một.\n\nB. NHIỆM VỤ\n\nI. RIÊNG\n\n1. Hai.", "A A.I A.I.1 B B.I B.I.1"),
        ("1. Mục tiêu\n\n1.1. Chung\n\n1.1.1. Nâng cao.\n\n1.2. Riêng\n\n2. Nhiệm vụ", "1 1.1 1.1.1 1.2 2"),
        ("II. NHIỆM VỤ\n\n2.1. Tuyên truyền.\n\n2.2. Đấu tranh.", "II II.1 II.2"),
        ("I. MỤC TIÊU\n\n- Một.\n\n- Hai.\n\n* Đến năm 2025:\n\n- Ba.", "I I.-1 I.-2 I.*1 I.*1.-1"),
        ("I. NHIỆM VỤ\n\n- Một; - Hai; - Ba.", "I I.-1 I.-2 I.-3"),
        ("I. NHIỆM VỤ\n\n1. Gồm: (1) một; (2) hai; (3) ba.", "I I.1"),
        ("I. NHIỆM VỤ\n\na) Một; b) Hai; c) Ba; d) Bốn; đ) Năm; e) Sáu.", "I I.a I.b I.c I.d I.đ I.e"),
        ("Chương I\nQUY ĐỊNH\n\nĐiều 1. Phạm vi\n\n1. Một.\n\n2. Hai.", "C1 C1.Đ1 C1.Đ1.1 C1.Đ1.2"),
        ("I/ MỤC TIÊU\n\n1/ Một.\n\n2/ Hai.\n\nII/ NHIỆM VỤ\n\n1/ Ba.", "I I.1 I.2 II II.1"),
        ("PHẦN THỨ NHẤT\n\nMỤC TIÊU\n\nI. CHUNG\n\nPHẦN THỨ HAI\n\nNHIỆM VỤ", "P1 P1.I P2"),
        ("I. NHIỆM VỤ\n\n• Một.\n\n• Hai.\n\n+ Ba.", "I I.•1 I.•2 I.+1"),
    ],
)
def test_marks_make_paths(lines: str, expected: str) -> None:
    assert paths(body(lines)) == expected.split()


def test_a_heading_goes_on_in_the_next_line() -> None:
    plan = body("I. PHÂN CÔNG TRÁCH NHIỆM,\nTỔ CHỨC THỰC HIỆN\n1. Sở Lao động - Thương binh\nvà Xã hội\n- Chủ trì.")
    assert text_at(plan, "I") == "PHÂN CÔNG TRÁCH NHIỆM, TỔ CHỨC THỰC HIỆN"
    assert next(c for c in plan.clauses if c.path == "I.1.-1").owners == ("Sở Lao động - Thương binh và Xã hội",)


def test_what_is_left_blank_stays_unknown() -> None:
    text = HEAD.replace("Số: 12/KH-UBND", "Số:      /KH-UBND").replace("ngày 05 tháng 3", "ngày     tháng 3")
    plan = read(text + "I. MỤC TIÊU\n\n1. Một.")
    assert plan.number is None
    assert plan.date is None
    assert len(plan.notes) >= 2


def test_the_same_plan_in_every_writing() -> None:
    import unicodedata

    whole = HEAD + "I. MỤC TIÊU\n\n1. Đạt trên 80% số xã; hòa giải, ủy quyền.\n"
    plain = read(whole).as_dict()
    assert read(unicodedata.normalize("NFD", whole)).as_dict() == plain
    assert read(whole.replace("\n", "\r\n")).as_dict() == plain
    assert read("\ufeff" + whole).as_dict() == plain
    modern = read(whole.replace("hòa", "hoà").replace("ủy", "uỷ").replace("ỦY", "UỶ"))
    assert [t.value for t in modern.targets] == [80.0]
    assert modern.issuer == plain["issuer"]


def test_a_cut_text_says_where() -> None:
    plan = body("I. MỤC TIÊU\n\n1. Một.\n\n2. Hai.\n\n[...]")
    assert plan.cut is not None
    assert plan.cut.after == "I.2"
    assert plan.as_dict()["cut"] is True
    whole = body("I. MỤC TIÊU\n\n1. Một./.\n\nNơi nhận:\n- Như trên;\n- Lưu: VT.")
    assert whole.cut is None


def test_footnotes_are_no_clauses() -> None:
    plan = body("I. MỤC TIÊU\n\n1. Không để phát sinh điểm[1].\n\n2. Hai[2].\n\n[1] Điểm theo QĐ 28.")
    assert paths(plan) == ["I", "I.1", "I.2"]
    assert {note.mark: note.text for note in plan.footnotes} == {"[1]": "Điểm theo QĐ 28.", "[2]": None}


def test_bare_and_foreign_texts_give_little_and_no_failure() -> None:
    assert read("").clauses == ()
    assert read("Hello, world.").number is None
    assert read("\x00\x01|||\n---\n***").clauses == ()
