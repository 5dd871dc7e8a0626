"""What waits behind the door of analyses."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_noop

from diaban.apps.access import rights_of
from diaban.apps.analyses.queries import decidable

OPEN_ALERTS = gettext_noop("báo động chờ xem, kiểm tra hoặc đóng")


def open_alerts(request: HttpRequest) -> int:
    """Return how many open alerts wait for this person."""
    return decidable(rights_of(request)).count()
