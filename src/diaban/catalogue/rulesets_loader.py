"""Reads the dated rule sets of `catalogue/rulesets` into core objects and chooses the one for a cycle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from diaban.catalogue.periods_loader import regime
from diaban.core.periods import Period
from diaban.core.rules import RuleSet, choose
from diaban.core.rules.model import (
    Band,
    Bound,
    ClassRule,
    Condition,
    Criterion,
    Gap,
    Measure,
    Quantity,
    Scheme,
    Setting,
    Term,
)
from diaban.core.rules.validate import problems

CHOICE = "choice.yaml"


class CatalogueError(ValueError):
    """A rule-set file that does not say what it must; the text names file, place and what is accepted."""


def _read(name: str) -> dict[str, Any]:
    text = files("diaban.catalogue").joinpath("rulesets", name).read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    if not isinstance(document, dict):
        raise CatalogueError(f"rulesets/{name}: expected a mapping at the top")
    return document


def _bound(value: object, where: str) -> Bound | None:
    """Read 2, "5/1000" or {setting: key}; integers only."""
    if value is None:
        return None
    if type(value) is int:
        return Bound(value)
    if isinstance(value, dict) and set(value) == {"setting"}:
        return Bound(0, 1, setting=str(value["setting"]))
    if isinstance(value, str):
        num, slash, den = value.partition("/")
        if slash and num.isdigit() and den.isdigit() and int(den) > 0:
            return Bound(int(num), int(den))
    raise CatalogueError(f'{where}: a threshold is a whole number, "5/1000" or {{setting: key}}; got {value!r}')


def _quantity(row: Mapping[str, Any]) -> Quantity:
    return Quantity(row["figure"], row["unit_label"], row.get("per"), row.get("at_most"))


def _setting(row: Mapping[str, Any]) -> Setting:
    return Setting(
        key=row["key"],
        label=row["label"],
        kind=row["kind"],
        default=row["default"],
        gap=row["gap"],
        choices={choice["value"]: choice["label"] for choice in row.get("choices", ())},
        note=row.get("hint", ""),
        elsewhere=bool(row.get("elsewhere", False)),
    )


def _gap(row: Mapping[str, Any]) -> Gap:
    return Gap(
        code=row["code"],
        name=row["title"],
        kind=row["kind"],
        text=row["text"],
        handling=row["help"],
        detect=row.get("detect", ""),
        measure=row.get("measure", ""),
        subject=row.get("subject", ""),
    )


def _measure(row: Mapping[str, Any]) -> Measure:
    return Measure(row["key"], row["title"], tuple(map(_quantity, row["quantities"])))


def _criterion(row: Mapping[str, Any], klass: str, measures: Mapping[str, Measure]) -> Criterion:
    bands: tuple[Band, ...] = ()
    where = f"criterion {row['code']}"
    if "measure" in row:
        figures = [quantity.figure for quantity in measures[row["measure"]].quantities]
        if set(row["bands"]) != set(figures):
            raise CatalogueError(f"{where}: bands must be given for exactly {figures}, got {sorted(row['bands'])}")
        bands = tuple(
            Band(
                _bound(row["bands"][figure].get("from"), where),
                _bound(row["bands"][figure].get("below"), where),
            )
            for figure in figures
        )
    return Criterion(
        code=row["code"],
        klass=klass,
        article=row["article"],
        text=row["text"],
        measure=row.get("measure"),
        bands=bands,
        route=frozenset(row.get("route", ())),
        others=row.get("others", 0),
        others_class=row.get("others_class"),
    )


def _scheme(subject: str, row: Mapping[str, Any]) -> Scheme:
    measures = {measure.key: measure for measure in map(_measure, row["measures"])}
    classes = tuple(
        ClassRule(
            code=str(rule["code"]),
            label=rule["label"],
            needs=rule["needs"],
            article=rule["article"],
            criteria=tuple(_criterion(criterion, str(rule["code"]), measures) for criterion in rule["criteria"]),
        )
        for rule in row["classes"]
    )
    return Scheme(subject, row["article"], tuple(row["required"]), tuple(measures.values()), classes)


def _ruleset(row: Mapping[str, Any]) -> RuleSet:
    return RuleSet(
        id=row["id"],
        number=row["number"],
        title=row["title"],
        reference=row["reference"],
        checked_by=row["checked_by"],
        effective_from=row["effective_from"],
        effective_to=row["effective_to"],
        commune=_scheme("commune", row["commune"]),
        province=_scheme("province", row["province"]) if row["province"] else None,
        drug_free=tuple(
            Condition(
                item["code"],
                item["article"],
                item["text"],
                tuple(Term(term["figure"], term["noun"], term.get("minus")) for term in item["nil"]),
            )
            for item in row["drug_free"]
        ),
        settings=tuple(map(_setting, row["settings"])),
        gaps=tuple(map(_gap, row["gaps"])),
        assumptions=tuple(item["text"] for item in row["assumptions"]),
    )


@cache
def rulesets() -> Mapping[str, RuleSet]:
    """Return every rule set by its id, oldest first."""
    names = [entry.name for entry in files("diaban.catalogue").joinpath("rulesets").iterdir()]
    found = [_ruleset(_read(name)) for name in names if name.endswith(".yaml") and name != CHOICE]
    wrong = [f"{one.id}: {problem}" for one in found for problem in problems(one)]
    if wrong:
        raise CatalogueError("; ".join(wrong))
    found.sort(key=lambda ruleset: ruleset.effective_from)
    return MappingProxyType({ruleset.id: ruleset for ruleset in found})


def ruleset(ruleset_id: str) -> RuleSet:
    """Return one rule set; `KeyError` names the known ids."""
    try:
        return rulesets()[ruleset_id]
    except KeyError:
        raise KeyError(f"unknown rule set {ruleset_id!r}; known: {', '.join(rulesets())}") from None


def cycle(cycle_year: int) -> Period:
    """Return the days of a classification cycle: 2026 is 15/12/2025 to 14/12/2026."""
    return regime(_choice(None)["regime"]).period(f"{cycle_year:04d}")


def ruleset_for(cycle_year: int) -> RuleSet:
    """Return the rule set of a cycle by the choice rule of the catalogue (in force on the cycle's last day).

    Raises `RuleError` for a cycle before the first known text, `PeriodError` for an impossible year.
    """
    period = cycle(cycle_year)
    rule = _choice(period.last_day)
    day = {"last_day": period.last_day, "first_day": period.start}[rule["day"]]
    return choose(rulesets().values(), day)


def _choice(on: date | None) -> Mapping[str, Any]:
    rows: list[Mapping[str, Any]] = _read_choice()
    for row in rows:
        after = row["effective_from"] is None or on is None or row["effective_from"] <= on
        before = row["effective_to"] is None or on is None or on < row["effective_to"]
        if after and before:
            return row
    raise CatalogueError(f"rulesets/{CHOICE}: no rule of choice for {on}")


@cache
def _read_choice() -> list[Mapping[str, Any]]:
    return list(_read(CHOICE)["rule"])
