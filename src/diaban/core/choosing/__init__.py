"""Choosing localities to transform: criteria and weights, a ranking with its working, what hangs on the weights.

Places only, never persons. `rank` orders, `sensitivity` asks what other weights would say, `propose_comparisons` finds
the unchosen localities most like the chosen ones. Criteria come from `diaban.catalogue.choosing_loader`.
"""

from diaban.core.choosing.comparison import Baseline, Feature, Pair, distances, propose_comparisons, standardised
from diaban.core.choosing.criteria import (
    FULL,
    MOST_WEIGHT,
    CriteriaSet,
    Criterion,
    CriterionError,
    Raw,
    Scale,
    ScaleKind,
    Step,
    checked_weights,
)
from diaban.core.choosing.ranking import Cell, Line, Ranking, rank, top
from diaban.core.choosing.sensitivity import Hold, Sensitivity, Stability, Swap, draw_weights, sensitivity

__all__ = [
    "FULL",
    "MOST_WEIGHT",
    "Baseline",
    "Cell",
    "CriteriaSet",
    "Criterion",
    "CriterionError",
    "Feature",
    "Hold",
    "Line",
    "Pair",
    "Ranking",
    "Raw",
    "Scale",
    "ScaleKind",
    "Sensitivity",
    "Stability",
    "Step",
    "Swap",
    "checked_weights",
    "distances",
    "draw_weights",
    "propose_comparisons",
    "rank",
    "sensitivity",
    "standardised",
    "top",
]
