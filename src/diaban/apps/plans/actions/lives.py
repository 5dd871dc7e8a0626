"""The life of a plan beside its text: amend by hand, drop a draft, head, matching, communes' own plans, the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils.translation import gettext as _

from diaban.apps.access import Permission, Person, require
from diaban.apps.audit.actions import record
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.apps.plans.actions.editing import edit
from diaban.apps.plans.actions.reading import next_free, search_of
from diaban.apps.plans.drafts import draft_of
from diaban.apps.plans.models import Clause, Edit, Plan, Version
from diaban.apps.plans.naming import free_code
from diaban.apps.plans.refusals import Refused
from diaban.apps.plans.saving import write_new
from diaban.core.drafting.matching import copied, for_communes, rejoined

OF_PLAN: Final = ("name", "kind", "starts", "ends")
OF_VERSION: Final = ("number", "date", "effective", "issuer", "signer", "field", "title")
COPIED: Final = ("issuer", "field", "title", "bases", "text", "source", "notes")


@transaction.atomic
def amend(*, plan: Plan, reason: str, by: Person, at: datetime) -> Version:
    """Begin the next version as a copy of the one in force: for small changes, made in the editor.

    The version in force stays as it is until the next one is put in force.
    """
    require(by, Permission.PLAN_KEEP, at=at, unit=plan.unit_id)
    plan = next_free(plan)
    before = plan.versions.filter(state=Version.State.IN_FORCE).first()
    if before is None:
        raise Refused(_("Chỉ sửa đổi, bổ sung kế hoạch đang thực hiện."))
    if not reason.strip():
        raise Refused(_("Ghi lý do hoặc căn cứ sửa đổi, bổ sung."), "reason")
    version = _copy_of(before, plan, reason.strip(), by, at)
    write_new(version, copied(draft_of(before)))
    record(
        by=by,
        at=at,
        verb="plan.amend",
        subject=f"plan:{plan.code}",
        detail={"version": version.seq, "reason": reason.strip()},
    )
    return version


def _copy_of(before: Version, plan: Plan, reason: str, by: Person, at: datetime) -> Version:
    turn = (plan.versions.aggregate(last=Max("seq"))["last"] or 0) + 1
    values = {name: getattr(before, name) for name in COPIED}
    return Version.objects.create(
        plan=plan, seq=turn, reason=reason[:500], read_by=by.get_username(), read_at=at, **values
    )


@transaction.atomic
def discard(*, version: Version, by: Person, at: datetime) -> bool:
    """Drop a draft, with the plan when it has no other version; return whether the plan is gone as well.

    What was in force is never dropped.
    """
    require(by, Permission.PLAN_KEEP, at=at, unit=version.plan.unit_id)
    version = Version.objects.select_for_update(of=("self",)).select_related("plan").get(pk=version.pk)
    if version.state != Version.State.DRAFT:
        raise Refused(_("Chỉ bỏ được bản đang rà soát."))
    plan, seq = version.plan, version.seq
    Clause.objects.filter(version=version).update(parent=None)
    try:
        version.delete()
        gone = not plan.versions.exists()
        if gone:
            plan.delete()
    except ProtectedError as error:
        raise Refused(_("Kế hoạch đang có nhiệm vụ, vướng mắc gắn vào: không bỏ được.")) from error
    record(by=by, at=at, verb="plan.discard", subject=f"plan:{plan.code}", detail={"version": seq})
    return gone


@transaction.atomic
def set_head(*, version: Version, values: Mapping[str, Any], by: Person, at: datetime) -> Version:
    """Set what stands at the head of a draft (number, dates, issuer …) and the plan's name, kind and years."""
    require(by, Permission.PLAN_KEEP, at=at, unit=version.plan.unit_id)
    version = Version.objects.select_for_update(of=("self",)).select_related("plan").get(pk=version.pk)
    if version.state != Version.State.DRAFT:
        raise Refused(_("Đầu văn bản chỉ sửa được khi đang rà soát."))
    plan, changed = version.plan, []
    for row, names in ((plan, OF_PLAN), (version, OF_VERSION)):
        for name in names:
            if name in values and getattr(row, name) != values[name]:
                setattr(row, name, values[name])
                changed.append(name)
    if plan.starts and plan.ends and plan.ends < plan.starts:
        raise Refused(_("Ngày kết thúc phải sau ngày bắt đầu."), "ends")
    plan.search = search_of(plan, version)
    plan.save()
    version.save()
    if changed:
        detail = {"version": version.seq, "fields": sorted(changed)}
        record(by=by, at=at, verb="plan.head", subject=f"plan:{plan.code}", detail=detail)
    return version


def rematch(*, version: Version, clause: int, earlier: Clause | None, by: Person, at: datetime) -> Edit | None:
    """Say which clause of an earlier version a clause continues (None: it is new)."""
    if earlier is not None and earlier.version.plan_id != version.plan_id:
        raise Refused(_("Chỉ ghép với điều khoản của bản trước trong cùng kế hoạch."))
    stem = earlier.key if earlier is not None else None
    change = partial(rejoined, number=clause, stem=stem)
    return edit(version=version, act="rematch", change=change, by=by, at=at, clause=clause)


@transaction.atomic
def make_commune_plan(*, parent: Plan, unit: Unit, by: Person, at: datetime) -> Version:
    """Make the draft of a unit's own plan out of a plan in force: the clauses whose tasks are the communes'.

    Every clause remembers the one that it carries out, so that the two can be followed together. Number and date are
    the unit's to give. Raises `Refused` when the unit has such a plan, or there is nothing for communes in the parent.
    """
    require(by, Permission.PLAN_KEEP, at=at, unit=unit.pk)
    above = parent.versions.filter(state=Version.State.IN_FORCE).first()
    if above is None or parent.unit_id is not None:
        raise Refused(_("Chỉ lập kế hoạch cấp xã từ kế hoạch chung đang thực hiện."))
    if Plan.objects.filter(parent=parent, unit=unit).exists():
        raise Refused(_("Đơn vị đã có kế hoạch thực hiện kế hoạch này."), "unit")
    draft = for_communes(draft_of(above))
    if not draft.pieces:
        raise Refused(_("Kế hoạch không có nhiệm vụ nào giao cho cấp xã."))
    on: date = at.date()
    # What is kept is Vietnamese, in whatever language its maker reads the pages.
    name = places.names([unit.pk], on).get(unit.pk, unit.uid)
    plan = Plan.objects.create(
        code=free_code(f"{unit.uid.partition('@')[0]}/{parent.code}"[:50], None),
        name=f"{name}: thực hiện {parent.name}"[:200],
        kind=parent.kind,
        unit=unit,
        parent=parent,
        starts=parent.starts,
        ends=parent.ends,
        created_by=by.get_username(),
        created_at=at,
    )
    version = _copy_of(above, plan, "", by, at)
    version.issuer, version.text = f"Ủy ban nhân dân {name}"[:200], ""
    version.notes = [f"Lập từ {parent.name}; câu chữ là của kế hoạch đó, sửa lại theo địa bàn."]
    version.save(update_fields=["issuer", "text", "notes"])
    plan.search = search_of(plan, version)
    plan.save(update_fields=["search"])
    write_new(version, _unplaced(draft))
    record(
        by=by,
        at=at,
        verb="plan.commune",
        subject=f"plan:{plan.code}",
        detail={"from": parent.code, "unit": unit.uid, "clauses": len(draft.pieces)},
    )
    return version


def _unplaced(draft: Any) -> Any:
    """A commune's plan has no original text of its own."""
    for piece in draft.pieces:
        draft = draft.with_piece(piece.id, first=None, last=None)
    return draft


@transaction.atomic
def end_plan(*, plan: Plan, on: date, reason: str, by: Person, at: datetime) -> Plan:
    """End a plan: `on` is the first day on which it no longer holds. It stays readable and reportable."""
    require(by, Permission.PLAN_KEEP, at=at, unit=plan.unit_id)
    version = Version.objects.select_for_update(of=("self",)).filter(plan=plan, state=Version.State.IN_FORCE).first()
    if version is None:
        raise Refused(_("Kế hoạch này không đang thực hiện."))
    if not reason.strip():
        raise Refused(_("Ghi lý do hoặc văn bản kết thúc."), "reason")
    if version.in_force_from and on <= version.in_force_from:
        raise Refused(_("Ngày kết thúc phải sau ngày bắt đầu thực hiện."), "on")
    if plan.versions.filter(state=Version.State.DRAFT).exists():
        raise Refused(_("Đang có một bản rà soát của kế hoạch này: làm xong hoặc bỏ bản đó trước."))
    version.state, version.in_force_to = Version.State.ENDED, on
    version.save(update_fields=["state", "in_force_to"])
    record(
        by=by,
        at=at,
        verb="plan.end",
        subject=f"plan:{plan.code}",
        detail={"version": version.seq, "until": on.isoformat(), "reason": reason.strip()},
    )
    return plan
