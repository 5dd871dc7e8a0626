"""How a dossier gets from a draft to an issue: the states of a submission and the steps between them, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from diaban.apps.access import Permission, Rights
from diaban.apps.reports.models import Submission
from diaban.core.policy import Verdict

State = Submission.State


class Refused(Exception):
    """An act that is not done; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a submission: from which states, to which, what it asks. `own`: also to whoever submitted it."""

    name: str
    sources: tuple[State, ...]
    target: State
    asks: Permission
    own: bool
    refusal: Promise


STEPS: Final[dict[str, Step]] = {
    step.name: step
    for step in (
        Step(
            "replace",
            (State.WAITING,),
            State.REPLACED,
            Permission.REPORT_SUBMIT,
            True,
            _("Chỉ thay được bản trình đang chờ duyệt."),
        ),
        Step(
            "send_back",
            (State.WAITING,),
            State.RETURNED,
            Permission.REPORT_ISSUE,
            False,
            _("Chỉ trả lại được bản trình đang chờ duyệt."),
        ),
        Step(
            "issue",
            (State.WAITING,),
            State.ISSUED,
            Permission.REPORT_ISSUE,
            False,
            _("Chỉ phát hành được bản trình đang chờ duyệt; có bản trình mới thì duyệt bản đó."),
        ),
    )
}


def advance(state: str, name: str) -> State:
    """Return the state that the step leads to from `state`; raise `Refused` with the reason if it may not."""
    step = STEPS[name]
    if state not in step.sources:
        raise Refused(str(step.refusal))
    return step.target


def verdict(rights: Rights, submission: Submission, name: str) -> Verdict:
    """Decide whether somebody with these rights may take the step: nobody answers what they submitted themselves."""
    step = STEPS[name]
    return rights.can(step.asks, submitted_by=() if step.own else (submission.by, submission.in_name_of))
