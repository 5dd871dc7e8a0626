"""What of the reviews waits for one person: the next step that they, and not another, may take."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from diaban.apps.access import Permission, Rights
from diaban.apps.localities.models import Cycle, Stage, Standing
from diaban.apps.localities.stages import APPRAISER, ASSESSOR, NEXT, verdict

_ASKED = (
    Permission.FIGURES_DECLARE,
    Permission.CLASS_SELF_ASSESS,
    Permission.CLASS_APPRAISE,
    Permission.CLASS_DECIDE,
)


def waiting_for(rights: Rights, on: date) -> int:
    """Return how many units of the reviews begun by `on` and not locked wait for somebody with these rights.

    Until it has assessed itself, a unit waits for whoever may declare its figures, while some are missing, and for
    whoever assesses; then for an appraiser (again, where its figures changed since) and a decider who did not submit
    it. One query, and none for somebody who takes none of these steps.
    """
    if not any(rights.holds(one) for one in _ASKED):
        return 0
    return sum(_waits(rights, standing) for standing in _open(rights, on))


def _open(rights: Rights, on: date) -> Iterator[Standing]:
    begun = Standing.objects.exclude(cycle__state=Cycle.State.CLOSED).filter(cycle__first_day__lte=on)
    rows = rights.visible(begun.exclude(stage=Stage.DECIDED), Permission.REVIEW_VIEW)
    columns = ("unit", "stage", "missing_count", "digest", "appraised_digest", *ASSESSOR, *APPRAISER)
    return rows.only(*columns).iterator(chunk_size=2000)


def _waits(rights: Rights, standing: Standing) -> bool:
    stage = Stage(standing.stage)
    if stage == Stage.PROPOSAL and standing.missing_count:
        return rights.sight(Permission.FIGURES_DECLARE).sees(standing.unit_id)
    outdated = stage == Stage.APPRAISED and standing.appraised_digest != standing.digest
    return verdict(rights, standing, "appraise" if outdated else NEXT[stage]).allowed
