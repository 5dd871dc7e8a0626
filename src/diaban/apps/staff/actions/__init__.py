"""What changes people's posts: make an officer, give and end roles, lend one during leave, hand over."""

from __future__ import annotations

from diaban.apps.staff.actions.lending import end_delegation, lend
from diaban.apps.staff.actions.people import add_officer, describe, give_codes
from diaban.apps.staff.actions.posts import NotGiven, Post, assign, end_assignment, hand_over

__all__ = [
    "NotGiven",
    "Post",
    "add_officer",
    "assign",
    "describe",
    "end_assignment",
    "end_delegation",
    "give_codes",
    "hand_over",
    "lend",
]
