"""Which units a cycle covers, what they are called, and whose class of last year stands beside theirs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from diaban.apps.localities.models import Cycle, LocalityClass, Standing
from diaban.apps.places import queries as places
from diaban.core.units import Register

KEY_CLASSES = frozenset({LocalityClass.I.value, LocalityClass.II.value, LocalityClass.III.value})


def units_of(cycle: Cycle) -> list[places.Place]:
    """Return the communes of the work area that exist on the cycle's last day, by name."""
    return places.area_places(cycle.last_day)


def sees_all(cycle: Cycle, unit_ids: Collection[int] | None) -> bool:
    """Tell whether every unit of the review is among these (None: all): only then may sums of all be told."""
    return unit_ids is None or not Standing.objects.filter(cycle=cycle).exclude(unit__in=unit_ids).exists()


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A unit of last year's territory and the class it was given then, if any; None where that is out of sight."""

    uid: str
    name: str
    decided_class: str | None


@dataclass(frozen=True, slots=True)
class Previous:
    """Last year's class as far as it can be set beside this year's.

    `decided_class` is empty where there is none; `note` then says why. A unit made of several has none, even if all
    of them had the same class: the law has it worked out anew. `ancestors` are shown as information.
    """

    decided_class: str
    note: str
    comparable: bool
    ancestors: tuple[Ancestor, ...] = ()


def in_sight(ancestors: Collection[Ancestor], unit_ids: Collection[int] | None) -> list[Ancestor]:
    """Return the ancestors with the classes of those outside `unit_ids` (None: all) left out.

    A unit that was divided went partly to a neighbour: its records are not all of this unit's.
    """
    ids = places.known().ids
    return [
        one if unit_ids is None or ids[one.uid] in unit_ids else replace(one, decided_class=None) for one in ancestors
    ]


def ancestors_of(register: Register, uid: str, on: date, before: date) -> tuple[tuple[str, ...], bool]:
    """Return the units of day `before` whose territory is in `uid` (a unit of day `on`), and whether it is the same.

    The same: one unit went whole into this one, and this one was made of nothing else.
    """
    parts = [part.unit for part in register.carry(uid, before)]
    if len(parts) != 1:
        return tuple(parts), False
    forward = register.carry(parts[0], on)
    same = len(forward) == 1 and forward[0].unit == uid and forward[0].is_whole
    return tuple(parts), same


def previous_of(cycle: Cycle, unit_ids: Collection[int]) -> dict[int, Previous]:
    """Return last year's class for each unit. A fixed number of queries, however many units."""
    before = Cycle.objects.filter(year=cycle.year - 1).first()
    if before is None:
        nothing = Previous("", _("chưa có kỳ năm trước"), False)
        return dict.fromkeys(unit_ids, nothing)
    held = places.known()
    decided = _decided_classes(before)
    found = {}
    for unit_id in unit_ids:
        uids, same = ancestors_of(held.register, held.uids[unit_id], cycle.last_day, before.last_day)
        found[unit_id] = _previous(held, uids, same, decided, before)
    return found


def _decided_classes(cycle: Cycle) -> dict[str, str]:
    rows = Standing.objects.filter(cycle=cycle, decision__isnull=False)
    return dict(rows.values_list("unit__uid", "decision__decided_class"))


def _previous(
    held: places.Known, uids: tuple[str, ...], same: bool, decided: Mapping[str, str], before: Cycle
) -> Previous:
    if same:
        klass = decided.get(uids[0], "")
        return Previous(klass, "" if klass else _("chưa có quyết định"), True)
    ancestors = tuple(
        Ancestor(uid, held.register.spell(uid, before.last_day).name, decided.get(uid, "")) for uid in uids
    )
    return Previous("", _("không so sánh được") if ancestors else _("chưa có"), False, ancestors)


def listed_before(cycle: Cycle, unit_ids: Collection[int]) -> set[int]:
    """Return the units that were on last year's list of key localities as the same territory."""
    return {
        unit_id for unit_id, previous in previous_of(cycle, unit_ids).items() if previous.decided_class in KEY_CLASSES
    }
