"""What a reader finds in the text of a plan. Every finding carries the words it rests on and the rule that found it.

`words` of a target, a task or an agency is an exact part of its clause's `text`. What the text leaves open is
`uncertain`, with `why`; nothing is filled in from elsewhere. The values are explained in docs/methods/reading-plans.md.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from diaban.core.messages import Message


class Op(StrEnum):
    """How a target compares: the figure must be `op` `value`, or change by `value` against an earlier one."""

    AT_LEAST = ">="
    ABOVE = ">"
    AT_MOST = "<="
    BELOW = "<"
    EQUAL = "="
    INCREASE = "increase"
    DECREASE = "decrease"


@dataclass(frozen=True, slots=True)
class Base:
    """A document that the plan rests on, or cites. `number` and `date` are empty where the text gives none."""

    kind: str
    number: str | None
    date: dt.date | None
    issuer: str | None
    title: str | None
    words: str
    line: int
    within: str | None = None  # the number of the base in whose title this one is named
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One heading, numbered item or bullet, with its own words only: children have their own.

    `text` is the original with line breaks joined and its mark ("-", "1.", "a)") taken off; `line` counts from 1.
    `agencies` are named in the clause or own the section it stands in, the owner first.
    """

    path: str
    mark: str
    text: str
    agencies: tuple[str, ...]
    line: int
    heading: bool
    parent: str | None = None
    kind: str = ""
    section: str | None = None  # goal, purpose, state, scope, money, task, duty
    owners: tuple[str, ...] = ()  # the agencies of the section's heading
    named: tuple[str, ...] = ()  # agencies in the clause's own words
    cells: tuple[str, ...] = ()  # of a row of a table; `text` is its main cell
    uncertain: bool = False
    why: str | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand words that can be understood in several ways."""

    text: str
    op: str
    value: float | tuple[float, float] | None
    unit: str | None
    against: str | None


@dataclass(frozen=True, slots=True)
class Target:
    """A measurable aim. `value` is a number, a range (low, high), or None where only a direction is given."""

    clause: str
    op: str
    value: float | tuple[float, float] | None
    unit: str | None
    against: str | None
    by: str | None
    words: str
    subject: str | None = None
    direction: str | None = None  # "increase" | "decrease" where the figure is a change
    uncertain: bool = False
    why: str | None = None
    readings: tuple[Reading, ...] = ()
    rule: str = ""

    @property
    def change_like(self) -> bool:
        """Whether it asks for a change rather than a level."""
        return self.direction is not None


@dataclass(frozen=True, slots=True)
class Task:
    """Something to be done. `agencies` has the lead first; `lead` is None where the text names nobody."""

    clause: str
    agencies: tuple[str, ...]
    lead: str | None
    coordinating: tuple[str, ...]
    deadline: str | None
    recurrence: str | None
    product: str | None
    words: str
    uncertain: bool = False
    why: str | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """An agency of the text: as first written, its name in the gazetteer (or a tidied form), and where it stands."""

    name: str
    canonical: str
    words: str
    kind: str
    level: str
    line: str  # of authority: police, administration, health, union, house, other
    listed: bool
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Footnote:
    """A footnote's mark and its text; `text` is None where the mark stands in the body and the note is lost."""

    mark: str
    text: str | None
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the text breaks off: after which clause, at which line, by which sign."""

    after: str | None
    line: int
    words: str


@dataclass(frozen=True, slots=True)
class PlanText:
    """Everything that was read. `notes` are sentences for the person who checks."""

    number: str | None = None
    date: dt.date | None = None
    effective: dt.date | None = None
    issuer: str | None = None
    signer: str | None = None
    field: str | None = None
    title: str | None = None
    kind: str | None = None
    cut: Cut | None = None
    bases: tuple[Base, ...] = ()
    cited: tuple[Base, ...] = ()
    clauses: tuple[Clause, ...] = ()
    targets: tuple[Target, ...] = ()
    tasks: tuple[Task, ...] = ()
    agencies: tuple[Named, ...] = ()
    footnotes: tuple[Footnote, ...] = ()
    preamble: tuple[str, ...] = ()  # the paragraphs before the first clause
    closing: tuple[str, ...] = ()  # the sentence after the last one
    rests_on: Mapping[str, str] = dataclasses.field(
        default_factory=dict
    )  # fact of the head -> the words it was read from
    notes: tuple[Message, ...] = ()

    def as_dict(self, *, explain: bool = False) -> dict[str, Any]:
        """Return plain values for JSON: days as ISO text, sentences in Vietnamese; rules only with `explain`."""
        told: dict[str, Any] = {item.name: _plain(getattr(self, item.name), explain) for item in fields(self)}
        told["cut"] = self.cut is not None
        told["cut_after"] = _plain(self.cut, explain)
        if not explain:
            del told["rests_on"]
        return told


def _plain(value: Any, explain: bool) -> Any:
    if isinstance(value, Message):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, tuple):
        return [_plain(item, explain) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item, explain) for key, item in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        names = [item.name for item in fields(value) if explain or item.name != "rule"]
        return {name: _plain(getattr(value, name), explain) for name in names}
    return value
