"""How numbers and moments are written for people: `1.234,5`, `31/12/2026`, never a zero where nothing was reported."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
NO_BREAK = "\u00a0"


def grouped(value: int | float | Decimal, places: int | None = None) -> str:
    """Write a number the Vietnamese way: dot between thousands, comma before decimals, a true minus sign.

    `places` fixes the number of decimals (half rounds away from zero); without it an integer has none and any other
    number keeps at most two, without trailing zeros.
    """
    exact = Decimal(str(value))
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
        body = f"{abs(exact):,.{places}f}"
    elif exact == exact.to_integral_value():
        body = f"{abs(int(exact)):,}"
    else:
        body = f"{abs(exact.quantize(Decimal('0.01'), rounding=ROUND_HALF_UP)):,.2f}".rstrip("0").rstrip(".")
    swapped = body.translate(str.maketrans(",.", ".,"))
    return f"\u2212{swapped}" if exact < 0 and swapped.strip("0,.") else swapped


def percent(value: int | float | Decimal, places: int = 1) -> str:
    """Write a ratio (0.1234) as a percentage (`12,3 %`, with a space that does not break)."""
    return f"{grouped(Decimal(str(value)) * 100, places)}{NO_BREAK}%"


def day(value: dt.date | dt.datetime) -> str:
    """Write a day as dd/mm/yyyy; a moment is first moved to Vietnam's clock."""
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        value = value.astimezone(HERE)
    return f"{value:%d/%m}/{value.year:04d}"


def moment(value: dt.datetime) -> str:
    """Write a moment as `14:05 31/12/2026` on Vietnam's clock."""
    local = value.astimezone(HERE) if value.tzinfo is not None else value
    return f"{local:%H:%M} {day(local)}"
