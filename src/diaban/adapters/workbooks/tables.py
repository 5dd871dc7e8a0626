"""The raw rows of a file, whichever its format: what the reader of columns stands on."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import python_calamine

from diaban.adapters.workbooks.container import check_size, inspect, sheet_parts
from diaban.adapters.workbooks.problems import Refusal
from diaban.core.messages import N_, say

_UNREADABLE = say(N_("Không đọc được tệp. Mở bằng Excel hoặc LibreOffice, lưu lại dưới dạng .xlsx rồi tải lên."))

CSV_TABLE = "CSV"  # the name of the one table of a CSV file
CSV_REMARK = "# "  # how the last line begins where an export says who took it out


@dataclass(slots=True)
class Table:
    """One sheet: numbered raw rows (from 1) and the places of formulas, as `(row, column)` from 1."""

    name: str
    rows: Iterator[tuple[int, Sequence[object]]]
    formulas: set[tuple[int, int]] = field(default_factory=set)
    last_row: int = 0


def tables(data: bytes, file_name: str = "") -> Iterator[Table]:
    """Yield the visible and hidden sheets of an XLSX, or the one table of a CSV. Raises `Refusal`."""
    check_size(len(data))
    if _looks_like_text(data, file_name):
        yield Table(CSV_TABLE, _csv_rows(data), last_row=data.count(b"\n"))
        return
    contents = inspect(data)
    parts = sheet_parts(data)
    try:
        book = python_calamine.load_workbook(io.BytesIO(data))
        names = list(book.sheet_names)
    except BaseException as error:
        raise _refusal(error) from None
    for name in names:
        try:
            sheet = book.get_sheet_by_name(name)
        except python_calamine.WorksheetNotFound:
            continue  # a chart sheet
        except BaseException as error:
            raise _refusal(error) from None
        yield Table(name, _sheet_rows(sheet), contents.formulas_of(parts.get(name)), sheet.total_height)


def _refusal(error: BaseException) -> Exception:
    """A panic of the Rust reader derives from BaseException; the stops of the process must pass."""
    if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError)):
        raise error
    if isinstance(error, python_calamine.PasswordError):
        return Refusal(say(N_("Tệp được đặt mật khẩu. Bỏ mật khẩu rồi tải lên lại.")))
    return Refusal(_UNREADABLE)


def _sheet_rows(sheet: python_calamine.CalamineSheet) -> Iterator[tuple[int, Sequence[object]]]:
    if sheet.start is None:
        return
    shift: list[object] = [""] * sheet.start[1]
    try:
        for number, row in enumerate(sheet.iter_rows(), start=1):
            yield number, ([*shift, *row] if shift else row)
    except BaseException as error:
        raise _refusal(error) from None


def _looks_like_text(data: bytes, file_name: str) -> bool:
    if data[:2] == b"PK" or data[:4] == b"\xd0\xcf\x11\xe0":
        return False
    if data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    return file_name.lower().endswith((".csv", ".txt", ".tsv")) or b"\x00" not in data[:4096]


def _decode(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\x00" in data[:4096]:
        raise Refusal(say(N_("Tệp CSV mã hóa UTF-16. Khi lưu, chọn “CSV UTF-8 (phân tách bằng dấu phẩy)”.")))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Refusal(
            say(N_("Tệp CSV không phải UTF-8 (dòng {line}). Khi lưu, chọn “CSV UTF-8”."), line=line)
        ) from None


def read_csv(data: bytes) -> tuple[Iterator[tuple[int, list[str]]], str]:
    """Return the raw records of a CSV with the line where each begins, and the delimiter. Raises `Refusal`."""
    text = _decode(data)
    head = "\n".join(itertools.islice(io.StringIO(text), 15))
    delimiter = max(",;\t", key=head.count)
    return _records(text, delimiter), delimiter


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            # A record may span lines when a cell holds a line break: people see the line where it begins.
            yield line, row
            line = reader.line_num + 1
    except csv.Error:
        raise Refusal(say(N_("Dòng {line}: dấu ngoặc kép mở mà không đóng, hoặc ô quá dài."), line=line)) from None


def _csv_rows(data: bytes) -> Iterator[tuple[int, Sequence[object]]]:
    rows, _delimiter = read_csv(data)
    held: list[tuple[int, list[str]]] = []  # remarks so far: only one that nothing follows is the mark of an export
    for line, row in rows:
        remark = bool(row) and row[0].startswith(CSV_REMARK)
        if not any(cell.strip() for cell in (row[1:] if remark else row)):
            held.append((line, row))
            continue
        yield from held
        held.clear()
        yield line, [_unguard(cell) for cell in row]


def _unguard(cell: str) -> str:
    """Take off the apostrophe that our own CSV export puts before what a spreadsheet would run as a formula."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@\t\r" else cell
