"""Local statistics: where high or low values stand together, more than chance would put them.

`within`, `nearest`, `touching` say who is whose neighbour; `gi` and `moran` look at each unit, `global_moran` and
`global_g` at the whole map; `squares` and `hexagons` make units of events. See docs/methods/local-statistics.md.
"""

from diaban.engine.local.cells import Cells, hexagons, squares
from diaban.engine.local.discovery import adjusted, confidence, cutoff, discoveries
from diaban.engine.local.hotspots import gi, moran
from diaban.engine.local.neighbours import Neighbours, from_pairs, nearest, touching, within
from diaban.engine.local.permutation import REPLICATES
from diaban.engine.local.results import ALONE, GlobalStatistic, HotSpots, Inference, LocalMoran, Quadrant, Run
from diaban.engine.local.whole_map import global_g, global_moran

__all__ = [
    "ALONE",
    "REPLICATES",
    "Cells",
    "GlobalStatistic",
    "HotSpots",
    "Inference",
    "LocalMoran",
    "Neighbours",
    "Quadrant",
    "Run",
    "adjusted",
    "confidence",
    "cutoff",
    "discoveries",
    "from_pairs",
    "gi",
    "global_g",
    "global_moran",
    "hexagons",
    "moran",
    "nearest",
    "squares",
    "touching",
    "within",
]
