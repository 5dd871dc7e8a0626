"""From a raw cell to a value of the column's kind, or to the reason why not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from diaban.adapters.workbooks.specs import ColumnSpec, Kind, clean, comparable
from diaban.core.messages import N_, Message, say

_GROUPED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?", re.ASCII)
_PLAIN = re.compile(r"[+-]?\d+([.,]\d+)?", re.ASCII)
_ONE_COMMA_THREE = re.compile(r"[+-]?\d{1,3},000")
_ONE_DOT_THREE = re.compile(r"[+-]?\d{1,3}\.\d{3}")
_VIETNAMESE_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_ISO_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?", re.ASCII)
_CODE = re.compile(r"[\w./-]+")
_FIRST_DAY, _LAST_DAY = dt.date(1900, 3, 1), dt.date(2099, 12, 31)
_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA")


class CellError(Exception):
    """A cell that cannot be taken: why, and what would be accepted."""

    def __init__(self, why: Message, accepted: Message) -> None:
        super().__init__(str(why))
        self.why = why
        self.accepted = accepted


def show(raw: object) -> str:
    """Return the raw value as a person would read it in the sheet, shortened to 80 characters."""
    if isinstance(raw, str):
        return raw if len(raw) <= 80 else raw[:79] + "…"
    if isinstance(raw, dt.datetime):
        raw = raw.date() if raw.time() == dt.time() else raw
    if isinstance(raw, dt.date) and not isinstance(raw, dt.datetime):
        return raw.strftime("%d/%m/%Y")
    text = str(int(raw)) if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15 else str(raw)
    return text if len(text) <= 80 else text[:79] + "…"


def is_empty(raw: object) -> bool:
    """Say whether the cell holds nothing: not a zero, not a dash."""
    return raw is None or (isinstance(raw, str) and not raw.strip())


def accepted(column: ColumnSpec) -> Message:
    """Return what the column takes, in words, with its example."""
    match column.kind:
        case Kind.CHOICE:
            return say(N_("Chọn một trong: {labels}"), labels="; ".join(column.choices.values()))
        case Kind.DATE:
            return say(N_("Ngày dạng dd/mm/yyyy, ví dụ {example}"), example=column.example or "15/12/2025")
        case Kind.INTEGER:
            if column.maximum is not None:
                return say(N_("Số nguyên từ {low} đến {high}"), low=column.minimum, high=column.maximum)
            return say(
                N_("Số nguyên từ {low} trở lên, ví dụ {example}"), low=column.minimum, example=column.example or "12"
            )
        case Kind.DECIMAL:
            return say(N_("Số, dấu phẩy cho phần lẻ, ví dụ {example}"), example=column.example or "12,5")
        case Kind.CODE:
            if column.digits:
                return say(N_("Mã gồm {n} chữ số, ví dụ {example}"), n=column.digits, example=column.example)
            return say(N_("Mã gồm chữ, số, dấu gạch, không có dấu cách, ví dụ {example}"), example=column.example)
        case Kind.TEXT:
            return say(N_("Chữ, không quá {n} ký tự"), n=column.max_length)


def convert(raw: object, column: ColumnSpec) -> Any:
    """Return the value of a non-empty cell: `str`, `int`, `Decimal` or `date`. Raises `CellError`."""
    if isinstance(raw, str) and raw.startswith("#") and raw.strip() in _ERRORS:
        raise CellError(say(N_("Ô chứa lỗi của bảng tính")), accepted(column))
    return _BY_KIND[column.kind](raw, column)


def _text(raw: object, column: ColumnSpec) -> str:
    text = clean(raw) if isinstance(raw, str) else show(raw)
    if len(text) > column.max_length:
        raise CellError(say(N_("Dài {n} ký tự, quá giới hạn"), n=len(text)), accepted(column))
    return text


def _code(raw: object, column: ColumnSpec) -> str:
    if isinstance(raw, (bool, dt.date, dt.time, dt.timedelta)):
        raise CellError(say(N_("Bảng tính đã đổi mã thành kiểu khác (ngày, giờ hoặc đúng/sai)")), accepted(column))
    if isinstance(raw, (int, float)):
        if float(raw) != int(raw):
            raise CellError(say(N_("Mã không thể là số lẻ")), accepted(column))
        text = str(int(raw)).zfill(column.digits)
    else:
        text = clean(str(raw))
    if not _CODE.fullmatch(text) or (column.digits and not (text.isdecimal() and len(text) == column.digits)):
        raise CellError(say(N_("Không đúng dạng mã")), accepted(column))
    if len(text) > column.max_length:
        raise CellError(say(N_("Dài {n} ký tự, quá giới hạn"), n=len(text)), accepted(column))
    return text


def parse_number(text: str) -> Decimal | None:
    """Return the number written the Vietnamese way ("1.234,5") or plainly ("1234.5"); None when it is not one.

    "1.234" is a thousand and more here; the caller decides whether that reading is safe.
    """
    text = clean(text).replace(" ", "").replace("−", "-")
    if _GROUPED.fullmatch(text):
        text = text.replace(".", "")
    elif not _PLAIN.fullmatch(text):
        return None
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None


def _number(raw: object, column: ColumnSpec) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        raise CellError(say(N_("Không phải số")), accepted(column))
    if isinstance(raw, str):
        value = parse_number(raw)
        if value is None:
            raise CellError(say(N_("Không phải số")), accepted(column))
        if column.kind is Kind.DECIMAL and _ONE_DOT_THREE.fullmatch(clean(raw)):
            raise CellError(
                say(
                    N_("Có thể đọc thành hai số: {one} hoặc {other}"),
                    one=clean(raw).replace(".", ""),
                    other=clean(raw).replace(".", ","),
                ),
                accepted(column),
            )
    else:
        value = Decimal(repr(raw))
        if not value.is_finite():
            raise CellError(say(N_("Không phải số")), accepted(column))
    if column.minimum is not None and value < column.minimum:
        raise CellError(say(N_("Nhỏ hơn {low}"), low=column.minimum), accepted(column))
    if value > (10**15 if column.maximum is None else column.maximum):
        raise CellError(say(N_("Lớn hơn mức cho phép")), accepted(column))
    return value


def _integer(raw: object, column: ColumnSpec) -> int:
    value = _number(raw, column)
    if isinstance(raw, str) and _ONE_COMMA_THREE.fullmatch(clean(raw)):
        # "20,000" is twenty here and twenty thousand in an English spreadsheet: a count must not shrink unseen.
        raise CellError(
            say(
                N_("Có thể đọc thành hai số: {one} hoặc {other}"),
                one=clean(raw).replace(",", ""),
                other=clean(raw).partition(",")[0],
            ),
            accepted(column),
        )
    if value != value.to_integral_value():
        raise CellError(say(N_("Không phải số nguyên")), accepted(column))
    return int(value)


def _decimal(raw: object, column: ColumnSpec) -> Decimal:
    return _number(raw, column)


def _date(raw: object, column: ColumnSpec) -> dt.date:
    day: dt.date | None = None
    if isinstance(raw, dt.datetime):
        day = raw.date()
    elif isinstance(raw, dt.date):
        day = raw
    elif isinstance(raw, str):
        text = clean(raw)
        parts: tuple[str, str, str] | None = None
        if found := _VIETNAMESE_DATE.fullmatch(text):
            parts = (found[3], found[2], found[1])
        elif found := _ISO_DATE.fullmatch(text):
            parts = (found[1], found[2], found[3])
        if parts is None:
            raise CellError(say(N_("Không phải ngày")), accepted(column))
        try:
            day = dt.date(*(int(part) for part in parts))
        except ValueError:
            raise CellError(say(N_("Ngày này không có trong lịch")), accepted(column)) from None
    if day is None:
        raise CellError(say(N_("Không phải ngày; ô đang có kiểu số")), accepted(column))
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise CellError(say(N_("Ngày ngoài khoảng 1900–2099")), accepted(column))
    return day


def _choice(raw: object, column: ColumnSpec) -> str:
    code = column.by_words.get(comparable(show(raw)))
    if code is not None:
        return code
    raise CellError(say(N_("Không có trong danh sách lựa chọn")), accepted(column))


_BY_KIND: dict[Kind, Callable[[object, ColumnSpec], Any]] = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
}
