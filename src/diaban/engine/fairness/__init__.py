"""Fair mapping: sources kept apart, exposure beside every count, and what a ranking does when patrols follow it.

How near schools, homes and public places lie to hot-spots is `engine.exposure`.
"""

from diaban.engine.fairness.city import Allocation, City, Evidence, History, simulate
from diaban.engine.fairness.exposure import ExposedRate, Exposure, exposed_rates
from diaban.engine.fairness.measures import gini, top_share
from diaban.engine.fairness.sources import Counts, Pooled, Source, pooled

__all__ = [
    "Allocation",
    "City",
    "Counts",
    "Evidence",
    "ExposedRate",
    "Exposure",
    "History",
    "Pooled",
    "Source",
    "exposed_rates",
    "gini",
    "pooled",
    "simulate",
    "top_share",
]
