"""Pieces that apps above add to the page of a unit (its hot-spots, its class): registered when the app is ready.

The page itself shows public facts to every account, a panel does not: its maker asks `rights_of(request)` and returns
None where the reader may not see what it would tell of this unit, as if there were nothing to tell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest

from diaban.apps.places.models import Unit


@dataclass(frozen=True)
class Panel:
    """A section of the page: `template` is rendered with `context` under a heading of its own."""

    template: str
    context: dict[str, Any]


PanelMaker = Callable[[HttpRequest, Unit, date], Panel | None]
_MAKERS: dict[str, PanelMaker] = {}


def register_panel(name: str, maker: PanelMaker) -> None:
    """Add a panel to every unit's page, in the order of names; `maker` returns nothing where it has nothing to say."""
    _MAKERS[name] = maker


def panels_for(request: HttpRequest, unit: Unit, on: date) -> list[Panel]:
    """Return the panels that have something to say about `unit` on `on`."""
    made = [maker(request, unit, on) for _name, maker in sorted(_MAKERS.items())]
    return [panel for panel in made if panel is not None]
