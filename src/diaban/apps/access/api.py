"""What every endpoint of the API shares: the permission it asks for, pages, the shape of a refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db.models import Model
from ninja import Field, Schema

from diaban.apps.access.guard import MARK, Asked
from diaban.apps.vault.privacy import Veiled
from diaban.core.policy import Permission, Purpose
from diaban.core.privacy import MASK, PrivacyClass

Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])
Shown = TypeVar("Shown", bound=Schema)
MOST = 200


class Problem(Schema):
    """One reason for which something was not taken: the field (empty: the whole), and what to do."""

    field: str = ""
    message: str


class Refusal(Schema):
    """An answer that is no success (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    reason: str = ""
    problems: list[Problem] = []


REFUSALS: dict[Any, Any] = {400: Refusal, 401: Refusal, 403: Refusal, 404: Refusal, 422: Refusal, 429: Refusal}
"""What every endpoint may answer besides its success."""


class Paging(Schema):
    """Which part of a list is asked for."""

    limit: int = Field(50, ge=1, le=MOST, description="Most rows in the answer.")
    offset: int = Field(0, ge=0, le=10_000_000, description="Rows to skip.")


def as_cleared(schema: type[Shown], row: Model, cleared: frozenset[PrivacyClass], **given: Any) -> Shown:
    """Return a row as `schema`, with what somebody is not cleared for masked: a text as `MASK`, anything else as null.

    `given` are the fields that no column of the row holds.
    """
    veiled, values = Veiled(row, cleared), {}
    for name, told in schema.model_fields.items():
        if name not in given:
            value = getattr(veiled, name)
            values[name] = None if value == MASK and told.annotation is not str else value
    return schema(**values, **given)


def asks(
    *permissions: Permission, also: Iterable[Permission] = (), purpose: Purpose | None = None
) -> Callable[[Endpoint], Endpoint]:
    """Declare what an endpoint asks for; put it directly on the function, below the router's decorator.

    `site.api.SignedIn` refuses whoever does not hold it for any record, before a body is read. Which records, the
    endpoint asks with `rights_of(request)`; what it changes, the action asks again.
    """
    asked = Asked(permissions, purpose, tuple(also))

    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, MARK, asked)
        return endpoint

    return mark
