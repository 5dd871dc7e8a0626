"""What settings of every question share: their dictionary, their checks, their refusal."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from diaban.core.messages import N_, Message, say


class SettingsError(Exception):
    """Settings that cannot be used; `problems` are sentences for people, all at once, by field in `where`."""

    def __init__(self, where: Mapping[str, Message]) -> None:
        """Keep the sentence of each field."""
        super().__init__("; ".join(map(str, where.values())))
        self.where = dict(where)

    @property
    def problems(self) -> tuple[Message, ...]:
        """Return the sentences."""
        return tuple(self.where.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What every question shares."""

    question: ClassVar[str] = ""

    def __post_init__(self) -> None:
        """Refuse what is out of bounds."""
        found = self.faults()
        if found:
            raise SettingsError(found)

    def faults(self) -> dict[str, Message]:
        """Return what is wrong, by field."""
        return {}

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as JSON values, with the question's name."""
        told: dict[str, Any] = {"question": self.question}
        for one in fields(self):
            told[one.name] = _plain(getattr(self, one.name))
        return told


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Circle):
        return {"x": value.x, "y": value.y, "radius": value.radius}
    return value


@dataclass(frozen=True, slots=True)
class Circle:
    """A place and what lies around it: `x`, `y` as the table's positions are (longitude and latitude, or metres)."""

    x: float
    y: float
    radius: float


class Checks:
    """Collects what is wrong with fields."""

    def __init__(self) -> None:
        """Begin with nothing wrong."""
        self.found: dict[str, Message] = {}

    def within(self, name: str, label: Message, value: float | None, low: float, high: float) -> None:
        """Ask that a number lies between two others, both allowed; None is nothing to check."""
        if value is None:
            return
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.found[name] = say(N_("{what}: cần một con số."), what=label)
        elif not low <= value <= high:
            self.found[name] = say(
                N_("{what}: phải từ {low} đến {high}, đang là {value}."),
                what=label,
                low=f"{low:g}",
                high=f"{high:g}",
                value=f"{value:g}",
            )

    def whole(self, name: str, label: Message, value: int | None, low: int, high: int) -> None:
        """Ask for a whole number between two others, both allowed; None is nothing to check."""
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            self.found[name] = say(N_("{what}: cần một số nguyên."), what=label)
        else:
            self.within(name, label, value, low, high)

    def one_of(self, name: str, label: Message, value: str, known: tuple[str, ...]) -> None:
        """Ask that a word is one of a few."""
        if value not in known:
            self.found[name] = say(N_("{what}: không có “{value}”; có: {known}."), what=label, value=value,
                                   known=", ".join(known))  # fmt: skip

    def circle(self, name: str, label: Message, place: Circle | None) -> None:
        """Ask for a place with a radius of at least one metre; None is nothing to check."""
        if place is None:
            return
        self.within(name, label, place.radius, 1, 200_000)
        if not (math.isfinite(place.x) and math.isfinite(place.y)):
            self.found[name] = say(N_("Điểm cần hai con số."))

    def climbing(self, name: str, label: Message, values: tuple[float, ...], most: int) -> None:
        """Ask for bounds of bands: numbers above zero, each above the one before."""
        bad = [v for v in values if isinstance(v, bool) or not isinstance(v, int | float) or not math.isfinite(v)]
        if not values or len(values) > most or bad:
            self.found[name] = say(N_("{what}: cần từ 1 đến {most} con số."), what=label, most=most)
        elif values[0] < 0 or any(b <= a for a, b in itertools.pairwise(values)):
            self.found[name] = say(N_("{what}: mỗi số phải lớn hơn số trước và không âm."), what=label)
