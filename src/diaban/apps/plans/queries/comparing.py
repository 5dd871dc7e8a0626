"""Two versions of a plan as lines side by side, with the words that changed."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

from diaban.apps.plans.drafts import draft_of
from diaban.apps.plans.models import Version
from diaban.core.drafting import Piece
from diaban.core.drafting.matching import Change, Pair, compared


@dataclass(frozen=True, slots=True)
class Words:
    """A run of words: as in the other version, or not."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the comparison."""

    change: str
    before: Piece | None
    before_path: str
    before_words: tuple[Words, ...]
    after: Piece | None
    after_path: str
    after_words: tuple[Words, ...]


def comparison(old: Version, new: Version) -> list[Line]:
    """Return the lines, in the order of the newer text. Clauses belong together by their stem."""
    before, after = draft_of(old), draft_of(new)
    by_stem = {piece.stem or piece.id: piece.id for piece in before.pieces}
    pairs = {piece.id: by_stem[key] for piece in after.pieces if (key := piece.stem or piece.id) in by_stem}
    old_paths, new_paths = before.paths(), after.paths()
    lines = []
    for pair in compared(before, after, pairs):
        one, other = _words(pair)
        lines.append(
            Line(
                pair.change.value,
                pair.before,
                old_paths[pair.before.id] if pair.before else "",
                one,
                pair.after,
                new_paths[pair.after.id] if pair.after else "",
                other,
            )
        )
    return lines


def _words(pair: Pair) -> tuple[tuple[Words, ...], tuple[Words, ...]]:
    if pair.change is not Change.CHANGED or pair.before is None or pair.after is None:
        whole = pair.change is not Change.KEPT
        before = (Words(pair.before.text, whole),) if pair.before else ()
        after = (Words(pair.after.text, whole),) if pair.after else ()
        return before, after
    old, new = pair.before.text.split(), pair.after.text.split()
    one: list[Words] = []
    other: list[Words] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if a < b:
            one.append(Words(" ".join(old[a:b]), tag != "equal"))
        if c < d:
            other.append(Words(" ".join(new[c:d]), tag != "equal"))
    return tuple(one), tuple(other)
