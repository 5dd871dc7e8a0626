"""Paths: what a piece is called among its siblings ("I", "2", "-1", "+2"), anew after every move."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from diaban.core.drafting.model import Draft, Piece
from diaban.core.plans.marks import BULLETS, parse

LOOSE: Final = "~"  # what has no mark is counted like a bullet
_COUNTED: Final = re.compile(r"(?P<sign>[-+*•~])\d+(#\d+)?")
_TWICE: Final = re.compile(r"#\d+$")


def label_for(mark: str) -> str:
    """Return the label that a mark gives: "2" for "2.", "a" for "a)", "-" for a dash (counted later)."""
    found = parse(f"{mark} X") if mark.strip() else None
    if found is None:
        return LOOSE
    return found.label if found.family in BULLETS else f"{found.prefix}.{found.label}".strip(".")


def is_bullet(piece: Piece) -> bool:
    """Say whether the piece is counted among its like, not numbered by its own mark."""
    return piece.label in "-+*•~" or _COUNTED.fullmatch(piece.label) is not None


def relabelled(draft: Draft, parents: Iterable[int | None]) -> Draft:
    """Return the draft with the children of `parents` named anew: bullets counted, a number that stands twice told."""
    changed: list[Piece] = []
    for parent in set(parents):
        counts: Counter[str] = Counter()
        taken: set[str] = set()
        for piece in draft.children(parent):
            label = _label(piece, counts)
            turn = 2
            while label in taken:
                label = f"{_TWICE.sub('', label)}#{turn}"
                turn += 1
            taken.add(label)
            if label != piece.label:
                changed.append(replace(piece, label=label))
    return _apart(draft.with_pieces(changed))


def _apart(draft: Draft) -> Draft:
    """Tell apart paths that meet only because a label holds a dot: "1.2" beside "1" that has a "2"."""
    if not any("." in piece.label for piece in draft.pieces):
        return draft
    taken: set[str] = set()
    paths: dict[int, str] = {}
    changed = []
    for piece in draft.pieces:
        above = f"{paths[piece.parent]}." if piece.parent is not None else ""
        label, turn = piece.label, 2
        while above + label in taken:
            label = f"{_TWICE.sub('', piece.label)}#{turn}"
            turn += 1
        paths[piece.id] = above + label
        taken.add(above + label)
        if label != piece.label:
            changed.append(replace(piece, label=label))
    return draft.with_pieces(changed)


def _label(piece: Piece, counts: Counter[str]) -> str:
    sign = piece.label[:1] if is_bullet(piece) else ""
    if not sign:
        return _TWICE.sub("", piece.label)
    counts[sign] += 1
    return f"{sign}{counts[sign]}"
