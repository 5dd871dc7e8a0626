"""Many incidents at once, as an import brings them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from diaban.apps.access import Permission, Rights, rights_at
from diaban.apps.accounts.models import User
from diaban.apps.audit import actions as audit
from diaban.apps.hotspots.actions.bulk_base import (
    BATCH,
    LEFT_REACH,
    BulkRefused,
    BulkResult,
    Codes,
    Problems,
    Reach,
    Revert,
    Units,
    load_by_code,
    moment_of,
    overwrite,
    plain,
)
from diaban.apps.hotspots.actions.ends import outside, require_anywhere
from diaban.apps.hotspots.actions.incidents import COUNTS, incident_problems
from diaban.apps.hotspots.actions.projection import day_of, searchable
from diaban.apps.hotspots.actions.rows import IncidentRow
from diaban.apps.hotspots.models import Hotspot, Incident, IncidentKind, PlaceType, Seizure, Source
from diaban.apps.hotspots.queries import provinces_of
from diaban.apps.hotspots.queries.named import choose, code_of
from diaban.core.lifecycle import Problem
from diaban.core.messages import N_, Message, say

VALUES = ("kind", "source", "place", "place_type", "lon", "lat", *COUNTS, "no_suspect", "note")
COLUMNS = ("on", "unit_id", "hotspot_id", *VALUES)
CHOICES = {
    name: frozenset(choices.values)
    for name, choices in (("kind", IncidentKind), ("source", Source), ("place_type", PlaceType))
}
Seized = dict[tuple[str, str], int]


@dataclass(slots=True)
class _Plan:
    row: IncidentRow
    incident: Incident
    is_new: bool
    seized: Seized  # what is recorded now
    was: dict[str, Any] = field(default_factory=dict)
    moment: str = ""  # when it was last changed before the row

    @property
    def replaces(self) -> bool:
        return self.row.seizures is not None and self.row.seizures != self.seized


def check_incident_rows(rows: Sequence[IncidentRow], *, by: User, at: datetime) -> Problems:
    """Return, by index, why `by` cannot have rows taken, every reason at once; write nothing."""
    return _plans(rows, rights_at(by, at), at)[1]


def bulk_upsert_incidents(rows: Sequence[IncidentRow], *, by: User, at: datetime) -> BulkResult:
    """Record or correct every row's incident in one transaction; raises `BulkRefused` when any cannot be taken."""
    rights = require_anywhere(by, Permission.REGISTER_IMPORT, Permission.INCIDENT_RECORD, at=at)
    with transaction.atomic():
        plans, problems = _plans(rows, rights, at)
        if problems:
            raise BulkRefused(problems)
        changed = [plan for plan in plans if plan.is_new or plan.replaces or _image(plan.incident) != plan.was]
        new = [plan for plan in changed if plan.is_new]
        old = [plan for plan in changed if not plan.is_new]
        counter, units = Codes(Incident), Units()
        for plan in changed:
            incident = plan.incident
            if not incident.code:
                code = units.code(incident.unit_id, incident.on)
                incident.code = counter.next(f"VV-{code}-{incident.on.year}")
            incident.search = searchable(incident.code, incident.place)[:400]
            plan.moment = "" if plan.is_new else incident.updated_at.isoformat()
            incident.updated_at = at
            if plan.is_new:
                incident.created_at = at
        Incident.objects.bulk_create([plan.incident for plan in new], batch_size=BATCH)
        overwrite([plan.incident for plan in old], (*COLUMNS, "search", "updated_at"))
        _seize({plan.incident.pk: plan.row.seizures or {} for plan in changed if plan.replaces})
        for verb, wanted in (("incident.record", True), ("incident.import", False)):
            items = [(f"incident:{p.incident.code}", _told(p)) for p in changed if p.is_new is wanted]
            audit.record_many(by=by, at=at, verb=verb, items=items)
        image = {
            "at": at.isoformat(),
            "created": [plan.incident.pk for plan in new],
            "updated": [
                {"pk": p.incident.pk, "fields": p.was, "updated_at": p.moment, "seizures": _listed(p.seized)}
                for p in old
            ],
        }
        codes = tuple(plan.incident.code for plan in plans)
        return BulkResult(len(new), len(old), len(rows) - len(changed), codes, image)


def revert_incidents(image: Mapping[str, Any], *, by: User, at: datetime) -> Revert:
    """Take back what one `bulk_upsert_incidents` did; refuse as a whole when a row has changed since."""
    then = datetime.fromisoformat(image["at"])
    rights = require_anywhere(by, Permission.IMPORT_UNDO, Permission.INCIDENT_RECORD, at=at)
    reach = Reach.of(rights, Permission.INCIDENT_VIEW, Permission.IMPORT_UNDO, Permission.INCIDENT_RECORD)
    restored = {item["pk"]: item for item in image["updated"]}
    keys = [*image["created"], *restored]
    with transaction.atomic():
        incidents: dict[int, Incident] = {}
        for start in range(0, len(keys), BATCH):
            incidents |= Incident.everything.in_bulk(keys[start : start + BATCH])
        units = {one.unit_id for one in incidents.values()} | {one["fields"]["unit_id"] for one in restored.values()}
        if reach.left(units):
            raise BulkRefused({0: (LEFT_REACH,)})
        touched = {
            pk: (Problem("", say(N_("{code} đã được sửa sau lần nhập; hoàn tác từng dòng."), code=row.code)),)
            for pk, row in incidents.items()
            if row.updated_at != then
        }
        if touched:
            raise BulkRefused(touched)
        for pk, item in restored.items():
            for name, value in item["fields"].items():
                setattr(incidents[pk], name, date.fromisoformat(value) if name == "on" else value)
            incidents[pk].search = searchable(incidents[pk].code, incidents[pk].place)[:400]
            incidents[pk].updated_at = moment_of(item, at)
        overwrite([incidents[pk] for pk in restored], (*COLUMNS, "search", "updated_at"))
        _seize({pk: {(s, m): n for s, m, n in item["seizures"]} for pk, item in restored.items()})
        for start in range(0, len(image["created"]), BATCH):
            Incident.objects.filter(pk__in=image["created"][start : start + BATCH]).delete()
        items = [(f"incident:{row.code}", {"import": then.isoformat()}) for row in incidents.values()]
        audit.record_many(by=by, at=at, verb="incident.revert", items=items)
    return Revert(len(image["created"]), len(restored))


def _seize(wanted: Mapping[int, Seized]) -> None:
    keys = list(wanted)
    for start in range(0, len(keys), BATCH):
        Seizure.objects.filter(incident__in=keys[start : start + BATCH]).delete()
    rows = [
        Seizure(incident_id=pk, substance=substance, measure=measure, amount=amount)
        for pk, seized in wanted.items()
        for (substance, measure), amount in seized.items()
    ]
    Seizure.objects.bulk_create(rows, batch_size=BATCH)


def _image(incident: Incident) -> dict[str, Any]:
    return {name: plain(getattr(incident, name)) for name in COLUMNS}


def _listed(seized: Seized) -> list[tuple[str, str, int]]:
    return [(substance, measure, amount) for (substance, measure), amount in sorted(seized.items())]


def _told(plan: _Plan) -> dict[str, Any]:
    detail: dict[str, Any] = {"after": _image(plan.incident), "seizures": _listed(plan.row.seizures or plan.seized)}
    return detail if plan.is_new else detail | {"before": plan.was}


def _plans(rows: Sequence[IncidentRow], rights: Rights, at: datetime) -> tuple[list[_Plan], Problems]:
    today = day_of(at)
    reach = Reach.of(rights, Permission.INCIDENT_VIEW, Permission.REGISTER_IMPORT, Permission.INCIDENT_RECORD)
    spots_reach = Reach.of(rights, Permission.HOTSPOT_VIEW)
    provinces = provinces_of({row.unit_id for row in rows}, today)
    carrying = load_by_code(Incident, {row.code for row in rows if row.code})
    existing = reach.in_sight(carrying)
    spots = spots_reach.in_sight(load_by_code(Hotspot, {code_of(row.hotspot_code) for row in rows if row.hotspot_code}))
    seized = _recorded([incident.pk for found in existing.values() for incident in found])
    named = Counter(row.code for row in rows if row.code)
    units = Units()
    plans: list[_Plan] = []
    problems: Problems = {}
    for index, row in enumerate(rows):
        province = provinces[row.unit_id]
        same_code = existing.get(row.code, [])
        found = _pick(same_code, province)
        objection = reach.problem(row, same_code, row.code in carrying)
        if objection or (found is not None and not reach.writes(found.unit_id)):
            problems[index] = (objection or outside(),)
            continue
        incident = found or Incident(code=row.code, province_id=province)
        was = _image(incident) if found else {}
        wrong = _set(row, incident, spots.get(code_of(row.hotspot_code or ""), []))
        if found is not None and found.voided_at is not None:
            text = N_("{code} đã hủy ghi nhận; khôi phục trước khi sửa.")
            wrong.append(Problem("code", say(text, code=row.code)))
        if found is None and same_code:
            wrong.append(Problem("code", say(N_("Mã {code} có ở sổ của nhiều tỉnh; sửa từng vụ."), code=row.code)))
        recorded = seized.get(incident.pk, {}) if found else {}
        counts = {name: getattr(incident, name) for name in COUNTS}
        given = row.seizures if row.seizures is not None else recorded
        wrong += incident_problems(row.on, today, counts, incident.no_suspect, given)
        if row.code and named[row.code] > 1:
            wrong.append(Problem("code", say(N_("Mã {code} có ở nhiều dòng; mỗi vụ việc một dòng."), code=row.code)))
        if not units.existed(row.unit_id, row.on):
            day = f"{row.on:%d/%m/%Y}"
            wrong.append(
                Problem("unit_id", say(N_("Đơn vị không tồn tại vào ngày {day}; xem lại mã hoặc ngày."), day=day))
            )
        if wrong:
            problems[index] = tuple(wrong)
        plans.append(_Plan(row, incident, found is None, recorded, was))
    return plans, problems


def _pick(found: Sequence[Incident], province: int) -> Incident | None:
    return next((one for one in found if one.province_id == province), found[0] if len(found) == 1 else None)


def _recorded(keys: Sequence[int]) -> dict[int, Seized]:
    found: dict[int, Seized] = defaultdict(dict)
    for start in range(0, len(keys), BATCH):
        rows = Seizure.objects.filter(incident__in=keys[start : start + BATCH])
        for pk, substance, measure, amount in rows.values_list("incident", "substance", "measure", "amount"):
            found[pk][substance, measure] = amount
    return found


def _set(row: IncidentRow, incident: Incident, carrying: Sequence[Hotspot]) -> list[Problem]:
    """Write the row's values on the incident; return what of them cannot stand."""
    wrong: list[Problem] = []
    for name in VALUES:
        value = getattr(row, name)
        if value is not None:
            setattr(incident, name, value)
    incident.on, incident.unit_id = row.on, row.unit_id
    for name, choices in CHOICES.items():
        value = getattr(incident, name)
        if not value and name != "place_type":
            wrong.append(Problem(name, say(N_("Thiếu giá trị; chọn trong danh mục."))))
        elif value and value not in choices:
            wrong.append(Problem(name, say(N_("«{value}» không có trong danh mục."), value=value)))
    if (incident.lon is None) != (incident.lat is None):
        wrong.append(Problem("lon", say(N_("Tọa độ thiếu một nửa: nhập cả kinh độ và vĩ độ, hoặc để trống cả hai."))))
    # The code of the spot it already stands at says nothing new, whoever else carries that code.
    if row.hotspot_code and row.hotspot_code not in {s.code for s in carrying if s.pk == incident.hotspot_id}:
        spot = choose(carrying, row.hotspot_code)
        if isinstance(spot, Message):
            wrong.append(Problem("hotspot_code", spot))
        else:
            incident.hotspot = spot
    return wrong
