"""Acts on a draft: each changes the structure by one pure act, keeps what was before, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diaban.apps.access import Permission, Person, require
from diaban.apps.audit.actions import record
from diaban.apps.plans.drafts import draft_of
from diaban.apps.plans.models import Edit, Version
from diaban.apps.plans.refusals import Refused
from diaban.apps.plans.saving import apply, turned, write_change
from diaban.core.drafting import Draft, DraftError

Act = Callable[[Draft], Draft]
HELD_ON_TO: Final = gettext_lazy("Có nhiệm vụ hoặc vướng mắc gắn với điều khoản này: gỡ ra trước rồi mới bỏ được.")


@transaction.atomic
def edit(
    *, version: Version, act: str, change: Act, by: Person, at: datetime, clause: int | None = None
) -> Edit | None:
    """Change a draft by one act; return what was kept of it, None when nothing changed.

    `act` names it for the log; `clause` is the piece that it begins at. Raises `Refused` for a version that is not a
    draft, a clause that is not there any more, or an act that the draft does not allow (`field` says where).
    """
    version = _held(version, by, at)
    before = draft_of(version)
    path = ""
    if clause is not None:
        if clause not in {piece.id for piece in before.pieces}:
            raise Refused(_("Điều khoản này không còn trong bản rà soát: có người vừa sửa. Tải lại trang."))
        path = before.paths()[clause]
    try:
        after = change(before)
    except DraftError as error:
        raise Refused(error.message.render(_), error.field) from error
    if after == before:
        return None
    with _told():
        changes = write_change(version, before, after)
    if not changes:
        return None
    turn = (version.edits.aggregate(last=Max("seq"))["last"] or 0) + 1
    made = Edit.objects.create(
        version=version, seq=turn, act=act, path=path, changes=changes, by=by.get_username(), at=at
    )
    _record(made, "plan.edit", by, at)
    return made


@transaction.atomic
def undo(*, version: Version, by: Person, at: datetime) -> Edit:
    """Take back the last act that still stands, exactly; return it. Raises `Refused` when there is none."""
    version = _held(version, by, at)
    last = version.edits.filter(undone_at__isnull=True).order_by("-seq").first()
    if last is None:
        raise Refused(_("Không còn thao tác nào để hoàn tác."))
    with _told():
        apply(version, turned(last.changes))
    last.undone_at = at
    last.save(update_fields=["undone_at"])
    _record(last, "plan.undo", by, at)
    return last


@contextmanager
def _told() -> Iterator[None]:
    """Say it in words when something holds on to a clause that would go."""
    try:
        yield
    except ProtectedError as error:
        raise Refused(HELD_ON_TO) from error


def _held(version: Version, by: Person, at: datetime) -> Version:
    require(by, Permission.PLAN_KEEP, at=at, unit=version.plan.unit_id)
    held = Version.objects.select_for_update(of=("self",)).select_related("plan").get(pk=version.pk)
    if held.state != Version.State.DRAFT:
        raise Refused(_("Văn bản này không còn ở bước rà soát: muốn sửa thì lập bản sửa đổi, bổ sung."))
    return held


def _record(made: Edit, verb: str, by: Person, at: datetime) -> None:
    detail = {"version": made.version.seq, "act": made.act, "path": made.path}
    record(by=by, at=at, verb=verb, subject=f"plan:{made.version.plan.code}", detail=detail)
