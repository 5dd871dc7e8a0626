"""Tables of tasks: rows with cells, or the cells of a lost table one per line; what each column means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from diaban.core.plans import agencies, moments
from diaban.core.plans.gazetteer import Gazetteer
from diaban.core.plans.layout import Unit
from diaban.core.plans.model import Task
from diaban.core.plans.shadow import lower
from diaban.core.plans.tasks import when_due

# The meaning of a column by the words of its head; the first that fits counts.
COLUMNS: Final = (
    ("number", re.compile(r"^(?:tt|stt|số tt|số thứ tự|s\.tt|số)$")),
    ("with", re.compile(r"phối hợp|tham gia")),
    ("lead", re.compile(r"chủ trì|cơ quan|đơn vị|thực hiện bởi|trách nhiệm|người thực hiện|chủ quản")),
    ("when", re.compile(r"thời gian|thời hạn|tiến độ|hoàn thành|hạn|năm thực hiện|lộ trình")),
    ("product", re.compile(r"sản phẩm|kết quả|đầu ra|hình thức văn bản|loại văn bản")),
    ("money", re.compile(r"kinh phí|nguồn|dự toán")),
    ("what", re.compile(r"nội dung|nhiệm vụ|công việc|hoạt động|tên|giải pháp|chỉ tiêu|mục tiêu|hạng mục|đề án|chương trình")),
    ("note", re.compile(r"ghi chú")),
)  # fmt: skip


def meaning(cell: str) -> str:
    """Return what a column holds, by its head; "" where the head is not known."""
    small = lower(cell).strip(" .:")
    if not small or len(small.split()) > 9:
        return ""
    if re.search(r"^(?:nội dung|tên|nhiệm vụ|công việc|hoạt động)", small):
        return "what"
    return next((name for name, pattern in COLUMNS if pattern.search(small)), "")


def _is_header(cells: Iterable[str]) -> bool:
    known = [meaning(cell) for cell in cells]
    return (
        len([name for name in known if name]) >= 2
        and ("what" in known or "number" in known)
        and len(set(known) - {""}) >= 2
    )


def as_rows(units: list[Unit]) -> list[Unit]:
    """Return the units with the tables' heads taken out and every row's text made its main cell; tables that came as
    one cell per line are put together again."""
    done: list[Unit] = []
    heads: list[str] = []
    for unit in _regrouped(units):
        if not unit.cells:
            heads = heads if unit.mark is None else []
            done.append(unit)
            continue
        if _is_header(unit.cells):
            heads = [meaning(cell) for cell in unit.cells]
            continue
        filled = [cell for cell in unit.cells if cell]
        if heads and all(re.fullmatch(r"\(?\d{1,2}\)?", cell) for cell in filled) and len(filled) > 2:
            continue  # the line that numbers the columns
        row = _row(unit, heads)
        if row is not None:
            done.append(row)
    return done


def _row(unit: Unit, heads: list[str]) -> Unit | None:
    cells = unit.cells
    if "what" in heads and heads.index("what") < len(cells):
        main = cells[heads.index("what")]
    else:
        main = max(cells[1:] or cells, key=len)
    if len([cell for cell in cells if cell]) == 1:
        main = next(cell for cell in cells if cell)
    if not main.strip():
        return None
    unit.text = main.strip()
    named = tuple(heads[at] if at < len(heads) else "" for at in range(len(cells)))
    unit.last = "\x1f".join(named)
    return unit


def _regrouped(units: list[Unit]) -> list[Unit]:
    """Put rows together whose cells stand one per line: heads in a row of short lines, then numbers 1, 2, 3 alone."""
    done: list[Unit] = []
    at = 0
    while at < len(units):
        width = _heads_at(units, at)
        if not width:
            done.append(units[at])
            at += 1
            continue
        first = units[at]
        texts = _texts(units[at : at + width])
        done.append(_as_row(first, tuple(texts)))
        at += width
        at = _rows_after(units, at, width, done)
    return done


def _texts(units: list[Unit]) -> list[str]:
    return [f"{unit.mark.raw} {unit.text}".strip() if unit.mark is not None else unit.text for unit in units]


def _as_row(unit: Unit, cells: tuple[str, ...]) -> Unit:
    return Unit(unit.line, None, " ".join(cells), unit.region, unit.gap, cells, unit.last, unit.enclosed, unit.annex)


def _heads_at(units: list[Unit], at: int) -> int:
    """Return how many lines from `at` are heads of columns: "TT", "Nội dung", "Cơ quan chủ trì", …; 0 for none."""
    if units[at].mark is not None or units[at].cells or meaning(units[at].text) != "number":
        return 0
    width = 1
    while at + width < len(units) and width < 9:
        unit = units[at + width]
        if unit.mark is not None or unit.cells or not meaning(unit.text):
            break
        width += 1
    return width if width >= 3 else 0


def _rows_after(units: list[Unit], at: int, width: int, done: list[Unit]) -> int:
    number = 1
    while at < len(units) and units[at].text.strip(" .") in (str(number), f"0{number}") and units[at].mark is None:
        end = at + 1
        while (
            end < len(units)
            and not units[end].cells
            and units[end].text.strip(" .") not in (str(number + 1), f"0{number + 1}")
        ):
            if units[end].annex != units[at].annex or end - at > 3 * width:
                break
            end += 1
        cells = _texts(units[at:end])
        last = end >= len(units) or units[end].text.strip(" .") not in (str(number + 1), f"0{number + 1}")
        if len(cells) > width and last:
            end, cells = at + width, cells[:width]
        if len(cells) > width:
            extra = len(cells) - width
            cells = [cells[0], " ".join(cells[1 : 2 + extra]), *cells[2 + extra :]]
        done.append(_as_row(units[at], tuple(cells)))
        at, number = end, number + 1
    return at


def task_of_row(path: str, text: str, unit: Unit, gazetteer: Gazetteer, home: str) -> Task | None:
    """Return the task of a row; None for a row that only names a group of rows."""
    heads = unit.last.split("\x1f")
    by: dict[str, str] = {}
    for name, cell in zip(heads, unit.cells, strict=False):
        if name and cell and name not in by:
            by[name] = cell
    if not any(name in by for name in ("lead", "with", "when")):
        return None
    lead = agencies.distinct(agencies.find(by.get("lead", ""), gazetteer, home))
    partners = [m for m in agencies.distinct(agencies.find(by.get("with", ""), gazetteer, home)) if m not in lead]
    due = by.get("when", "")
    deadline, recurrence, _ = when_due(due)
    if due and deadline is None:
        named = moments.find(due)
        deadline = recurrence or (named[0].value if named else due)
    names = list(dict.fromkeys([m.name for m in [*lead, *partners]]))
    return Task(
        clause=path, agencies=tuple(names), lead=lead[0].name if lead else None,
        coordinating=tuple(dict.fromkeys(m.name for m in [*lead[1:], *partners])), deadline=deadline, recurrence=recurrence,
        product=by.get("product"), words=text, uncertain=not lead, why=None if lead else "không nêu cơ quan chủ trì",
        rule="dòng của bảng nhiệm vụ",
    )  # fmt: skip
