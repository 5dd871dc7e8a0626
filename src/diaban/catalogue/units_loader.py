"""Units of a province as the catalogue states them: a first state, then the changes, replayed into a register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

import yaml

from diaban.core.messages import N_, say
from diaban.core.units import WHOLE, Edge, Register, Spell, UnitsError
from diaban.core.units.checks import vn

# C does the parsing where PyYAML was built with it: 6 ms instead of 45, and every start pays for it.
_YAML: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_KINDS: Final = {
    "Tỉnh": "tinh",
    "Thành phố": "thanh_pho",
    "Quận": "quan",
    "Huyện": "huyen",
    "Thị xã": "thi_xa",
    "Thị trấn": "thi_tran",
    "Phường": "phuong",
    "Xã": "xa",
    "Đặc khu": "dac_khu",
}


@dataclass(frozen=True, slots=True)
class PopulationFigure:
    """Persons of `unit` on the day `as_of`; `kind` is "census", "resident" or "estimate"; `source` is shown."""

    unit: str
    as_of: date
    value: int
    kind: str
    source: str


@dataclass(frozen=True, slots=True)
class AreaFigure:
    """Natural area of `unit` in km² as published for the day `as_of`."""

    unit: str
    as_of: date
    km2: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class CatalogueUnits:
    """A province of the catalogue. `points` are (longitude, latitude) in WGS 84 by uid, indicative only."""

    title: str
    register: Register
    populations: tuple[PopulationFigure, ...]
    points: Mapping[str, tuple[float, float]]
    areas: tuple[AreaFigure, ...]


def kind_of(name: str, level: str) -> str:
    """Return the code of the kind that the title in `name` says. Raises `UnitsError` for a name without title."""
    for title, kind in _KINDS.items():
        if name.startswith(f"{title} "):
            return "thanh_pho_tw" if kind == "thanh_pho" and level == "province" else kind
    raise UnitsError(say(N_("Tên “{name}” không mang loại đơn vị (Xã, Phường, Huyện, Tỉnh…)."), name=name))


@dataclass(frozen=True, slots=True)
class _State:
    """A unit while its spell runs."""

    uid: str
    name: str
    level: str
    kind: str
    parent: str | None
    since: date
    instrument: str


class _Replay:
    """Applies blocks of the file in order. Units are looked up by the code in use at that moment."""

    def __init__(self) -> None:
        self.open: dict[str, _State] = {}
        self.spells: list[Spell] = []
        self.edges: list[Edge] = []
        self.points: dict[str, tuple[float, float]] = {}
        self.populations: dict[str, int] = {}

    def _close(self, code: str, on: date) -> _State:
        state = self.open.pop(code, None)
        if state is None:
            raise UnitsError(say(N_("{code}: không có đơn vị mang mã này vào ngày {day}."), code=code, day=vn(on)))
        if state.since < on:
            self.spells.append(
                Spell(
                    state.uid,
                    state.name,
                    code,
                    state.kind,
                    state.level,
                    state.parent,
                    state.since,
                    on,
                    state.instrument,
                )
            )
        return state

    def finish(self) -> None:
        """Write the spells that still run."""
        for code, state in self.open.items():
            self.spells.append(
                Spell(
                    state.uid,
                    state.name,
                    code,
                    state.kind,
                    state.level,
                    state.parent,
                    state.since,
                    None,
                    state.instrument,
                )
            )

    def begin(
        self, code: str, on: date, instrument: str, *, name: str, level: str, kind: str | None, parent: str | None
    ) -> str:
        """Open a new unit; `parent` is a uid. Returns its uid."""
        if code in self.open:
            raise UnitsError(
                say(N_("{code}: mã đang thuộc {unit} vào ngày {day}."), code=code, unit=self.open[code].uid, day=vn(on))
            )
        uid = f"{code}@{on.isoformat()}"
        self.open[code] = _State(uid, name, level, kind or kind_of(name, level), parent, on, instrument)
        return uid

    def uid(self, code: str | None) -> str | None:
        """Return the uid of the unit that has `code` now. Raises `UnitsError`."""
        if code is None:
            return None
        if code not in self.open:
            raise UnitsError(say(N_("{code}: không có đơn vị cấp trên mang mã này."), code=code))
        return self.open[code].uid

    def opening(self, block: Mapping[str, Any], instrument: str) -> None:
        """Open the first state."""
        on = block["day"]
        for code, facts in block["provinces"].items():
            self.begin(code, on, instrument, name=facts["name"], level="province", kind=facts["kind"], parent=None)
        for code, facts in block["districts"].items():
            district = self.begin(
                code, on, instrument, name=facts["name"], level="district", kind=None, parent=self.uid(facts["parent"])
            )
            if "point" in facts:
                self._point(district, facts["point"])
            if "population" in facts:
                self.populations[district] = facts["population"]
            for commune, (name, population, lon, lat) in facts["communes"].items():
                uid = self.begin(commune, on, instrument, name=name, level="commune", kind=None, parent=district)
                self.populations[uid] = population
                self._point(uid, (lon, lat))

    def _point(self, uid: str, point: tuple[float, float]) -> None:
        self.points[uid] = (float(point[0]), float(point[1]))

    def change(self, block: Mapping[str, Any], instrument: str) -> None:
        """Apply one instrument of one day."""
        on = block["day"]
        self._merge(block.get("merge", {}), on, instrument)
        for code, name in block.get("retitle", {}).items():
            state = self._close(code, on)
            self.open[code] = _State(
                state.uid, name, state.level, kind_of(name, state.level), state.parent, on, instrument
            )
        for code, facts in block.get("recode", {}).items():
            state = self._close(code, on)
            self.open[facts["code"]] = _State(
                state.uid,
                facts["name"],
                facts["level"],
                kind_of(facts["name"], facts["level"]),
                self.uid(facts["parent"]),
                on,
                instrument,
            )
        for parent, codes in block.get("move", {}).items():
            for code in codes:
                state = self._close(code, on)
                self.open[code] = _State(
                    state.uid, state.name, state.level, state.kind, self.uid(parent), on, instrument
                )
        for code in block.get("abolish", ()):
            self._close(code, on)

    def _merge(self, merges: Mapping[str, Mapping[str, Any]], on: date, instrument: str) -> None:
        # All sources end before any target begins: a target may take over the code of a source of another target.
        sources = {code: [self._close(old, on) for old in facts["from"]] for code, facts in merges.items()}
        for code, facts in merges.items():
            target = self.begin(
                code,
                on,
                instrument,
                name=facts["name"],
                level=sources[code][0].level,
                kind=facts.get("kind"),
                parent=self.uid(facts.get("parent")),  # a parent made by the same block stands before its children
            )
            self.edges.extend(Edge(old.uid, target, on, Fraction(1), WHOLE, instrument) for old in sources[code])
            if "point" in facts:
                self._point(target, facts["point"])


def _figures(blocks: Mapping[str, Any], replay: _Replay, register: Register) -> Iterator[PopulationFigure]:
    for block in blocks.get("populations", ()):
        figures = replay.populations.items()
        if "values" in block:
            figures = {register.by_code(code, block["day"]).unit: n for code, n in block["values"].items()}.items()
        for uid, persons in figures:
            yield PopulationFigure(uid, block["day"], persons, block["kind"], block["source"])


def read_units(document: Mapping[str, Any]) -> CatalogueUnits:
    """Return the units that a parsed file states. Raises `UnitsError`, `InvalidRegister`."""
    replay = _Replay()
    instruments = document["instruments"]
    opening = document["opening"]
    replay.opening(opening, instruments[opening["instrument"]])
    for block in document["changes"]:
        replay.change(block, instruments[block["instrument"]])
    replay.finish()
    register = Register(replay.spells, replay.edges)
    areas = tuple(
        AreaFigure(register.by_code(code, block["day"]).unit, block["day"], Decimal(str(km2)), block["source"])
        for block in document.get("areas", ())
        for code, km2 in block["values"].items()
    )
    return CatalogueUnits(
        document["title"],
        register,
        tuple(_figures(document, replay, register)),
        MappingProxyType(replay.points),
        areas,
    )


@lru_cache
def load_province(name: str) -> CatalogueUnits:
    """Return a province of the catalogue by the name of its file ("brvt"), read once. Raises `LookupError`."""
    source = resources.files("diaban.catalogue") / "units" / f"{name}.yaml"
    if not source.is_file():
        raise LookupError(name)
    return read_units(yaml.load(source.read_text(encoding="utf-8"), Loader=_YAML))  # noqa: S506 safe loaders only
