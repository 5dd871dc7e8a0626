"""How far a unit is from each other class, in whole persons, points, arrests, plants and square metres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from types import MappingProxyType

from diaban.core.messages import N_, Message, say
from diaban.core.rules.judgement import Judgement
from diaban.core.rules.ladder import Step
from diaban.core.rules.model import READINGS, Reading
from diaban.core.rules.table import UNSET, Levels, Table
from diaban.core.rules.wording import AND, COMMA, OR_ELSE, grouped, joined

NO_CLASS = "none"
"""The name of "không thuộc loại trọng điểm nào" among the targets of a distance."""

SHOWN_COMBINATIONS = 2


@dataclass(frozen=True, slots=True)
class Distance:
    """The least changes that bring a unit to `target` (a class code or `NO_CLASS`), all else staying as declared.

    `single`: figure → signed change, for every figure that is enough by itself. `combined`: sets of changes of which
    none can be left out, fewest figures first. Both empty: no change of these figures leads there.
    """

    target: str
    single: Mapping[str, int]
    combined: tuple[Mapping[str, int], ...]
    units: Mapping[str, str]
    subject: str = "commune"

    @property
    def reachable(self) -> bool:
        """Return whether any change of the figures leads to the target."""
        return bool(self.single or self.combined)

    @property
    def sentence(self) -> Message:
        """Return the distance in plain words."""
        goal = _goal(self.target, self.subject)
        if not self.reachable:
            return say(N_("{goal}: không có thay đổi số liệu nào dẫn tới (giữ nguyên tuyến)"), goal=goal)
        if self.single:
            ways = [self._change(figure, delta) for figure, delta in self.single.items()]
        else:
            ways = [
                joined([self._change(figure, delta) for figure, delta in changes.items()], COMMA, AND)
                for changes in self.combined[:SHOWN_COMBINATIONS]
            ]
        return say(N_("{goal} nếu {ways}"), goal=goal, ways=joined(ways, OR_ELSE))

    def _change(self, figure: str, delta: int) -> Message:
        template = N_("thêm {n} {what}") if delta > 0 else N_("bớt {n} {what}")
        return say(template, n=grouped(abs(delta)), what=say(self.units[figure]))


WHAT: Mapping[str, str] = MappingProxyType(
    {
        "persons": N_("người có hồ sơ"),
        "points": N_("điểm"),
        "arrested": N_("người bị bắt"),
        "plants": N_("cây"),
        "plant_m2": N_("m² trồng cây"),
        "dependent": N_("người nghiện có hồ sơ"),
        "gatherings": N_("tụ điểm"),
        "key_communes": N_("xã loại I, II"),
    }
)


def _goal(target: str, subject: str) -> Message:
    if target == NO_CLASS and subject == "province":
        return say(N_("Sẽ không còn là địa bàn trọng điểm"))
    if target == NO_CLASS:
        return say(N_("Sẽ không thuộc loại nào (chưa phải là không ma túy)"))
    if target == "key":
        return say(N_("Sẽ là địa bàn trọng điểm"))
    return say(N_("Sẽ là loại {klass}"), klass=target)


def distances(judgement: Judgement) -> Mapping[Reading, Mapping[str, Distance]]:
    """Return, for each reading, the distance to every class but the present one.

    Empty where a figure that counts is missing: a distance from an unknown place would be a guess.
    """
    table = judgement.table
    levels = judgement.exact
    if levels is None or any(judgement.value(quantity.figure) is None for quantity in table.quantities):
        return MappingProxyType({reading: MappingProxyType({}) for reading in READINGS})
    ladders = [ladder.steps(base) for ladder, base in zip(table.ladders, judgement.bases, strict=True)]
    return MappingProxyType(
        {reading: MappingProxyType(_one_reading(judgement, levels, ladders, reading)) for reading in READINGS}
    )


def _one_reading(
    judgement: Judgement, levels: Levels, ladders: list[tuple[Step, ...]], reading: Reading
) -> dict[str, Distance]:
    table = judgement.table
    here = judgement.outcomes[reading]
    if not here.certain:
        return {}
    options = tuple(
        tuple(sorted({step.level for step in steps} - {at})) for steps, at in zip(ladders, levels, strict=True)
    )
    values = tuple(getattr(judgement.figures, quantity.figure) for quantity in table.quantities)
    units = {quantity.figure: WHAT.get(quantity.figure, quantity.unit) for quantity in table.quantities}
    found: dict[str, Distance] = {}
    paths = _paths(table, levels, options, judgement.route, reading)
    targets: list[str | None] = [rule.code for rule in table.scheme.classes if rule.code not in table.unset]
    if not table.unset:
        targets.append(None)
    for target in targets:
        if target == here.klass:
            continue
        changes = [
            tuple((position, _delta(ladders[position], values[position], level)) for position, level in path)
            for path in paths.get(target, ())
        ]
        name = target or NO_CLASS
        found[name] = _distance(name, _leanest(changes), table, units)
    return found


Path = tuple[tuple[int, int], ...]


def _paths(
    table: Table, levels: Levels, options: tuple[tuple[int, ...], ...], route: str, reading: Reading
) -> Mapping[str | None, tuple[Path, ...]]:
    """Return, for each class, the sets of (quantity, new level) that reach it and of which no part would do."""
    key = (levels, options, table.same_route(route), reading)
    found: dict[str | None, tuple[Path, ...]] | None = table.reachable.get(key)
    if found is None:
        gathered = _search(table.classes(route, reading), levels, options)
        found = table.reachable[key] = {klass: tuple(paths) for klass, paths in gathered.items()}
    return found


def _search(
    classes: Mapping[Levels, str | None], levels: Levels, options: tuple[tuple[int, ...], ...]
) -> dict[str | None, list[Path]]:
    """Try every change, fewest quantities first; a target reached by a part of a set of quantities needs no more."""
    gathered: dict[str | None, list[Path]] = {}
    masks: dict[str | None, list[int]] = {}
    targets = set(classes.values()) - {classes[levels], UNSET}
    for positions in _subsets(len(options)):
        mask = sum(1 << position for position in positions)
        wanted = {klass for klass in targets if not any(part & mask == part for part in masks.get(klass, ()))}
        if not wanted:
            continue
        for choice in product(*[options[position] for position in positions]):
            changed = list(levels)
            for position, level in zip(positions, choice, strict=True):
                changed[position] = level
            klass = classes[tuple(changed)]
            if klass in wanted:
                gathered.setdefault(klass, []).append(tuple(zip(positions, choice, strict=True)))
                if mask not in masks.setdefault(klass, []):
                    masks[klass].append(mask)
    return gathered


@cache
def _subsets(count: int) -> tuple[tuple[int, ...], ...]:
    """Return every non-empty subset of `range(count)`, small ones first."""
    return tuple(positions for size in range(1, count + 1) for positions in combinations(range(count), size))


def _delta(steps: tuple[Step, ...], value: int, level: int) -> int:
    """Return the smallest signed change of `value` that lands on `level`."""
    best: int | None = None
    for step in steps:
        if step.level != level:
            continue
        delta = 0
        if value < step.low:
            delta = step.low - value
        elif step.high is not None and value > step.high:
            delta = step.high - value
        if best is None or abs(delta) < abs(best):
            best = delta
    if best is None:
        raise LookupError(level)
    return best


Changes = tuple[tuple[int, int], ...]


def _leanest(changes: list[Changes]) -> list[Changes]:
    """Drop every set of changes that another one of the same figures beats; of two equally long ones keep the first."""
    kept: dict[tuple[int, ...], list[Changes]] = {}
    for one in changes:
        rivals = kept.setdefault(tuple(position for position, _ in one), [])
        if not any(_no_longer(other, one) for other in rivals):
            rivals[:] = [other for other in rivals if not _no_longer(one, other)] + [one]
    return [one for rivals in kept.values() for one in rivals]


def _no_longer(one: Changes, other: Changes) -> bool:
    """Return whether `one` changes no figure more than `other` does; both change the same figures."""
    return all(abs(a) <= abs(b) for (_, a), (_, b) in zip(one, other, strict=True))


def _distance(target: str, changes: list[Changes], table: Table, units: Mapping[str, str]) -> Distance:
    quantities = table.quantities
    single = {quantities[one[0][0]].figure: one[0][1] for one in changes if len(one) == 1}
    combined = tuple(
        MappingProxyType({quantities[position].figure: delta for position, delta in one})
        for one in changes
        if len(one) > 1
    )
    return Distance(target, MappingProxyType(single), combined, MappingProxyType(units), table.scheme.subject)
