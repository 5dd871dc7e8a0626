"""One row of a workbook, already read: what the bulk actions take. None means "not given": what is known stays."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class HotspotRow:
    """A hot-spot by its code; without a code a new one is opened. `unit_id` is required.

    The dates are those of the lifecycle: `listed_on` opens a spot that is already on a list ("chuyển từ danh sách đã
    có"), `detected_on` alone opens one that is not; each further date is a step. `document`, `decider`, `reason`,
    `evidence` belong to the steps that the row adds.
    """

    unit_id: int
    code: str = ""
    name: str | None = None
    kind: str | None = None
    grade: str | None = None
    form: str | None = None
    address: str | None = None
    lon: float | None = None
    lat: float | None = None
    behaviours: tuple[str, ...] | None = None
    lead_agency: str | None = None
    note: str | None = None
    detected_on: date | None = None
    listed_on: date | None = None
    planned_on: date | None = None
    eliminated_on: date | None = None
    watched_on: date | None = None
    removed_on: date | None = None
    reformed_on: date | None = None
    document: str = ""
    decider: str = ""
    reason: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident by its code; without a code a new one is opened. `seizures`: (substance, measure) → smallest units.

    `seizures` None leaves what is recorded; a mapping replaces it.
    """

    unit_id: int
    on: date
    code: str = ""
    kind: str | None = None
    source: str | None = None
    place: str | None = None
    place_type: str | None = None
    lon: float | None = None
    lat: float | None = None
    hotspot_code: str | None = None
    cases: int | None = None
    arrested: int | None = None
    prosecuted: int | None = None
    fined: int | None = None
    no_suspect: bool | None = None
    note: str | None = None
    seizures: dict[tuple[str, str], int] | None = field(default=None)
