"""How numbers, days and names are written in an official Vietnamese paper."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

NOT_REPORTED = "chưa báo cáo"


def count(value: int | None) -> str:
    """Return a whole number with a dot between thousands ("1.234"); None is "chưa báo cáo"."""
    return NOT_REPORTED if value is None else f"{value:,}".replace(",", ".")


def two_digits(value: int) -> str:
    """Return a count as papers write it in a sentence: at least two digits ("05", "30", "1.234")."""
    return f"{value:02d}" if abs(value) < 10 else count(value)


def millipercent(part: int | None, whole: int | None) -> int | None:
    """Return `part / whole` in thousandths of a percent, cut off, never rounded up.

    Cut, so that a rate below a threshold is never printed as the threshold: 99 persons of 19.801 are 0,49997 %, printed
    0,499. None when either number is not known or the whole is zero.
    """
    if part is None or not whole:
        return None
    return part * 100_000 // whole


def rate(part: int | None, whole: int | None) -> str:
    """Return `part / whole` in percent with three decimals ("0,550"), cut off; "chưa báo cáo" when not known."""
    value = millipercent(part, whole)
    return NOT_REPORTED if value is None else f"{count(value // 1000)},{value % 1000:03d}"


def day(value: date | None) -> str:
    """Return dd/mm/yyyy, or nothing."""
    return "" if value is None else f"{value:%d/%m/%Y}"


def long_day(value: date | None, year: int) -> str:
    """Return the day of the place-and-date line: day below 10 and months 1 and 2 get a zero (NĐ 30/2020, Phụ lục I).

    Without a day, blanks are left for the clerk's pen, in `year`.
    """
    if value is None:
        return f"ngày      tháng      năm {year}"
    month = f"{value.month:02d}" if value.month <= 2 else str(value.month)
    return f"ngày {value.day:02d} tháng {month} năm {value.year}"


def names(values: Iterable[str]) -> str:
    """Return names separated by semicolons, in the order given."""
    return "; ".join(values)


def signed(value: int) -> str:
    """Return a change with its sign ("+2", "-1", "0")."""
    return f"+{count(value)}" if value > 0 else count(value)


ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
