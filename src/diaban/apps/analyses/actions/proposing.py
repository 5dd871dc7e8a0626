"""A person puts a row of an answer into the register of hot-spots. The machine never does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from diaban.apps.access import Permission, require
from diaban.apps.accounts.models import User
from diaban.apps.analyses.models import Analysis, Proposal
from diaban.apps.analyses.queries import findings_of
from diaban.apps.audit import actions as audit
from diaban.apps.hotspots import actions as hotspots
from diaban.apps.hotspots.models import Grade, Kind
from diaban.apps.places.models import Unit
from diaban.core.lifecycle import Problem, StepRefused
from diaban.core.messages import N_, say


@dataclass(frozen=True, slots=True)
class Spot:
    """What the person says of the place: it enters the register in its first state, as suspected."""

    name: str
    unit: Unit
    on: date
    document: str
    decider: str
    kind: str = Kind.AT_RISK
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    note: str = ""


@transaction.atomic
def propose(*, by: User, at: datetime, analysis: Analysis, row: int, spot: Spot) -> Proposal:
    """Open a hot-spot from a row of an answer, with links both ways; return the proposal.

    Raises `StepRefused` with every reason, `AccessRefused` when the commune is out of reach.
    """
    require(by, Permission.HOTSPOT_RECORD, at=at, unit=spot.unit.pk)
    require(by, Permission.ANALYSIS_VIEW, at=at, unit=analysis.unit_id)
    locked = Analysis.objects.select_for_update(of=("self",)).get(pk=analysis.pk)
    if not 0 <= row < len(findings_of(locked.document)):
        raise StepRefused([Problem("", say(N_("Trả lời không có dòng này.")))])
    made = Proposal.objects.filter(analysis=locked, row=row).select_related("hotspot").first()
    if made is not None:
        words = say(N_("Dòng này đã được đề nghị thành {code}."), code=made.hotspot.code)
        raise StepRefused([Problem("", words)])
    opened = hotspots.create_hotspot(
        by=by, at=at, name=spot.name, unit=spot.unit, kind=spot.kind, grade=Grade.SUSPECTED, on=spot.on,
        document=spot.document, decider=spot.decider, verb="detect", address=spot.address, lon=spot.lon, lat=spot.lat,
        note=spot.note,
    )  # fmt: skip
    proposal = Proposal.objects.create(analysis=locked, row=row, hotspot=opened, made_by=by.get_username(), made_at=at)
    detail = {"hotspot": opened.code, "row": row + 1}
    audit.record(by=by, at=at, verb="analysis.propose", subject=f"analysis:{locked.code}", detail=detail)
    return proposal
