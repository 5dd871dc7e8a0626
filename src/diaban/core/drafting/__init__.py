"""A plan's structure under a person's hands: accept, correct, split, merge, move; what is missing; versions matched."""

from diaban.core.drafting.checking import Gap, missing, settled
from diaban.core.drafting.findings import (
    accept,
    accept_certain,
    correct,
    judge_duty,
    judge_goal,
    not_measured,
    put_duty,
    put_goal,
)
from diaban.core.drafting.model import Draft, DraftError, Duty, Goal, Named, Piece, Progress, Reading, Status
from diaban.core.drafting.structure import add_after, merge, move_in, move_out, remove, split

__all__ = [
    "Draft",
    "DraftError",
    "Duty",
    "Gap",
    "Goal",
    "Named",
    "Piece",
    "Progress",
    "Reading",
    "Status",
    "accept",
    "accept_certain",
    "add_after",
    "correct",
    "judge_duty",
    "judge_goal",
    "merge",
    "missing",
    "move_in",
    "move_out",
    "not_measured",
    "put_duty",
    "put_goal",
    "remove",
    "settled",
    "split",
]
