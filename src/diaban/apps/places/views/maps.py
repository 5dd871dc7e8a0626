"""Maps of units."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.urls import reverse
from django.utils.translation import gettext as _

from diaban.apps.places import queries
from diaban.apps.places.listing import UnitRow
from diaban.apps.places.models import Unit
from diaban.ui import formats
from diaban.ui.svgmap import LegendItem, MapPicture, Shape, build_map

_STEPS = 5
MOST_DRAWN = 400


def unit_map(unit: Unit, name: str, on: date, carry: str) -> MapPicture | None:
    """Return the unit among its neighbours; nothing where no point of it is known, or only a sketch of it alone."""
    around = queries.surroundings(unit, on)
    if not any(inside for _place, _outline, inside in around.values()):
        return None
    outlines = {unit_id: outline for unit_id, (_place, outline, _inside) in around.items()}
    schematic = queries.worst_quality(outlines.values()) == "schematic"
    if schematic and len(outlines) == 1:  # a lone disc in the sea tells nothing
        return None
    shapes = [
        Shape(
            key=place.uid,
            geometry=outline.geometry,
            label=place.name,
            tone="step-3" if inside else "class-none",
            href=reverse("places:detail", args=[place.uid]) + carry,
            title=place.name,
        )
        for place, outline, inside in around.values()
    ]
    legend = [LegendItem(name, "step-3"), LegendItem(_("đơn vị bên cạnh"), "class-none")]
    return build_map(
        sorted(shapes, key=lambda shape: (shape.tone, shape.key)),
        legend=[item for item in legend if any(shape.tone == item.tone for shape in shapes)],
        schematic=schematic,
        source=_sources(outlines),
        inset_keys={around[unit_id][0].uid for unit_id in queries.far_units(outlines)},
        title=_("Bản đồ %(name)s và các đơn vị bên cạnh") % {"name": name},
    )


def _sources(outlines: dict[int, queries.Outline]) -> str:
    named = sorted({outline.source for outline in outlines.values() if outline.source})
    indicative = any(outline.quality == "indicative" for outline in outlines.values())
    text = "; ".join(named[:2])
    return f"{text} ({_('ranh giới tham khảo')})" if indicative and text else text


@dataclass(frozen=True, slots=True)
class Measure:
    """What the map of a list shows of each unit."""

    title: str
    value: Callable[[UnitRow], float | None]
    below: str
    above: str
    exact: str


def _measure(rows: Sequence[UnitRow]) -> Measure:
    """Return persons per km² where an area is known of any unit, else persons."""
    if any(row.density is not None for row in rows):
        return Measure(
            _("Mật độ dân số"),
            lambda row: row.density,
            _("dưới %(n)s người/km²"),
            _("từ %(n)s người/km²"),
            _("%(n)s người/km²"),
        )
    return Measure(
        _("Dân số"),
        lambda row: row.figure.value if row.figure is not None else None,
        _("dưới %(n)s người"),
        _("từ %(n)s người"),
        _("%(n)s người"),
    )


def people_map(rows: Sequence[UnitRow], on: date, carry: str) -> tuple[str, MapPicture] | None:
    """Return a title and the rows as a map in five steps of equal numbers of units; nothing without outlines."""
    outlines = queries.outlines([row.place.id for row in rows], on)
    if not outlines:
        return None
    measure = _measure(rows)
    values = sorted(value for row in rows if (value := measure.value(row)) is not None)
    limits = [values[len(values) * step // _STEPS] for step in range(1, _STEPS)] if len(values) >= _STEPS else []
    drawn = [row for row in rows if row.place.id in outlines]
    shapes = [
        Shape(
            key=row.place.uid,
            geometry=outlines[row.place.id].geometry,
            label=row.place.name,
            tone=_tone(measure.value(row), limits),
            href=reverse("places:detail", args=[row.place.uid]) + carry,
            title=row.place.name,
            value_text=_words(measure, measure.value(row)),
        )
        for row in drawn
    ]
    far = queries.far_units(outlines)
    picture = build_map(
        shapes,
        legend=_legend(measure, limits, [shape.tone for shape in shapes]),
        schematic=queries.worst_quality(outlines.values()) == "schematic",
        source=_sources(outlines),
        inset_keys={row.place.uid for row in drawn if row.place.id in far},
        title=measure.title,
    )
    return measure.title, picture


def _tone(value: float | None, limits: list[float]) -> str:
    return "step-missing" if value is None else f"step-{1 + sum(value >= limit for limit in limits)}"


def _words(measure: Measure, value: float | None) -> str:
    return _("chưa có số liệu") if value is None else measure.exact % {"n": formats.grouped(value, 0)}


def _legend(measure: Measure, limits: list[float], tones: list[str]) -> list[LegendItem]:
    words = [formats.grouped(limit, 0) for limit in limits]
    labels = [_("có số liệu")]
    if words:
        between = [f"{low} – {high}" for low, high in pairwise(words)]
        labels = [measure.below % {"n": words[0]}, *between, measure.above % {"n": words[-1]}]
    named = {f"step-{number}": label for number, label in enumerate(labels, start=1)}
    named["step-missing"] = _("chưa có số liệu")
    return [LegendItem(label, tone, tones.count(tone)) for tone, label in named.items() if tone in tones]
