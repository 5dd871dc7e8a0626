"""The register of units: what existed on a day, and what became of what."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from diaban.core.messages import N_, say
from diaban.core.units.checks import find_problems, label, vn
from diaban.core.units.lines import Lines
from diaban.core.units.model import AmbiguousCode, Edge, InvalidRegister, Part, Spell, UnknownCode, UnknownUnit
from diaban.core.units.search import Hit, NameIndex

_NAMED = 8
"""So many units does a message name before it stops."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """A unit with everything it came from and everything it became: `units` by first day, `edges` among them."""

    unit: str
    units: tuple[str, ...]
    edges: tuple[Edge, ...]


class Snapshot:
    """The units as they are on every day `start <= day < end`: immutable, indexed by uid, code and parent.

    `start` is None before the first day of the register, `end` None for the state that still holds.
    """

    __slots__ = ("_by_code", "_children", "end", "spells", "start", "units")

    def __init__(self, spells: Iterable[Spell], start: date | None, end: date | None) -> None:
        self.start = start
        self.end = end
        self.spells: tuple[Spell, ...] = tuple(spells)
        self.units: Mapping[str, Spell] = MappingProxyType({spell.unit: spell for spell in self.spells})
        by_code: dict[str, list[Spell]] = defaultdict(list)
        children: dict[str | None, list[Spell]] = defaultdict(list)
        for spell in self.spells:
            by_code[spell.code].append(spell)
            children[spell.parent].append(spell)
        self._by_code = dict(by_code)
        self._children = dict(children)

    def of_level(self, level: str) -> tuple[Spell, ...]:
        """Return the units of one level, by code."""
        return tuple(spell for spell in self.spells if spell.level == level)

    def with_code(self, code: str, level: str | None = None) -> tuple[Spell, ...]:
        """Return the units that have `code` that day: at most one a level."""
        return tuple(s for s in self._by_code.get(code, ()) if level is None or s.level == level)

    def children(self, uid: str | None) -> tuple[Spell, ...]:
        """Return the units directly under `uid` (None: those under nothing), by code."""
        return tuple(self._children.get(uid, ()))

    def descendants(self, uid: str) -> tuple[Spell, ...]:
        """Return every unit under `uid`, each after its parent."""
        found: list[Spell] = []
        for child in self.children(uid):
            found.append(child)
            found.extend(self.descendants(child.unit))
        return tuple(found)

    def ancestors(self, uid: str) -> tuple[Spell, ...]:
        """Return the units above `uid`, nearest first."""
        found: list[Spell] = []
        spell = self.units.get(uid)
        while spell is not None and spell.parent is not None:
            spell = self.units[spell.parent]
            found.append(spell)
        return tuple(found)


class Register:
    """Every unit with its spells and the edges between units; immutable and checked when made.

    Raises `InvalidRegister` with all problems when the facts contradict each other.
    """

    def __init__(self, spells: Iterable[Spell], edges: Iterable[Edge] = ()) -> None:
        self.spells: tuple[Spell, ...] = tuple(sorted(spells, key=lambda s: (s.level, s.code, s.start, s.unit)))
        self.edges: tuple[Edge, ...] = tuple(sorted(edges, key=lambda e: (e.on, e.source, e.target)))
        by_unit: dict[str, list[Spell]] = defaultdict(list)
        by_code: dict[str, list[Spell]] = defaultdict(list)
        for spell in self.spells:
            by_unit[spell.unit].append(spell)
            by_code[spell.code].append(spell)
        for own in by_unit.values():
            own.sort(key=lambda s: s.start)
        problems = find_problems(by_unit, self.edges)
        if problems:
            raise InvalidRegister(say(N_("Danh mục đơn vị có {n} mâu thuẫn:"), n=len(problems)), problems)
        self._by_unit: Mapping[str, Sequence[Spell]] = dict(by_unit)
        self._by_code: Mapping[str, Sequence[Spell]] = dict(by_code)
        self._lines = Lines(self._by_unit, self.edges)
        days = {s.start for s in self.spells} | {s.end for s in self.spells if s.end is not None}
        self._change_days = sorted(days)
        self._snapshots: dict[int, Snapshot] = {}
        self._names: NameIndex | None = None

    def __contains__(self, uid: object) -> bool:
        return uid in self._by_unit

    @property
    def units(self) -> tuple[str, ...]:
        """Every uid, in the order of level, code and first day."""
        return tuple(self._by_unit)

    @property
    def change_days(self) -> tuple[date, ...]:
        """The days on which something begins or ends, in order."""
        return tuple(self._change_days)

    # -- as of a day -------------------------------------------------------------------------------------------------

    def snapshot(self, day: date) -> Snapshot:
        """Return the units that exist on `day`; empty before the first day of the register."""
        era = bisect_right(self._change_days, day)
        found = self._snapshots.get(era)
        if found is None:
            start = self._change_days[era - 1] if era else None
            end = self._change_days[era] if era < len(self._change_days) else None
            found = self._snapshots[era] = Snapshot((s for s in self.spells if s.covers(day)), start, end)
        return found

    def spells_of(self, uid: str) -> tuple[Spell, ...]:
        """Return every spell of a unit, in order. Raises `UnknownUnit`."""
        own = self._by_unit.get(uid)
        if own is None:
            raise UnknownUnit(say(N_("Không có đơn vị {uid} trong danh mục."), uid=uid))
        return tuple(own)

    def lifetime(self, uid: str) -> tuple[date, date | None]:
        """Return the first day of a unit and the day on which it no longer exists (None: still does)."""
        own = self.spells_of(uid)
        return own[0].start, own[-1].end

    def exists(self, uid: str, day: date) -> bool:
        """Tell whether the unit exists on `day`."""
        return any(spell.covers(day) for spell in self._by_unit.get(uid, ()))

    def spell(self, uid: str, day: date) -> Spell:
        """Return what the unit was on `day`. Raises `UnknownUnit`, saying when it did exist."""
        own = self.spells_of(uid)
        for spell in own:
            if spell.covers(day):
                return spell
        start, end = own[0].start, own[-1].end
        raise UnknownUnit(
            say(
                N_("{unit} không tồn tại vào ngày {day}; đơn vị này có từ {start} đến {end}."),
                unit=label(own[-1]),
                day=vn(day),
                start=vn(start),
                end=say(N_("nay")) if end is None else say(N_("trước {day}"), day=vn(end)),
            )
        )

    def children(self, uid: str | None, day: date) -> tuple[Spell, ...]:
        """Return the units directly under `uid` on `day` (None: those under nothing)."""
        return self.snapshot(day).children(uid)

    def descendants(self, uid: str, day: date) -> tuple[Spell, ...]:
        """Return every unit under `uid` on `day`."""
        return self.snapshot(day).descendants(uid)

    def ancestors(self, uid: str, day: date) -> tuple[Spell, ...]:
        """Return the units above `uid` on `day`, nearest first. Raises `UnknownUnit`."""
        found: list[Spell] = []
        parent = self.spell(uid, day).parent
        while parent is not None:
            found.append(self.spell(parent, day))
            parent = found[-1].parent
        return tuple(found)

    # -- codes and names from outside --------------------------------------------------------------------------------

    def by_code(self, code: str, day: date, level: str | None = None) -> Spell:
        """Return the one unit with `code` on `day`.

        Raises `UnknownCode`, saying what the code named on other days and what that became, or `AmbiguousCode`.
        """
        found = [s for s in self._by_code.get(code, ()) if s.covers(day) and (level is None or s.level == level)]
        if len(found) == 1:
            return found[0]
        if found:
            raise AmbiguousCode(
                say(
                    N_("Mã {code} vào ngày {day} là của nhiều đơn vị: {units}. Hãy nêu rõ cấp."),
                    code=code,
                    day=vn(day),
                    units=", ".join(s.name for s in found),
                )
            )
        raise self._unknown_code(code, day, level)

    def resolve(self, code: str, day: date, level: str | None = None) -> str:
        """Return the uid of the one unit with `code` on `day`; raises as `by_code`."""
        return self.by_code(code, day, level).unit

    def _unknown_code(self, code: str, day: date, level: str | None) -> UnknownCode:
        others = [s for s in self._by_code.get(code, ()) if level is None or s.level == level]
        if not others:
            return UnknownCode(say(N_("Không có đơn vị nào mang mã {code} vào ngày {day}."), code=code, day=vn(day)))
        nearest = min(others, key=lambda s: abs(((s.end or s.start) if s.start <= day else s.start) - day))
        became = self._heirs(nearest, day)
        params = {
            "code": code,
            "day": vn(day),
            "name": nearest.name,
            "start": vn(nearest.start),
            "end": say(N_("nay")) if nearest.end is None else say(N_("trước {day}"), day=vn(nearest.end)),
            "became": became,
        }
        if became:
            return UnknownCode(
                say(
                    N_(
                        "Không có đơn vị nào mang mã {code} vào ngày {day}. Mã này là {name} từ {start} đến {end}; "
                        "địa bàn đó vào ngày {day} thuộc {became}."
                    ),
                    **params,
                )
            )
        return UnknownCode(
            say(
                N_("Không có đơn vị nào mang mã {code} vào ngày {day}. Mã này là {name} từ {start} đến {end}."),
                **params,
            )
        )

    def _heirs(self, spell: Spell, day: date) -> str:
        """Name the units of `day` that hold what was a unit; of one abolished as a level, those of its communes."""
        roots = [spell.unit]
        if not self.carry(spell.unit, day):
            last = self._by_unit[spell.unit][-1].start
            roots = [below.unit for below in self.descendants(spell.unit, last)]
        heirs = {part.unit: None for root in roots for part in self.carry(root, day)}
        named = [label(self.spell(unit, day)) for unit in heirs]
        return ", ".join([*named[:_NAMED], "…"] if len(named) > _NAMED else named)

    def search(
        self, text: str, day: date | None = None, *, level: str | None = None, limit: int | None = None
    ) -> tuple[Hit, ...]:
        """Return the units that ever had a name like `text`, best first, each once with the spell that matched.

        With or without diacritics and title, either tone placement, NFC or NFD, abbreviated titles ("P. 1",
        "TT Ngãi Giao"), or the exact code. Exact names come before prefixes, prefixes before parts. With `day`,
        only units that exist then (a name they had earlier still finds them).
        """
        alive = None if day is None else self.snapshot(day).units
        if self._names is None:
            self._names = NameIndex(self.spells)
        return self._names.search(text, alive=alive, level=level, limit=limit)

    # -- lineage -----------------------------------------------------------------------------------------------------

    def predecessors(self, uid: str) -> tuple[Edge, ...]:
        """Return the edges by which the unit came to be. Raises `UnknownUnit`."""
        self.spells_of(uid)
        return self._lines.into(uid)

    def successors(self, uid: str) -> tuple[Edge, ...]:
        """Return the edges by which the unit went into others. Raises `UnknownUnit`."""
        self.spells_of(uid)
        return self._lines.out_of(uid)

    def lineage(self, uid: str) -> Lineage:
        """Return everything the unit came from and became, transitively, for a picture. Raises `UnknownUnit`."""
        self.spells_of(uid)
        units, edges = self._lines.around(uid)
        ordered = sorted(units, key=lambda u: (self._by_unit[u][0].start, self._by_unit[u][0].code))
        return Lineage(uid, tuple(ordered), edges)

    def carry(self, uid: str, to_day: date) -> tuple[Part, ...]:
        """Return which units of `to_day` hold what was this unit, and how much of it, largest share first.

        The unit itself when it exists that day. Forward in time, the shares of its edges multiplied along each
        path; back in time, the share is 1 when one unit held all of it, else None. Empty when nothing is known.
        Raises `UnknownUnit`.
        """
        self.spells_of(uid)
        return self._lines.carry(uid, to_day)

    @property
    def lines(self) -> Lines:
        """The lineage by itself, for calculations over many units."""
        return self._lines
