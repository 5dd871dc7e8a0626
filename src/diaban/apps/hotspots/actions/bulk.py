"""Many hot-spots at once, as an import brings them: check without writing, write all or nothing, take back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

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
)
from diaban.apps.hotspots.actions.bulk_base import plain as plain_value
from diaban.apps.hotspots.actions.bulk_incidents import (
    bulk_upsert_incidents,
    check_incident_rows,
    revert_incidents,
)
from diaban.apps.hotspots.actions.bulk_steps import plan_steps
from diaban.apps.hotspots.actions.ends import outside, require_anywhere
from diaban.apps.hotspots.actions.projection import PROJECTED, day_of, describe, project, row_of, told
from diaban.apps.hotspots.actions.rows import HotspotRow
from diaban.apps.hotspots.actions.spots import joined
from diaban.apps.hotspots.models import Agency, Behaviour, Form, Grade, Hotspot, HotspotStep, Incident, Kind
from diaban.apps.hotspots.queries import carried, provinces_of
from diaban.apps.hotspots.queries.lives import entry_of, settings_by_day, workflow_on
from diaban.core.lifecycle import History, Problem
from diaban.core.messages import N_, say

__all__ = [
    "BulkRefused",
    "BulkResult",
    "bulk_upsert_hotspots",
    "bulk_upsert_incidents",
    "check_hotspot_rows",
    "check_incident_rows",
    "revert_hotspots",
    "revert_incidents",
]

TEXTS = ("name", "form", "address", "lon", "lat", "lead_agency", "note")
CHOICES = {
    name: frozenset(choices.values)
    for name, choices in (("kind", Kind), ("grade", Grade), ("form", Form), ("lead_agency", Agency))
}
BEHAVIOURS = frozenset(Behaviour.values)
WRITES = (Permission.HOTSPOT_RECORD, Permission.HOTSPOT_STEP)
COLUMNS = (*TEXTS, "behaviours", *PROJECTED, "search", "name_sort", "updated_at")


@dataclass(slots=True)
class _Plan:
    """What one row will do. `spot` is unsaved when it is new; `steps` are the stored lines of an existing one."""

    row: HotspotRow
    spot: Hotspot
    before: History
    after: History
    steps: list[HotspotStep]
    was: dict[str, Any] = field(default_factory=dict)  # fields of an existing spot before the row
    moment: str = ""  # when it was last changed before the row

    @property
    def is_new(self) -> bool:
        return not self.before.entries

    @property
    def added(self) -> int:
        return len(self.after.entries) - len(self.before.entries)


def check_hotspot_rows(rows: Sequence[HotspotRow], *, by: User, at: datetime) -> Problems:
    """Return, by index, why `by` cannot have rows taken, every reason at once; write nothing."""
    return _plans(rows, rights_at(by, at), at)[1]


def bulk_upsert_hotspots(rows: Sequence[HotspotRow], *, by: User, at: datetime) -> BulkResult:
    """Open or update every row's hot-spot in one transaction; raises `BulkRefused` when any row cannot be taken.

    The steps a row implies go through the same guards as those taken one by one, and every row asks for its own unit.
    `BulkResult.image` is what `revert_hotspots` needs to take it all back.
    """
    rights = require_anywhere(by, Permission.REGISTER_IMPORT, *WRITES, at=at)
    with transaction.atomic():
        plans, problems = _plans(rows, rights, at)
        if problems:
            raise BulkRefused(problems)
        settings = settings_by_day()(day_of(at))
        changed: list[_Plan] = []
        for plan in plans:
            if not plan.is_new:
                plan.was, plan.moment = _image(plan.spot), plan.spot.updated_at.isoformat()
            if _describe(plan) | bool(plan.added):
                project(plan.spot, plan.after, settings)
                plan.spot.updated_at = at
                changed.append(plan)
        new = [plan for plan in changed if plan.is_new]
        old = [plan for plan in changed if not plan.is_new]
        _insert(new, at)
        overwrite([plan.spot for plan in old], COLUMNS)
        _log(changed, by, at)
        image = {
            "at": at.isoformat(),
            "created": [plan.spot.pk for plan in new],
            "updated": [
                {
                    "pk": plan.spot.pk,
                    "fields": plan.was,
                    "updated_at": plan.moment,
                    "seqs": [e.seq for e in plan.after.entries[len(plan.before.entries) :]],
                }
                for plan in old
            ],
        }
        codes = tuple(plan.spot.code for plan in plans)
        return BulkResult(len(new), len(old), len(rows) - len(changed), codes, image)


def revert_hotspots(image: Mapping[str, Any], *, by: User, at: datetime) -> Revert:
    """Take back what one `bulk_upsert_hotspots` did; refuse as a whole when a row has changed since.

    Returns how many were deleted and restored; raises `BulkRefused` (keys are primary keys) otherwise.
    """
    then = datetime.fromisoformat(image["at"])
    rights = require_anywhere(by, Permission.IMPORT_UNDO, *WRITES, at=at)
    reach = Reach.of(rights, Permission.HOTSPOT_VIEW, Permission.IMPORT_UNDO, *WRITES)
    with transaction.atomic():
        restored = {item["pk"]: item for item in image["updated"]}
        spots = {s.pk: s for s in _by_keys([*image["created"], *restored])}
        if reach.left({s.unit_id for s in spots.values()} | {one["fields"]["unit_id"] for one in restored.values()}):
            raise BulkRefused({0: (LEFT_REACH,)})
        touched = {
            pk: (Problem("", say(N_("{code} đã được sửa sau lần nhập; hoàn tác từng dòng."), code=spot.code)),)
            for pk, spot in spots.items()
            if spot.updated_at != then
        }
        if touched:
            raise BulkRefused(touched)
        for pk, item in restored.items():
            spot = spots[pk]
            for name, value in item["fields"].items():
                setattr(spot, name, date.fromisoformat(value) if name.endswith(("_on", "_until")) and value else value)
            spot.updated_at = moment_of(item, at)
            describe(spot)
            if item["seqs"]:
                HotspotStep.objects.filter(hotspot=pk, seq__in=item["seqs"]).delete()
                last = HotspotStep.objects.filter(hotspot=pk, stands=True).order_by("-seq").values("pk")[:1]
                HotspotStep.objects.filter(pk__in=list(last.values_list("pk", flat=True))).update(until=None)
        overwrite([spots[pk] for pk in restored], COLUMNS)
        _delete(image["created"], rights)
        subjects = [(f"hotspot:{spot.code}", {"import": then.isoformat()}) for spot in spots.values()]
        audit.record_many(by=by, at=at, verb="hotspot.revert", items=subjects)
        return Revert(len(image["created"]), len(restored))


def _delete(keys: Sequence[int], rights: Rights) -> None:
    try:
        for start in range(0, len(keys), BATCH):
            Hotspot.objects.filter(pk__in=keys[start : start + BATCH]).delete()
    except ProtectedError as used:
        raise BulkRefused({0: (_still_used(used.protected_objects, rights),)}) from used


def _still_used(protected: Iterable[Any], rights: Rights) -> Problem:
    """Return the objection that names what is tied to the spots, as far as the person sees it."""
    views = {Incident: Permission.INCIDENT_VIEW, Hotspot: Permission.HOTSPOT_VIEW}
    seen = [row for row in protected if type(row) in views and rights.sight(views[type(row)]).sees(row.unit_id)]
    if not seen:
        text = N_("Điểm của lần nhập đang gắn với hồ sơ ngoài phạm vi được giao; đề nghị cấp tỉnh gỡ ra trước.")
        return Problem("", say(text))
    codes = ", ".join(sorted({str(row) for row in seen})[:5])
    return Problem("", say(N_("Điểm của lần nhập đã gắn với {codes}; gỡ liên kết trước khi hoàn tác."), codes=codes))


def _by_keys(keys: Sequence[int]) -> list[Hotspot]:
    return [
        spot
        for start in range(0, len(keys), BATCH)
        for spot in Hotspot.objects.filter(pk__in=keys[start : start + BATCH]).order_by("pk")
    ]


def _image(spot: Hotspot) -> dict[str, Any]:
    return {name: plain_value(getattr(spot, name)) for name in (*TEXTS, "behaviours", *PROJECTED)}


def _describe(plan: _Plan) -> bool:
    """Set what the row says of the place; return whether anything changed."""
    spot, row = plan.spot, plan.row
    changed = plan.is_new
    given = {name: getattr(row, name) for name in TEXTS} | {
        "behaviours": None if row.behaviours is None else joined(row.behaviours)
    }
    if row.detected_on is not None:
        given["detected_on"] = row.detected_on
    for name, value in given.items():
        if value is not None and getattr(spot, name) != value:
            setattr(spot, name, value)
            changed = True
    if changed:
        describe(spot)
    return changed


def _insert(plans: Sequence[_Plan], at: datetime) -> None:
    counter, units = Codes(Hotspot), Units()
    for plan in plans:
        if not plan.spot.code:
            opened = plan.after.entries[0].step.on
            plan.spot.code = counter.next(f"DTD-{units.code(plan.row.unit_id, opened)}")
            describe(plan.spot)
        plan.spot.created_at = at
    Hotspot.objects.bulk_create([plan.spot for plan in plans], batch_size=BATCH)


def _log(plans: Sequence[_Plan], by: User, at: datetime) -> None:
    """Write the new log lines, close the spans of those before them, and tell the audit."""
    lines: list[HotspotStep] = []
    closed: list[HotspotStep] = []
    for plan in plans:
        fresh = plan.after.entries[len(plan.before.entries) :]
        lines.extend(row_of(plan.spot, plan.after, entry, by=by, at=at) for entry in fresh)
        standing = [step for step in plan.steps if step.stands]
        if fresh and standing:
            standing[-1].until = fresh[0].step.on
            closed.append(standing[-1])
    overwrite(closed, ["until"])
    HotspotStep.objects.bulk_create(lines, batch_size=BATCH)
    for verb, wanted in (("hotspot.create", True), ("hotspot.import", False)):
        items = [
            (f"hotspot:{p.spot.code}", {"steps": told(p.after.entries[len(p.before.entries) :])} | p.was)
            for p in plans
            if p.is_new is wanted
        ]
        audit.record_many(by=by, at=at, verb=verb, items=items)


def _plans(rows: Sequence[HotspotRow], rights: Rights, at: datetime) -> tuple[list[_Plan], Problems]:
    today = day_of(at)
    reach = Reach.of(rights, Permission.HOTSPOT_VIEW, Permission.REGISTER_IMPORT, *WRITES)
    workflow = workflow_on(today)
    settings = settings_by_day()
    provinces = provinces_of({row.unit_id for row in rows}, today)
    carrying = load_by_code(Hotspot, {row.code for row in rows if row.code})
    existing = reach.in_sight(carrying)
    steps: dict[int, list[HotspotStep]] = defaultdict(list)
    keys = sorted({spot.pk for spots in existing.values() for spot in spots})
    for start in range(0, len(keys), BATCH):
        for step in HotspotStep.objects.filter(hotspot__in=keys[start : start + BATCH]).order_by("hotspot", "seq"):
            steps[step.hotspot_id].append(step)
    heirs = carried({spot.unit_id for spots in existing.values() for spot in spots}, today)
    named = Counter(row.code for row in rows if row.code)
    units = Units()
    plans: list[_Plan] = []
    problems: Problems = {}
    for index, row in enumerate(rows):
        province = provinces[row.unit_id]
        same_code = existing.get(row.code, [])
        if objection := reach.problem(row, same_code, row.code in carrying):
            problems[index] = (objection,)
            continue
        found = next((s for s in same_code if s.province_id == province), same_code[0] if len(same_code) == 1 else None)
        if found is not None and not reach.writes(found.unit_id):
            problems[index] = (outside(),)
            continue
        spot = found or Hotspot(code=row.code, province_id=province)
        lines = steps[found.pk] if found else []
        before = History(workflow, tuple(entry_of(line) for line in lines))
        wrong = [*_row_problems(row, found, named, heirs)]
        if found is None and same_code:
            wrong.append(Problem("code", say(N_("Mã {code} có ở sổ của nhiều tỉnh; sửa từng điểm."), code=row.code)))
        if before.voided:
            text = N_("Hồ sơ {code} đã hủy ghi nhận; khôi phục trước khi sửa.")
            wrong.append(Problem("code", say(text, code=row.code)))
        after, refused = (before, []) if before.voided else plan_steps(row, before, today, settings, units)
        said = {problem.field for problem in wrong}
        wrong += [problem for problem in refused if problem.field not in said]
        if wrong:
            problems[index] = tuple(wrong)
        plans.append(_Plan(row, spot, before, after, lines))
    return plans, problems


def _row_problems(
    row: HotspotRow, found: Hotspot | None, named: Counter[str], heirs: Mapping[int, int | None]
) -> list[Problem]:
    problems = []
    if row.code and named[row.code] > 1:
        problems.append(Problem("code", say(N_("Mã {code} có ở nhiều dòng; mỗi điểm một dòng."), code=row.code)))
    for name, choices in CHOICES.items():
        value = getattr(row, name)
        if value is not None and value != "" and value not in choices:
            problems.append(Problem(name, say(N_("«{value}» không có trong danh mục."), value=value)))
    problems.extend(
        Problem("behaviours", say(N_("«{value}» không có trong danh mục."), value=value))
        for value in row.behaviours or ()
        if value not in BEHAVIOURS
    )
    if (row.lon is None) != (row.lat is None):
        problems.append(
            Problem("lon", say(N_("Tọa độ thiếu một nửa: nhập cả kinh độ và vĩ độ, hoặc để trống cả hai.")))
        )
    if found is None:
        for name, msgid in (
            ("name", N_("Thiếu tên gọi của điểm mới.")),
            ("kind", N_("Thiếu loại của điểm mới.")),
            ("grade", N_("Thiếu mức căn cứ của điểm mới.")),
        ):
            if not getattr(row, name):
                problems.append(Problem(name, say(msgid)))
        return problems
    if row.name == "":
        problems.append(Problem("name", say(N_("Không xóa được tên gọi; để nguyên tên cũ hoặc ghi tên mới."))))
    if row.kind is not None and row.kind != found.kind:
        problems.append(Problem("kind", say(N_("Loại khác với sổ; đổi loại bằng bước «Phân loại lại» có văn bản."))))
    if row.unit_id != found.unit_id and heirs.get(found.unit_id) != row.unit_id:
        problems.append(
            Problem("unit_id", say(N_("Đơn vị khác với sổ; đổi đơn vị bằng bước «Chuyển địa bàn» có văn bản.")))
        )
    return problems
