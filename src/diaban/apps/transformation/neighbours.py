"""The transformation that a task serves, on its page."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from diaban.apps.access import rights_of
from diaban.apps.places import queries as places
from diaban.apps.programme.models import Task
from diaban.apps.programme.neighbours import Group, Neighbour
from diaban.apps.transformation.queries import table_of
from diaban.apps.transformation.queries.sight import visible
from diaban.apps.transformation.shown import TONES, state_title


def transformation_of_task(request: HttpRequest, task: Task) -> Group | None:
    """Return the transformation whose work the task is, when it is within sight."""
    rights = rights_of(request)
    row = visible(rights).filter(works__task=task).first()
    if row is None:
        return None
    phase = row.works.values_list("phase", flat=True).get(task=task)
    titles = {one.code: _(one.title) for one in table_of(row).phases}
    words = f"{row.code} {places.names([row.unit_id], rights.on)[row.unit_id]} · {titles.get(phase, phase)}"
    one = Neighbour(reverse("transformation:plan", args=[row.code]), words, state_title(row), TONES[row.state])
    return Group(_("Thuộc kế hoạch chuyển hóa"), (one,))
