"""Whether a figure reaches what a target asks for; "not known" is an answer of its own, never taken for no."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

HUNDRED = Decimal(100)


class Reached(StrEnum):
    """The answer."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    FOLLOWED = "followed"  # nothing is asked but to look at it


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure: its numerator and, where it is a share or compares with a whole, its denominator."""

    numerator: Decimal
    denominator: Decimal | None = None

    @property
    def share(self) -> Decimal | None:
        """Return it in percent; None without a denominator or with none to divide by."""
        return HUNDRED * self.numerator / self.denominator if self.denominator else None


def reached(
    kind: str,
    value: Decimal | None,
    now: Amount | None,
    before: Amount | None = None,
    *,
    percent: bool = False,
    is_growth: bool = False,
) -> Reached:
    """Decide for a target of `kind` with its `value`; `before` is the figure of the same period a year earlier.

    `percent`: the target speaks of a share. `is_growth`: the figure itself is already a change in percent.
    """
    if kind == "follow":
        return Reached.FOLLOWED
    if now is None:
        return Reached.UNKNOWN
    if kind in ("must_rise", "must_fall", "growth_cap"):
        return _against(kind, value, now, before, is_growth=is_growth)
    if kind in ("coverage", "done"):
        return _whole(kind, now)
    figure = now.share if percent or is_growth else now.numerator
    if kind == "zero":
        return _said(now.numerator == 0)
    if figure is None or value is None:
        return Reached.UNKNOWN
    asked = {
        "floor": figure >= value,
        "floor_strict": figure > value,
        "ceiling": figure <= value,
        "ceiling_strict": figure < value,
    }
    return _said(asked[kind]) if kind in asked else Reached.UNKNOWN


def _whole(kind: str, now: Amount) -> Reached:
    if now.denominator is not None:
        return _said(now.denominator > 0 and now.numerator >= now.denominator)
    return _said(now.numerator > 0) if kind == "done" else Reached.UNKNOWN


def _against(kind: str, value: Decimal | None, now: Amount, before: Amount | None, *, is_growth: bool) -> Reached:
    growth = now.share if is_growth else None
    if not is_growth:
        if before is None:
            return Reached.UNKNOWN
        current = now.share if now.denominator is not None else now.numerator
        earlier = before.share if before.denominator is not None else before.numerator
        if current is None or earlier is None:
            return Reached.UNKNOWN
        if kind != "growth_cap":
            return _said(current > earlier if kind == "must_rise" else current < earlier)
        growth = HUNDRED * (current - earlier) / earlier if earlier else None
    if growth is None:
        return Reached.UNKNOWN
    if kind == "growth_cap":
        return _said(growth < value) if value is not None else Reached.UNKNOWN
    return _said(growth > 0 if kind == "must_rise" else growth < 0)


def _said(yes: bool) -> Reached:
    return Reached.YES if yes else Reached.NO
