"""Finding a unit by any name it ever had, the way people type it."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Literal

from diaban.core.text import fold, normalise, sort_key
from diaban.core.units.model import Spell

Closeness = Literal["exact", "prefix", "part"]

_ABBREVIATIONS = {
    "p": "phuong",
    "x": "xa",
    "tt": "thi tran",
    "dk": "dac khu",
    "q": "quan",
    "h": "huyen",
    "tx": "thi xa",
    "tp": "thanh pho",
    "t": "tinh",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A unit found: the spell whose name or code matched, and how closely."""

    spell: Spell
    closeness: Closeness


def spellings(query: str) -> tuple[str, ...]:
    """Return the search forms of a query: as typed, and with an abbreviated title written out ("p1", "tt. …")."""
    typed = fold(query)
    first, _, rest = typed.partition(" ")
    if not rest:  # "p1", "q12": title and number without a space
        letters = first.rstrip("0123456789")
        if letters in _ABBREVIATIONS and letters != first:
            return (typed, f"{_ABBREVIATIONS[letters]} {first[len(letters) :]}")
    elif first in _ABBREVIATIONS:
        return (typed, f"{_ABBREVIATIONS[first]} {rest}")
    return (typed,) if typed else ()


def _rank(query: str, full: str, bare: str) -> int | None:
    if query in (full, bare):
        return 0
    if full.startswith(query) or bare.startswith(query):
        return 1
    if query not in full:
        return None
    return 2 if f" {query}" in full else 3  # the beginning of a word before the middle of one


_CLOSENESS: tuple[Closeness, ...] = ("exact", "prefix", "part", "part")


class NameIndex:
    """Folded names of all spells, titled and untitled."""

    def __init__(self, spells: Iterable[Spell]) -> None:
        self._names = [(fold(s.name), fold(s.bare_name), s) for s in spells]

    def search(
        self, text: str, *, alive: Container[str] | None, level: str | None, limit: int | None
    ) -> tuple[Hit, ...]:
        """See `Register.search`; `alive` holds the uids allowed, None for all."""
        queries = spellings(text)
        if not queries:
            return ()
        exact_form = normalise(text).casefold()
        best: dict[str, tuple[tuple[int, int, str, str], Spell]] = {}
        for full, bare, spell in self._names:
            ranks = [rank for query in queries if (rank := _rank(query, full, bare)) is not None]
            if spell.code == queries[0]:
                ranks.append(0)
            if not ranks or (alive is not None and spell.unit not in alive) or level not in (None, spell.level):
                continue
            # Of two names with the same letters, the one with the diacritics as typed comes first.
            names = (normalise(spell.name).casefold(), normalise(spell.bare_name).casefold())
            as_typed = 0 if any(exact_form in name for name in names) else 1
            key = (min(ranks), as_typed, sort_key(spell.bare_name), f"{spell.start.toordinal():07d}{spell.unit}")
            if spell.unit not in best or key < best[spell.unit][0]:
                best[spell.unit] = (key, spell)
        ordered = sorted(best.values(), key=lambda found: found[0])[:limit]
        return tuple(Hit(spell, _CLOSENESS[key[0]]) for key, spell in ordered)
