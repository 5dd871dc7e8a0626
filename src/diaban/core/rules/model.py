"""The law as data: criteria, bands, classes, conditions, settings and known gaps of one dated rule set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from diaban.core.messages import N_, Message, say


class Reading(StrEnum):
    """How a band is read.

    LITERAL: exactly as written. AT_LEAST: a value in a higher band also meets the lower one.
    """

    LITERAL = "literal"
    AT_LEAST = "at_least"


READINGS = (Reading.LITERAL, Reading.AT_LEAST)


class RuleError(ValueError):
    """A rule set that contradicts itself, or a setting that it does not know."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class Bound:
    """A threshold `num / den` of a base figure, or `num` whole units where the quantity has no base.

    A bound with `setting` is not law: the province enters it under that setting, and `num` is meaningless until then.
    """

    num: int
    den: int = 1
    setting: str = ""

    def least(self, base: int | None) -> int:
        """Return the smallest whole value that reaches the threshold: the least v with v * den >= base * num."""
        return -(-(1 if base is None else base) * self.num // self.den)


@dataclass(frozen=True, slots=True)
class Band:
    """The values from `low` up to but not including `high`; a missing side is open."""

    low: Bound | None
    high: Bound | None


@dataclass(frozen=True, slots=True)
class Quantity:
    """One figure of a measure. `per` names its base; `at_most` names a figure that it can never exceed."""

    figure: str
    unit: str
    per: str | None = None
    at_most: str | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """What a criterion looks at. With several quantities ("cây hoặc m²") the highest band counts."""

    key: str
    title: str
    quantities: tuple[Quantity, ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One lettered criterion of one class.

    Either a band on each quantity of `measure`, or the route: being on a route of a kind in `route`, with at least
    `others` measures at the level of `others_class` or higher (`others` = 0: the route alone).
    """

    code: str
    klass: str
    article: str
    text: str
    measure: str | None = None
    bands: tuple[Band, ...] = ()
    route: frozenset[str] = frozenset()
    others: int = 0
    others_class: str | None = None


@dataclass(frozen=True, slots=True)
class ClassRule:
    """A class and how many of its criteria it needs."""

    code: str
    label: str
    needs: int
    article: str
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Scheme:
    """The classes of one kind of unit, highest first. `required` figures: without them no class is given."""

    subject: str
    article: str
    required: tuple[str, ...]
    measures: tuple[Measure, ...]
    classes: tuple[ClassRule, ...]

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Return every criterion, class by class, highest first."""
        return tuple(criterion for rule in self.classes for criterion in rule.criteria)

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """Return the quantities of all measures in order."""
        return tuple(quantity for measure in self.measures for quantity in measure.quantities)

    def rank(self, klass: str) -> int:
        """Return 1 for the lowest class and more for each higher one."""
        codes = [rule.code for rule in self.classes]
        return len(codes) - codes.index(klass)

    def class_rule(self, klass: str) -> ClassRule:
        """Return the class by its code."""
        return next(rule for rule in self.classes if rule.code == klass)


@dataclass(frozen=True, slots=True)
class Term:
    """A figure that must be nil, after taking off the persons counted in `minus`. `what` names what may remain."""

    figure: str
    what: str
    minus: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """One clause of "không ma túy": all its terms are nil."""

    code: str
    article: str
    text: str
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """A choice the text leaves open. Its value is never law: shown as "do đơn vị đặt".

    `kind` is "flag", "choice" or "count"; a count without default (None) is simply not set. `elsewhere`: the value is
    kept and changed in another place (the register of hot-spots), and only named here.
    """

    key: str
    label: str
    kind: str
    default: bool | str | int | None
    gap: str
    choices: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A hole or an overlap in the text, by name.

    `kind`: "conflict" (the reviewer must resolve it), "note" (said where it applies) or "assumption" (holds for all).
    `detect` names the finder that sees it in one assessment; `measure` narrows it to one measure, `subject` to
    communes or to provinces.
    """

    code: str
    name: str
    kind: str
    text: str
    handling: str
    detect: str = ""
    measure: str = ""
    subject: str = ""


SettingValue = bool | str | int | None
Settings = Mapping[str, SettingValue]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One dated legal text as data. `effective_to` is the first day on which it no longer holds."""

    id: str
    number: str
    title: str
    reference: str
    checked_by: str
    effective_from: date
    effective_to: date | None
    commune: Scheme
    province: Scheme | None
    drug_free: tuple[Condition, ...]
    settings: tuple[Setting, ...]
    gaps: tuple[Gap, ...]
    assumptions: tuple[str, ...] = ()

    def in_force(self, on: date) -> bool:
        """Return whether the text is in force on day `on`."""
        return self.effective_from <= on and (self.effective_to is None or on < self.effective_to)

    def gap(self, code: str) -> Gap:
        """Return the known gap by its code."""
        return next(gap for gap in self.gaps if gap.code == code)

    def resolve(self, chosen: Settings | None = None) -> dict[str, SettingValue]:
        """Return every setting with its value: the chosen one, else the default.

        Raises `RuleError` for a setting that the rule set does not know and for a value it does not accept.
        """
        chosen = chosen or {}
        known = {setting.key: setting for setting in self.settings}
        for key in chosen:
            if key not in known:
                raise RuleError(
                    say(
                        N_("{number} không có thiết lập “{key}”; các thiết lập: {known}."),
                        number=self.number,
                        key=key,
                        known=", ".join(known),
                    )
                )
        return {key: _accepted(setting, chosen.get(key, setting.default)) for key, setting in known.items()}


def _accepted(setting: Setting, value: SettingValue) -> SettingValue:
    fits = {
        "flag": isinstance(value, bool),
        "choice": isinstance(value, str) and value in setting.choices,
        "count": value is None or (type(value) is int and value > 0),
    }[setting.kind]
    if not fits:
        accepted = {"flag": "true, false", "choice": ", ".join(setting.choices), "count": "1, 2, 3, …"}[setting.kind]
        raise RuleError(
            say(
                N_("Thiết lập “{label}” không nhận “{value}”; chỉ nhận: {accepted}."),
                label=setting.label,
                value=value,
                accepted=accepted,
            )
        )
    return value


def choose(rulesets: Iterable[RuleSet], day: date) -> RuleSet:
    """Return the rule set in force on `day`; raise `RuleError` where the catalogue has none."""
    known = sorted(rulesets, key=lambda ruleset: ruleset.effective_from)
    for ruleset in known:
        if ruleset.in_force(day):
            return ruleset
    raise RuleError(
        say(
            N_("Ngày {day} chưa có bộ tiêu chí nào trong danh mục; bộ sớm nhất có từ {first}."),
            day=f"{day:%d/%m/%Y}",
            first=f"{known[0].effective_from:%d/%m/%Y}" if known else "–",
        )
    )
