"""Plan 208/KH-UBND of 2022, whole as far as it was published."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from diaban.catalogue.plans_loader import gazetteer
from diaban.core.plans import PlanText, read_plan


@cache
def plan() -> PlanText:
    text = (files("diaban.catalogue") / "plans" / "kh208-2022.txt").read_text(encoding="utf-8")
    return read_plan(text, gazetteer(None))


def test_head() -> None:
    assert plan().number == "208/KH-UBND"
    assert str(plan().date) == "2022-11-04"
    assert plan().issuer == "Ủy ban nhân dân tỉnh Bà Rịa - Vũng Tàu"
    assert plan().signer == "Đặng Minh Thông"
    assert [(base.number, str(base.date)) for base in plan().bases] == [("5027/QĐ-BCA-C04", "2022-07-05")]


def test_tree_and_where_it_is_cut() -> None:
    first = [f"I.1.-{n}" for n in range(1, 7)]
    second = [f"I.2.-{n}" for n in range(1, 6)]
    last = [f"II.1.-{n}" for n in range(1, 9)]
    assert [c.path for c in plan().clauses] == ["I", "I.1", *first, "I.1.*1", "I.2", *second, "II", "II.1", *last]
    assert plan().cut is not None
    assert plan().cut.after == "II.1.-8"
    assert [note.text for note in plan().footnotes] == [None]  # [1] is lost


def test_aims() -> None:
    found = {(t.clause, t.op, t.value, t.against) for t in plan().targets if t.clause.startswith("I.2")}
    assert found == {
        ("I.2.-2", "=", 100.0, None),
        ("I.2.-2", ">", None, "năm trước"),
        ("I.2.-3", "=", 0.0, None),
        ("I.2.-4", "=", 0.0, None),
        ("I.2.-4", ">", 80.0, None),
        ("I.2.-5", "<", 1.0, "năm trước"),
    }
    (garbled,) = [t for t in plan().targets if t.clause == "I.2.-5"]
    assert garbled.uncertain
    assert len(garbled.readings) == 2


def test_the_police_lead_what_stands_under_them() -> None:
    tasks = [task for task in plan().tasks if task.clause.startswith("II.1.")]
    assert len(tasks) == 8
    assert {task.lead for task in tasks} == {"Công an tỉnh"}
    assert tasks[5].coordinating == ("Bộ đội Biên phòng", "Cảnh sát biển", "Hải quan")
