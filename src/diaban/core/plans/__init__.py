"""Reading the text of an administrative plan into clauses, targets and tasks by rules that can be shown."""

from diaban.core.plans.gazetteer import Agency, Gazetteer
from diaban.core.plans.model import (
    Base,
    Clause,
    Cut,
    Footnote,
    Named,
    Op,
    PlanText,
    Reading,
    Target,
    Task,
)
from diaban.core.plans.read import read_plan

__all__ = [
    "Agency",
    "Base",
    "Clause",
    "Cut",
    "Footnote",
    "Gazetteer",
    "Named",
    "Op",
    "PlanText",
    "Reading",
    "Target",
    "Task",
    "read_plan",
]
