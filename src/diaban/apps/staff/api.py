"""What every role may do, over the API."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router, Schema

from diaban.apps.access import Permission
from diaban.apps.access.api import REFUSALS, asks
from diaban.apps.staff.queries import reach_of_role
from diaban.core.policy import PERMISSIONS, ROLES, Purpose

router = Router(tags=["accounts"])


class RoleOut(Schema):
    """A role: `grants` maps a permission to "unit" (one's own unit and below) or "house" (the whole area)."""

    code: str
    title: str
    sentence: str
    purposes: list[Purpose]
    grants: dict[Permission, str]


@router.get("/roles", response={200: list[RoleOut], **REFUSALS}, summary="Roles and what they may do")
@asks(Permission.ROLES_VIEW)
def roles(request: HttpRequest) -> list[RoleOut]:  # noqa: ARG001
    """Return every role with its grants."""
    return [
        RoleOut(
            code=role.code,
            title=role.title,
            sentence=role.sentence,
            purposes=sorted(role.purposes),
            grants={one: reach_of_role(role, one) for one in PERMISSIONS if one in role.grants},
        )
        for role in ROLES.values()
    ]
