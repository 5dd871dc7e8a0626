"""Hand-over: a new holder of a post, and moving what a post carries to another post."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from diaban.apps.access import Permission, Person, require
from diaban.apps.accounts.models import User
from diaban.apps.agencies.actions.charges import charge_hotspots, charge_units
from diaban.apps.agencies.actions.holdings import pass_on
from diaban.apps.agencies.actions.problems import Problem, charge_told, ended_problem, post_subject, post_told, stop_at
from diaban.apps.agencies.carried import MoveOrder, kinds
from diaban.apps.agencies.models import Charge, Holding, Post
from diaban.apps.audit import actions as audit
from diaban.core.messages import N_, say


def hand_over_post(*, by: Person, at: datetime, post: Post, user: User, on: date, document: str) -> Holding:
    """Give the post to its next holder from `on`: everything open is the post's, so it follows without moving."""
    return pass_on(by=by, at=at, post=post, user=user, on=on, document=document)


@transaction.atomic
def move_charges(
    *,
    by: Person,
    at: datetime,
    source: Post,
    target: Post,
    charges: Collection[int],
    carried: Mapping[str, Sequence[str]],
    on: date,
    document: str,
) -> int:
    """Move chosen charges (by id) and other things (keys by kind) from one post to another; return how many moved.

    All of them or none. What moves is written down piece by piece, with the document.
    """
    require(by, Permission.OWNER_SET, at=at, unit=source.unit_id)
    require(by, Permission.OWNER_SET, at=at, unit=target.unit_id)
    rows = list(
        Charge.objects.select_for_update(of=("self",))
        .filter(post=source, pk__in=charges, end__isnull=True)
        .select_related("unit", "hotspot")
        .order_by("pk")
    )
    known = {kind.code: kind for kind in kinds()}
    things = {code: tuple(keys) for code, keys in carried.items() if keys and code in known}
    problems: list[Problem] = ended_problem(target, on)
    if source.pk == target.pk:
        problems.append(("target", say(N_("Chọn chức danh nhận khác với chức danh giao."))))
    if not rows and not things:
        problems.append(("", say(N_("Chọn ít nhất một việc để bàn giao."))))
    if len(rows) < len(set(charges)):
        problems.append(("", say(N_("Có việc vừa được giao cho chức danh khác; mở lại trang và chọn lại."))))
    if on > localdate(at):
        problems.append(("on", say(N_("Việc chuyển ngay khi ghi, nên ngày bàn giao không ở sau hôm nay."))))
    if not document.strip():
        problems.append(("document", say(N_("Ghi văn bản bàn giao, phân công."))))
    stop_at(problems)
    units = [row.unit for row in rows if row.unit is not None]
    spots = [row.hotspot for row in rows if row.hotspot is not None]
    given = {"by": by, "at": at, "post": target, "start": on, "document": document}
    if units:
        charge_units(units=units, **given)  # type: ignore[arg-type]
    if spots:
        charge_hotspots(hotspots=spots, **given)  # type: ignore[arg-type]
    moved = len(rows)
    for code, keys in things.items():
        order = MoveOrder(by=by, at=at, source=source, target=target, keys=keys, on=on, document=document.strip())
        moved += known[code].move(order)
    detail = post_told(source) | {
        "to": f"{target.title}, {target.agency.name}",
        "document": document.strip(),
        "start": on.isoformat(),
        "given": [charge_told(row) for row in rows],
        "moved": moved,
    }
    audit.record(by=by, at=at, verb="charge.move", subject=post_subject(source), detail=detail)
    return moved
