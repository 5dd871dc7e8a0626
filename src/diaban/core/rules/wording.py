"""Numbers and short phrases as a Vietnamese reader writes them, from whole numbers only."""

from __future__ import annotations

from collections.abc import Iterable

from diaban.core.messages import N_, Message, say
from diaban.core.rules.model import Band, Bound, Quantity

NOT_REPORTED = N_("chưa báo cáo")


def grouped(number: int) -> str:
    """Return "1.234" for 1234."""
    return f"{number:,}".replace(",", ".")


def share(num: int, den: int, places: int = 3) -> str:
    """Return num/den as a percentage cut (not rounded) to `places`: just under a threshold never looks like on it."""
    scaled = num * 100 * 10**places // den
    whole, rest = scaled // 10**places, scaled % 10**places
    return f"{grouped(whole)},{rest:0{places}d} %" if places else f"{grouped(whole)} %"


def percent(bound: Bound) -> str:
    """Return a legal share as the law writes it: "0,5 %", "0,05 %", "3 %"."""
    text = share(bound.num, bound.den, 6)[:-2].rstrip("0").rstrip(",")
    return f"{text} %"


def amount(quantity: Quantity, value: int | None, base: int | None) -> Message:
    """Return "110 người (0,550 %)", "2 điểm" or "chưa báo cáo"."""
    if value is None:
        return say(NOT_REPORTED)
    if quantity.per is None or base is None:
        return say(N_("{n} {unit}"), n=grouped(value), unit=say(quantity.unit))
    return say(N_("{n} {unit} ({share})"), n=grouped(value), unit=say(quantity.unit), share=share(value, base))


def bounded(quantity: Quantity, least: int, most: int | None, base: int | None) -> Message:
    """Return what is known of a figure not known in full: "ít nhất 7 điểm", "từ 5 đến 8 xã"; "chưa báo cáo" if nothing.

    A share is said of the least only: the most need not be known.
    """
    if most is None:
        known = amount(quantity, least, base)
        return say(N_("ít nhất {amount}, chưa đủ đơn vị báo cáo"), amount=known) if least else say(NOT_REPORTED)
    return say(N_("từ {least} đến {most}"), least=grouped(least), most=amount(quantity, most, base))


def threshold(quantity: Quantity, band: Band, base: int | None, zero_counts: bool) -> Message:
    """Return the band in whole units: "≥ 100 người (0,5 % của 20.000)", "1 điểm", "20–99 người (…)"."""
    law = _law(band) if quantity.per else None
    if quantity.per and base is None:
        return say(N_("{law} {base}"), law=law, base=say(N_("(chưa tính được ra số người: thiếu mẫu số)")))
    low = band.low.least(base) if band.low else (0 if zero_counts else 1)
    high = band.high.least(base) - 1 if band.high else None
    unit = say(quantity.unit)
    if high is None:
        whole = say(N_("≥ {n} {unit}"), n=grouped(low), unit=unit)
    elif high < low:
        whole = say(N_("không có số nguyên {unit} nào"), unit=unit)
    elif high == low:
        whole = say(N_("{n} {unit}"), n=grouped(low), unit=unit)
    else:
        whole = say(N_("{low}–{high} {unit}"), low=grouped(low), high=grouped(high), unit=unit)
    if law is None or base is None:
        return whole
    return say(N_("{whole} ({law} của {base})"), whole=whole, law=law, base=grouped(base))


def _law(band: Band) -> Message:
    if band.low is None:
        return say(N_("dưới {high}"), high=percent(band.high or Bound(1)))
    if band.high is None:
        return say(N_("{low}"), low=percent(band.low))
    return say(N_("{low} đến dưới {high}"), low=percent(band.low), high=percent(band.high))


def joined(parts: Iterable[Message | str], template: str, last: str | None = None) -> Message:
    """Return the parts put together two by two with `template` ("{a}; {b}"), the last one with `last` if given."""
    items = list(parts)
    if not items:
        return say("")
    result = items[0] if isinstance(items[0], Message) else say(items[0])
    for position, item in enumerate(items[1:], start=2):
        result = say(last if last is not None and position == len(items) else template, a=result, b=item)
    return result


OR = N_("{a} hoặc {b}")
OR_ELSE = N_("{a}; hoặc {b}")
AND = N_("{a} và {b}")
COMMA = N_("{a}, {b}")
SEMICOLON = N_("{a}; {b}")
