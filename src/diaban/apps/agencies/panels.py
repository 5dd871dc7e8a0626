"""Who answers, on the page of a commune and on that of a hot-spot."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from diaban.apps.access import Permission, rights_of
from diaban.apps.agencies.models import Post
from diaban.apps.agencies.queries.holding import owner_of_hotspot, owner_of_unit
from diaban.apps.agencies.queries.pages import post_rows, posts_seen
from diaban.apps.hotspots.facts import Fact
from diaban.apps.hotspots.models import Hotspot
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.apps.places.panels import Panel


def owner_panel(request: HttpRequest, unit: Unit, on: date) -> Panel | None:
    """Return who answers for a commune within sight, or that nobody does; nothing for units of other levels."""
    rights = rights_of(request)
    if not rights.can(Permission.TASK_VIEW, unit=unit.pk).allowed:
        return None
    if unit.uid not in {one.uid for one in places.places(on)}:
        return None
    owner = owner_of_unit(unit, on)
    rows = post_rows([owner], rights) if owner is not None else []
    context = {"row": rows[0] if rows else None, "may_set": rights.can(Permission.OWNER_SET, unit=unit.pk).allowed}
    return Panel("agencies/unit_panel.html", context | {"unit": unit})


def owner_fact(request: HttpRequest, spot: Hotspot) -> Fact | None:
    """Return who answers for a hot-spot: the post and its agency."""
    rights = rights_of(request)
    if not rights.holds(Permission.TASK_VIEW):
        return None
    owner = owner_of_hotspot(spot, rights.on)
    if owner is None:
        return Fact(_("Chịu trách nhiệm"), _("chưa giao"), f"{reverse('agencies:unowned')}?phan=diem", missing=True)
    return Fact(_("Chịu trách nhiệm"), f"{owner.title} – {owner.agency}", _address(request, owner))


def _address(request: HttpRequest, post: Post) -> str:
    seen = posts_seen(rights_of(request)).filter(pk=post.pk).exists()
    return reverse("agencies:post", args=[post.pk]) if seen else ""
