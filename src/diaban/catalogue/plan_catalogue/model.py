"""A plan of the catalogue as objects: clauses with their original sentences, tasks, targets; and the indicators."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

LEVELS = ("province", "commune")
GRAINS = ("month", "quarter", "half", "year")
INDICATOR_KINDS = ("stock", "flow", "cumulative")
TARGET_KINDS = (
    "floor", "floor_strict", "ceiling", "coverage", "growth_cap", "zero", "must_rise", "must_fall", "register",
    "follow",
)  # fmt: skip
VALUELESS = ("zero", "must_rise", "must_fall", "register", "follow")
PLAN_KINDS = ("plan", "targets", "form")
MARKS = ("V", "S", "D")


class PlanCatalogueError(ValueError):
    """A plan or indicator file that does not say what it must; `problems` are all of them, with file and place."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure, in `unit`. `kind` says what may be done over time: a stock is taken at the end, a flow is summed.

    `numerator` and `denominator` say what is counted (denominator empty for a plain count). `source` is
    `register:<key>` where Diaban's registers give it, else `declared`. `clauses` are "plan path" references.
    """

    code: str
    title: str
    unit: str
    kind: str
    numerator: str
    denominator: str
    source: str
    clauses: tuple[str, ...]
    reference: str
    checked_by: str
    note: str = ""

    @property
    def register(self) -> str | None:
        """The key under which a register gives the figure, None where it is declared."""
        return self.source.removeprefix("register:") if self.source.startswith("register:") else None


@dataclass(frozen=True, slots=True)
class CatalogueReading:
    """One way to understand a clause whose words can be understood in several."""

    code: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class CatalogueTarget:
    """What an indicator must reach. `words` are the clause's own; `value` is empty for the kinds that need none.

    `kind`: floor ≥, floor_strict >, ceiling ≤, coverage = 100 %, growth_cap grows by less than (strictly), zero,
    must_rise, must_fall, register (a list must be kept and reviewed), follow (the text sets no level: the figure is
    only shown). `reading` names the clause's reading that it takes. `mark` says how far the source was read: V read,
    S secondary, D derived here. An `open` target waits for a value that the province sets.
    """

    clause: str
    indicator: str
    kind: str
    value: Decimal | None
    unit: str
    against: str
    by: str
    words: str
    reading: str = ""
    mark: str = "V"
    reference: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True)
class CatalogueTask:
    """Work that a clause asks for. `proposed` tasks are worded by the catalogue from the clause's sentence.

    `level` is who does it: the province's own agencies, or every commune. It recurs by `grain` of the regime nd09
    (15→14), or has a `deadline`, or lasts as long as the plan. `clauses` are all clauses it serves, its own first.
    """

    code: str
    clauses: tuple[str, ...]
    title: str
    words: str
    lead: str
    coordinating: tuple[str, ...]
    level: str
    grain: str | None
    deadline: dt.date | None
    product: str
    proposed: bool

    @property
    def clause(self) -> str:
        """The clause that the task comes from."""
        return self.clauses[0]


@dataclass(frozen=True, slots=True)
class CatalogueClause:
    """A clause with its original sentence, and what is done about it: tasks, targets or the reason for neither.

    `served_by` are the codes of tasks of other clauses that serve it too. `lost_notes` are footnote marks whose notes
    the published text has lost; `uncertain` says what is garbled.
    """

    path: str
    mark: str
    text: str
    heading: bool
    owner: str
    tasks: tuple[CatalogueTask, ...]
    targets: tuple[CatalogueTarget, ...]
    no_measure: str
    served_by: tuple[str, ...] = ()
    readings: tuple[CatalogueReading, ...] = ()
    uncertain: str = ""
    lost_notes: tuple[str, ...] = ()

    @property
    def parent(self) -> str:
        """The path of the clause above, empty at the top."""
        return self.path.rpartition(".")[0]

    @property
    def depth(self) -> int:
        """1 for "I", 2 for "I.2", 3 for "I.2.-1"."""
        return self.path.count(".") + 1

    @property
    def settled(self) -> bool:
        """Whether it says what is done about it. A heading says nothing by itself."""
        return self.heading or bool(self.tasks or self.targets or self.served_by or self.no_measure)


@dataclass(frozen=True, slots=True)
class CatalogueBasis:
    """A document that the plan rests on, as the plan writes it."""

    kind: str
    number: str
    date: dt.date | None
    issuer: str
    title: str


@dataclass(frozen=True, slots=True)
class CataloguePlan:
    """A plan or a set of targets. `starts <= day < ends` is its period (None for a form).

    `kind` is `plan` (clauses with the original sentences), `targets` (targets only: its text is not held) or `form` (a
    shape that a province fills in: its targets are `open`). `cut_after` is the last section that the known text has;
    `unknown` says what is not known.
    """

    key: str
    kind: str
    number: str
    date: dt.date | None
    effective: dt.date | None
    issuer: str
    signer: str
    field: str
    title: str
    starts: dt.date | None
    ends: dt.date | None
    reference: str
    checked_by: str
    cut_after: str
    unknown: tuple[str, ...]
    bases: tuple[CatalogueBasis, ...]
    clauses: tuple[CatalogueClause, ...]
    loose_targets: tuple[CatalogueTarget, ...]

    def clause(self, path: str) -> CatalogueClause:
        """Return the clause at `path`; raise KeyError if there is none."""
        return {clause.path: clause for clause in self.clauses}[path]

    @property
    def tasks(self) -> tuple[CatalogueTask, ...]:
        """Every task in the order of the text."""
        return tuple(task for clause in self.clauses for task in clause.tasks)

    @property
    def targets(self) -> tuple[CatalogueTarget, ...]:
        """Every target: of clauses in the order of the text, then those of no clause."""
        return (*(target for clause in self.clauses for target in clause.targets), *self.loose_targets)
