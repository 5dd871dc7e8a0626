"""Take the text of a plan in: as a new plan, or as the next version of one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from diaban.apps.access import Permission, Person, require
from diaban.apps.accounts.models import User
from diaban.apps.audit.actions import record
from diaban.apps.jobs.actions import enqueue
from diaban.apps.places.models import Unit
from diaban.apps.plans.actions.knowing import know_agencies
from diaban.apps.plans.drafts import draft_of
from diaban.apps.plans.models import Plan, Version
from diaban.apps.plans.naming import free_code, short_name
from diaban.apps.plans.reading import draft_from, head_of, read, tidy, years_of
from diaban.apps.plans.refusals import Refused
from diaban.apps.plans.saving import write_new
from diaban.core.drafting.matching import carried, matched
from diaban.core.text import fold

AT_ONCE: Final = 60_000  # characters that are read while one waits; longer texts are read by a job
LONGEST: Final = 3_000_000  # characters: far beyond any plan
HEAD: Final = ("number", "date", "effective", "issuer", "signer", "field", "title", "bases", "notes")


@transaction.atomic
def take_text(
    *,
    text: str,
    source: str,
    by: Person,
    at: datetime,
    unit: Unit | None = None,
    digest: str = "",
    notes: tuple[str, ...] = (),
    at_once: bool = False,
) -> Version:
    """Make a plan out of a text and return its draft; a long text is read by a job (`version.run`).

    `source` is the file's name. Raises `Refused` for a text with nothing in it.
    """
    require(by, Permission.PLAN_KEEP, at=at, unit=unit.pk if unit else None)
    text = _whole(text)
    plan = Plan.objects.create(
        code=free_code(f"{at:%Y%m%d}/van-ban", None),
        name="Văn bản đang đọc",
        unit=unit,
        created_by=by.get_username(),
        created_at=at,
    )
    return _begin(plan, 1, text, source, digest, notes, "", by, at, at_once=at_once)


@transaction.atomic
def amend_with_text(
    *,
    plan: Plan,
    text: str,
    source: str,
    reason: str,
    by: Person,
    at: datetime,
    digest: str = "",
    notes: tuple[str, ...] = (),
    at_once: bool = False,
) -> Version:
    """Read an amended text as the next version of a plan: clauses are found again by their words."""
    require(by, Permission.PLAN_KEEP, at=at, unit=plan.unit_id)
    text = _whole(text)
    plan = next_free(plan)
    turn = (plan.versions.aggregate(last=Max("seq"))["last"] or 0) + 1
    return _begin(plan, turn, text, source, digest, notes, reason, by, at, at_once=at_once)


def next_free(plan: Plan) -> Plan:
    """Return the plan, locked, when a next version may be begun; raise `Refused` when one is being prepared."""
    plan = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if plan.versions.filter(state=Version.State.DRAFT).exists():
        raise Refused(_("Đang có một bản rà soát của kế hoạch này: làm xong hoặc bỏ bản đó trước."))
    return plan


def _whole(text: str) -> str:
    text = tidy(text)
    if not text.strip():
        raise Refused(_("Văn bản trống: dán nội dung kế hoạch, hoặc chọn tệp có chữ."), "text")
    if len(text) > LONGEST:
        raise Refused(_("Văn bản dài quá {n} ký tự; tách thành nhiều phần.").format(n=LONGEST), "text")
    return text


def _begin(
    plan: Plan,
    turn: int,
    text: str,
    source: str,
    digest: str,
    notes: tuple[str, ...],
    reason: str,
    by: Person,
    at: datetime,
    *,
    at_once: bool,
) -> Version:
    version = Version.objects.create(
        plan=plan,
        seq=turn,
        text=text,
        source=source[:200],
        digest=digest,
        notes=list(notes),
        reason=reason[:500],
        read_by=by.get_username(),
        read_at=at,
    )
    know_agencies(by=by, at=at)
    if len(text) > AT_ONCE and not at_once and isinstance(by, User):
        address = reverse("plans:version_number", args=[version.pk])
        run = enqueue("plans.read", by=by, at=at, params={"version": version.pk, "user": by.pk}, address=address)
        Version.objects.filter(pk=version.pk).update(run=run)
        version.refresh_from_db()
        return version
    return read_version(version=version, by=by, at=at)


@transaction.atomic
def read_version(*, version: Version, by: Person, at: datetime) -> Version:
    """Read the text of a version that has no clauses yet; an amended one continues the version before it."""
    require(by, Permission.PLAN_KEEP, at=at, unit=version.plan.unit_id)
    version = Version.objects.select_for_update(of=("self",)).select_related("plan").get(pk=version.pk)
    if version.clauses.exists() or version.state != Version.State.DRAFT:
        raise Refused(_("Văn bản này đã được đọc."))
    found = read(version.text)
    if not found.clauses:
        raise Refused(
            _("Không tìm thấy điều khoản nào trong văn bản: kiểm tra xem đây có phải là kế hoạch có đề mục không."),
            "text",
        )
    draft = draft_from(found, version.text)
    before = version.plan.versions.filter(seq__lt=version.seq).order_by("-seq").first()
    if before is not None:
        old = draft_of(before)
        draft = carried(old, draft, matched(old, draft))
    head: dict[str, Any] = head_of(found)
    head["notes"] = [*version.notes, *head["notes"]]
    for name in HEAD:
        setattr(version, name, head[name])
    version.save(update_fields=list(HEAD))
    write_new(version, draft)
    if before is None:
        _name(version.plan, version, found.kind or "")
    record(
        by=by,
        at=at,
        verb="plan.read_text",
        subject=f"plan:{version.plan.code}",
        detail={"version": version.seq, "clauses": len(draft.pieces), "source": version.source},
    )
    return version


def _name(plan: Plan, version: Version, kind: str) -> None:
    """Name a plan after what was read: a person may name it better."""
    starts, ends = years_of(version.title, version.date)
    words = version.number or version.title or version.source
    day = version.date or starts
    plan.code = free_code(version.number or version.title or "van-ban", day.year if day else None)
    plan.name = short_name(words, starts, ends)
    plan.starts, plan.ends = starts, ends
    if "chương trình" in kind.lower():
        plan.kind = Plan.Kind.PROGRAMME
    plan.search = search_of(plan, version)
    plan.save()


def search_of(plan: Plan, version: Version) -> str:
    """Return what the list of plans is searched by."""
    return fold(f"{plan.name} {version.number} {version.title} {version.issuer}")
