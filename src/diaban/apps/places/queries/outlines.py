"""What a unit looks like on a map: its imported boundary, or else a sketch that says it is one."""

from __future__ import annotations

import hashlib
import json
import math
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.db.models import Q

from diaban.adapters.geometry import Geometry, bounds, maps_available, merge, sketch, tiles
from diaban.adapters.geometry.spacing import groups
from diaban.apps.places.models import Boundary
from diaban.apps.places.queries.register import Known, known
from diaban.core.units.territory import nearest_day

Quality = Literal["official", "indicative", "schematic"]
SCHEMATIC: Quality = "schematic"
_BEST_FIRST: tuple[Quality, ...] = ("official", "indicative", "schematic")
_QUALITIES: dict[str, Quality] = {quality: quality for quality in _BEST_FIRST}
# Raise it when the way of sketching changes, so that kept sketches are drawn anew.
_SKETCH_VERSION = 1
# Communes of one mainland are never half a degree from their nearest neighbour.
_ONE_CLUSTER = 0.5


@dataclass(frozen=True, slots=True)
class Outline:
    """A GeoJSON Polygon or MultiPolygon in degrees. `schematic` is a sketch from points: "không phải địa giới"."""

    geometry: Geometry
    quality: Quality
    source: str = ""

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Return (min lon, min lat, max lon, max lat)."""
        return bounds(self.geometry)


def outlines(unit_ids: Iterable[int], on: date, *, exact: bool = False) -> dict[int, Outline]:
    """Return the outline of each unit on `on`, thinned for the screen unless `exact`; left out where no point is known.

    A unit above the communes is drawn as the union of its communes, with the poorest quality among them.
    """
    held = known()
    wanted = set(unit_ids)
    leaves = {unit_id: _leaves(held, unit_id, on) for unit_id in wanted}
    needed = wanted | {leaf for group in leaves.values() for leaf in group}
    drawn = _boundaries(needed, on, exact=exact)
    missing = {leaf for unit_id, group in leaves.items() if unit_id not in drawn for leaf in group} - drawn.keys()
    if missing:
        cells = _sketch(held, on)
        drawn |= {
            leaf: Outline(cells[held.uids[leaf]], SCHEMATIC) for leaf in sorted(missing) if held.uids[leaf] in cells
        }
    found: dict[int, Outline] = {}
    for unit_id in wanted:
        parts = [drawn[leaf] for leaf in leaves[unit_id] if leaf in drawn]
        if unit_id in drawn:
            found[unit_id] = drawn[unit_id]
        elif parts:
            found[unit_id] = _joined(parts)
    return found


def worst_quality(found: Iterable[Outline]) -> Quality | None:
    """Return the poorest quality among outlines: what the map as a whole must say of itself."""
    return max((outline.quality for outline in found), key=_BEST_FIRST.index, default=None)


def _leaves(held: Known, unit_id: int, on: date) -> list[int]:
    """Return the lowest units under the unit on `on` (or its nearest day); itself when nothing is under it."""
    uid = held.uids[unit_id]
    if uid not in held.register:
        return []
    snapshot = held.register.snapshot(nearest_day(held.register, uid, on))
    below = [spell.unit for spell in snapshot.descendants(uid) if not snapshot.children(spell.unit)]
    return [held.ids[leaf] for leaf in below] or [unit_id]


def _boundaries(unit_ids: set[int], on: date, *, exact: bool) -> dict[int, Outline]:
    rows = Boundary.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on)
    if len(unit_ids) < 500:  # a longer list is cheaper to read whole than to name
        rows = rows.filter(unit_id__in=unit_ids)
    found: dict[int, Outline] = {}
    for unit_id, geometry, display, quality, source in rows.values_list(
        "unit_id", "geometry", "display", "quality", "source"
    ):
        if unit_id in unit_ids:
            found[unit_id] = Outline(geometry if exact or display is None else display, _QUALITIES[quality], source)
    return found


def _joined(parts: list[Outline]) -> Outline:
    quality = worst_quality(parts) or SCHEMATIC
    sources = sorted({part.source for part in parts if part.source})
    return Outline(merge([part.geometry for part in parts]), quality, "; ".join(sources[:2]))


def _sketch(held: Known, on: date) -> dict[str, Geometry]:
    """Return a cell for every lowest unit of day `on` that has a point: drawn once, then kept in a file."""
    snapshot = held.register.snapshot(on)
    era = (snapshot.spells[0].start, len(snapshot.spells)) if snapshot.spells else None

    def draw() -> dict[str, Geometry]:
        points = {
            spell.unit: held.points[spell.unit, spell.start]
            for spell in snapshot.spells
            if (spell.unit, spell.start) in held.points and not snapshot.children(spell.unit)
        }
        return _kept(points)

    change = max((day for day in held.register.change_days if day <= on), default=None)
    return held.remember(("sketch", change, era), draw)


def _kept(points: dict[str, tuple[float, float]]) -> dict[str, Geometry]:
    if not points:
        return {}
    if not maps_available():
        return tiles(points)
    named = json.dumps([_SKETCH_VERSION, sorted(points.items())]).encode()
    path = Path(settings.DATA_DIR) / "cache" / f"sketch-{hashlib.sha256(named).hexdigest()[:20]}.json"
    try:
        held: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if held.keys() == points.keys():
            return held
    except (OSError, ValueError, AttributeError):
        pass  # not there yet, or cut short: it is only a copy of what can be drawn again
    cells = sketch(points)
    _keep(path, cells)
    return cells


def _keep(path: Path, cells: dict[str, Geometry]) -> None:
    """Write the file whole or not at all; a folder that cannot be written only costs time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, prefix=path.stem, suffix=".part", delete=False, encoding="utf-8"
        ) as handle:
            json.dump(cells, handle)
        Path(handle.name).replace(path)
    except OSError:
        return


def far_units(found: Mapping[int, Outline]) -> set[int]:
    """Return the units that lie so far from the rest that a map must put them in a frame of their own (Côn Đảo).

    Far is more than half the diagonal of the rest. Where nothing is far, or nearly everything, the result is empty.
    """
    boxes = {unit_id: outline.box for unit_id, outline in found.items()}
    centres = {str(unit_id): ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) for unit_id, box in boxes.items()}
    if len(centres) < 4:
        return set()
    clusters = sorted(groups(centres, reach=_ONE_CLUSTER), key=len)
    main = [boxes[int(key)] for key in clusters[-1]]
    west, south = min(box[0] for box in main), min(box[1] for box in main)
    east, north = max(box[2] for box in main), max(box[3] for box in main)
    limit = math.hypot(east - west, north - south) / 2
    far: set[int] = set()
    for cluster in clusters[:-1]:
        for key in cluster:
            x, y = centres[key]
            if math.hypot(max(west - x, 0, x - east), max(south - y, 0, y - north)) > limit:
                far.add(int(key))
    return far if len(far) * 3 < len(found) else set()
