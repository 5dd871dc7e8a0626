"""What every act on a dossier shares: the locked row, the table of acts, the hands kept apart, the line of history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import Max
from django.utils.translation import gettext as _

from diaban.apps.access import AccessRefused, Permission, Person, Rights, rights_at
from diaban.apps.choosing.actions.refusals import Refused, refuse
from diaban.apps.choosing.models import Choice, Dossier, DossierStep
from diaban.core.choosing.dossier import ACTS, Act, ActRefused, Hand, State, advance
from diaban.core.policy import Verdict

ASKS: Final = {
    Hand.PROPOSER: Permission.CHOICE_PROPOSE,
    Hand.APPRAISER: Permission.CHOICE_APPRAISE,
    Hand.DECIDER: Permission.CHOICE_DECIDE,
}
HANDS: Final = {
    Hand.PROPOSER: ("proposed_by", "proposed_in_name_of"),
    Hand.APPRAISER: ("appraised_by", "appraised_in_name_of"),
}


def locked(dossier: Dossier) -> Dossier:
    """Return the dossier anew, locked for this transaction."""
    return Dossier.objects.select_for_update(of=("self",)).select_related("cycle", "supersedes").get(pk=dossier.pk)


def step_of(dossier: Dossier, name: str) -> Act:
    """Return the act if the table permits it now; raise `Refused` otherwise."""
    try:
        advance(State(dossier.state), name)
    except ActRefused as error:
        raise refuse(error.message.render(_)) from error
    return ACTS[name]


def chosen_units(dossier: Dossier) -> list[int]:
    """Return the ids of the communes that are chosen: whoever acts on the dossier acts on all of them."""
    return list(dossier.choices.filter(role=Choice.Role.CHOSEN).values_list("unit", flat=True))


def verdicts(rights: Rights, dossier: Dossier, act: Act, units: Iterable[int]) -> list[Verdict]:
    """Return what the policy says of `act` for every chosen commune; the state of the dossier is another question."""
    before = [getattr(dossier, column) for hand in act.apart_from for column in HANDS[hand]]
    return [rights.can(ASKS[act.hand], unit=unit, submitted_by=before) for unit in units]


def require_act(by: Person, dossier: Dossier, act: Act, *, at: datetime) -> str:
    """Let `by` do `act` on all chosen communes; return in whose name (empty: their own). Raises `AccessRefused`."""
    found = verdicts(rights_at(by, at), dossier, act, chosen_units(dossier))
    for verdict in found:
        if not verdict.allowed:
            raise AccessRefused(verdict)
    givers = {verdict.grant.giver for verdict in found if verdict.grant}
    return givers.pop() if len(givers) == 1 else ""


def owed(act: Act, opinion: str) -> None:
    """Refuse an act that owes an opinion and has none."""
    if act.owes == "opinion" and not opinion.strip():
        raise Refused([("note", _("Cần ghi ý kiến, lý do để người nhận biết phải làm gì."))])


def step(dossier: Dossier, verb: str, before: str, *, note: str, by: Person, giver: str, at: datetime) -> DossierStep:
    """Write one line of the dossier's history."""
    last = dossier.steps.aggregate(last=Max("seq"))["last"] or 0
    return DossierStep.objects.create(
        dossier=dossier,
        seq=last + 1,
        verb=verb,
        from_state=before,
        to_state=dossier.state,
        note=note.strip(),
        digest=dossier.digest,
        by=by.get_username(),
        in_name_of=giver,
        at=at,
    )
