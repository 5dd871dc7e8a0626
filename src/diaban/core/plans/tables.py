"""Tables of tasks: rows with cells, or the cells of a lost table one per line; what each column means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
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
    ("unit", re.compile(r"^(?:đơn vị tính|đvt|đv tính)$")),
    ("with", re.compile(r"phối hợp|tham gia")),
    ("lead", re.compile(r"chủ trì|cơ quan|đơn vị|thực hiện bởi|trách nhiệm|người thực hiện|chủ quản")),
    ("when", re.compile(r"thời gian|thời hạn|tiến độ|hoàn thành|hạn|năm thực hiện|lộ trình")),
    ("product", re.compile(r"sản phẩm|kết quả|đầu ra|hình thức văn bản|loại văn bản")),
    ("money", re.compile(r"kinh phí|nguồn|dự toán")),
    (
        "what",
        re.compile(
            r"nội dung|nhiệm vụ|công việc|hoạt động|tên|giải pháp|chỉ tiêu|mục tiêu|hạng mục|đề án|chương trình"
        ),
    ),
    ("note", re.compile(r"ghi chú")),
)


# Why a row is uncertain whose cells had to be found again.
GUESSED: Final = "bảng bị dồn thành dòng chữ; các ô được tách theo tên cơ quan và mốc thời gian, cần xem lại"
WRAPPED: Final = "bảng bị tách mỗi ô một dòng, số dòng không khớp số cột; các ô được ghép lại, cần xem lại"


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


def as_rows(units: list[Unit], gazetteer: Gazetteer) -> list[Unit]:
    """Return the units with the tables' heads taken out and every row's text made its main cell; tables that came as
    one cell per line are put together again."""
    done: list[Unit] = []
    heads: list[str] = []
    for unit in _regrouped(units, gazetteer):
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


def _regrouped(units: list[Unit], gazetteer: Gazetteer) -> list[Unit]:
    """Put rows together whose cells stand one per line: heads in a row of short lines, then numbers 1, 2, 3 alone."""
    done: list[Unit] = []
    at = 0
    while at < len(units):
        width = _heads_at(units, at)
        mashed = None if width else _mashed_heads(units, at)
        if mashed is not None:
            names, at = mashed
            at = _mashed_rows(units, at, names, done, gazetteer)
            continue
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
        guess = "" if len(cells) == width else WRAPPED
        if len(cells) > width:
            extra = len(cells) - width
            cells = [cells[0], " ".join(cells[1 : 2 + extra]), *cells[2 + extra :]]
        row = _as_row(units[at], tuple(cells))
        row.guess = guess
        done.append(row)
        at, number = end, number + 1
    return at


_HEAD_WORDS: Final = re.compile(
    r"(?P<number>^(?:stt|tt|số tt)\b)|(?P<what>nội dung(?: (?:nhiệm vụ|công việc))?|nhiệm vụ(?: cụ thể)?|tên "
    r"nhiệm vụ|hoạt động|công việc)|"
    r"(?P<with>(?:cơ quan |đơn vị )?phối hợp)|(?P<lead>(?:cơ quan |đơn vị )?(?:chủ trì|thực hiện))|"
    r"(?P<when>thời gian(?: hoàn thành| thực hiện)?|thời hạn|tiến độ)|(?P<product>sản phẩm|kết quả)|"
    r"(?P<note>ghi chú)|(?P<money>kinh phí)"
)


def _mashed_heads(units: list[Unit], at: int) -> tuple[list[str], int] | None:
    """Return the columns, in their order, of a table whose head was flattened into one or two lines, and where its
    rows begin; None where no such head stands."""
    if units[at].mark is not None or units[at].cells or not re.match(r"(?:stt|tt|số tt)\b", lower(units[at].text)):
        return None
    text, end = "", at
    while end < len(units) and end - at < 6 and not re.match(r"0?1[.\s]", _texts(units[end : end + 1])[0]):
        if units[end].cells or (units[end].mark is not None and end > at):
            return None
        text, end = f"{text} {units[end].text}".strip(), end + 1
    names = [found.lastgroup or "" for found in _HEAD_WORDS.finditer(lower(text))]
    if end >= len(units) or len(set(names)) < 3 or "what" not in names or len(text.split()) > 40:
        return None
    return names, end


def _mashed_rows(units: list[Unit], at: int, names: list[str], done: list[Unit], gazetteer: Gazetteer) -> int:
    """Take the rows below such a head: a number begins each; its cells are told apart by agencies and moments."""
    heads = [name for name in ("number", "what", "lead", "with", "when") if name in names]
    first = units[at]
    done.append(
        _as_row(
            first,
            tuple(
                {"number": "TT", "what": "Nội dung", "lead": "Chủ trì", "with": "Phối hợp", "when": "Thời gian"}[n]
                for n in heads
            ),
        )
    )
    number = 1
    while at < len(units):
        start = re.match(rf"0?{number}(?:\s*[.)])?\s+(?=\S)", _texts(units[at : at + 1])[0])
        if start is None or units[at].annex != first.annex:
            break
        end = at + 1
        following = re.compile(rf"0?{number + 1}(?:\s*[.)])?\s+(?=\S)")
        while (
            end < len(units)
            and units[end].annex == first.annex
            and not following.match(_texts(units[end : end + 1])[0])
        ):
            mark = units[end].mark
            if units[end].cells or (mark is not None and mark.family in ("roman", "part", "upper", "annex")):
                break
            end += 1
        lines = _texts(units[at:end])
        lines[0] = lines[0][start.end() :]
        by = _mashed_cells(lines, gazetteer)
        by["number"] = str(number)
        row = _as_row(units[at], tuple(by.get(name, "") for name in heads))
        row.guess = GUESSED
        done.append(row)
        at, number = end, number + 1
    return at


def _mashed_cells(lines: list[str], gazetteer: Gazetteer) -> dict[str, str]:
    """Tell the cells of a flattened row apart: words, then agencies (the first leads), then a moment."""
    whole = " ".join(lines)
    bounds = [0]
    for line in lines[:-1]:
        bounds.append(bounds[-1] + len(line) + 1)
    mentions = [
        replace(m, start=m.start + offset, end=m.end + offset)
        for offset, line in zip(bounds, lines, strict=True)
        for m in agencies.find(line, gazetteer)
    ]
    begin = next((m.start for m in mentions if m.start in bounds and m.start > 0), None)
    if begin is None:
        begin = next((m.start for m in mentions if m.start > len(lines[0]) // 2), len(whole))
    if begin == len(whole) and len(lines) == 1:
        # A short row on one line: the first agency that no word of the sentence leads to.
        led = re.compile(r"(?:của|với|cho|tại|và|về|từ|,)\s*$")
        begin = next((m.start for m in mentions if m.start > 0 and not led.search(whole[: m.start])), len(whole))
    rest = whole[begin:]
    whens = [when for when in moments.find(rest) if when.kind != "span"]
    named = [m for m in mentions if m.start >= begin]
    found = {
        "what": whole[:begin].strip(),
        "lead": named[0].name if named else "",
        "with": "; ".join(m.name for m in named[1:]),
    }
    found["when"] = whens[-1].words if whens else ""
    if not named and not whens:
        found["what"] = whole.strip()
    return found


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
        clause=path,
        agencies=tuple(names),
        lead=lead[0].name if lead else None,
        coordinating=tuple(dict.fromkeys(m.name for m in [*lead[1:], *partners])),
        deadline=deadline,
        recurrence=recurrence,
        product=by.get("product"),
        words=text,
        uncertain=not lead or bool(unit.guess),
        why=unit.guess or (None if lead else "không nêu cơ quan chủ trì"),
        rule="dòng của bảng nhiệm vụ",
    )
