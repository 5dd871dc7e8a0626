"""Which doors of the frame open to a person, and what waits behind them, in as few queries as it takes."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_noop

from diaban.apps.access import Permission, asked_of, rights_of
from diaban.apps.hotspots.models import Hotspot
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.localities.models import Cycle, Standing
from diaban.apps.places.scope import scope_of

WATCHES_OVER = gettext_noop("điểm đã hết thời hạn theo dõi, chờ quyết định đưa ra")
UNITS_TO_SETTLE = gettext_noop("xã thiếu số liệu hoặc có điều phải xem xét, chưa quyết định")


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
    """Return how many units within sight of the reviews still open lack figures or have a conflict, undecided."""
    today = scope_of(request).today
    lacking = Q(missing_count__gt=0) | Q(conflict_count__gt=0)
    standings = Standing.objects.exclude(cycle__state=Cycle.State.CLOSED).filter(cycle__first_day__lte=today)
    waiting = standings.filter(lacking, decision__isnull=True)
    return rights_of(request).visible(waiting, Permission.REVIEW_VIEW).count()
