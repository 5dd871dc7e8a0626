"""Write every problem back into a copy of the sender's own file: colour, comment, and a sheet "Lỗi" that lists all."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Sequence

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from diaban.adapters.workbooks.inject import SheetLines, inject_sheet
from diaban.adapters.workbooks.problems import Problem
from diaban.adapters.workbooks.specs import SheetSpec
from diaban.adapters.workbooks.tables import read_csv

MAX_COMMENTS = 2_000  # more than that nobody opens one by one, and the cell-by-cell way needs much memory
MAX_COMMENTED_BYTES = 2 * 1024 * 1024
ERROR_SHEET = "Lỗi"
HEADINGS = ("Trang", "Dòng", "Mã cột", "Tên cột", "Giá trị", "Vì sao", "Giá trị được nhận")
_PINK = PatternFill("solid", fgColor="F8D7D3")
_SEARCHED_ROWS = 20


def annotate(
    original: bytes, problems: Sequence[Problem], spec: SheetSpec, *, translate: Callable[[str], str] = str
) -> tuple[bytes, str]:
    """Return `(copy, extension)`: the same file with its problems written in.

    An XLSX of moderate size gets coloured cells with comments and a sheet "Lỗi"; a larger one only the sheet,
    with links to the rows, and is otherwise left byte for byte. A CSV gets a last column "Lỗi".
    """
    if not original.startswith(b"PK"):
        return _annotate_csv(original, problems, translate), "csv"
    lines = _lines(problems, spec, translate)
    if len(problems) <= MAX_COMMENTS and len(original) <= MAX_COMMENTED_BYTES:
        try:
            return _annotate_cells(original, problems, spec, lines, translate), "xlsx"
        except Exception:  # noqa: S110 - any oddity of a foreign file; the sheet alone still tells everything
            pass
    return inject_sheet(original, ERROR_SHEET, lines), "xlsx"


def _lines(problems: Sequence[Problem], spec: SheetSpec, translate: Callable[[str], str]) -> SheetLines:
    titles = {column.code: column.title for column in spec.columns}
    yield HEADINGS, None
    for problem in problems:
        why, accepted = problem.why.render(translate), problem.accepted.render(translate)
        cells = (
            problem.sheet,
            problem.row,
            problem.column,
            titles.get(problem.column, ""),
            problem.value,
            why,
            accepted,
        )
        yield cells, (problem.sheet, problem.row)


def _annotate_cells(
    original: bytes, problems: Sequence[Problem], spec: SheetSpec, lines: SheetLines, translate: Callable[[str], str]
) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(original))
    by_cell: dict[tuple[str, int, str], list[Problem]] = defaultdict(list)
    for problem in problems:
        by_cell[problem.sheet, problem.row, problem.column].append(problem)
    places: dict[str, dict[str, int]] = {}
    for (name, row, code), found in by_cell.items():
        if name not in book.sheetnames or not row:
            continue
        sheet = book[name]
        if name not in places:
            places[name] = _column_places(sheet, spec)
        cell = sheet.cell(row, places[name].get(code) or places[name].get(spec.key[0], 1))
        cell.fill = _PINK
        words = "\n".join(f"{p.why.render(translate)}. {p.accepted.render(translate)}".strip() for p in found)
        earlier = f"{cell.comment.text}\n" if cell.comment else ""
        cell.comment = Comment((earlier + words)[:4000], "Diaban", width=320, height=110)
    _write_sheet(book, lines)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _column_places(sheet: Worksheet, spec: SheetSpec) -> dict[str, int]:
    """Return the column number of each code, from the row that holds most of them."""
    best: dict[str, int] = {}
    for row in sheet.iter_rows(min_row=1, max_row=_SEARCHED_ROWS, values_only=True):
        found = {cell.strip(): at for at, cell in enumerate(row, start=1) if isinstance(cell, str)}
        known = {code: at for code, at in found.items() if code in spec.codes}
        if len(known) > len(best):
            best = known
    return best


def _write_sheet(book: openpyxl.Workbook, lines: SheetLines) -> None:
    if ERROR_SHEET in book.sheetnames:
        del book[ERROR_SHEET]  # the copy that came back corrected: its old list is over
    sheet = book.create_sheet(ERROR_SHEET, 0)
    for number, (cells, target) in enumerate(lines, start=1):
        for at, value in enumerate(cells, start=1):
            cell = sheet.cell(number, at)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"  # never a formula, whatever the sender typed
        if target is None:
            for at in range(1, len(cells) + 1):
                sheet.cell(number, at).font = Font(bold=True)
        elif target[1]:
            sheet.cell(number, 2).hyperlink = f"#'{target[0].replace(chr(39), chr(39) * 2)}'!A{target[1]}"
    for at, width in enumerate((18, 8, 18, 28, 26, 46, 56), start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.freeze_panes = "A2"
    book.active = 0


def _annotate_csv(original: bytes, problems: Sequence[Problem], translate: Callable[[str], str]) -> bytes:
    words: dict[int, list[str]] = defaultdict(list)
    for problem in problems:
        text = f"{problem.column}: {problem.why.render(translate)}. {problem.accepted.render(translate)}"
        words[problem.row].append(text.strip())
    rows, delimiter = read_csv(original)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter)
    buffer.write("\ufeff")
    for at, (number, row) in enumerate(rows):
        writer.writerow([*row, ERROR_SHEET if at == 0 else " | ".join(words.get(number, ()))])
    return buffer.getvalue().encode()
