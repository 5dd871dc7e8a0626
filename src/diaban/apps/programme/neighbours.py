"""What apps above tie to a task or a sentence (issues raised about it, the transformation that it serves).

They register when they are ready. The page of a task shows its own after its sentences, the tree of a plan those of
each sentence. A maker asks `request`'s rights itself and leaves out what the reader
may not see.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.http import HttpRequest

from diaban.apps.programme.models import Task


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A record tied to a task: its address, its words, its state in words and as a tone; `late`: what is overdue."""

    url: str
    words: str
    state: str
    tone: str
    late: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbours of one kind, under a heading; `url` leads to the list of all of them."""

    title: str
    rows: tuple[Neighbour, ...]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many records of one kind are tied to a sentence, in words that lead to them; `late`: what is overdue."""

    url: str
    words: str
    late: str = ""


@dataclass(frozen=True, slots=True)
class ClauseKind:
    """A kind of record that is tied to sentences.

    `tally` says for each of many clauses (by key) what the reader sees of it. `way` is where the reader makes one for
    the clause whose key is added to the address, and in which words; None for whoever may not.
    """

    tally: Callable[[HttpRequest, Collection[int]], Mapping[int, Tally]]
    way: Callable[[HttpRequest], tuple[str, str] | None]


GroupMaker = Callable[[HttpRequest, Task], Group | None]
_MAKERS: dict[str, GroupMaker] = {}
_CLAUSES: dict[str, ClauseKind] = {}


def register_neighbours(name: str, maker: GroupMaker) -> None:
    """Add a group to the page of every task, in the order of names; `maker` returns nothing where there is none."""
    _MAKERS[name] = maker


def neighbours_of(request: HttpRequest, task: Task) -> list[Group]:
    """Return what the reader may see that is tied to the task."""
    made = [maker(request, task) for _name, maker in sorted(_MAKERS.items())]
    return [group for group in made if group is not None and group.rows]


def register_clause_kind(name: str, kind: ClauseKind) -> None:
    """Tell in the tree of every plan, beside each sentence, of one kind of record."""
    _CLAUSES[name] = kind


def tallies_of(request: HttpRequest, clauses: Collection[int]) -> Mapping[int, list[Tally]]:
    """Return what the reader may see that is tied to each clause (by key), in the order of names."""
    found: dict[int, list[Tally]] = defaultdict(list)
    for _name, kind in sorted(_CLAUSES.items()):
        for key, tally in kind.tally(request, clauses).items():
            found[key].append(tally)
    return found


def ways_from_clauses(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what the reader may make about a sentence: the address, to which its key is added, and the words."""
    made = [kind.way(request) for _name, kind in sorted(_CLAUSES.items())]
    return [way for way in made if way is not None]
