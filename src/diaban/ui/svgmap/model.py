"""What a map is made of, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from diaban.ui.svgmap.marks import fill_of, shape_of

Point = tuple[float, float]  # longitude, latitude in degrees


@dataclass(frozen=True, slots=True)
class Shape:
    """A unit's outline. `geometry` is a GeoJSON Polygon or MultiPolygon in degrees; `tone` names the fill:

    `class-I`, `class-II`, `class-III`, `class-none`, `class-free`, `class-unknown` for classes; `step-1` … `step-5` for
    a rate (5 darkest); `step-missing` where it is not reported; `site` for an area inside a unit, drawn over it
    (`site-cluster`, `site-ring` … for what an analysis found, `found-hot` … for a unit that it found);
    `context` for neighbours that are only background (never links). `label` is written on the map where it fits,
    without its title ("Phường"); `title` and `value_text` are read out.
    """

    key: str
    geometry: Mapping[str, Any]
    label: str
    tone: str = "class-none"
    href: str = ""
    title: str = ""
    value_text: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place: its shape says the `kind`, its fill says the `state` (see `marks.py`).

    With `n` it stands for so many places, as a disc with that number; kind and state are then not drawn.
    """

    lon: float
    lat: float
    kind: str
    state: str
    href: str = ""
    title: str = ""
    n: int = 0

    @property
    def shape(self) -> str:
        return shape_of(self.kind)

    @property
    def fill(self) -> str:
        return fill_of(self.state)


@dataclass(frozen=True, slots=True)
class Line:
    """A route: `coordinates` in degrees; `tone` is `intra`, `inter` or `plain`."""

    coordinates: Sequence[Point]
    tone: str = "plain"
    title: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class LegendItem:
    """One row of the legend. `sign`: `area` (tone = fill), `mark` (shape, fill), `disc` or `line`; `n`: how many."""

    label: str
    tone: str = ""
    n: int | None = None
    sign: str = "area"
    shape: str = "circle"
    fill: str = "full"


@dataclass(frozen=True, slots=True)
class MapPicture:
    """A drawn map for the template `ui/map.html`. `svg` is complete and escaped; the same input gives the same text."""

    svg: str
    width: int
    height: int
    legend: tuple[LegendItem, ...]
    schematic: bool
    source: str
    period_label: str
    identity: str
    n_shapes: int
    n_marks: int
    inset_names: tuple[str, ...] = ()
