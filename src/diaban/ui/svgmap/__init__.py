"""Maps drawn on the server as SVG: own polygons on a plain sea, readable in print, by keyboard and without script."""

from __future__ import annotations

from diaban.ui.svgmap.build import build_map
from diaban.ui.svgmap.marks import fill_of, shape_of
from diaban.ui.svgmap.model import LegendItem, Line, MapPicture, Mark, Shape

__all__ = ["LegendItem", "Line", "MapPicture", "Mark", "Shape", "build_map", "fill_of", "shape_of"]
