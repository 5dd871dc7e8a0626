"""Exports leave a trace."""

from __future__ import annotations

from datetime import datetime

from diaban.apps.accounts.models import User
from diaban.apps.audit import actions as audit


def note_export(*, register: str, rows: int, query: str, form: str, by: User, at: datetime) -> None:
    """Tell the audit that `rows` rows of a register were taken out, with the query that chose them."""
    audit.record(
        by=by, at=at, verb=f"{register}.export", subject=f"{register}:list",
        detail={"rows": rows, "query": query[:1000], "form": form},
    )  # fmt: skip
