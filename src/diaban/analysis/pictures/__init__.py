"""Pictures of an answer as SVG files that stand alone: a map and curves over time. For the web the house has "
"its own."""

from diaban.analysis.pictures.curves import curve_svg
from diaban.analysis.pictures.maps import map_svg

__all__ = ["curve_svg", "map_svg"]
