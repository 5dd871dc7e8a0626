"""What waits for a person behind the doors of the frame, in as few queries as it takes."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_noop

from diaban.apps.hotspots.models import Hotspot
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.localities.models import Cycle, Standing
from diaban.apps.places.scope import scope_of

WATCHES_OVER = gettext_noop("điểm đã hết thời hạn theo dõi, chờ quyết định đưa ra")
UNITS_TO_SETTLE = gettext_noop("xã thiếu số liệu hoặc có điều phải xem xét, chưa quyết định")


def watches_over(request: HttpRequest) -> int:
    """Return how many watched hot-spots have run their watch and wait for the decision to take them off the list."""
    today = scope_of(request).today
    return Hotspot.objects.filter(state=workflow_on(today).watched_state, watch_until__lte=today).count()


def units_to_settle(request: HttpRequest) -> int:
    """Return how many units of the reviews that are not closed lack figures or have a conflict, and no decision."""
    today = scope_of(request).today
    lacking = Q(missing_count__gt=0) | Q(conflict_count__gt=0)
    standings = Standing.objects.exclude(cycle__state=Cycle.State.CLOSED).filter(cycle__first_day__lte=today)
    return standings.filter(lacking, decision__isnull=True).count()
