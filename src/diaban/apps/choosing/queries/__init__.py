"""Reads of the choosing of localities."""

from diaban.apps.choosing.queries.figures import Commune, figures_of
from diaban.apps.choosing.queries.sight import sees_every_commune, visible_dossiers, works_on
from diaban.apps.choosing.queries.weights import Held, weights_on
from diaban.apps.choosing.queries.working import USUAL_K, Drift, digest_of, drift, working_of

__all__ = [
    "USUAL_K",
    "Commune",
    "Drift",
    "Held",
    "digest_of",
    "drift",
    "figures_of",
    "sees_every_commune",
    "visible_dossiers",
    "weights_on",
    "working_of",
    "works_on",
]
