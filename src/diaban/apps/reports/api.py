"""Issued reports over the API."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Router, Schema

from diaban.apps.access import Permission
from diaban.apps.access.api import REFUSALS, asks
from diaban.apps.reports import queries

router = Router(tags=["reports"])


class IssueOut(Schema):
    """One issue of a cycle's dossier; `digest` is the SHA-256 of its frozen snapshot."""

    year: int
    issue: int
    document_number: int | None
    document_date: date | None
    digest: str
    reason: str
    at: datetime


@router.get("/reports", response={200: list[IssueOut], **REFUSALS}, summary="Issued reports")
@asks(Permission.REPORT_VIEW)
def reports(request: HttpRequest) -> list[IssueOut]:  # noqa: ARG001
    """Return every issue, the newest first."""
    rows = queries.issues().select_related("cycle")
    return [
        IssueOut(
            year=one.cycle.year,
            issue=one.issue,
            document_number=one.document_number,
            document_date=one.document_date,
            digest=one.digest,
            reason=one.reason,
            at=one.at,
        )
        for one in rows
    ]
