"""Reads about agencies, posts and what they answer for."""

from __future__ import annotations

from diaban.apps.agencies.queries.holding import (
    Seats,
    agencies_of,
    head_of,
    heads_of,
    holder_of,
    holders_of,
    in_force,
    owner_of_hotspot,
    owner_of_unit,
    owners_of_hotspots,
    owners_of_units,
    posts_of,
    posts_on,
    seats_of,
)

__all__ = [
    "Seats",
    "agencies_of",
    "head_of",
    "heads_of",
    "holder_of",
    "holders_of",
    "in_force",
    "owner_of_hotspot",
    "owner_of_unit",
    "owners_of_hotspots",
    "owners_of_units",
    "posts_of",
    "posts_on",
    "seats_of",
]
