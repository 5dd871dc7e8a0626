"""The measures of an official paper (NĐ 30/2020/NĐ-CP, Phụ lục I), in millimetres and points: one in each range."""

from __future__ import annotations

from datetime import UTC, date, datetime

from diaban.core.dossier.snapshot import Dossier
from diaban.core.dossier.writing import long_day, two_digits

PAGE_SHORT, PAGE_LONG = 210.0, 297.0  # A4
TOP, BOTTOM = 20.0, 20.0  # 20-25
LEFT, RIGHT = 30.0, 15.0  # 30-35, 15-20
NUMBER_FROM_EDGE = 10.0  # the page number stands in the middle of the top margin
TEXT_WIDTH = PAGE_SHORT - LEFT - RIGHT
LANDSCAPE_WIDTH = PAGE_LONG - LEFT - RIGHT
AGENCY_WIDTH = 65.0  # left part of the head; the rest holds quốc hiệu

FONT = "Times New Roman"
BODY = 14.0  # 13-14
PAGE_NUMBER = 14.0  # 13-14
NATION = 12.0  # quốc hiệu, 12-13
MOTTO = 13.0  # tiêu ngữ, 13-14
AGENCY = 12.0  # 12-13
NUMBER = 13.0  # số, ký hiệu
PLACE = 13.0  # địa danh và thời gian, 13-14
RECIPIENTS_HEAD, RECIPIENTS = 12.0, 11.0
SMALL = 11.0
FIRST_LINE = 12.7
PARAGRAPH_GAP = 6.0  # points, at least 6
LINE_SPACING = 1.15  # single to 1,5 lines

NATION_TEXT = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO_TEXT = "Độc lập - Tự do - Hạnh phúc"
MOTTO_LINE = 56.0  # mm: the whole length of the motto at its size
TITLE_INSET = 15.0  # mm kept free on both sides of the title, so that its lines break evenly
CAPITAL_WIDTH = 0.21  # mm per letter and point: mean of bold capitals in Times

SYNTHETIC = "SỐ LIỆU MÔ PHỎNG – KHÔNG DÙNG ĐỂ BÁO CÁO"


def clean(value: str) -> str:
    """Return `value` without control characters, which neither XML nor a page can hold."""
    return "".join(" " if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 else c for c in value)


def number_line(dossier: Dossier) -> str:
    """Return "Số: 05/BC-CAT"; without a number, room is left for it."""
    number = two_digits(dossier.number).replace(".", "") if dossier.number is not None else "        "
    symbol = f"BC-{dossier.letterhead.symbol}" if dossier.letterhead.symbol else "BC-"
    return f"Số: {number}/{symbol}"


def place_line(dossier: Dossier) -> str:
    """Return "Vũng Tàu, ngày 05 tháng 01 năm 2027"; without a day, blanks in the year of the cycle."""
    place = dossier.letterhead.place or "…………"
    return f"{place}, {long_day(dossier.issued_on, dossier.last_day.year)}"


def annex_reference(dossier: Dossier) -> str:
    """Return the line under an annex's name that ties it to its report."""
    issuer = dossier.letterhead.issuer_short or "…………"
    number = number_line(dossier).removeprefix("Số: ")
    return f"(Kèm theo Báo cáo số {number} {long_day(dossier.issued_on, dossier.last_day.year)} của {issuer})"


def recipient_lines(dossier: Dossier) -> tuple[str, ...]:
    """Return "Nơi nhận", line by line; the last is always where the paper is kept."""
    lines = [f"- {item.rstrip(';.')};" for item in dossier.letterhead.recipients]
    return (*lines, f"- Lưu: {dossier.letterhead.archive or 'VT'}.")


def agency_line(name: str) -> float:
    """Return the length in mm of the line under the agency: between a third and a half of its name's last line."""
    return max(10.0, 0.42 * len(name.split("\n")[-1]) * CAPITAL_WIDTH * AGENCY)


def stamp(dossier: Dossier) -> datetime:
    """Return the moment written into the files: the report's day, else the day after the cycle. Never the clock."""
    on: date = dossier.issued_on or date.fromordinal(dossier.last_day.toordinal() + 1)
    return datetime(on.year, on.month, on.day, tzinfo=UTC)
