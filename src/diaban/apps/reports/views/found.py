"""What an address of the reports names, for whoever may see the reports of the whole area."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from diaban.apps.access import AccessRefused, Permission, rights_of
from diaban.apps.accounts.models import User
from diaban.apps.localities.models import Cycle
from diaban.apps.reports.models import Issue, Submission
from diaban.apps.reports.steps import verdict


def allow(request: HttpRequest, permission: Permission = Permission.REPORT_VIEW) -> None:
    """Go on only for whoever holds `permission` for the whole area: a dossier tells of every unit of it."""
    found = rights_of(request).can(permission)
    if not found.allowed:
        raise AccessRefused(found)


def allow_step(request: HttpRequest, submission: Submission, step: str) -> None:
    """Go on only for whoever may take the step with this submission: not its submitter."""
    found = verdict(rights_of(request), submission, step)
    if not found.allowed:
        raise AccessRefused(found)


def cycle_of(year: int) -> Cycle:
    """Return the review of `year` or answer 404."""
    return get_object_or_404(Cycle, year=year)


def submission_of(year: int, turn: int) -> Submission:
    """Return the submission or answer 404."""
    return get_object_or_404(Submission.objects.select_related("cycle"), cycle__year=year, turn=turn)


def issue_of(year: int, number: int) -> Issue:
    """Return the issue or answer 404."""
    return get_object_or_404(Issue.objects.select_related("cycle"), cycle__year=year, issue=number)


def user_of(request: HttpRequest) -> User:
    """Return who is signed in; every address of this app asks for that."""
    return cast(User, request.user)
