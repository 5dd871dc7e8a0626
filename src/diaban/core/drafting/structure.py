"""Acts on the tree: split, merge, add, move in and out, remove. The order of the text never changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from diaban.core.drafting.labels import LOOSE, is_bullet, label_for, relabelled
from diaban.core.drafting.model import Draft, DraftError, Piece, Status
from diaban.core.messages import N_, say


def split(draft: Draft, number: int, at: int, source: str = "") -> Draft:
    """Return the draft with a piece cut before character `at` of its text.

    The second half follows as a sibling and takes the children; after a heading it becomes its first child. What was
    found goes with the half that holds its words. `source` is the original text: the halves keep their place in it.
    """
    piece = draft.piece(number)
    head, tail = piece.text[:at].rstrip(), piece.text[at:].lstrip()
    if not 0 < at < len(piece.text) or not head or not tail:
        raise DraftError(say(N_("Chỗ tách phải nằm giữa câu: mỗi nửa còn ít nhất một từ.")), "at")
    cut = _cut(source, piece, head)
    goes = [one for one in piece.found if one.words in tail and one.words not in head]
    named = [one for one in piece.named if one.words and one.words in tail and one.words not in head]
    second = Piece(
        id=draft.new_id(),
        parent=piece.id if piece.heading else piece.parent,
        label=f"{piece.label[:1]}1" if is_bullet(piece) and not piece.heading else f"{LOOSE}1",
        mark=piece.mark if is_bullet(piece) and not piece.heading else "",
        text=tail,
        first=cut[1],
        last=piece.last,
        uncertain=piece.uncertain,
        why=piece.why,
        status=piece.status,
        named=tuple(named),
        goals=tuple(one for one in piece.goals if one in goes),
        duties=tuple(one for one in piece.duties if one in goes),
    )
    first = replace(
        piece,
        text=head,
        last=cut[0],
        named=tuple(one for one in piece.named if one not in named),
        goals=tuple(one for one in piece.goals if one not in goes),
        duties=tuple(one for one in piece.duties if one not in goes),
    )
    place = draft.place(number)
    pieces = [*draft.pieces[:place], first, second, *draft.pieces[place + 1 :]]
    if not piece.heading:
        pieces = _handed(pieces, {piece.id: second.id}, keep=second.id)
    return relabelled(Draft(tuple(pieces)), {piece.parent, piece.id, second.id})


def _cut(source: str, piece: Piece, head: str) -> tuple[int | None, int | None]:
    """Return where in the original the first half ends and the second begins."""
    if piece.first is None or piece.last is None or not source:
        return piece.last, piece.first
    left = sum(not char.isspace() for char in head)
    places = [at for at in range(piece.first, min(piece.last, len(source))) if not source[at].isspace()]
    if not 0 < left < len(places):
        return piece.last, piece.first
    return places[left - 1] + 1, places[left]


def merge(draft: Draft, number: int) -> Draft:
    """Return the draft with the next piece of the text joined to this one; its children come along."""
    place = draft.place(number)
    if place + 1 == len(draft.pieces):
        raise DraftError(say(N_("Đây là điều khoản cuối: không có điều khoản sau để ghép.")))
    piece, after = draft.pieces[place], draft.pieces[place + 1]
    firsts = [one.first for one in (piece, after) if one.first is not None]
    lasts = [one.last for one in (piece, after) if one.last is not None]
    joined = replace(
        piece,
        text=f"{piece.text} {after.text}".strip(),
        heading=piece.heading and after.heading,
        uncertain=piece.uncertain or after.uncertain,
        why=piece.why or after.why,
        readings=piece.readings + after.readings,
        first=min(firsts, default=None),
        last=max(lasts, default=None),
        status=_joined_status(piece.status, after.status),
        no_measure=piece.no_measure or after.no_measure,
        stem=piece.stem or after.stem,
        named=_once(piece, after),
        goals=piece.goals + after.goals,
        duties=piece.duties + after.duties,
    )
    pieces = [*draft.pieces[:place], joined, *draft.pieces[place + 2 :]]
    pieces = _handed(pieces, {after.id: piece.id})
    return relabelled(_served_by(Draft(tuple(pieces)), {after.id: piece.id}), {piece.parent, after.parent, piece.id})


def _joined_status(one: Status, other: Status) -> Status:
    return Status.CORRECTED if one.seen and other.seen else Status.FOUND


def _once(piece: Piece, after: Piece) -> tuple:  # type: ignore[type-arg]
    known = {(one.agency, one.name) for one in piece.named}
    return piece.named + tuple(one for one in after.named if (one.agency, one.name) not in known)


def add_after(draft: Draft, number: int | None, *, text: str, mark: str = "", heading: bool = False) -> Draft:
    """Return the draft with a new piece behind a piece and all below it (None: at the very beginning)."""
    text = _written(text)
    parent = draft.piece(number).parent if number is not None else None
    made = Piece(
        id=draft.new_id(),
        parent=parent,
        label=label_for(mark),
        mark=mark.strip(),
        text=text,
        heading=heading,
        status=Status.ADDED,
    )
    place = draft.end(number) if number is not None else 0
    return relabelled(Draft((*draft.pieces[:place], made, *draft.pieces[place:])), {parent})


def _written(text: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise DraftError(say(N_("Câu của điều khoản không được để trống.")), "text")
    return text


def move_in(draft: Draft, number: int) -> Draft:
    """Return the draft with a piece one level deeper: the last child of the sibling before it."""
    piece = draft.piece(number)
    siblings = draft.children(piece.parent)
    before = siblings[: [one.id for one in siblings].index(number)]
    if not before:
        raise DraftError(say(N_("Không có điều khoản cùng bậc đứng trước để đưa vào trong.")))
    moved = draft.with_piece(number, parent=before[-1].id)
    return relabelled(moved, {piece.parent, before[-1].id})


def move_out(draft: Draft, number: int) -> Draft:
    """Return the draft with a piece one level up, beside its parent; the siblings behind it come to stand below it."""
    piece = draft.piece(number)
    if piece.parent is None:
        raise DraftError(say(N_("Điều khoản đã ở bậc ngoài cùng.")))
    siblings = draft.children(piece.parent)
    behind = siblings[[one.id for one in siblings].index(number) + 1 :]
    moved = draft.with_pieces(
        [replace(piece, parent=draft.piece(piece.parent).parent), *(replace(one, parent=number) for one in behind)]
    )
    return relabelled(moved, {piece.parent, draft.piece(piece.parent).parent, number})


def remove(draft: Draft, number: int, *, whole: bool = False) -> Draft:
    """Return the draft without a piece; what stood below it moves one level up, or goes as well (`whole`)."""
    piece, place = draft.piece(number), draft.place(number)
    end = draft.end(number) if whole else place + 1
    gone = {one.id for one in draft.pieces[place:end]}
    pieces = _handed([*draft.pieces[:place], *draft.pieces[end:]], {number: piece.parent})
    left = _served_by(Draft(tuple(pieces)), dict.fromkeys(gone))
    return relabelled(left, {piece.parent})


def _handed(
    pieces: Iterable[Piece], to: dict[int, int] | dict[int, int | None], keep: int | None = None
) -> list[Piece]:
    """Return the pieces with the children of some parents given to others; `keep` is not touched."""
    return [
        replace(one, parent=to[one.parent]) if one.parent in to and one.id != keep else one  # type: ignore[index]
        for one in pieces
    ]


def _served_by(draft: Draft, to: dict[int, int] | dict[int, None]) -> Draft:
    """Return the draft with the pieces that duties serve besides their own told anew after some are gone."""
    changed = []
    for piece in draft.pieces:
        if any(other in to for duty in piece.duties for other in duty.also):
            duties = []
            for duty in piece.duties:
                also = dict.fromkeys(to.get(other, other) for other in duty.also)
                kept = tuple(one for one in also if one is not None and one != piece.id)
                duties.append(replace(duty, also=kept))
            changed.append(replace(piece, duties=tuple(duties)))
    return draft.with_pieces(changed)
