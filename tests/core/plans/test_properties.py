"""Whatever the text: an answer, paths that name one clause each, words that stand in their clause, linear time."""

from __future__ import annotations

import re
import time
from importlib.resources import files

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diaban.catalogue.plans_loader import gazetteer
from diaban.core.plans import PlanText, read_plan

MARKS = (
    "I. ",
    "II. ",
    "A. ",
    "1. ",
    "2. ",
    "1.1. ",
    "a) ",
    "b) ",
    "(1) ",
    "- ",
    "+ ",
    "* ",
    "• ",
    "Phần thứ nhất\n",
    "Điều 1. ",
    "",
)
PIECES = (
    "MỤC TIÊU",
    "Công an tỉnh",
    "Sở Y tế, Tài chính:",
    "Đạt trên 80% số xã, phường, thị trấn so với năm trước;",
    "không để phát sinh điểm phức tạp.",
    "trước ngày 15/12 hằng năm.",
    "Căn cứ Luật Phòng, chống ma túy số 73/2021/QH14 ngày 30/3/2021;",
    "phối hợp với Sở Y tế; - Tổ chức; b) Rà soát [1]",
    "[1] Chú thích.",
    "| TT | Nội dung | Chủ trì | Thời gian |",
    "| 1 | Rà soát | Công an tỉnh | Quý I/2024 |",
    "TT",
    "Nội dung công việc",
    "Cơ quan chủ trì",
    "1",
    "Nơi nhận:",
    "KT. CHỦ TỊCH",
    "PHỤ LỤC I",
    "KẾ HOẠCH",
    "Số:  /KH-UBND",
    "[...]",
    "Nội dung: Rà soát; Chủ trì: Sở Y tế; phối hợp: Công an tỉnh.",
    "Cơ quan chủ trì: Công an tỉnh.",
    "Thời gian thực hiện: quý II/2026 (Chủ trì: Sở Y tế",
    "KẾ HOẠCHTHỰC HIỆN ngày31/8/2012 Thành phốHồ Chí Minh",
    "giảm số vụ, ít nhất 90% xã, đến hết năm 2030 có 5% (hiện nay 3%",
    "TT Nội dung nhiệm vụ Cơ quan chủ trì Thời gian",
    "1 Rà soát Công an tỉnh Quý I/2026",
    "Phòng Nghiệp vụ Y: theo dõi",
    "",
)
lines = st.builds(
    lambda mark, text: mark + text, st.sampled_from(MARKS), st.one_of(st.sampled_from(PIECES), st.text(max_size=30))
)
documents = st.lists(lines, max_size=25).map("\n".join)
CHECKED = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def check(plan: PlanText) -> None:
    by_path = {clause.path: clause for clause in plan.clauses}
    assert len(by_path) == len(plan.clauses)
    for clause in plan.clauses:
        assert clause.parent is None or clause.parent in by_path
    for found in (*plan.targets, *plan.tasks):
        assert found.words in by_path[found.clause].text
    for task in plan.tasks:
        assert task.lead is None or task.lead in task.agencies
    plan.as_dict(explain=True)


@CHECKED
@given(documents)
def test_pieces_of_plans_in_any_order(text: str) -> None:
    check(read_plan(text, gazetteer(None)))


@CHECKED
@given(st.text(max_size=400))
def test_any_text(text: str) -> None:
    check(read_plan(text, gazetteer(None)))


@CHECKED
@given(st.data())
def test_a_plan_broken_at_any_place(data: st.DataObject) -> None:
    text = shipped()
    start = data.draw(st.integers(0, len(text)))
    check(read_plan(text[start : start + 3000], gazetteer(None)))


def shipped() -> str:
    return (files("diaban.catalogue") / "plans" / "kh208-2022.txt").read_text(encoding="utf-8")


def test_the_clauses_cover_the_body() -> None:
    text = shipped()
    plan = read_plan(text, gazetteer(None))
    body = text[text.index("I. MỤC TIÊU THỰC HIỆN") : text.index("[...]")]
    words = set(re.findall(r"\w+", body))
    read = set(re.findall(r"\w+", " ".join(f"{clause.mark} {clause.text}" for clause in plan.clauses)))
    assert words == read


def test_time_grows_with_the_text_and_no_faster() -> None:
    text = shipped()
    body = text[text.index("I. MỤC TIÊU THỰC HIỆN") : text.index("[...]")]

    def seconds(times: int) -> float:
        began = time.perf_counter()
        read_plan(body * times, gazetteer(None))
        return time.perf_counter() - began

    seconds(1)
    assert seconds(24) < 24 * max(seconds(4) / 4, 0.01) * 3
