"""Weights that the province sets, from a day on, by a document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from diaban.apps.access import Permission, Person, require
from diaban.apps.audit.actions import record
from diaban.apps.choosing.actions.refusals import Refused
from diaban.apps.choosing.models import WeightSet
from diaban.apps.choosing.queries.weights import weights_on
from diaban.catalogue.choosing_loader import criteria_on
from diaban.core.choosing import CriterionError, checked_weights


@transaction.atomic
def set_weights(
    *, weights: Mapping[str, int], effective_from: date, document: str, by: Person, at: datetime
) -> WeightSet:
    """Set the weights that hold from a day on ("do đơn vị đặt"); a second set of the same day takes its place.

    They hold for the whole area, so they are asked for the whole area. Raises `Refused` with everything wrong.
    """
    require(by, Permission.VALUES_SET, at=at)
    problems: list[tuple[str, object]] = []
    criteria = criteria_on(effective_from)
    held: dict[str, int] = {}
    try:
        held = checked_weights(criteria, weights)
    except CriterionError as error:
        problems.append(("", error.message.render(_)))
    if not document.strip():
        problems.append(("document", _("Thiếu số văn bản của đơn vị quyết định trọng số này.")))
    if problems:
        raise Refused(problems)
    before = weights_on(effective_from)
    row, _created = WeightSet.objects.update_or_create(
        effective_from=effective_from,
        defaults={
            "criteria": criteria.code,
            "weights": held,
            "document": document.strip(),
            "recorded_by": by.get_username(),
            "recorded_at": at,
        },
    )
    record(
        by=by,
        at=at,
        verb="choice.weights",
        subject="choice:weights",
        detail={
            "before": before.weights,
            "after": held,
            "from": effective_from.isoformat(),
            "document": document.strip(),
        },
    )
    return row
