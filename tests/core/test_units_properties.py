"""What must hold for every history of merges, divisions, renamings and moves, against a model that walks day by day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diaban.core.units import Edge, Quality, Register, Spell, Weights, plan, reexpress

FIRST = date(2000, 1, 1)
ONE = Fraction(1)
NAMES = ["Hòa Bình", "Hoà Hội", "Thủy Xuân", "Thuỷ Biều", "Đất Đỏ", "Phước Hưng", "Tân Hưng", "1", "2", "10"]


@dataclass
class World:
    """A country that records its own state and carries its own amounts step by step, without lineage."""

    day: date = FIRST
    spells: list[Spell] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    live: dict[str, Spell] = field(default_factory=dict)
    states: dict[date, dict[str, tuple[str, str, str | None]]] = field(default_factory=dict)
    # For every unit ever observed: where its one unit of amount is now, and how much of it is nowhere known.
    whereabouts: dict[date, dict[str, dict[str, Fraction]]] = field(default_factory=dict)
    places: dict[str, dict[str, Fraction]] = field(default_factory=dict)
    made: int = 0

    def found(self, code: str, name: str, parent: str | None, level: str = "commune") -> str:
        self.made += 1
        uid = f"{code}@{self.made}"
        self.live[uid] = Spell(uid, f"Xã {name}", code, "xa", level, parent, self.day, None, "")
        self.places[uid] = {uid: ONE}
        return uid

    def close(self, uid: str) -> Spell:
        spell = self.live.pop(uid)
        self.spells.append(
            Spell(uid, spell.name, spell.code, spell.kind, spell.level, spell.parent, spell.start, self.day, "")
        )
        return spell

    def flow(self, source: str, shares: dict[str, Fraction | None]) -> None:
        for target, share in shares.items():
            basis = "whole" if share == 1 else "" if share is None else "population"
            self.edges.append(Edge(source, target, self.day, share, basis, ""))
        for place in self.places.values():
            amount = place.pop(source, None)
            if amount is not None:
                for target, share in shares.items():
                    if share is not None:
                        place[target] = place.get(target, Fraction(0)) + amount * share

    def record(self) -> None:
        self.states[self.day] = {uid: (s.name, s.code, s.parent) for uid, s in self.live.items()}
        self.whereabouts[self.day] = {uid: dict(place) for uid, place in self.places.items()}

    def register(self) -> Register:
        return Register([*self.spells, *self.live.values()], self.edges)


def communes(world: World) -> list[str]:
    return [uid for uid, spell in world.live.items() if spell.level == "commune"]


def fresh_code(draw: st.DrawFn, world: World, freed: list[str]) -> str:
    """A code nobody has today; often one that another territory has just given up."""
    if freed and draw(st.booleans()):
        return freed.pop(draw(st.integers(0, len(freed) - 1)))
    return str(10000 + world.made)


def shares_for(draw: st.DrawFn, n: int) -> list[Fraction | None]:
    parts = draw(st.lists(st.integers(1, 5), min_size=n, max_size=n))
    short = draw(st.sampled_from([0, 0, 2]))  # now and then the figures given do not reach the whole
    known: list[Fraction | None] = [Fraction(part, sum(parts) + short) for part in parts]
    if draw(st.booleans()):
        known[draw(st.integers(0, n - 1))] = None
    return known


def step(draw: st.DrawFn, world: World) -> None:
    world.day += timedelta(days=draw(st.integers(1, 400)))
    mergeable = communes(world)
    uid = draw(st.sampled_from(mergeable))
    spell = world.live[uid]
    name = draw(st.sampled_from(NAMES))
    action = draw(st.sampled_from(["merge", "split", "cede", "rename", "move"]))
    if action == "merge" and len(mergeable) > 1:
        sources = draw(st.lists(st.sampled_from(mergeable), min_size=2, max_size=3, unique=True))
        freed = [world.close(source).code for source in sources]
        target = world.found(fresh_code(draw, world, freed), name, spell.parent)
        for source in sources:
            world.flow(source, {target: ONE})
    elif action == "split":
        freed = [world.close(uid).code]
        n = draw(st.integers(2, 3))
        targets = [world.found(fresh_code(draw, world, freed), name, spell.parent) for _ in range(n)]
        world.flow(uid, dict(zip(targets, shares_for(draw, n), strict=True)))
    elif action == "cede" and len(mergeable) > 1:
        other = draw(st.sampled_from([u for u in mergeable if u != uid]))
        ours, theirs = world.close(uid), world.close(other)
        left = world.found(ours.code, ours.name.removeprefix("Xã "), ours.parent)
        grown = world.found(theirs.code, theirs.name.removeprefix("Xã "), theirs.parent)
        world.flow(uid, dict(zip([left, grown], shares_for(draw, 2), strict=True)))
        world.flow(other, {grown: ONE})
    elif action in ("rename", "move"):
        parents = [u for u, s in world.live.items() if s.level == "district"]
        parent = draw(st.sampled_from(parents)) if action == "move" else spell.parent
        world.close(uid)
        new_name = f"Xã {name}" if action == "rename" else spell.name
        world.live[uid] = Spell(uid, new_name, spell.code, "xa", "commune", parent, world.day, None, "")
    world.record()


@st.composite
def worlds(draw: st.DrawFn) -> World:
    world = World()
    districts = [world.found(str(700 + i), f"Huyện {i}", None, "district") for i in range(2)]
    for i in range(draw(st.integers(2, 5))):
        world.found(str(100 + i), draw(st.sampled_from(NAMES)), draw(st.sampled_from(districts)))
    world.record()
    for _ in range(draw(st.integers(1, 7))):
        step(draw, world)
    return world


relaxed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def amounts(draw: st.DataObject, world: World) -> list[tuple[str, int, int]]:
    observed = draw.draw(st.lists(st.sampled_from(sorted(world.places)), min_size=1, max_size=8))
    return [(uid, i % 3, draw.draw(st.integers(0, 30))) for i, uid in enumerate(observed)]


@relaxed
@given(worlds())
def test_as_of_any_date_equals_the_state_recorded_that_day(world: World) -> None:
    register = world.register()
    days = sorted(world.states)
    for recorded, following in zip(days, [*days[1:], date(2100, 1, 1)], strict=True):
        for day in (recorded, following - timedelta(days=1)):
            snapshot = register.snapshot(day)
            assert {s.unit: (s.name, s.code, s.parent) for s in snapshot.spells} == world.states[recorded]
            for uid, (name, _, parent) in world.states[recorded].items():
                assert register.spell(uid, day).name == name
                assert uid in {s.unit for s in snapshot.children(parent)}


@relaxed
@given(worlds())
def test_names_and_codes_come_back_unambiguous(world: World) -> None:
    register = world.register()
    for spell in register.spells:
        last = (spell.end or date(2100, 1, 1)) - timedelta(days=1)
        for day in (spell.start, last):
            assert register.by_code(spell.code, day, spell.level) == spell
            assert register.by_code(spell.code, day) == spell
        for query in (spell.name, spell.bare_name):
            hits = register.search(query, spell.start)
            assert spell.unit in {hit.spell.unit for hit in hits if hit.closeness == "exact"}


@relaxed
@given(worlds(), st.data())
def test_forward_equals_the_step_by_step_model(world: World, data: st.DataObject) -> None:
    register = world.register()
    for day, whereabouts in world.whereabouts.items():
        made = plan(register, day)
        for uid, place in whereabouts.items():
            result = made.apply([(uid, "", 60)])
            got = {u: c.amount for u, c in result.cells[""].items() if c.amount is not None} if result.cells else {}
            assert got == {u: 60 * share for u, share in place.items()}
            assert sum((left.amount for left in result.unplaced.get("", ())), Fraction(0)) == 60 - sum(got.values())


@relaxed
@given(worlds(), st.data(), st.booleans(), st.booleans())
def test_totals_are_conserved_between_any_two_dates(
    world: World, data: st.DataObject, whole_numbers: bool, weighted: bool
) -> None:
    register = world.register()
    observations = amounts(data, world)
    onto = data.draw(st.sampled_from(sorted(world.states)))
    weights = None
    if weighted:
        sizes = {uid: data.draw(st.integers(0, 5)) for uid in world.states[onto]}
        weights = Weights("population", sizes)
    result = reexpress(register, observations, onto, weights, whole_numbers=whole_numbers)
    given_in: dict[int, int] = defaultdict(int)
    for _, period, count in observations:
        given_in[period] += count
    assert {period: result.total(period) for period in given_in} == given_in
    for cells in result.cells.values():
        assert set(cells) <= set(world.states[onto])
        for cell in cells.values():
            assert cell.amount is None or cell.amount >= 0
            if whole_numbers or cell.quality is Quality.EXACT:
                assert cell.amount is None or isinstance(cell.amount, int)
            assert (cell.amount is None) <= (cell.quality is Quality.NOT_COMPARABLE)
            assert bool(cell.weight) <= (cell.quality is not Quality.EXACT)
            assert not set(cell.missing) & set(cell.sources)


@relaxed
@given(worlds(), st.data())
def test_there_and_back_is_the_same_where_nothing_was_divided_or_united(world: World, data: st.DataObject) -> None:
    register = world.register()
    days = sorted(world.states)
    here, there = data.draw(st.sampled_from(days)), data.draw(st.sampled_from(days))
    for uid in world.states[here]:
        forth = register.carry(uid, there)
        if len(forth) == 1 and forth[0].is_whole:
            back = register.carry(forth[0].unit, here)
            assert uid in {part.unit for part in back}
            if len(back) == 1 and back[0].is_whole:
                assert back[0].unit == uid


@relaxed
@given(worlds())
def test_lineage_holds_every_place_that_a_unit_reaches(world: World) -> None:
    register = world.register()
    for uid in world.places:
        line = set(register.lineage(uid).units)
        for day in world.states:
            assert {part.unit for part in register.carry(uid, day)} <= line


def test_the_model_itself_loses_and_finds() -> None:
    """The naive model is not vacuous: a known history gives the shares one computes by hand."""
    world = World()
    a, b = world.found("1", "A", None), world.found("2", "B", None)
    world.record()
    world.day += timedelta(days=1)
    world.close(a)
    x, y = world.found("1", "X", None), world.found("3", "Y", None)
    world.flow(a, {x: Fraction(1, 4), y: None})
    world.record()
    assert world.places[a] == {x: Fraction(1, 4)}
    assert world.places[b] == {b: ONE}
    result = reexpress(world.register(), [(a, 0, 8)], world.day)
    assert result.cells[0][x].amount == 2
    assert result.unplaced[0][0] == (a, 6, (y,))


def test_a_deep_history_is_walked_once() -> None:
    """Two hundred divisions and reunions of one commune: shares multiply along 2^200 paths, in no time."""
    world = World()
    unit = world.found("1", "A", None)
    first = unit
    for _ in range(200):
        world.day += timedelta(days=1)
        code = world.close(unit).code
        left, right = world.found(code, "A", None), world.found(f"{code}9", "B", None)
        world.edges += [Edge(unit, target, world.day, Fraction(1, 2), "area", "") for target in (left, right)]
        world.day += timedelta(days=1)
        world.close(left), world.close(right)
        unit = world.found(code, "A", None)
        world.edges += [Edge(side, unit, world.day, ONE, "whole", "") for side in (left, right)]
    (part,) = world.register().carry(first, world.day)
    assert part.is_whole
    assert part.unit == unit
