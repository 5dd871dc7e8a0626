"""What the generator makes: plain frozen rows, and the record of what was planted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Place:
    """A commune of the oldest era; `population` in persons, `lon`/`lat` in degrees (WGS 84)."""

    uid: str
    name: str
    lon: float
    lat: float
    population: int


@dataclass(frozen=True, slots=True)
class SpotStep:
    """One step in the life of a hot-spot: `what` is a step of the workflow "hotspot", `on` its day."""

    what: str
    on: date


@dataclass(frozen=True, slots=True)
class Spot:
    """A synthetic hot-spot. `kind`, `grade`, `form` and `behaviours` are codes of the register."""

    number: int
    place: str
    name: str
    kind: str
    grade: str
    form: str
    behaviours: tuple[str, ...]
    lon: float
    lat: float
    steps: tuple[SpotStep, ...]

    @property
    def reformed(self) -> int:
        """How many times it re-formed."""
        return sum(step.what == "reform" for step in self.steps)


@dataclass(frozen=True, slots=True)
class Seizure:
    """An amount in the measure's smallest whole unit (mg, viên, ml, cây, m²); codes of the catalogue of substances."""

    substance: str
    measure: str
    amount: int


@dataclass(frozen=True, slots=True)
class Incident:
    """A synthetic incident: counts only."""

    number: int
    place: str
    on: date
    source: str  # reported | patrol | tip | other
    lon: float
    lat: float
    arrested: int
    spot: int | None  # number of the hot-spot it happened at
    seizures: tuple[Seizure, ...]


@dataclass(frozen=True, slots=True)
class PlantedCluster:
    """Places whose true rate is `relative_risk` times the usual one during `[start, end)`."""

    places: tuple[str, ...]
    start: date
    end: date
    relative_risk: float


@dataclass(frozen=True, slots=True)
class PlantedEffect:
    """From `start`, the true rate of incidents from `source` (empty: all) in `place` is multiplied by `factor`."""

    place: str
    start: date
    end: date
    factor: float
    source: str = ""


@dataclass(frozen=True, slots=True)
class PlantedMove:
    """A market around a hot-spot, open from `start`, that moved to `(to_lon, to_lat)` when the spot was resolved.

    `weekly` is its mean number of incidents a week, before at the spot and after at the new place.
    """

    spot: int
    place: str
    start: date
    resolved: date
    to_lon: float
    to_lat: float
    weekly: float


@dataclass(frozen=True, slots=True)
class PlantedReturn:
    """A market around a hot-spot that closed when the spot was resolved and is open again from `back`, unlisted yet."""

    spot: int
    place: str
    start: date
    resolved: date
    back: date
    weekly: float


@dataclass(frozen=True, slots=True)
class Planted:
    """The truths. `season` is the factor on the usual rate per calendar month, January first; its mean is 1.

    `place_factors` holds each place's own factor on the usual rate; its mean over places is about 1. In `quiet` nothing
    is planted, though enough happens there for a careless method to see something.
    """

    seed: int
    season: tuple[float, ...]
    yearly_rate_per_10_000: float
    place_factors: tuple[tuple[str, float], ...]
    emerging: PlantedCluster
    resolved: PlantedEffect
    patrol_surge: PlantedEffect
    reforming_spots: tuple[int, ...]
    moved: PlantedMove | None
    returned: PlantedReturn | None
    quiet: str


@dataclass(frozen=True, slots=True)
class Province:
    """Everything that was made."""

    spots: tuple[Spot, ...]
    incidents: tuple[Incident, ...]
    planted: Planted
