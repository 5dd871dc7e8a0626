"""What a question is put to: tables of events, as points or as counts of areas. Made from a file or from a register.

Days are whole numbers: days since 1970-01-01 (`day_number`, `date_of`). A table says which days it covers; a day inside
on which nothing is listed had no event, a day outside is unknown.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from diaban.core.messages import N_, Message, say
from diaban.engine.positions import Positions

Days = NDArray[np.int32]
NOT_REPORTED = -1
"""In `AreaCounts.count`: the area reported nothing for that day. Never a zero."""

_EPOCH = dt.date(1970, 1, 1)


class TableError(Exception):
    """A table that no question can be put to; `problems` are sentences for people, all at once."""

    def __init__(self, problems: tuple[Message, ...]) -> None:
        """Keep the sentences."""
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def day_number(day: dt.date) -> int:
    """Return the days since 1970-01-01."""
    return (day - _EPOCH).days


def date_of(number: int) -> dt.date:
    """Return the day of a number of days since 1970-01-01."""
    return _EPOCH + dt.timedelta(days=int(number))


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """One word per row: `codes` (n,) index `names`; -1 where the row has none."""

    codes: NDArray[np.int32]
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check the codes."""
        if len(self.codes) and not (int(self.codes.min()) >= -1 and int(self.codes.max()) < len(self.names)):
            raise ValueError("a code of the labels names nothing")

    def rows_of(self, wanted: tuple[str, ...]) -> NDArray[np.bool_]:
        """Return which rows carry one of the words."""
        chosen = [place for place, name in enumerate(self.names) if name in wanted]
        return np.isin(self.codes, np.asarray(chosen, dtype=np.int32))

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Labels:
        """Return the labels of the chosen rows."""
        return Labels(self.codes[rows], self.names)


@dataclass(frozen=True, slots=True)
class About:
    """Where a table comes from and what of it was chosen; all of it is repeated in the answer.

    `first`, `end`: the days that the table covers, half-open. `sources` and `categories`: what was asked for, empty for
    all. `name`: of the file or the register. `grain`: how finely days are known, "day", "week" or "month" (then a
    row's day is the first of its month, and no finer step can be asked for). `reading`: the words of the command line
    that say how the file is read (its units, its columns, its days).
    """

    first: dt.date
    end: dt.date
    name: str = ""
    sources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    grain: str = "day"
    reading: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the span."""
        if self.end <= self.first:
            raise TableError((say(N_("Kỳ số liệu trống: ngày cuối phải sau ngày đầu.")),))


@dataclass(frozen=True, eq=False)
class PointEvents:
    """Events with a position each: `day` (n,), `positions` n of them, in the order of the file.

    `control` (n,) marks the rows that are comparisons rather than cases (Bernoulli); None when all are cases.
    `outline`: rings of the study area in the positions' own coordinates, for pictures and edge correction.
    """

    day: Days
    positions: Positions
    about: About
    category: Labels | None = None
    source: Labels | None = None
    control: NDArray[np.bool_] | None = None
    outline: tuple[NDArray[np.float64], ...] = ()

    def __post_init__(self) -> None:
        """Check lengths and days."""
        object.__setattr__(self, "day", np.ascontiguousarray(self.day, dtype=np.int32))
        if len(self.day) != len(self.positions):
            raise ValueError(f"{len(self.day)} days and {len(self.positions)} positions")
        _check_days(self.day, self.about)

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self.day)

    @cached_property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the data in canonical form."""
        parts: list[object] = ["points/1", self.about.first, self.about.end, self.positions.geodesic]
        parts += [self.day, self.positions.x, self.positions.y, self.control]
        return _digest(parts, (self.category, self.source))


@dataclass(frozen=True, eq=False)
class AreaCounts:
    """Counts per area and day: row r says that area `unit[r]` had `count[r]` events on (the step that begins) `day[r]`.

    `units`: codes of the U areas; `names`: of people's use; `positions`: U centres; `population` (U,): persons at risk
    or None; `pairs` (p, 2): areas that touch each other, or None. `controls` (n,): comparisons (Bernoulli) or None.
    A count of `NOT_REPORTED` is unknown. `rings`: per area its outer boundaries, for pictures, or empty.
    """

    units: tuple[str, ...]
    names: tuple[str, ...]
    positions: Positions
    unit: NDArray[np.int32]
    day: Days
    count: NDArray[np.int64]
    about: About
    population: NDArray[np.float64] | None = None
    pairs: NDArray[np.int32] | None = None
    category: Labels | None = None
    source: Labels | None = None
    controls: NDArray[np.int64] | None = None
    rings: tuple[tuple[NDArray[np.float64], ...], ...] = ()

    def __post_init__(self) -> None:
        """Check lengths, codes and days."""
        for name, kind in (("unit", np.int32), ("day", np.int32), ("count", np.int64)):
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=kind))
        if not len(self.units) == len(self.names) == len(self.positions):
            raise ValueError("every area needs a code, a name and a position")
        if not len(self.unit) == len(self.day) == len(self.count):
            raise ValueError("every row needs an area, a day and a count")
        if len(self.unit) and not (int(self.unit.min()) >= 0 and int(self.unit.max()) < len(self.units)):
            raise ValueError("a row names an area that is not there")
        if (self.count < NOT_REPORTED).any():
            raise ValueError("a count is negative")
        if self.population is not None and (
            len(self.population) != len(self.units)
            or not np.isfinite(self.population).all()
            or (self.population < 0).any()
        ):
            raise ValueError("population must be a number ≥ 0 for every area")
        _check_days(self.day, self.about)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.day)

    @property
    def events(self) -> int:
        """Return the number of events that were reported."""
        return int(self.count[self.count > 0].sum())

    @cached_property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the data in canonical form."""
        parts: list[object] = ["areas/1", self.about.first, self.about.end, self.positions.geodesic, *self.units]
        parts += [self.positions.x, self.positions.y, self.population, self.pairs]
        parts += [self.unit, self.day, self.count, self.controls]
        return _digest(parts, (self.category, self.source))


Table = PointEvents | AreaCounts


def _check_days(day: Days, about: About) -> None:
    if len(day) and (int(day.min()) < day_number(about.first) or int(day.max()) >= day_number(about.end)):
        raise TableError((say(N_("Có sự kiện nằm ngoài kỳ số liệu đã chọn.")),))


def _digest(parts: list[object], labels: tuple[Labels | None, ...]) -> str:
    made = hashlib.sha256()
    for label in labels:
        parts = [*parts, None] if label is None else [*parts, label.codes, *label.names]
    for part in parts:
        if isinstance(part, np.ndarray):
            little = np.ascontiguousarray(part).astype(part.dtype.newbyteorder("<"), copy=False)
            made.update(f"{part.dtype.kind}{part.dtype.itemsize}{part.shape}".encode())
            made.update(little.tobytes())
        else:
            made.update(f"{part}\n".encode())
    return made.hexdigest()
