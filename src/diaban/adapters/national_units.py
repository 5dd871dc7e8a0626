"""The units of the whole country before and after the reform of 1/7/2025, from the package vietnamadminunits.

The package knows two states (63 provinces with 10,040 reporting units; 34 with 3,321) and which old commune went
where, whole or in part; it gives no shares, so a divided commune's shares stay unknown. Former Bà Rịa - Vũng Tàu
comes from the catalogue, which knows it further back, with the same identities.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from diaban.catalogue.units_loader import kind_of, load_province
from diaban.core.messages import N_, say
from diaban.core.units import WHOLE, Edge, Register, Spell, UnitsError
from diaban.core.units.checks import vn
from diaban.core.units.model import TITLES

PACKAGE: Final = "vietnamadminunits"
REFORM: Final = date(2025, 7, 1)
LISTED: Final = date(2025, 3, 1)
"""A day on which the package's old list is right: it has thành phố Phú Mỹ, which dates from that day."""

_CATALOGUED: Final = "brvt"
_CATALOGUED_PROVINCE: Final = "77"


class MissingPackage(UnitsError, ImportError):
    """The optional package is not installed; the message says how to get it."""


class National(NamedTuple):
    """Spells and edges that make a register together, and indicative (longitude, latitude) by uid."""

    spells: tuple[Spell, ...]
    edges: tuple[Edge, ...]
    points: Mapping[str, tuple[float, float]]


def read_national(before: date = LISTED, after: date = REFORM) -> National:
    """Return the whole country: the old units from `before`, the new ones from `after`, and how they are related.

    `before` is the first day on which the old list is taken to hold; it becomes part of the old units' identities,
    so use one value throughout. Raises `MissingPackage` without the package, `UnitsError` when the days are out of
    order or the catalogue has no change on `after`.
    """
    if not before < after:
        raise UnitsError(
            say(N_("Ngày trước sắp xếp ({before}) phải trước {after}."), before=vn(before), after=vn(after))
        )
    if after not in load_province(_CATALOGUED).register.change_days:
        raise UnitsError(say(N_("Không có lần sắp xếp nào vào ngày {after}; hãy dùng 01/07/2025."), after=vn(after)))
    source = _read_package()
    return _Builder(source, before, after).build()


Whole = Mapping[str, Mapping[str, list[str]]]
Divided = Mapping[str, Mapping[str, list[Mapping[str, Any]]]]


@dataclass(frozen=True, slots=True)
class _Source:
    """The package's tables as they are."""

    old: tuple[Mapping[str, Any], ...]
    new: tuple[Mapping[str, Any], ...]
    provinces: Mapping[str, list[str]]  # new province key -> old province keys
    whole: Whole  # new province key -> new commune key -> old keys, undivided
    divided: Divided  # new province key -> old key -> new communes
    name: str


def _read_package() -> _Source:
    # Reading its files beside its code: importing it would load two address parsers and a geometry library.
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise MissingPackage(
            say(N_('Chưa có danh mục đơn vị hành chính cả nước. Cài đặt bằng: pip install "diaban[units]"'))
        )
    data = Path(next(iter(spec.submodule_search_locations))) / "data"
    with closing(sqlite3.connect(f"{(data / 'dataset.db').as_uri()}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        old = database.execute(
            "SELECT province, district, ward, provinceCode, provinceLat, provinceLon, districtCode, districtLat,"
            " districtLon, wardCode, wardLat, wardLon, provinceKey, districtKey, wardKey FROM admin_units_legacy"
            " ORDER BY provinceCode, districtCode, wardCode"
        ).fetchall()
        new = database.execute(
            "SELECT province, ward, provinceCode, provinceLat, provinceLon, wardCode, wardLat, wardLon, provinceKey,"
            " wardKey FROM admin_units ORDER BY provinceCode, wardCode"
        ).fetchall()
    converter = json.loads((data / "converter_2025.json").read_text(encoding="utf-8"))
    return _Source(
        tuple(dict(row) for row in old),
        tuple(dict(row) for row in new),
        converter["DICT_PROVINCE"],
        converter["DICT_PROVINCE_WARD_NO_DIVIDED"],
        _untangled(converter["DICT_PROVINCE_WARD_NO_DIVIDED"], converter["DICT_PROVINCE_WARD_DIVIDED"]),
        f"{PACKAGE} {version(PACKAGE)}",
    )


def _untangled(whole: Whole, divided: Divided) -> Divided:
    """Return `divided` without the parts that a commune has only because another one bears its name.

    The package looks parts up by name within the new province, so of two old communes called Phường 4, 60 km apart,
    each is said to go to the heirs of both. A part is taken off when it is not where the commune mainly goes, while a
    commune of the same name does mainly, or wholly, go there. What is left in one part is undivided.
    """
    heirs: dict[tuple[str, str], set[str]] = defaultdict(set)
    for province, joined in whole.items():
        for commune, sources in joined.items():
            heirs[province, commune].update(sources)
    for province, parts in divided.items():
        for old, communes in parts.items():
            heirs[province, _main(communes)].add(old)
    return {
        province: {
            old: [
                commune
                for commune in communes
                if commune["isDefaultNewWard"]
                or not any(_ward(other) == _ward(old) for other in heirs[province, commune["newWardKey"]] - {old})
            ]
            for old, communes in parts.items()
        }
        for province, parts in divided.items()
    }


def _main(communes: list[Mapping[str, Any]]) -> str:
    return next(str(commune["newWardKey"]) for commune in communes if commune["isDefaultNewWard"])


def _ward(key: str) -> str:
    """Return the commune's own part of the package's name of an old unit."""
    return key.rpartition("_")[2]


@dataclass(frozen=True, slots=True)
class _Old:
    """An old unit until the reform."""

    uid: str
    name: str
    code: str
    level: str
    parent: str | None


def _clean(name: str) -> str:
    """Write a name as the law does: one space between words, the title with one capital (not "Thành Phố")."""
    name = " ".join(name.split())
    for title in TITLES:
        if name.casefold().startswith(f"{title} ".casefold()):
            return title + name[len(title) :]
    return name


def _old_key(row: Mapping[str, Any]) -> str:
    """The package's name of a reporting unit: a commune, or a district that has no communes."""
    return f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}"


@dataclass(slots=True)
class _Builder:
    source: _Source
    before: date
    after: date
    catalogued: Register = field(init=False)
    spells: list[Spell] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    points: dict[str, tuple[float, float]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)  # old units whose territory goes on undivided and alone
    old_provinces: dict[str, _Old] = field(default_factory=dict)  # by the package's key
    old_units: dict[str, _Old] = field(default_factory=dict)  # reporting units by the package's key
    districts: dict[str, _Old] = field(default_factory=dict)  # by code
    new_provinces: dict[str, str] = field(default_factory=dict)  # code -> uid

    def build(self) -> National:
        catalogue = load_province(_CATALOGUED)
        self.catalogued = catalogue.register
        self._collect_old()
        self._join_provinces()
        self._join_communes()
        self._close_old()
        self.spells.extend(self.catalogued.spells)
        self.edges.extend(self.catalogued.edges)
        self.points.update(catalogue.points)
        return National(tuple(self.spells), tuple(self.edges), MappingProxyType(self.points))

    @property
    def _listed(self) -> str:
        return f"Danh mục 63 tỉnh, thành phố ({self.source.name})"

    @property
    def _reform(self) -> str:
        return f"Sắp xếp đơn vị hành chính năm 2025 ({self.source.name})"

    def _point(self, uid: str, row: Mapping[str, Any], prefix: str) -> None:
        lon, lat = row[f"{prefix}Lon"], row[f"{prefix}Lat"]
        if lon is not None and lat is not None:
            self.points[uid] = (float(lon), float(lat))

    def _collect_old(self) -> None:
        for row in self.source.old:
            province = self.old_provinces.get(row["provinceKey"])
            if province is None:
                uid = self._old_identity(row["provinceCode"], "province")
                province = _Old(uid, _clean(row["province"]), row["provinceCode"], "province", None)
                self.old_provinces[row["provinceKey"]] = province
                self._point(uid, row, "province")
            if row["provinceCode"] == _CATALOGUED_PROVINCE:
                continue
            district = self.districts.get(row["districtCode"])
            if district is None:
                uid = self._old_identity(row["districtCode"], "district")
                district = _Old(uid, _clean(row["district"]), row["districtCode"], "district", province.uid)
                self.districts[row["districtCode"]] = district
                self._point(uid, row, "district")
            unit = district
            if row["wardCode"]:
                uid = self._old_identity(row["wardCode"], "commune")
                unit = _Old(uid, _clean(row["ward"]), row["wardCode"], "commune", district.uid)
                self._point(uid, row, "ward")
            self.old_units[_old_key(row)] = unit

    def _old_identity(self, code: str, level: str) -> str:
        """Old units of the catalogue are looked up on the last day before the reform, the others made on `before`."""
        found = self.catalogued.snapshot(date.fromordinal(self.after.toordinal() - 1)).with_code(code, level)
        return found[0].unit if found else f"{code}@{self.before.isoformat()}"

    def _join_provinces(self) -> None:
        seen: dict[str, Mapping[str, Any]] = {row["provinceKey"]: row for row in self.source.new}
        for key, row in seen.items():
            sources = [self.old_provinces[old] for old in self.source.provinces[key]]
            uid = self._begin(row["provinceCode"], _clean(row["province"]), "province", None, sources, [])
            self.new_provinces[row["provinceCode"]] = uid
            self._point(uid, row, "province")

    def _join_communes(self) -> None:
        divided: dict[tuple[str, str], list[str]] = defaultdict(list)
        undivided: dict[tuple[str, str], list[str]] = defaultdict(list)
        for province, parts in self.source.divided.items():
            for old, communes in parts.items():
                into = divided if len(communes) > 1 else undivided
                for commune in communes:
                    into[province, commune["newWardKey"]].append(old)
        known = self.catalogued.snapshot(self.after)
        for row in self.source.new:
            if known.with_code(row["wardCode"], "commune"):
                continue
            province, commune = row["provinceKey"], row["wardKey"]
            joined = [*self.source.whole.get(province, {}).get(commune, []), *undivided.get((province, commune), [])]
            whole = [self.old_units[key] for key in joined]
            parts_of = [self.old_units[key] for key in divided.get((province, commune), [])]
            parent = self.new_provinces[row["provinceCode"]]
            uid = self._begin(row["wardCode"], _clean(row["ward"]), "commune", parent, whole, parts_of)
            if uid not in self.points:  # a kept unit has its point
                self._point(uid, row, "ward")

    def _begin(
        self, code: str, name: str, level: str, parent: str | None, whole: list[_Old], parts_of: list[_Old]
    ) -> str:
        """Add a new unit, or a new spell of an old one that goes on alone and undivided; return its uid."""
        known = self.catalogued.snapshot(self.after).with_code(code, level)
        if known:
            uid = known[0].unit
        elif len(whole) == 1 and not parts_of:
            uid = whole[0].uid
            self.kept.add(uid)
        else:
            uid = f"{code}@{self.after.isoformat()}"
        if not known:
            self.spells.append(
                Spell(uid, name, code, kind_of(name, level), level, parent, self.after, None, self._reform)
            )
        if uid in self.kept:
            return uid
        shares: Iterator[tuple[_Old, Fraction | None, str]] = iter(
            [(old, Fraction(1), WHOLE) for old in whole] + [(old, None, "") for old in parts_of]
        )
        catalogued = {edge.source for edge in self.catalogued.predecessors(uid)} if known else set()
        for old, share, basis in shares:
            if old.uid not in catalogued:
                self.edges.append(Edge(old.uid, uid, self.after, share, basis, self._reform))
        return uid

    def _close_old(self) -> None:
        everything = {
            old.uid: old
            for old in (*self.old_provinces.values(), *self.districts.values(), *self.old_units.values())
            if old.uid not in self.catalogued
        }
        for old in everything.values():
            self.spells.append(
                Spell(
                    old.uid,
                    old.name,
                    old.code,
                    kind_of(old.name, old.level),
                    old.level,
                    old.parent,
                    self.before,
                    self.after,
                    self._listed,
                )
            )
