"""Everything that the page of one unit says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from diaban.apps.places import lineage_picture
from diaban.apps.places.models import Area, Unit
from diaban.apps.places.queries.figures import Figure, figures_of, population
from diaban.apps.places.queries.outlines import Outline, outlines
from diaban.apps.places.queries.register import Known, known
from diaban.apps.places.queries.units import Place, place_of
from diaban.core.units import Register, Spell, territory


@dataclass(frozen=True, slots=True)
class Heir:
    """A unit of the day asked for that holds some of an ended (or not yet made) unit; `share` None is unknown."""

    place: Place
    share: float | None
    is_whole: bool


@dataclass(frozen=True, slots=True)
class NamedSpell:
    """A spell with its parent's name at its beginning."""

    spell: Spell
    parent_name: str
    parent_uid: str

    @property
    def last_day(self) -> date | None:
        """Return the last day, nothing while it lasts."""
        return territory.last_day(self.spell.end)


@dataclass(frozen=True, slots=True)
class OtherUse:
    """Another unit that had a code of this one, and when."""

    spell: Spell
    earlier: bool
    founded: bool

    @property
    def last_day(self) -> date | None:
        """Return the last day of that meaning, nothing while it lasts."""
        return territory.last_day(self.spell.end)

    @property
    def until(self) -> date | None:
        """Return the day from which the code no longer meant this."""
        return self.spell.end


@dataclass(frozen=True)
class Portrait:
    """A unit as it was on `day`: the day asked for, or the unit's nearest day when it did not exist then.

    `founded` is false where the register only begins on the unit's first day. `now_in` are the communes that hold the
    territory of a former district or province on the day asked for.
    """

    unit: Unit
    here: Place
    asked: date
    day: date
    start: date
    end: date | None
    instrument: str
    ancestors: tuple[Place, ...]
    children: tuple[Place, ...]
    heirs: tuple[Heir, ...]
    now_in: tuple[Place, ...]
    fully_listed: bool
    founded: bool
    spells: tuple[NamedSpell, ...]
    other_uses: tuple[OtherUse, ...]
    figure: Figure | None
    figures: tuple[Figure, ...]
    areas: tuple[Area, ...]
    picture: lineage_picture.Picture

    @property
    def exists(self) -> bool:
        """Say whether the unit exists on the day asked for."""
        return self.day == self.asked

    @property
    def last_day(self) -> date | None:
        """Return the unit's last day, nothing while it lasts."""
        return territory.last_day(self.end)

    @property
    def density(self) -> float | None:
        """Return persons per km², nothing when either number is missing."""
        if self.figure is None or not self.areas or not self.areas[0].km2:
            return None
        return self.figure.value / float(self.areas[0].km2)


def portrait(unit: Unit, on: date) -> Portrait:
    """Return what is known of the unit; every unit of the register has at least one spell."""
    held = known()
    register = held.register
    uid = unit.uid
    day = territory.nearest_day(register, uid, on)
    start, end = register.lifetime(uid)
    spells = register.spells_of(uid)
    children = sorted(
        (place_of(held, spell) for spell in register.children(uid, day)), key=lambda one: (one.order, one.code)
    )
    return Portrait(
        unit=unit,
        here=place_of(held, register.spell(uid, day)),
        asked=on,
        day=day,
        start=start,
        end=end,
        instrument=spells[0].instrument,
        ancestors=tuple(place_of(held, spell) for spell in reversed(register.ancestors(uid, day))),
        children=tuple(children),
        heirs=_heirs(held, uid, on) if day != on else (),
        now_in=_now_in(held, uid, on) if day != on and children else (),
        fully_listed=territory.fully_listed(register, uid),
        founded=bool(register.predecessors(uid)),
        spells=tuple(_named(register, spell) for spell in spells),
        other_uses=_other_uses(register, uid, spells),
        figure=population([unit.pk], on if day == on else day).get(unit.pk),
        figures=tuple(figures_of(unit.pk)),
        areas=tuple(Area.objects.filter(unit=unit).order_by("-as_of")),
        picture=lineage_picture.draw(register, register.lineage(uid)),
    )


def _heirs(held: Known, uid: str, on: date) -> tuple[Heir, ...]:
    register = held.register
    return tuple(
        Heir(
            place_of(held, register.spell(part.unit, on)),
            float(part.share) if part.share is not None else None,
            part.is_whole,
        )
        for part in register.carry(uid, on)
    )


def _now_in(held: Known, uid: str, on: date) -> tuple[Place, ...]:
    snapshot = held.register.snapshot(on)
    inside = territory.territory(held.register, [uid], on)
    leaves = [place_of(held, snapshot.units[one]) for one in inside if not snapshot.children(one)]
    return tuple(sorted(leaves, key=lambda one: (one.order, one.code)))


def _named(register: Register, spell: Spell) -> NamedSpell:
    if spell.parent is None:
        return NamedSpell(spell, "", "")
    return NamedSpell(spell, register.spell(spell.parent, spell.start).name, spell.parent)


def _other_uses(register: Register, uid: str, spells: Sequence[Spell]) -> tuple[OtherUse, ...]:
    """Return who else had one of the unit's codes: the first thing to know before joining two tables on a code."""
    codes = {spell.code for spell in spells}
    others = [spell for spell in register.spells if spell.code in codes and spell.unit != uid]
    others.sort(key=lambda spell: (spell.start, spell.code))
    return tuple(
        OtherUse(spell, spell.start < spells[0].start, bool(register.predecessors(spell.unit))) for spell in others
    )


def surroundings(unit: Unit, on: date) -> dict[int, tuple[Place, Outline, bool]]:
    """Return what a map of the unit shows on its nearest day: its lowest units and those around, with their outlines.

    The flag says whether the place belongs to the unit.
    """
    held = known()
    register = held.register
    day = territory.nearest_day(register, unit.uid, on)
    snapshot = register.snapshot(day)
    own = {unit.uid} | {spell.unit for spell in snapshot.descendants(unit.uid)}
    above = register.ancestors(unit.uid, day)
    top = above[-1].unit if above else unit.uid
    leaves = [spell for spell in (snapshot.units[top], *snapshot.descendants(top)) if not snapshot.children(spell.unit)]
    drawn = outlines([held.ids[spell.unit] for spell in leaves], day)
    found = {
        held.ids[spell.unit]: (place_of(held, spell), drawn[held.ids[spell.unit]], spell.unit in own)
        for spell in leaves
        if held.ids[spell.unit] in drawn
    }
    return _near(found)


def _near(found: dict[int, tuple[Place, Outline, bool]]) -> dict[int, tuple[Place, Outline, bool]]:
    """Leave out what lies farther from the unit than the unit is wide."""
    own = [outline.box for _place, outline, inside in found.values() if inside]
    if not own:
        return {}
    west, south = min(box[0] for box in own), min(box[1] for box in own)
    east, north = max(box[2] for box in own), max(box[3] for box in own)
    margin = max(east - west, north - south, 0.03) * 0.6
    return {
        unit_id: entry
        for unit_id, entry in found.items()
        if entry[2]
        or (
            entry[1].box[2] > west - margin
            and entry[1].box[0] < east + margin
            and entry[1].box[3] > south - margin
            and entry[1].box[1] < north + margin
        )
    }
