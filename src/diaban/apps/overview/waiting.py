"""Which doors of the frame open to a person, and what waits behind them, in as few queries as it takes."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_noop

from diaban.apps.access import Permission, asked_of, rights_of
from diaban.apps.hotspots.models import Hotspot
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.localities import queries as localities
from diaban.apps.places.scope import scope_of

WATCHES_OVER = gettext_noop("điểm đã hết thời hạn theo dõi, chờ quyết định đưa ra")
UNITS_TO_SETTLE = gettext_noop("xã chờ đồng chí khai số liệu, tự đánh giá, thẩm định hoặc quyết định")


def opens(request: HttpRequest, url: str) -> bool:
    """Tell whether the view behind the address lets the person in, by what the view itself declares."""
    if not getattr(getattr(request, "user", None), "is_authenticated", False):
        return True  # the page of sign-in comes first
    try:
        asked = asked_of(resolve(url).func)
    except Resolver404:
        return False
    return asked is not None and asked.admits(rights_of(request))


def watches_over(request: HttpRequest) -> int:
    """Return how many watched hot-spots within sight have run their watch and wait to be taken off the list."""
    today = scope_of(request).today
    over = Hotspot.objects.filter(state=workflow_on(today).watched_state, watch_until__lte=today)
    return rights_of(request).visible(over, Permission.HOTSPOT_VIEW).count()


def units_to_settle(request: HttpRequest) -> int:
    """Return how many units of the reviews still open wait for this person's next step."""
    return localities.waiting_for(rights_of(request), scope_of(request).today)
