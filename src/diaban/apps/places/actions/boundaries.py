"""Store the outlines of a checked boundary file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from diaban.adapters.geometry import Geometry, bounds, thin, vertices
from diaban.apps.access import Permission, Person, require
from diaban.apps.audit.actions import record
from diaban.apps.places.models import Boundary, Unit
from diaban.apps.places.queries.boundaries import BoundaryReport, check_boundaries

# On a screen that shows a province one pixel is some 150 m; a layer that is small anyway is shown as it is.
DISPLAY_METRES = 150.0
SMALL_LAYER = 4_000


class BoundariesRefused(ValueError):
    """The file has errors, or warnings that nobody accepted. `report` lists them all."""

    def __init__(self, report: BoundaryReport) -> None:
        super().__init__("\n".join(f"{one.feature}: {one.message} {one.remedy}" for one in report.problems))
        self.report = report


@transaction.atomic
def import_boundaries(
    *,
    by: Person,
    at: datetime,
    data: bytes,
    valid_from: date,
    source: str,
    quality: str = Boundary.Quality.INDICATIVE,
    code_property: str = "code",
    name_property: str = "",
    accept_warnings: bool = False,
) -> BoundaryReport:
    """Store the file's outlines for the units that had its codes on `valid_from`; all of them or none.

    An outline of the same unit and day is replaced; one that ran over `valid_from` ends there. Raises
    `BoundariesRefused` with every problem, `adapters.geometry.MapsMissing` without the extra `maps`.
    """
    require(by, Permission.UNIT_MANAGE, at=at)
    report = check_boundaries(data, valid_from=valid_from, code_property=code_property, name_property=name_property)
    if report.errors or (report.warnings and not accept_warnings):
        raise BoundariesRefused(report)
    shapes = {uid: feature.geometry for uid, feature in report.matched.items()}
    _store(shapes, valid_from=valid_from, source=source, quality=quality)
    record(
        by=by,
        at=at,
        verb="boundaries.import",
        subject=f"boundaries:{valid_from.isoformat()}",
        detail={
            "units": len(shapes),
            "quality": str(quality),
            "source": source,
            "warnings": len(report.warnings),
            "sha256": hashlib.sha256(data).hexdigest(),
        },
    )
    return report


def _store(shapes: Mapping[str, Geometry], *, valid_from: date, source: str, quality: str) -> None:
    thinned: Mapping[str, Geometry] = {}
    if sum(vertices(shape) for shape in shapes.values()) > SMALL_LAYER:
        thinned = thin(shapes, metres=DISPLAY_METRES)
    ids = dict(Unit.objects.filter(uid__in=list(shapes)).values_list("uid", "pk"))
    later = _next_starts(list(ids.values()), valid_from)
    Boundary.objects.filter(unit_id__in=list(ids.values()), valid_from=valid_from).delete()
    Boundary.objects.filter(unit_id__in=list(ids.values()), valid_from__lt=valid_from).exclude(
        valid_to__lte=valid_from
    ).update(valid_to=valid_from)
    rows = []
    for uid, shape in sorted(shapes.items()):
        west, south, east, north = bounds(shape)
        rows.append(
            Boundary(
                unit_id=ids[uid],
                valid_from=valid_from,
                valid_to=later.get(ids[uid]),
                geometry=shape,
                display=thinned.get(uid),
                min_lon=west,
                min_lat=south,
                max_lon=east,
                max_lat=north,
                quality=quality,
                source=source,
            )
        )
    Boundary.objects.bulk_create(rows, batch_size=200)


def _next_starts(unit_ids: list[int], valid_from: date) -> dict[int, date]:
    """Return when a later outline of the unit takes over: files may be imported newest first."""
    rows = Boundary.objects.filter(unit_id__in=unit_ids, valid_from__gt=valid_from).order_by("-valid_from")
    return dict(rows.values_list("unit_id", "valid_from"))
