"""What waits for a person behind the door of the reports."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_noop

from diaban.apps.access import rights_of
from diaban.apps.reports import queries

DOSSIERS = gettext_noop("hồ sơ chờ đồng chí duyệt, hoặc bị trả lại để sửa và trình lại")


def dossiers(request: HttpRequest) -> int:
    """Return how many dossiers wait for the person of this request."""
    return queries.waiting_for(rights_of(request))
