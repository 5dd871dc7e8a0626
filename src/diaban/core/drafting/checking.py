"""What a draft still lacks before it can be carried out: every gap, with the piece it is in.

What only makes the following-up poorer (a target that no figure measures, a task that nobody leads) is told, and does
not keep the plan back: that nobody leads is itself something that a leader must see.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from diaban.core.drafting.model import Draft, Piece
from diaban.core.messages import N_, Message, say


@dataclass(frozen=True, slots=True)
class Gap:
    """Something missing: in which piece (None: in the plan's head), what, and a code for what would fill it."""

    piece: int | None
    code: str
    message: Message
    blocks: bool = True


def settled(piece: Piece, served: frozenset[int]) -> bool:
    """Say whether it is known what becomes of a piece: a task, a target, a reason for neither; a heading needs none."""
    return (
        piece.heading or bool(piece.no_measure) or piece.id in served or any(one.status.stands for one in piece.found)
    )


def missing(draft: Draft) -> list[Gap]:
    """Return everything that keeps the draft from being carried out, in the order of the text."""
    if not draft.pieces:
        return [Gap(None, "empty", say(N_("Văn bản chưa có điều khoản nào.")))]
    served, paths = draft.served(), draft.paths()
    gaps: list[Gap] = []
    for piece in draft.pieces:
        gaps += _of_piece(piece, paths, served)
    return gaps


def _of_piece(piece: Piece, paths: dict[int, str], served: frozenset[int]) -> Iterator[Gap]:
    path = paths[piece.id]
    if not piece.seen:
        yield Gap(piece.id, "unseen", say(N_("{path}: chưa xem hết."), path=path))
    elif not settled(piece, served):
        words = N_("{path}: chưa có nhiệm vụ, chỉ tiêu được chấp nhận, cũng chưa ghi lý do không đo lường.")
        yield Gap(piece.id, "unsettled", say(words, path=path))
    if any(goal.status.stands and goal.indicator is None for goal in piece.goals):
        yield Gap(piece.id, "goal", say(N_("{path}: chỉ tiêu chưa gắn với chỉ số nào."), path=path), blocks=False)
    if any(duty.status.stands and duty.lead is None for duty in piece.duties):
        words = N_("{path}: nhiệm vụ chưa có cơ quan chủ trì trong danh mục; sẽ hiện ở mục chưa giao.")
        yield Gap(piece.id, "lead", say(words, path=path), blocks=False)
