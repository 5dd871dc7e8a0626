"""Which weights hold on a day, and by whose document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from diaban.apps.choosing.models import WeightSet
from diaban.catalogue.choosing_loader import criteria_on
from diaban.core.choosing import CriteriaSet


@dataclass(frozen=True, slots=True)
class Held:
    """The criteria and weights of a day. `document` is empty where the catalogue's proposal holds: nobody set any."""

    criteria: CriteriaSet
    weights: dict[str, int]
    document: str = ""
    effective_from: date | None = None


def weights_on(day: date) -> Held:
    """Return what holds on `day`: the province's latest weights for the criteria in force, else the catalogue's."""
    criteria = criteria_on(day)
    row = WeightSet.objects.filter(effective_from__lte=day, criteria=criteria.code).order_by("-effective_from").first()
    if row is None or set(row.weights) != set(criteria.weights):
        return Held(criteria, criteria.weights)
    return Held(criteria, {code: int(row.weights[code]) for code in criteria.weights}, row.document, row.effective_from)
