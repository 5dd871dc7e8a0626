"""What an address of this app names for the person who asks, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from diaban.apps.access import AccessRefused, Permission, Rights, rights_of
from diaban.apps.accounts.models import User
from diaban.apps.transformation import queries
from diaban.apps.transformation.actions.steps import verdict_for
from diaban.apps.transformation.models import Transformation
from diaban.core.transformation import Move, Part
from diaban.core.transformation.plan import missing


def user_of(request: HttpRequest) -> User:
    """Return who is signed in; the middleware lets nobody else in."""
    return cast(User, request.user)


def plan_of(request: HttpRequest, code: str) -> Transformation:
    """Return the transformation or answer 404: one out of sight is answered like one that is not there."""
    rows = queries.visible(rights_of(request)).select_related("unit", "baseline_cycle", "choice__dossier")
    found = rows.filter(code=code).first()
    if found is None:
        raise Http404(_("Không có kế hoạch chuyển hóa này."))
    return found


def allow(request: HttpRequest, permission: Permission, unit: int) -> None:
    """Let a page that is in sight go on only where the act may be done."""
    verdict = rights_of(request).can(permission, unit=unit)
    if not verdict.allowed:
        raise AccessRefused(verdict)


@dataclass(frozen=True, slots=True)
class Offer:
    """A step as the page offers it. `lacking`: what is not there yet; `reason`: why this person may not."""

    step: Move
    title: str
    lacking: tuple[str, ...] = ()
    reason: str = ""
    href: str = ""


def offers(rights: Rights, row: Transformation, on: date) -> list[Offer]:
    """Return the steps that the page offers; those of other people's roles are not named at all."""
    given = queries.given_for(row, on, document="-", reason="-")
    found = []
    for step in queries.table_of(row).from_state(row.state):
        verdict = verdict_for(rights, row, step)
        lacking = tuple(one.message.render(_) for one in missing(step, given))
        if verdict.allowed:
            way = "approve" if step.part is Part.APPROVES else "step"
            href = reverse(f"transformation:{way}", args=[row.code, step.verb])
            found.append(Offer(step, _(step.title), lacking, href=href))
        elif verdict.why == "own_submission":
            found.append(Offer(step, _(step.title), lacking, verdict.reason.render(_)))
    return found
