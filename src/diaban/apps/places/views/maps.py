"""Maps of units."""

from __future__ import annotations

from collections.abc import Sequence
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
    """Return the unit among its neighbours, or nothing when no point of it is known."""
    around = queries.surroundings(unit, on)
    if not any(inside for _place, _outline, inside in around.values()):
        return None
    outlines = {unit_id: outline for unit_id, (_place, outline, _inside) in around.items()}
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
    return build_map(
        sorted(shapes, key=lambda shape: (shape.tone, shape.key)),
        legend=[LegendItem(name, "step-3"), LegendItem(_("đơn vị bên cạnh"), "class-none")],
        schematic=queries.worst_quality(outlines.values()) == "schematic",
        source=_sources(outlines),
        inset_keys={around[unit_id][0].uid for unit_id in queries.far_units(outlines)},
        title=_("Bản đồ %(name)s và các đơn vị bên cạnh") % {"name": name},
    )


def _sources(outlines: dict[int, queries.Outline]) -> str:
    named = sorted({outline.source for outline in outlines.values() if outline.source})
    indicative = any(outline.quality == "indicative" for outline in outlines.values())
    text = "; ".join(named[:2])
    return f"{text} ({_('ranh giới tham khảo')})" if indicative and text else text


def density_map(rows: Sequence[UnitRow], on: date, carry: str) -> MapPicture | None:
    """Return the rows as a map of persons per km² in five steps of equal numbers of units; nothing without outlines."""
    outlines = queries.outlines([row.place.id for row in rows], on)
    if not outlines:
        return None
    values = sorted(row.density for row in rows if row.density is not None)
    limits = [values[len(values) * step // _STEPS] for step in range(1, _STEPS)] if len(values) >= _STEPS else []

    def tone(value: float | None) -> str:
        return "step-missing" if value is None else f"step-{1 + sum(value >= limit for limit in limits)}"

    shapes = [
        Shape(
            key=row.place.uid,
            geometry=outlines[row.place.id].geometry,
            label=row.place.name,
            tone=tone(row.density),
            href=reverse("places:detail", args=[row.place.uid]) + carry,
            title=row.place.name,
            value_text=_("chưa có số liệu")
            if row.density is None
            else _("%(n)s người/km²") % {"n": formats.grouped(row.density, 0)},
        )
        for row in rows
        if row.place.id in outlines
    ]
    return build_map(
        shapes,
        legend=_legend(limits, [shape.tone for shape in shapes]),
        schematic=queries.worst_quality(outlines.values()) == "schematic",
        source=_sources(outlines),
        inset_keys={row.place.uid for row in rows if row.place.id in queries.far_units(outlines)},
        title=_("Mật độ dân số"),
    )


def _legend(limits: list[float], tones: list[str]) -> list[LegendItem]:
    words = [formats.grouped(limit, 0) for limit in limits]
    labels = {
        f"step-{number}": label
        for number, label in enumerate(
            [
                _("dưới %(n)s người/km²") % {"n": words[0]},
                *(f"{low} – {high}" for low, high in pairwise(words)),
                _("từ %(n)s người/km²") % {"n": words[-1]},
            ]
            if words
            else [_("có số liệu")],
            start=1,
        )
    }
    labels["step-missing"] = _("chưa có số liệu")
    return [LegendItem(label, tone, tones.count(tone)) for tone, label in labels.items() if tone in tones]
