"""Filters of the hand-over's list: is this one ticked?"""

from __future__ import annotations

from collections.abc import Container

from django import template

from diaban.apps.agencies.carried import Item

register = template.Library()


@register.filter
def within(key: object, chosen: Container[object]) -> bool:
    """Tell whether a key is among the chosen ones."""
    return key in chosen


@register.filter
def named(item: Item, kind: str) -> str:
    """Return the name under which a thing of a kind is ticked."""
    return f"{kind}:{item.key}"
