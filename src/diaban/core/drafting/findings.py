"""Acts on what was found: accept, correct, reject, add; and to say why a piece is not measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from diaban.core.drafting.labels import label_for, relabelled
from diaban.core.drafting.model import Draft, DraftError, Duty, Goal, Named, Piece, Status
from diaban.core.messages import N_, say

Finding = TypeVar("Finding", Goal, Duty)


def accept(draft: Draft, number: int) -> Draft:
    """Return the draft with a piece, and everything in it that nobody looked at yet, accepted."""
    return draft.with_pieces([_accepted(draft.piece(number))])


def accept_certain(draft: Draft) -> Draft:
    """Return the draft with every piece accepted of which the reader was sure, as long as nobody looked at it."""
    sure = [piece for piece in draft.pieces if not piece.seen and not piece.doubtful]
    return draft.with_pieces(_accepted(piece) for piece in sure)


def _accepted(piece: Piece) -> Piece:
    return replace(
        piece,
        status=piece.status if piece.status.seen else Status.ACCEPTED,
        goals=tuple(_looked_at(one) for one in piece.goals),
        duties=tuple(_looked_at(one) for one in piece.duties),
    )


def _looked_at(one: Finding) -> Finding:
    return one if one.status.seen else replace(one, status=Status.ACCEPTED)


def correct(
    draft: Draft,
    number: int,
    *,
    text: str | None = None,
    mark: str | None = None,
    heading: bool | None = None,
    named: Sequence[Named] | None = None,
) -> Draft:
    """Return the draft with a piece written anew; another mark gives it another name in its path."""
    piece = draft.piece(number)
    values: dict[str, object] = {"status": piece.status if piece.status is Status.ADDED else Status.CORRECTED}
    if text is not None:
        text = " ".join(text.split())
        if not text:
            raise DraftError(say(N_("Câu của điều khoản không được để trống; muốn bỏ thì dùng nút bỏ.")), "text")
        values["text"] = text
    if mark is not None and mark.strip() != piece.mark:
        values |= {"mark": mark.strip(), "label": label_for(mark)}
    if heading is not None:
        values["heading"] = heading
    if named is not None:
        values["named"] = tuple(named)
    return relabelled(draft.with_piece(number, **values), {piece.parent})


def not_measured(draft: Draft, number: int, reason: str) -> Draft:
    """Return the draft with the reason why a piece asks for nothing and promises nothing; empty takes it back.

    What was found in it and nobody looked at is rejected thereby; what was accepted stands in the way.
    """
    piece, reason = draft.piece(number), reason.strip()
    if reason and any(one.status.stands for one in piece.found):
        raise DraftError(
            say(N_("Điều khoản đang có nhiệm vụ hoặc chỉ tiêu được chấp nhận: bỏ chúng trước khi ghi không đo lường.")),
            "reason",
        )
    values: dict[str, object] = {"no_measure": reason}
    if reason:
        values["status"] = piece.status if piece.status.seen else Status.ACCEPTED
        values["goals"] = tuple(replace(one, status=Status.REJECTED) for one in piece.goals)
        values["duties"] = tuple(replace(one, status=Status.REJECTED) for one in piece.duties)
    return draft.with_piece(number, **values)


def judge_goal(draft: Draft, number: int, goal: int, *, keep: bool) -> Draft:
    """Return the draft with one target accepted or rejected."""
    piece = draft.piece(number)
    return _settled(draft, piece, goals=_judged(piece.goals, goal, keep))


def judge_duty(draft: Draft, number: int, duty: int, *, keep: bool) -> Draft:
    """Return the draft with one task accepted or rejected."""
    piece = draft.piece(number)
    return _settled(draft, piece, duties=_judged(piece.duties, duty, keep))


def _judged(rows: Sequence[Finding], number: int, keep: bool) -> tuple[Finding, ...]:
    if number not in {one.id for one in rows}:
        raise DraftError(say(N_("Mục này không còn trong điều khoản; tải lại trang.")))
    return tuple(replace(one, status=_verdict(one.status, keep)) if one.id == number else one for one in rows)


def _verdict(before: Status, keep: bool) -> Status:
    if not keep:
        return Status.REJECTED
    return before if before.stands else Status.ACCEPTED


def put_goal(draft: Draft, number: int, goal: Goal) -> Draft:
    """Return the draft with a target corrected (its id is known in the piece) or added (id 0)."""
    piece = draft.piece(number)
    return _settled(draft, piece, goals=_put(piece.goals, goal, draft.new_id()))


def put_duty(draft: Draft, number: int, duty: Duty) -> Draft:
    """Return the draft with a task corrected (its id is known in the piece) or added (id 0)."""
    piece = draft.piece(number)
    duty = replace(duty, also=tuple(dict.fromkeys(one for one in duty.also if one != number)))
    return _settled(draft, piece, duties=_put(piece.duties, duty, draft.new_id()))


def _put(rows: Sequence[Finding], one: Finding, new_id: int) -> tuple[Finding, ...]:
    if not one.id:
        added = list(rows)
        added.append(replace(one, id=new_id, status=Status.ADDED))
        return tuple(added)
    held = {row.id: row for row in rows}
    if one.id not in held:
        raise DraftError(say(N_("Mục này không còn trong điều khoản; tải lại trang.")))
    status = Status.ADDED if held[one.id].status is Status.ADDED else Status.CORRECTED
    return tuple(replace(one, status=status) if row.id == one.id else row for row in rows)


def _settled(draft: Draft, piece: Piece, **found: object) -> Draft:
    """Set what was found; a task or target that stands takes the reason for not measuring away."""
    after = replace(piece, **found)  # type: ignore[arg-type]
    if after.no_measure and any(one.status.stands for one in after.found):
        after = replace(after, no_measure="")
    return draft.with_pieces([after])
