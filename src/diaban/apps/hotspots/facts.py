"""Lines that apps above add to the facts of a hot-spot's page (who answers for it): registered when the app is ready.

Whoever sees the page sees the hot-spot; a line's maker still asks `rights_of(request)` for what it tells besides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from diaban.apps.hotspots.models import Hotspot


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: its label, its words, and where they lead (empty: nowhere). `missing`: nothing is known yet."""

    label: str
    words: str
    url: str = ""
    missing: bool = False


FactMaker = Callable[[HttpRequest, Hotspot], Fact | None]
_MAKERS: dict[str, FactMaker] = {}


def register_fact(name: str, maker: FactMaker) -> None:
    """Add a line to every hot-spot's page, in the order of names; `maker` returns nothing where it has none."""
    _MAKERS[name] = maker


def facts_for(request: HttpRequest, spot: Hotspot) -> list[Fact]:
    """Return the lines that have something to say about the hot-spot."""
    made = [maker(request, spot) for _name, maker in sorted(_MAKERS.items())]
    return [fact for fact in made if fact is not None]
