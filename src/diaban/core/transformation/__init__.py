"""The transformation of one locality: the way of its plan, whether it was carried out, and what may be said of effect.

Only a lighter class decided at a later yearly review is success (QĐ 28/2025/QĐ-TTg, Điều 2 khoản 2). Before any
effect is spoken of, the tasks must have been done: that is fidelity.
"""

from diaban.core.transformation.effect import Reviewed, Standing, verdict_of
from diaban.core.transformation.fidelity import Fidelity, Judgement, Kept, Turn, fidelity, kept
from diaban.core.transformation.plan import (
    Given,
    Idea,
    Move,
    Need,
    Part,
    PhaseKind,
    PlanError,
    PlanTable,
    Prompt,
    State,
)

__all__ = [
    "Fidelity",
    "Given",
    "Idea",
    "Judgement",
    "Kept",
    "Move",
    "Need",
    "Part",
    "PhaseKind",
    "PlanError",
    "PlanTable",
    "Prompt",
    "Reviewed",
    "Standing",
    "State",
    "Turn",
    "fidelity",
    "kept",
    "verdict_of",
]
