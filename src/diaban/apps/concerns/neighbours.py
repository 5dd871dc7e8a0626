"""The issues raised about a task, on its page, and about each sentence, in the tree of its plan."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from diaban.apps.access import Permission, rights_of
from diaban.apps.concerns.queries import USUAL_ORDER, clock_of, tied_to_clauses, visible_concerns
from diaban.apps.concerns.shown import TONES
from diaban.apps.programme.models import Task
from diaban.apps.programme.neighbours import Group, Neighbour, Tally
from diaban.catalogue.concerns_loader import table
from diaban.ui.formats import grouped

MOST = 10


def concerns_of_task(request: HttpRequest, task: Task) -> Group | None:
    """Return the issues within sight that were raised about the task, those still open first."""
    rights = rights_of(request)
    if not rights.holds(Permission.CONCERN_VIEW):
        return None
    rows = visible_concerns(rights).filter(task=task).order_by(*USUAL_ORDER)[:MOST]
    titles = {one.code: _(one.title) for one in table().states}
    found = []
    for one in rows:
        late = clock_of(one, rights.on).late
        found.append(
            Neighbour(
                reverse("concerns:detail", args=[one.code]),
                f"{one.code} {one.subject}",
                titles[one.state],
                TONES[one.state],
                _("quá hạn %s ngày") % grouped(late) if late else "",
            )
        )
    url = f"{reverse('concerns:list')}?nhiem_vu={task.code}"
    return Group(_("Vướng mắc về nhiệm vụ này"), tuple(found), url) if found else None


def concerns_of_clauses(request: HttpRequest, clauses: Collection[int]) -> Mapping[int, Tally]:
    """Return how many issues within sight were raised about each clause (by key), how many are open and overdue."""
    rights, address = rights_of(request), reverse("concerns:list")
    return {
        key: Tally(
            f"{address}?dieu={key}",
            _("%(n)s vướng mắc, %(open)s chưa khép lại") % {"n": grouped(tied.n), "open": grouped(tied.open)}
            if tied.open
            else _("%s vướng mắc đã khép lại") % grouped(tied.n),
            _("%s quá hạn") % grouped(tied.late) if tied.late else "",
        )
        for key, tied in tied_to_clauses(rights, clauses).items()
    }


def raise_about_clause(request: HttpRequest) -> tuple[str, str] | None:
    """Return where the reader raises an issue about a clause, for whoever may raise any."""
    if not rights_of(request).holds(Permission.CONCERN_RAISE):
        return None
    return f"{reverse('concerns:new')}?dieu=", _("Nêu vướng mắc về câu này")
