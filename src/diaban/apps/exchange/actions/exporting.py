"""Hand rows out, and write down that they were handed out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.http import QueryDict

from diaban.apps.access import rights_at
from diaban.apps.accounts.models import User
from diaban.apps.audit.actions import record
from diaban.apps.exchange.registry import Sheet
from diaban.apps.places.scope import Scope


def export_rows(
    sheet: Sheet, query: QueryDict, *, scope: Scope, by: User, at: datetime, extension: str
) -> Iterator[Mapping[str, Any]]:
    """Return the rows of the sheet under `query`, after recording the export."""
    record(
        by=by,
        at=at,
        verb="exchange.export",
        subject=f"sheet:{sheet.spec.code}",
        detail={"query": query.urlencode()[:500], "as": extension},
    )
    return sheet.export_rows(query, scope, rights_at(by, at))
