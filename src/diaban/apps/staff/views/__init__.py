"""Pages of people and roles."""

from __future__ import annotations

from diaban.apps.staff.views.lending import lending, take_back
from diaban.apps.staff.views.people import codes, describe, new, people, person
from diaban.apps.staff.views.posts import assign, close, code, end, hand_over, reopen
from diaban.apps.staff.views.roles import role, roles, why

__all__ = [
    "assign",
    "close",
    "code",
    "codes",
    "describe",
    "end",
    "hand_over",
    "lending",
    "new",
    "people",
    "person",
    "reopen",
    "role",
    "roles",
    "take_back",
    "why",
]
