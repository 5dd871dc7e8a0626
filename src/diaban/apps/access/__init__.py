"""The Django side of `core.policy`: what a route asks for, who may pass, and how a refusal is said."""

from __future__ import annotations

from diaban.apps.access.guard import AccessRefused, Asked, asked_of, guard, require, rights_of
from diaban.apps.access.rights import House, Person, Rights, rights_at
from diaban.core.policy import Permission, Purpose

__all__ = [
    "AccessRefused",
    "Asked",
    "House",
    "Permission",
    "Person",
    "Purpose",
    "Rights",
    "asked_of",
    "guard",
    "require",
    "rights_at",
    "rights_of",
]
