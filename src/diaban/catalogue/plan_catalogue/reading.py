"""From the plain data of a YAML file to the objects of `model`, with everything that is wrong found in one pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from diaban.catalogue.plan_catalogue.model import (
    GRAINS,
    INDICATOR_KINDS,
    LEVELS,
    MARKS,
    PLAN_KINDS,
    TARGET_KINDS,
    VALUELESS,
    CatalogueBasis,
    CatalogueClause,
    CataloguePlan,
    CatalogueReading,
    CatalogueTarget,
    CatalogueTask,
    Indicator,
    PlanCatalogueError,
)

Row = Mapping[str, Any]
PLAN_KEYS = (
    "kind", "number", "date", "effective", "issuer", "signer", "field", "title", "starts", "ends", "reference",
    "checked_by", "cut_after", "unknown", "bases", "clauses", "targets",
)  # fmt: skip
CLAUSE_KEYS = (
    "path", "mark", "text", "heading", "owner", "tasks", "indicators", "no_measure", "readings", "uncertain",
    "lost_notes",
)  # fmt: skip
TASK_KEYS = (
    "code", "also", "title", "words", "lead", "coordinating", "level", "grain", "deadline", "product", "proposed",
)  # fmt: skip
TARGET_KEYS = (
    "indicator", "kind", "value", "unit", "against", "by", "words", "reading", "mark", "reference", "open",
)  # fmt: skip
INDICATOR_KEYS = (
    "code", "title", "unit", "kind", "numerator", "denominator", "source", "clauses", "reference", "checked_by", "note",
)  # fmt: skip


@dataclass
class _Check:
    """Takes values out of rows and remembers every complaint."""

    file: str
    problems: list[str] = field(default_factory=list)

    def complain(self, where: str, what: str) -> None:
        self.problems.append(f"plans/{self.file}: {where}: {what}")

    def rows(self, value: object, where: str) -> list[Row]:
        """Return a list of mappings, leaving out what is none."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.complain(where, f"expected a list, got {value!r}")
            return []
        for one in value:
            if not isinstance(one, dict):
                self.complain(where, f"expected a mapping, got {one!r}")
        return [one for one in value if isinstance(one, dict)]

    def keys(self, row: Row, known: Collection[str], where: str) -> None:
        for key in row:
            if key not in known:
                self.complain(where, f"unknown key {key!r}; known: {', '.join(known)}")

    def text(self, row: Row, key: str, where: str, *, needed: bool = False) -> str:
        value = row.get(key)
        if isinstance(value, str) and value.strip() == value and (value or not needed):
            return value
        if value is not None or needed:
            self.complain(where, f"{key} must be text without spaces around it, got {value!r}")
        return ""

    def texts(self, row: Row, key: str, where: str) -> tuple[str, ...]:
        value = row.get(key, [])
        if isinstance(value, list) and all(isinstance(one, str) and one for one in value):
            return tuple(value)
        self.complain(where, f"{key} must be a list of texts, got {value!r}")
        return ()

    def one_of(self, row: Row, key: str, known: Collection[str], where: str) -> str:
        value = row.get(key)
        if not isinstance(value, str) or value not in known:
            self.complain(where, f"{key} must be one of {', '.join(known)}, got {value!r}")
            return ""
        return value

    def day(self, row: Row, key: str, where: str, *, needed: bool = False) -> date | None:
        value = row.get(key)
        if type(value) is date or (value is None and not needed):
            return value
        self.complain(where, f"{key} must be a day like 2022-11-04, got {value!r}")
        return None

    def yes(self, row: Row, key: str, where: str) -> bool:
        value = row.get(key, False)
        if not isinstance(value, bool):
            self.complain(where, f"{key} must be true or false, got {value!r}")
        return value is True

    def number(self, row: Row, key: str, where: str) -> Decimal | None:
        value = row.get(key)
        if value is None:
            return None
        try:
            if isinstance(value, bool):
                raise InvalidOperation
            return Decimal(str(value))
        except InvalidOperation:
            self.complain(where, f"{key} must be a number, got {value!r}")
            return None


def read_indicators(data: Row, file: str) -> Mapping[str, Indicator]:
    """Return the indicators by code; raise `PlanCatalogueError` with all that is wrong."""
    check = _Check(file)
    found: dict[str, Indicator] = {}
    for row in check.rows(data.get("indicators"), "indicators"):
        where = f"indicator {row.get('code')!r}"
        check.keys(row, INDICATOR_KEYS, where)
        indicator = Indicator(
            code=check.text(row, "code", where, needed=True),
            title=check.text(row, "title", where, needed=True),
            unit=check.text(row, "unit", where, needed=True),
            kind=check.one_of(row, "kind", INDICATOR_KINDS, where),
            numerator=check.text(row, "numerator", where, needed=True),
            denominator=check.text(row, "denominator", where),
            source=check.text(row, "source", where, needed=True),
            clauses=check.texts(row, "clauses", where),
            reference=check.text(row, "reference", where, needed=True),
            checked_by=check.text(row, "checked_by", where, needed=True),
            note=check.text(row, "note", where),
        )
        if indicator.source != "declared" and not indicator.source.removeprefix("register:").strip():
            check.complain(where, "source names no register")
        if indicator.source != "declared" and not indicator.source.startswith("register:"):
            check.complain(where, f"source must be declared or register:<key>, got {indicator.source!r}")
        if indicator.code in found:
            check.complain(where, "code stands twice")
        found[indicator.code] = indicator
    if check.problems:
        raise PlanCatalogueError(check.problems)
    return MappingProxyType(found)


def read_plan_document(
    data: Row, key: str, indicators: Mapping[str, Indicator], agencies: Collection[str]
) -> CataloguePlan:
    """Return the plan; raise `PlanCatalogueError` with all that is wrong in it, clauses that are not settled too."""
    check = _Check(f"{key}.yaml")
    reader = _Reader(check, key, indicators, agencies)
    check.keys(data, PLAN_KEYS, "top")
    dated = data.get("kind") != "form"
    clauses = _served([reader.clause(row) for row in check.rows(data.get("clauses"), "clauses")])
    found = CataloguePlan(
        key=key,
        kind=check.one_of(data, "kind", PLAN_KINDS, "top"),
        number=check.text(data, "number", "top"),
        date=check.day(data, "date", "top"),
        effective=check.day(data, "effective", "top"),
        issuer=check.text(data, "issuer", "top"),
        signer=check.text(data, "signer", "top"),
        field=check.text(data, "field", "top"),
        title=check.text(data, "title", "top", needed=True),
        starts=check.day(data, "starts", "top", needed=dated),
        ends=check.day(data, "ends", "top", needed=dated),
        reference=check.text(data, "reference", "top", needed=True),
        checked_by=check.text(data, "checked_by", "top", needed=True),
        cut_after=check.text(data, "cut_after", "top"),
        unknown=check.texts(data, "unknown", "top"),
        bases=tuple(reader.basis(row) for row in check.rows(data.get("bases"), "bases")),
        clauses=clauses,
        loose_targets=tuple(reader.target(row, None) for row in check.rows(data.get("targets"), "targets")),
    )
    _whole(check, found)
    if check.problems:
        raise PlanCatalogueError(check.problems)
    return found


@dataclass(frozen=True, slots=True)
class _Reader:
    check: _Check
    plan: str
    indicators: Mapping[str, Indicator]
    agencies: Collection[str]

    def basis(self, row: Row) -> CatalogueBasis:
        where = f"basis {row.get('number')!r}"
        self.check.keys(row, ("kind", "number", "date", "issuer", "title"), where)
        return CatalogueBasis(
            kind=self.check.text(row, "kind", where, needed=True),
            number=self.check.text(row, "number", where),
            date=self.check.day(row, "date", where),
            issuer=self.check.text(row, "issuer", where),
            title=self.check.text(row, "title", where),
        )

    def clause(self, row: Row) -> CatalogueClause:
        check, where = self.check, f"clause {row.get('path')!r}"
        check.keys(row, CLAUSE_KEYS, where)
        readings = tuple(self.reading(one, where) for one in check.rows(row.get("readings"), where))
        clause = CatalogueClause(
            path=check.text(row, "path", where, needed=True),
            mark=check.text(row, "mark", where),
            text=check.text(row, "text", where, needed=True),
            heading=check.yes(row, "heading", where),
            owner=self.agency(row, "owner", where, needed=False),
            tasks=(),
            targets=(),
            no_measure=check.text(row, "no_measure", where),
            readings=readings,
            uncertain=check.text(row, "uncertain", where),
            lost_notes=check.texts(row, "lost_notes", where),
        )
        return replace(
            clause,
            tasks=tuple(self.task(one, clause) for one in check.rows(row.get("tasks"), where)),
            targets=tuple(self.target(one, clause) for one in check.rows(row.get("indicators"), where)),
        )

    def reading(self, row: Row, where: str) -> CatalogueReading:
        self.check.keys(row, ("code", "title", "text"), where)
        return CatalogueReading(*(self.check.text(row, key, where, needed=True) for key in ("code", "title", "text")))

    def task(self, row: Row, clause: CatalogueClause) -> CatalogueTask:
        check, where = self.check, f"clause {clause.path!r}, task {row.get('code')!r}"
        check.keys(row, TASK_KEYS, where)
        task = CatalogueTask(
            code=check.text(row, "code", where, needed=True),
            clauses=(clause.path, *check.texts(row, "also", where)),
            title=check.text(row, "title", where, needed=True),
            words=check.text(row, "words", where, needed=True),
            lead=self.agency(row, "lead", where),
            coordinating=tuple(
                self.agency({"it": one}, "it", where) for one in check.texts(row, "coordinating", where)
            ),
            level=check.one_of(row, "level", LEVELS, where),
            grain=check.one_of(row, "grain", GRAINS, where) if row.get("grain") is not None else None,
            deadline=check.day(row, "deadline", where),
            product=check.text(row, "product", where, needed=True),
            proposed=check.yes(row, "proposed", where),
        )
        if task.words not in clause.text:
            check.complain(where, f"words are not in the clause: {task.words!r}")
        if task.grain is not None and task.deadline is not None:
            check.complain(where, "a task recurs by grain or has a deadline, not both")
        return task

    def target(self, row: Row, clause: CatalogueClause | None) -> CatalogueTarget:
        check = self.check
        where = f"{f'clause {clause.path!r}' if clause else 'targets'}, indicator {row.get('indicator')!r}"
        check.keys(row, TARGET_KEYS, where)
        target = CatalogueTarget(
            clause=clause.path if clause else "",
            indicator=check.one_of(row, "indicator", self.indicators, where),
            kind=check.one_of(row, "kind", TARGET_KINDS, where),
            value=check.number(row, "value", where),
            unit=check.text(row, "unit", where),
            against=check.text(row, "against", where),
            by=check.text(row, "by", where),
            words=check.text(row, "words", where, needed=clause is not None),
            reading=check.text(row, "reading", where),
            mark=check.one_of(row, "mark", MARKS, where) if "mark" in row else "V",
            reference=check.text(row, "reference", where, needed=clause is None),
            open=check.yes(row, "open", where),
        )
        if clause and target.words not in clause.text:
            check.complain(where, f"words are not in the clause: {target.words!r}")
        known = {one.code for one in clause.readings} if clause else set()
        if target.reading and target.reading not in known:
            check.complain(where, f"the clause has no reading {target.reading!r}")
        if target.kind and not target.open and (target.value is None) != (target.kind in VALUELESS):
            check.complain(where, f"a target of kind {target.kind} {'has no' if target.value else 'needs a'} value")
        return target

    def agency(self, row: Row, key: str, where: str, *, needed: bool = True) -> str:
        name = self.check.text(row, key, where, needed=needed)
        if name and name not in self.agencies:
            self.check.complain(where, f"agency {name!r} is not in agencies.yaml")
        return name


def _served(clauses: Iterable[CatalogueClause]) -> tuple[CatalogueClause, ...]:
    """Tell every clause which tasks of other clauses serve it."""
    held = list(clauses)
    serving: dict[str, list[str]] = {}
    for clause in held:
        for task in clause.tasks:
            for path in task.clauses[1:]:
                serving.setdefault(path, []).append(task.code)
    return tuple(replace(clause, served_by=tuple(serving.get(clause.path, ()))) for clause in held)


def _whole(check: _Check, plan: CataloguePlan) -> None:
    """Complain about what only the whole plan shows."""
    paths = Counter(clause.path for clause in plan.clauses)
    for path, times in paths.items():
        if times > 1:
            check.complain(f"clause {path!r}", "path stands twice")
    for code, times in Counter(task.code for task in plan.tasks).items():
        if times > 1:
            check.complain(f"task {code!r}", "code stands twice")
    for clause in plan.clauses:
        where = f"clause {clause.path!r}"
        if clause.parent and clause.parent not in paths:
            check.complain(where, f"its parent {clause.parent!r} is missing")
        if not clause.settled:
            check.complain(where, "not settled: it needs tasks, indicators or no_measure")
        if clause.no_measure and (clause.tasks or clause.targets or clause.served_by):
            check.complain(where, "no_measure stands beside a task or an indicator")
        for task in clause.tasks:
            for path in task.clauses[1:]:
                if path not in paths:
                    check.complain(f"{where}, task {task.code!r}", f"serves a clause that is missing: {path!r}")
    if plan.cut_after and plan.cut_after not in paths:
        check.complain("top", f"cut_after names no clause: {plan.cut_after!r}")
    if plan.starts and plan.ends and plan.starts >= plan.ends:
        check.complain("top", "starts must be before ends")
    if plan.kind == "plan" and not plan.clauses:
        check.complain("top", "a plan has clauses")
