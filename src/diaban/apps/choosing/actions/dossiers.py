"""What others do with a proposal: appraise, send back, decide; and what its proposer may do: withdraw."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diaban.apps.access import Person
from diaban.apps.audit.actions import record
from diaban.apps.choosing.actions.refusals import Refused, refuse
from diaban.apps.choosing.actions.steps import locked, owed, require_act, step, step_of
from diaban.apps.choosing.models import Dossier
from diaban.core.choosing.dossier import Act, State


@transaction.atomic
def appraise(*, dossier: Dossier, by: Person, at: datetime, note: str = "") -> Dossier:
    """Find a proposal sound. It is judged on the figures that it froze; the page says what has moved since."""
    row = locked(dossier)
    act = step_of(row, "appraise")
    giver = require_act(by, row, act, at=at)
    row.appraised_by, row.appraised_in_name_of, row.appraised_at = by.get_username(), giver, at
    return _done(row, act, note, by, giver, at, {})


@transaction.atomic
def send_back(*, dossier: Dossier, note: str, by: Person, at: datetime) -> Dossier:
    """Return a proposal with an opinion; its proposer, or another, makes it anew."""
    row = locked(dossier)
    act = step_of(row, "send_back")
    giver = require_act(by, row, act, at=at)
    owed(act, note)
    row.appraised_by, row.appraised_in_name_of, row.appraised_at = "", "", None
    return _done(row, act, note, by, giver, at, {"note": note.strip()})


@transaction.atomic
def withdraw(*, dossier: Dossier, note: str, by: Person, at: datetime) -> Dossier:
    """Take a proposal back for good, with the reason."""
    row = locked(dossier)
    act = step_of(row, "withdraw")
    giver = require_act(by, row, act, at=at)
    owed(act, note)
    return _done(row, act, note, by, giver, at, {"note": note.strip()})


@transaction.atomic
def decide(*, dossier: Dossier, number: str, date: date, by: Person, at: datetime, note: str = "") -> Dossier:
    """Record the numbered decision: from then on the communes see it. What the dossier supersedes is closed with it."""
    row = locked(dossier)
    act = step_of(row, "decide")
    giver = require_act(by, row, act, at=at)
    problems: list[tuple[str, object]] = []
    if not number.strip():
        problems.append(("number", _("Thiếu số quyết định.")))
    if date > timezone.localdate(at):
        problems.append(("date", _("Ngày quyết định không thể ở tương lai.")))
    if date < row.cycle.first_day:
        problems.append(("date", _("Ngày quyết định ở trước ngày đầu của kỳ phân loại mà hồ sơ dựa vào.")))
    if problems:
        raise Refused(problems)
    old = row.supersedes
    if old is not None:
        _supersede(old, row, by, giver, at)
    row.number, row.date = number.strip(), date
    row.decided_by, row.decided_in_name_of, row.decided_at = by.get_username(), giver, at
    detail = {"number": row.number, "date": date.isoformat(), "supersedes": old.code if old else ""}
    return _done(row, act, note, by, giver, at, {name: value for name, value in detail.items() if value})


def _supersede(old: Dossier, new: Dossier, by: Person, giver: str, at: datetime) -> None:
    held = locked(old)
    if held.state != State.DECIDED:
        raise refuse(_("Hồ sơ định thay thế đã bị một hồ sơ khác thay thế."))
    before, held.state = held.state, State.SUPERSEDED
    held.save(update_fields=["state"])
    step(held, "supersede", before, note=new.code, by=by, giver=giver, at=at)


def _done(row: Dossier, act: Act, note: str, by: Person, giver: str, at: datetime, detail: dict[str, Any]) -> Dossier:
    before, row.state = row.state, act.target
    row.save()
    step(row, act.name, before, note=note, by=by, giver=giver, at=at)
    told = {"before": before, "digest": row.digest} | detail | ({"in_name_of": giver} if giver else {})
    record(by=by, at=at, verb=f"choice.{act.name}", subject=f"choice:{row.code}", detail=told)
    return row
