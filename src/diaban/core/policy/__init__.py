"""Who may see and do what: permissions, roles, purposes, the reach of a unit, and the decision that explains itself."""

from __future__ import annotations

from diaban.core.policy.decide import WHOLE, Actor, Assignment, Sight, Subject, Verdict, can, cleared, sight
from diaban.core.policy.reach import reach_of
from diaban.core.policy.roles import EVERYBODY, ROLES, Reach, Role, conflict, line_for, may_assign
from diaban.core.policy.terms import APPROVALS, LASTING, PERMISSIONS, WALLED, Line, Permission, Purpose

__all__ = [
    "APPROVALS",
    "EVERYBODY",
    "LASTING",
    "PERMISSIONS",
    "ROLES",
    "WALLED",
    "WHOLE",
    "Actor",
    "Assignment",
    "Line",
    "Permission",
    "Purpose",
    "Reach",
    "Role",
    "Sight",
    "Subject",
    "Verdict",
    "can",
    "cleared",
    "conflict",
    "line_for",
    "may_assign",
    "reach_of",
    "sight",
]
