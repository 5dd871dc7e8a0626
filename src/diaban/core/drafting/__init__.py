"""A plan's structure under a person's hands: accept, correct, split, merge, move; what is missing; versions matched."""

from diaban.core.drafting.checking import Gap, missing, settled
from diaban.core.drafting.model import Draft, DraftError, Duty, Goal, Named, Piece, Progress, Reading, Status

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
    "missing",
    "settled",
]
