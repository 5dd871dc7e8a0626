"""Scan statistics: where, and since when, there are more cases than chance puts there. See docs/methods/scan.md."""

from diaban.engine.scan.clusters import Secondary
from diaban.engine.scan.data import Data
from diaban.engine.scan.design import Design, Model, Window
from diaban.engine.scan.expected import expected_counts, person_time
from diaban.engine.scan.flexible import pairs_within
from diaban.engine.scan.inference import Replicates
from diaban.engine.scan.neighbours import gather
from diaban.engine.scan.running import Cluster, ScanResult, Settings, scan
from diaban.engine.scan.searching import SHAPES, Windows, layers
from diaban.engine.scan.statistic import least_cases

__all__ = [
    "SHAPES",
    "Cluster",
    "Data",
    "Design",
    "Model",
    "Replicates",
    "ScanResult",
    "Secondary",
    "Settings",
    "Window",
    "Windows",
    "expected_counts",
    "gather",
    "layers",
    "least_cases",
    "pairs_within",
    "person_time",
    "scan",
]
