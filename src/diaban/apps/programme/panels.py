"""What the page of a unit says of its tasks."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Q
from django.http import HttpRequest

from diaban.apps.access import Permission, rights_of
from diaban.apps.places.models import Unit
from diaban.apps.places.panels import Panel
from diaban.apps.programme.models import Task
from diaban.apps.programme.queries.sight import visible_tasks
from diaban.apps.programme.views.tasks import row_of

SHOWN = 6


def tasks_panel(request: HttpRequest, unit: Unit, on: date) -> Panel | None:
    """Return the unit's tasks that still owe something, the nearest deadline first; nothing where it has none."""
    rights = rights_of(request)
    if not rights.can(Permission.TASK_VIEW, unit=unit.pk).allowed:
        return None
    rows = visible_tasks(rights).filter(unit=unit, state=Task.State.OPEN)
    late = Q(current__final=False, current__reported_on__isnull=True, current__due__lt=on)
    counts = rows.aggregate(
        n=Count("pk"), owed=Count("pk", filter=Q(current__final=False)), late=Count("pk", filter=late)
    )
    if not counts["n"]:
        return None
    shown = rows.filter(current__final=False).select_related("current", "lead").order_by("current__due", "code")
    tasks = [(one, row_of(one.current, on)) for one in shown[:SHOWN] if one.current]
    return Panel("programme/task_unit_panel.html", {**counts, "tasks": tasks, "unit": unit})
