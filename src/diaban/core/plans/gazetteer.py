"""The agencies that plans speak of: names, other names and shapes of names. The facts come from the catalogue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency by its full name. `sector` is the name without "Sở", as lists of departments write it.

    `until` is the day from which the name is no longer in use and `became` the name after it; a plan may still use it.
    """

    name: str
    kind: str
    level: str
    line: str
    aliases: tuple[str, ...] = ()
    sector: str | None = None
    until: dt.date | None = None
    became: str | None = None


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Known agencies and the names of provinces (both eras), longest first."""

    agencies: tuple[Agency, ...] = ()
    provinces: tuple[str, ...] = field(default=())
    key: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", hash((self.agencies, self.provinces)))

    def __hash__(self) -> int:
        """Return the hash that was made once: what is read with a gazetteer is kept under it, sentence by sentence."""
        return self.key

    @classmethod
    def of(cls, agencies: Iterable[Agency], provinces: Iterable[str] = ()) -> Gazetteer:
        """Build a gazetteer."""
        return cls(tuple(agencies), tuple(sorted(provinces, key=len, reverse=True)))
