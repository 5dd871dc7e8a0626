"""What is looked at when localities are chosen, how each figure is put on one scale, and how much it weighs."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from diaban.core.messages import N_, Message, say

FULL: Final = 1000
"""The top of every scale, in thousandths."""
MOST_WEIGHT: Final = 100

Raw = int | Fraction | str | None
"""A figure as it was found: a number, a code (of a class, of a route); None was not reported, which is never zero."""


class CriterionError(ValueError):
    """Criteria, weights or figures that cannot be worked with; `message` says which and why."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class ScaleKind(StrEnum):
    """How a figure is put on the scale."""

    CODES = "codes"  # a worth for each code
    STEPS = "steps"  # a worth from each threshold on
    RANK = "rank"  # the share of the other localities that lie lower


@dataclass(frozen=True, slots=True)
class Step:
    """From `floor` on a figure is worth `worth` thousandths."""

    floor: Fraction
    worth: int


@dataclass(frozen=True, slots=True)
class Scale:
    """How a figure becomes thousandths. `rising`: more is worse (only asked for by RANK)."""

    kind: ScaleKind
    codes: tuple[tuple[str, int], ...] = ()
    steps: tuple[Step, ...] = ()
    rising: bool = True

    def __post_init__(self) -> None:
        worths = [worth for _code, worth in self.codes] + [step.worth for step in self.steps]
        if any(not 0 <= worth <= FULL for worth in worths):
            raise CriterionError(say(N_("Điểm thang phải nằm trong khoảng từ 0 đến {most}."), most=FULL))
        floors = [step.floor for step in self.steps]
        if floors != sorted(set(floors)):
            raise CriterionError(say(N_("Các ngưỡng của một thang phải tăng dần.")))
        if (self.kind is ScaleKind.CODES) != bool(self.codes) or (self.kind is ScaleKind.STEPS) != bool(self.steps):
            raise CriterionError(say(N_("Thang loại “{kind}” thiếu hoặc thừa bậc."), kind=str(self.kind)))

    def place(self, values: Sequence[Raw]) -> list[int | None]:
        """Return each value in thousandths of the scale; None stays None. Raises `CriterionError` for an unknown code.

        With RANK a value takes the share of the other reported values that lie strictly below it (above it where less
        is worse): the lowest take 0, equal values the same. A single reported value says nothing of an order: 0.
        """
        if self.kind is ScaleKind.CODES:
            return [None if value is None else self._code(value) for value in values]
        numbers = [None if value is None else _number(value) for value in values]
        if self.kind is ScaleKind.STEPS:
            return [None if value is None else self._step(value) for value in numbers]
        known = [value for value in numbers if value is not None]
        others = len(known) - 1
        order = sorted(known)
        if self.rising:
            below = {one: bisect_left(order, one) for one in set(known)}
        else:
            below = {one: len(order) - bisect_right(order, one) for one in set(known)}
        return [None if v is None else round(Fraction(FULL * below[v], others)) if others else 0 for v in numbers]

    def _code(self, value: Raw) -> int:
        found = dict(self.codes).get(str(value))
        if found is None:
            raise CriterionError(say(N_("Thang không có mã “{code}”."), code=str(value)))
        return found

    def _step(self, value: Fraction) -> int:
        return max((step for step in self.steps if step.floor <= value), key=lambda s: s.floor, default=_NOTHING).worth


_NOTHING: Final = Step(Fraction(0), 0)


def _number(value: Raw) -> Fraction:
    if value is None or isinstance(value, str):
        raise CriterionError(say(N_("Thang này cần con số, không phải mã “{code}”."), code=str(value)))
    return Fraction(value)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing looked at. `weight` is the catalogue's; `caution` is what its reader must bear in mind."""

    code: str
    title: str
    short: str
    measure: str
    source: str
    scale: Scale
    weight: int
    why: str = ""
    caution: str = ""


@dataclass(frozen=True, slots=True)
class CriteriaSet:
    """The criteria in force from a day on, none of them law: each is "do đơn vị đặt".

    `least_known`: below this share of the weight (thousandths) a locality is not ranked. `spread`: how far random
    weights stay from the set ones (the sum of the Dirichlet parameters; more is closer). `near`: up to this
    distance a comparison counts as close (standard deviations).
    """

    code: str
    effective_from: date
    reference: str
    checked_by: str
    criteria: tuple[Criterion, ...]
    least_known: int
    spread: int
    draws: int
    near: Fraction

    def __post_init__(self) -> None:
        codes = [one.code for one in self.criteria]
        if len(set(codes)) != len(codes) or not codes:
            raise CriterionError(say(N_("Bộ tiêu chí trống hoặc có mã trùng nhau.")))
        checked_weights(self, {one.code: one.weight for one in self.criteria})

    @property
    def weights(self) -> dict[str, int]:
        """Return the weights that hold where nobody has set others."""
        return {one.code: one.weight for one in self.criteria}


def checked_weights(criteria: CriteriaSet, weights: Mapping[str, int]) -> dict[str, int]:
    """Return a weight for every criterion, in their order. Raises `CriterionError` naming the first that is wrong."""
    known = {one.code: one.short for one in criteria.criteria}
    for code, weight in weights.items():
        if code not in known:
            raise CriterionError(say(N_("Không có tiêu chí “{code}”."), code=code))
        if not 0 <= weight <= MOST_WEIGHT:
            raise CriterionError(
                say(
                    N_("Trọng số của “{name}” phải là số nguyên từ 0 đến {most}."),
                    name=say(known[code]),
                    most=MOST_WEIGHT,
                )
            )
    missing = [code for code in known if code not in weights]
    if missing:
        raise CriterionError(say(N_("Thiếu trọng số của “{name}”."), name=say(known[missing[0]])))
    if not any(weights.values()):
        raise CriterionError(say(N_("Ít nhất một tiêu chí phải có trọng số lớn hơn 0.")))
    return {code: weights[code] for code in known}
