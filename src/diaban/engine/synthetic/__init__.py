"""A made-up province on real territory, with known truths planted in it.

Nothing here comes from a real event. The same seed, places and last day give the same province on every machine,
and the result says what was planted (`Planted`), so that methods can be tested against what is known to be there.
See docs/methods/synthetic-province.md.
"""

from diaban.engine.synthetic.figures import CommuneYear, Known, commune_years
from diaban.engine.synthetic.model import (
    Incident,
    Place,
    Planted,
    PlantedCluster,
    PlantedEffect,
    PlantedMove,
    PlantedReturn,
    Province,
    Seizure,
    Spot,
    SpotStep,
)
from diaban.engine.synthetic.province import FIRST_DAY, generate

__all__ = [
    "FIRST_DAY",
    "CommuneYear",
    "Incident",
    "Known",
    "Place",
    "Planted",
    "PlantedCluster",
    "PlantedEffect",
    "PlantedMove",
    "PlantedReturn",
    "Province",
    "Seizure",
    "Spot",
    "SpotStep",
    "commune_years",
    "generate",
]
