"""The issues raised about a task, on its page."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from diaban.apps.access import rights_of
from diaban.apps.concerns.queries import USUAL_ORDER, visible_concerns
from diaban.apps.concerns.shown import TONES
from diaban.apps.programme.models import Task
from diaban.apps.programme.neighbours import Group, Neighbour
from diaban.catalogue.concerns_loader import table

MOST = 10


def concerns_of_task(request: HttpRequest, task: Task) -> Group | None:
    """Return the issues within sight that were raised about the task, those still open first."""
    rows = visible_concerns(rights_of(request)).filter(task=task).order_by(*USUAL_ORDER)[:MOST]
    titles = {one.code: _(one.title) for one in table().states}
    found = tuple(
        Neighbour(
            reverse("concerns:detail", args=[one.code]),
            f"{one.code} {one.subject}",
            titles[one.state],
            TONES[one.state],
        )
        for one in rows
    )
    return Group(_("Vướng mắc về nhiệm vụ này"), found) if found else None
