"""Incidents one at a time, with what was seized."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from diaban.apps.access import Permission, require
from diaban.apps.accounts.models import User
from diaban.apps.audit import actions as audit
from diaban.apps.hotspots.actions.ends import require_at
from diaban.apps.hotspots.actions.projection import day_of, searchable
from diaban.apps.hotspots.actions.spots import free_code, unit_problem
from diaban.apps.hotspots.models import Hotspot, Incident, Seizure
from diaban.apps.hotspots.queries import province_of
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.catalogue.substances_loader import measures, substances
from diaban.core.lifecycle import Problem, StepRefused
from diaban.core.messages import N_, say

Seizures = Mapping[tuple[str, str], int]  # (substance, measure) -> amount in smallest units
COUNTS: Final = ("cases", "arrested", "prosecuted", "fined")
FIELDS: Final = (
    "on", "unit", "place", "place_type", "lon", "lat", "kind", "source", "hotspot", *COUNTS, "no_suspect", "note",
)  # fmt: skip


class RecordRefused(StepRefused):
    """A record that contradicts itself; `problems` holds all reasons at once."""


def record_incident(
    *,
    by: User,
    at: datetime,
    on: date,
    unit: Unit,
    kind: str,
    source: str,
    code: str = "",
    place: str = "",
    place_type: str = "",
    lon: float | None = None,
    lat: float | None = None,
    hotspot: Hotspot | None = None,
    cases: int | None = None,
    arrested: int | None = None,
    prosecuted: int | None = None,
    fined: int | None = None,
    no_suspect: bool = False,
    note: str = "",
    seizures: Seizures | None = None,
) -> Incident:
    """Record an incident and return it. A count left None is not reported. Raises `RecordRefused`.

    Its hot-spot may lie in another unit, but only one that `by` sees.
    """
    require(by, Permission.INCIDENT_RECORD, at=at, unit=unit.pk)
    _require_tie(hotspot, by=by, at=at)
    given = seizures or {}
    counts = {"cases": cases, "arrested": arrested, "prosecuted": prosecuted, "fined": fined}
    problems = [*incident_problems(on, day_of(at), counts, no_suspect, given), *filter(None, [unit_problem(unit, on)])]
    if problems:
        raise RecordRefused(problems)
    with transaction.atomic():
        province = province_of(unit.pk, on)
        code = free_code(Incident, code, f"VV-{places.place(unit.pk, on).code}-{on.year}")
        incident = Incident.objects.create(
            code=code,
            province_id=province,
            on=on,
            unit=unit,
            kind=kind,
            source=source,
            place=place.strip(),
            place_type=place_type,
            lon=lon,
            lat=lat,
            hotspot=hotspot,
            no_suspect=no_suspect,
            note=note.strip(),
            search=searchable(code, place)[:400],
            created_at=at,
            updated_at=at,
            **counts,
        )
        _seize(incident, given)
        audit.record(
            by=by, at=at, verb="incident.record", subject=f"incident:{code}", detail=described(incident, given)
        )
    return incident


def edit_incident(
    *, incident: Incident, by: User, at: datetime, changes: Mapping[str, Any], seizures: Seizures | None = None
) -> Incident:
    """Correct an incident; `seizures`, when given, replace those recorded. Before and after go to the audit.

    Put into another unit, it is asked about at both; tied to another hot-spot, at that spot's unit too.
    """
    if strange := set(changes) - set(FIELDS):
        raise ValueError(f"{sorted(strange)}: không có trong {FIELDS}")
    with transaction.atomic():
        row = Incident.everything.select_for_update().get(pk=incident.pk)
        require_at(by, Permission.INCIDENT_RECORD, _ends(row, changes), at=at)
        if (spot := changes.get("hotspot")) != row.hotspot:
            _require_tie(spot, by=by, at=at)
        if row.voided_at is not None:
            raise RecordRefused(
                [Problem("", say(N_("{code} đã hủy ghi nhận; khôi phục trước khi sửa."), code=row.code))]
            )
        before_seized = seized(row)
        before = described(row, before_seized)
        for name, value in changes.items():
            setattr(row, name, value)
        now_seized = before_seized if seizures is None else dict(seizures)
        counts = {name: getattr(row, name) for name in COUNTS}
        problems = [*incident_problems(row.on, day_of(at), counts, row.no_suspect, now_seized)]
        if missing := unit_problem(row.unit, row.on):
            problems.append(missing)
        if problems:
            raise RecordRefused(problems)
        row.search = searchable(row.code, row.place)[:400]
        after = described(row, now_seized)
        if before == after:
            return row
        row.updated_at = at
        row.save()
        if seizures is not None:
            row.seizures.all().delete()
            _seize(row, now_seized)
        changed = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
        audit.record(by=by, at=at, verb="incident.edit", subject=f"incident:{row.code}", detail=changed)
    return row


def _ends(row: Incident, changes: Mapping[str, Any]) -> list[int]:
    return [row.unit_id, changes["unit"].pk] if "unit" in changes else [row.unit_id]


def _require_tie(hotspot: Hotspot | None, *, by: User, at: datetime) -> None:
    """Whoever ties an incident to a hot-spot must see the hot-spot."""
    if hotspot is not None:
        require(by, Permission.HOTSPOT_VIEW, at=at, unit=hotspot.unit_id)


def incident_problems(
    on: date, today: date, counts: Mapping[str, int | None], no_suspect: bool, given: Seizures
) -> Iterator[Problem]:
    """Yield everything in which an incident contradicts the calendar, itself or the catalogue of substances."""
    if on > today:
        yield Problem(
            "on",
            say(
                N_("Ngày {day} chưa đến (hôm nay {today}); nhập ngày xảy ra thực tế."),
                day=f"{on:%d/%m/%Y}",
                today=f"{today:%d/%m/%Y}",
            ),
        )
    for name, count in counts.items():
        if count is not None and count < 0:
            yield Problem(name, say(N_("Số không được âm; để trống nếu chưa có số liệu.")))
    if no_suspect and counts.get("arrested"):
        yield Problem(
            "no_suspect", say(N_("Vụ «vô chủ» không thể có người bị bắt; bỏ dấu «vô chủ» hoặc sửa số bị bắt."))
        )
    for (substance, measure), amount in given.items():
        known = substances().get(substance)
        if known is None:
            yield Problem("seizures", say(N_("Không có chất «{code}» trong danh mục."), code=substance))
        elif measure not in known.measures:
            allowed = ", ".join(measures()[code].label for code in known.measures)
            yield Problem(
                "seizures",
                say(
                    N_("{title} không tính bằng «{measure}»; đơn vị được dùng: {allowed}."),
                    title=known.title,
                    measure=measures()[measure].label if measure in measures() else measure,
                    allowed=allowed,
                ),
            )
        elif amount <= 0:
            yield Problem("seizures", say(N_("{title}: lượng phải lớn hơn 0."), title=known.title))


def described(incident: Incident, given: Seizures) -> dict[str, Any]:
    """Return an incident as the audit keeps it: places and counts only."""
    detail = {name: getattr(incident, name) for name in FIELDS if name not in ("unit", "hotspot")}
    detail["on"] = incident.on.isoformat()
    detail["unit"] = incident.unit_id
    detail["hotspot"] = incident.hotspot_id
    detail["seizures"] = {f"{substance}.{measure}": amount for (substance, measure), amount in sorted(given.items())}
    return detail


def seized(incident: Incident) -> dict[tuple[str, str], int]:
    """Return what was seized in an incident, in smallest units."""
    rows = incident.seizures.values_list("substance", "measure", "amount")
    return {(substance, measure): amount for substance, measure, amount in rows}


def _seize(incident: Incident, given: Seizures) -> None:
    Seizure.objects.bulk_create(
        Seizure(incident=incident, substance=substance, measure=measure, amount=amount)
        for (substance, measure), amount in given.items()
    )
