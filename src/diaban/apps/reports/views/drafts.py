"""The draft as it stands, what was submitted of it, and its issue by another hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from diaban.adapters.clock import now
from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.accounts.queries import people
from diaban.apps.localities.models import Cycle
from diaban.apps.reports import actions, queries
from diaban.apps.reports.forms import IssueForm, ReturnForm, SubmitForm
from diaban.apps.reports.models import Issue, Submission
from diaban.apps.reports.preview import paper
from diaban.apps.reports.steps import verdict
from diaban.apps.reports.views.found import allow, allow_step, cycle_of, submission_of, user_of
from diaban.apps.vault.privacy import Veiled
from diaban.core.dossier import read_dossier

CONFIRMED, BACK = "xac-nhan", "sua"  # the buttons of the page that shows what will be frozen


def _draft_page(request: HttpRequest, cycle: Cycle, form: SubmitForm) -> HttpResponse:
    last = queries.latest(cycle)
    made = queries.draft(cycle, issue=last.issue + 1 if last else 1)
    numbered = replace(made, number=last.document_number, issued_on=last.document_date) if last else made
    given = queries.last_submission(cycle)
    spots = queries.sees_spots(rights_of(request))
    cleared = rights_of(request).cleared
    names = people((name for name in (given.by, given.answered_by) if name), cleared=cleared) if given else {}
    context = {
        "cycle": cycle,
        "form": form,
        "last": last,
        "given": Veiled(given, cleared) if given else None,
        "given_by": names.get(given.by, "") if given else "",
        "answered_by": names.get(given.answered_by, "") if given else "",
        "waiting": given is not None and given.state == Submission.State.WAITING,
        "returned": given is not None and given.state == Submission.State.RETURNED,
        "drifted": given is not None and queries.drifted(given, made),
        "may_submit": rights_of(request).can(Permission.REPORT_SUBMIT).allowed,
        "check": queries.to_confirm(made),
        "paper": paper(made, spots=spots),
        "spots": spots,
        "changes": queries.changed_since(last, numbered, spots=spots),
        "unchanged": last is not None and last.content == made.made_from,
    }
    return render(request, "reports/draft.html", context)


@guard(Permission.REPORT_VIEW)
@require_GET
def draft(request: HttpRequest, year: int) -> HttpResponse:
    """Show the dossier as it would be submitted now, what changed since the last issue, and the form to submit it."""
    allow(request)
    cycle = cycle_of(year)
    return _draft_page(request, cycle, SubmitForm(again=queries.latest(cycle) is not None))


@guard(Permission.REPORT_SUBMIT)
@require_POST
def submit(request: HttpRequest, year: int) -> HttpResponse:
    """Submit the dossier as it stands now."""
    allow(request, Permission.REPORT_SUBMIT)
    cycle = cycle_of(year)
    form = SubmitForm(request.POST, again=queries.latest(cycle) is not None)
    if form.is_valid():
        try:
            made = actions.submit(by=user_of(request), at=now(), cycle=cycle, **form.cleaned_data)
        except actions.Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Đã trình hồ sơ năm {year}; chờ người khác duyệt.").format(year=year))
            return redirect("reports:submission", year, made.turn)
    response = _draft_page(request, cycle, form)
    response.status_code = 422
    return response


def _page_of(
    request: HttpRequest, given: Submission, *, issuing: IssueForm | None = None, returning: ReturnForm | None = None
) -> HttpResponse:
    """Show one submission: its state and the next step, what it says, and what changed since."""
    rights = rights_of(request)
    spots = queries.sees_spots(rights)
    frozen = queries.dossier_of(given)
    made = queries.draft(given.cycle, issue=frozen.issue)
    answer = verdict(rights, given, "issue")
    named = (name for name in (given.by, given.in_name_of, given.answered_by) if name)
    names = people(named, cleared=rights.cleared)
    waiting = given.state == Submission.State.WAITING
    context: dict[str, Any] = {
        "cycle": given.cycle,
        "given": Veiled(given, rights.cleared),
        "given_by": names[given.by],
        "in_name_of": names.get(given.in_name_of, ""),
        "answered_by": names.get(given.answered_by, ""),
        "waiting": waiting,
        "may_answer": waiting and answer.allowed,
        "own": answer.reason.render(_) if waiting and answer.why == "own_submission" else "",
        "may_submit": rights.can(Permission.REPORT_SUBMIT).allowed,
        "drifted": queries.drifted(given, made),
        "since": queries.changed_since(given, made, spots=spots),
        "issued": Issue.objects.filter(submission=given).first(),
        "issuing": issuing or IssueForm(),
        "returning": returning or ReturnForm(),
        "check": queries.to_confirm(frozen),
        "paper": paper(frozen, spots=spots),
        "spots": spots,
    }
    return render(request, "reports/submission.html", context)


@guard(Permission.REPORT_VIEW)
@require_GET
def submission(request: HttpRequest, year: int, turn: int) -> HttpResponse:
    """Show what was submitted, to be answered by somebody else."""
    allow(request)
    return _page_of(request, submission_of(year, turn))


@guard(Permission.REPORT_ISSUE)
@require_POST
def send_back(request: HttpRequest, year: int, turn: int) -> HttpResponse:
    """Return a submission with a remark."""
    given = submission_of(year, turn)
    allow_step(request, given, "send_back")
    form = ReturnForm(request.POST)
    if form.is_valid():
        try:
            actions.send_back(by=user_of(request), at=now(), submission=given, remark=form.cleaned_data["remark"])
        except actions.Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Đã trả lại kèm ý kiến; người trình sửa rồi trình lại."))
            return redirect("reports:submission", year, turn)
    response = _page_of(request, given, returning=form)
    response.status_code = 422
    return response


@guard(Permission.REPORT_ISSUE)
@require_POST
def make(request: HttpRequest, year: int, turn: int) -> HttpResponse:
    """Show what will be frozen; issue the submission once that is confirmed."""
    given = submission_of(year, turn)
    allow_step(request, given, "issue")
    form = IssueForm(request.POST)
    if BACK in request.POST:
        return _page_of(request, given, issuing=form)
    if form.is_valid():
        keep = CONFIRMED in request.POST
        try:
            with transaction.atomic():
                made = actions.issue(by=user_of(request), at=now(), submission=given, **form.cleaned_data)
                if not keep:  # what is refused is known before the answers are shown
                    transaction.set_rollback(True)
        except actions.Refused as refused:
            form.add_error(None, str(refused))
        else:
            if not keep:
                return _check_page(request, given, form, made)
            messages.success(
                request, _("Đã phát hành hồ sơ năm {year}, lần {issue}.").format(year=year, issue=made.issue)
            )
            return redirect("reports:detail", year, made.issue)
    response = _page_of(request, given, issuing=form)
    response.status_code = 422
    return response


def _check_page(request: HttpRequest, given: Submission, form: IssueForm, made: Issue) -> HttpResponse:
    """Show what the issue would freeze; `made` was taken back and is only read."""
    frozen = read_dossier(made.snapshot)
    context = {
        "cycle": given.cycle,
        "given": given,
        "given_by": people([given.by], cleared=rights_of(request).cleared)[given.by],
        "form": form,
        "made": made,
        "head": frozen.letterhead,
        "check": queries.to_confirm(frozen),
        "confirmed": CONFIRMED,
        "back": BACK,
    }
    return render(request, "reports/check.html", context)
