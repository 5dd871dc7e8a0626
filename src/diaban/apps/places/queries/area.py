"""The territory this installation works on."""

from __future__ import annotations

from datetime import date

from diaban.apps.places.models import Unit, WorkArea
from diaban.apps.places.queries.register import known
from diaban.apps.places.queries.units import Place, lying_in, place, places
from diaban.core.units.territory import COMMUNE, territory


def current_area() -> WorkArea | None:
    """Return the working area in force, or nothing before one is set."""
    return WorkArea.objects.filter(is_current=True).first()


def area_roots(area: WorkArea | None) -> tuple[str, ...]:
    """Return the uids of the area's roots in a fixed order."""
    if area is None:
        return ()
    return tuple(Unit.objects.filter(pk__in=area.roots.values("pk")).order_by("uid").values_list("uid", flat=True))


def current_roots() -> tuple[str, ...]:
    """Return the uids of the current area's roots in one question; none without an area."""
    chosen = WorkArea.roots.through.objects.filter(workarea__is_current=True).values("unit")
    return tuple(Unit.objects.filter(pk__in=chosen).order_by("uid").values_list("uid", flat=True))


def area_name(area: WorkArea | None) -> str:
    """Return the area's name, empty without one."""
    return area.name if area is not None else ""


def area_places(on: date, level: str = COMMUNE) -> list[Place]:
    """Return the units of `level` of the working area on `on`, by name; all units when no area is set."""
    roots = current_roots()
    everything = places(on, level)
    if roots:
        inside = territory(known().register, roots, on)
        everything = [one for one in everything if one.uid in inside]
    return sorted(everything, key=lambda one: (one.order, one.code))


def territory_since(on: date) -> date:
    """Return the first day on which the area's communes of `on` were all there: what a boundary file is for."""
    held = known()
    return max((held.register.spell(one.uid, on).start for one in area_places(on)), default=on)


def area_unit_ids(on: date) -> frozenset[int]:
    """Return the ids of all units, of any date, whose territory lies in the working area; all units without one."""
    held = known()
    roots = current_roots()
    return lying_in(held, roots, on, include_below=True) if roots else frozenset(held.uids)


def area_root_place(on: date) -> Place | None:
    """Return the area's only root as it is (or last was), or nothing when there are several or none."""
    roots = current_roots()
    return place(known().ids[roots[0]], on) if len(roots) == 1 else None
