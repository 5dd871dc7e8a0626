"""Two versions of a plan laid side by side: which clause became which, by its words; and what to carry over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

from diaban.core.drafting.model import Draft, Piece, Status
from diaban.core.text import fold

NEAR: Final = 0.6  # share of words in common from which two clauses are taken for the same (ours, not law)
WINDOW: Final = 40  # how many places from where it is expected a changed clause is looked for


class Change(StrEnum):
    """What became of a clause between two versions."""

    KEPT = "kept"
    CHANGED = "changed"
    NEW = "new"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Pair:
    """A line of the comparison: the clause before and after; None where there is none."""

    before: Piece | None
    after: Piece | None

    @property
    def change(self) -> Change:
        """What became of it; spelling and white space do not count as a change, capitals and marks neither."""
        if self.before is None:
            return Change.NEW
        if self.after is None:
            return Change.DROPPED
        same = fold(self.before.text) == fold(self.after.text)
        return Change.KEPT if same else Change.CHANGED


def matched(old: Draft, new: Draft) -> dict[int, int]:
    """Return which old piece each new one continues (new id -> old id), by text.

    First the same words (in order, so that a sentence that stands twice keeps its turn), then, among what is left, the
    nearest words not far from where the text expects it. Headings match headings.
    """
    found = _same(old.pieces, new.pieces)
    taken = set(found.values())
    places = {piece.id: place for place, piece in enumerate(old.pieces)}
    left = [piece for piece in old.pieces if piece.id not in taken]
    expected = 0
    for piece in new.pieces:
        if piece.id in found:
            expected = places[found[piece.id]] + 1
            continue
        near = [one for one in left if abs(places[one.id] - expected) <= WINDOW and one.heading == piece.heading]
        best = max(((_likeness(one.text, piece.text), -places[one.id], one.id) for one in near), default=None)
        if best is not None and best[0] >= NEAR:
            found[piece.id] = best[2]
            left = [one for one in left if one.id != best[2]]
            expected = places[best[2]] + 1
    return found


def _same(old: Sequence[Piece], new: Sequence[Piece]) -> dict[int, int]:
    """Match equal words, longest runs of clauses first, so that a repeated sentence stays with its neighbours."""
    words_old, words_new = [fold(one.text) for one in old], [fold(one.text) for one in new]
    found: dict[int, int] = {}
    for block in SequenceMatcher(None, words_old, words_new, autojunk=False).get_matching_blocks():
        for turn in range(block.size):
            found[new[block.b + turn].id] = old[block.a + turn].id
    taken = set(found.values())
    waiting: dict[str, list[int]] = {}
    for piece, words in zip(old, words_old, strict=True):
        if piece.id not in taken:
            waiting.setdefault(words, []).append(piece.id)
    for piece, words in zip(new, words_new, strict=True):
        if piece.id not in found and waiting.get(words):  # moved elsewhere
            found[piece.id] = waiting[words].pop(0)
    return found


def _likeness(one: str, other: str) -> float:
    words, others = fold(one).split(), fold(other).split()
    if not words or not others or 2 * min(len(words), len(others)) / (len(words) + len(others)) < NEAR:
        return 0.0
    return SequenceMatcher(None, words, others, autojunk=False).ratio()


def compared(old: Draft, new: Draft, pairs: Mapping[int, int]) -> list[Pair]:
    """Return the comparison in the order of the new text; what was dropped stands behind what it followed."""
    after = {old_id: new_id for new_id, old_id in pairs.items()}
    lines: list[Pair] = []
    dropped: dict[int | None, list[Piece]] = {}
    last: int | None = None
    for piece in old.pieces:
        if piece.id in after:
            last = after[piece.id]
        else:
            dropped.setdefault(last, []).append(piece)
    lines += [Pair(piece, None) for piece in dropped.get(None, [])]
    for piece in new.pieces:
        lines.append(Pair(old.piece(pairs[piece.id]) if piece.id in pairs else None, piece))
        lines += [Pair(gone, None) for gone in dropped.get(piece.id, [])]
    return lines


def carried(old: Draft, new: Draft, pairs: Mapping[int, int]) -> Draft:
    """Return the new draft with what people decided about the old one where it still holds.

    A clause with the same words keeps its judgement, its targets and tasks; a changed one keeps of them what stands in
    words that it still has, and is to be looked at. Each remembers its stem.
    """
    back = {old_id: new_id for new_id, old_id in pairs.items()}
    ids = _Ids(new.new_id())
    changed = []
    for piece in new.pieces:
        if piece.id not in pairs:
            continue
        before = old.piece(pairs[piece.id])
        stem = before.stem or before.id
        if Pair(before, piece).change is Change.KEPT:
            kept = _copied(before, back, ids)
            changed.append(
                replace(
                    kept,
                    id=piece.id,
                    parent=piece.parent,
                    label=piece.label,
                    mark=piece.mark,
                    text=piece.text,
                    first=piece.first,
                    last=piece.last,
                    stem=stem,
                )
            )
            continue
        kept = _copied(before, back, ids)
        goals = tuple(one for one in kept.goals if one.words and one.words in piece.text)
        duties = tuple(one for one in kept.duties if one.words and one.words in piece.text)
        covered = {one.words for one in goals} | {one.words for one in duties}
        changed.append(
            replace(
                piece,
                stem=stem,
                goals=goals + tuple(one for one in piece.goals if one.words not in covered),
                duties=duties + tuple(one for one in piece.duties if one.words not in covered),
            )
        )
    return new.with_pieces(changed)


class _Ids:
    """Hands out ids that nothing has yet."""

    def __init__(self, first: int) -> None:
        self.next = first

    def take(self) -> int:
        self.next -= 1
        return self.next + 1


def _copied(piece: Piece, ids: Mapping[int, int], fresh: _Ids) -> Piece:
    """Return the piece with what it holds as new rows; what its tasks serve besides is told by `ids`."""
    return replace(
        piece,
        named=tuple(replace(one, id=fresh.take()) for one in piece.named),
        goals=tuple(replace(one, id=fresh.take()) for one in piece.goals if one.status is not Status.REJECTED),
        duties=tuple(
            replace(one, id=fresh.take(), also=tuple(ids[other] for other in one.also if other in ids))
            for one in piece.duties
            if one.status is not Status.REJECTED
        ),
    )


def copied(old: Draft) -> Draft:
    """Return the same structure as a new draft that continues it: nothing changed yet."""
    ids = {piece.id: -turn for turn, piece in enumerate(old.pieces, start=1)}
    fresh = _Ids(-len(ids) - 1)
    return Draft(
        tuple(
            replace(
                _copied(piece, ids, fresh),
                id=ids[piece.id],
                parent=None if piece.parent is None else ids[piece.parent],
                stem=piece.stem or piece.id,
            )
            for piece in old.pieces
        )
    )


def for_communes(old: Draft) -> Draft:
    """Return what of a province's plan a commune carries out: clauses with a task of the commune level, and the
    headings above them. Targets stay, tasks of the province do not."""
    wanted: set[int] = set()
    for piece in old.pieces:
        if any(one.status.stands and one.level == "commune" for one in piece.duties):
            above: int | None = piece.id
            while above is not None and above not in wanted:
                wanted.add(above)
                above = old.piece(above).parent
    kept = []
    for piece in old.pieces:
        if piece.id in wanted:
            duties = tuple(one for one in piece.duties if one.level == "commune" and one.status.stands)
            kept.append(replace(piece, duties=duties, heading=piece.heading or not duties))
    return copied(Draft(tuple(kept)))


def rejoined(draft: Draft, number: int, stem: int | None) -> Draft:
    """Return the draft with a clause said to continue another earlier one, or none."""
    taken = {piece.stem for piece in draft.pieces if piece.id != number}
    if stem is not None and stem in taken:
        other = next(piece for piece in draft.pieces if piece.stem == stem)
        draft = draft.with_piece(other.id, stem=None)
    return draft.with_piece(number, stem=stem)
