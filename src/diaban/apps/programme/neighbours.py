"""What apps above tie to a task (issues raised about it, the transformation that it serves): registered when ready.

The page of a task shows them after its sentences. A maker asks `request`'s rights itself and leaves out what the reader
may not see.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from diaban.apps.programme.models import Task


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A record tied to a task: its address, its words, its state in words and as a tone."""

    url: str
    words: str
    state: str
    tone: str


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbours of one kind, under a heading."""

    title: str
    rows: tuple[Neighbour, ...]


GroupMaker = Callable[[HttpRequest, Task], Group | None]
_MAKERS: dict[str, GroupMaker] = {}


def register_neighbours(name: str, maker: GroupMaker) -> None:
    """Add a group to the page of every task, in the order of names; `maker` returns nothing where there is none."""
    _MAKERS[name] = maker


def neighbours_of(request: HttpRequest, task: Task) -> list[Group]:
    """Return what the reader may see that is tied to the task."""
    made = [maker(request, task) for _name, maker in sorted(_MAKERS.items())]
    return [group for group in made if group is not None and group.rows]
