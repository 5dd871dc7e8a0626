"""What a post answers for: communes and hot-spots, each with one post at a time, from a day on a document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from diaban.apps.access import Permission, Person, require
from diaban.apps.agencies.actions.posts import make_post
from diaban.apps.agencies.actions.problems import Problem, charge_told, ended_problem, post_subject, post_told, stop_at
from diaban.apps.agencies.models import Agency, Charge, Post
from diaban.apps.agencies.queries.holding import heads_of
from diaban.apps.audit import actions as audit
from diaban.apps.hotspots.models import Hotspot
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.core.messages import N_, Message, say


@transaction.atomic
def charge_units(
    *, by: Person, at: datetime, post: Post, units: Sequence[Unit], start: date, document: str
) -> list[Charge]:
    """Put communes in a post's charge from `start`; whichever post had one before has it until then."""
    rows = list(units)
    for unit in rows:
        require(by, Permission.OWNER_SET, at=at, unit=unit.pk)
    problems: list[Problem] = [] if rows else [("units", say(N_("Chọn ít nhất một xã.")))]
    if post.unit_id is not None:
        names = places.names([unit.pk for unit in rows], start)
        for unit in rows:
            if unit.pk != post.unit_id:
                sentence = N_("{name}: chức danh của xã khác không phụ trách được xã này.")
                problems.append(("units", say(sentence, name=names[unit.pk])))
    gone = [unit for unit in rows if not places.register().exists(unit.uid, start)]
    if gone:
        names = places.names([unit.pk for unit in gone], start)
        sentence = N_("{name} không tồn tại vào ngày {day}.")
        problems += [("units", say(sentence, name=names[unit.pk], day=_d(start))) for unit in gone]
    present = _present(Charge.objects.filter(unit__in=rows), start)
    return _charge(by, at, post, [Charge(unit=unit) for unit in rows], present, start, document, problems)


@transaction.atomic
def charge_hotspots(
    *, by: Person, at: datetime, post: Post, hotspots: Sequence[Hotspot], start: date, document: str
) -> list[Charge]:
    """Put hot-spots in a post's charge from `start`; whichever post had one before has it until then."""
    rows = list(hotspots)
    for spot in rows:
        require(by, Permission.OWNER_SET, at=at, unit=spot.unit_id)
        require(by, Permission.HOTSPOT_VIEW, at=at, unit=spot.unit_id)
    problems: list[Problem] = [] if rows else [("hotspots", say(N_("Chọn ít nhất một điểm, tụ điểm.")))]
    if post.unit is not None:
        inside = places.scope_unit_ids(post.unit, start)
        sentence = N_("{code}: chức danh của một xã chỉ phụ trách điểm ở xã đó.")
        problems += [("hotspots", say(sentence, code=spot.code)) for spot in rows if spot.unit_id not in inside]
    present = _present(Charge.objects.filter(hotspot__in=rows), start)
    return _charge(by, at, post, [Charge(hotspot=spot) for spot in rows], present, start, document, problems)


def _present(rows: QuerySet[Charge], start: date) -> list[Charge]:
    """Return the charges, of the same things, that hold on `start` or later."""
    query = rows.filter(Q(end__isnull=True) | Q(end__gt=start))
    return list(query.select_for_update(of=("self",)).select_related("post__agency", "post__unit", "unit", "hotspot"))


def _charge(
    by: Person,
    at: datetime,
    post: Post,
    wanted: list[Charge],
    present: list[Charge],
    start: date,
    document: str,
    problems: list[Problem],
) -> list[Charge]:
    require(by, Permission.OWNER_SET, at=at, unit=post.unit_id)
    row = Post.objects.select_for_update(of=("self",)).select_related("agency", "unit").get(pk=post.pk)
    stop_at(problems + ended_problem(row, start) + _later_problems(present, start))
    held = {(one.unit_id, one.hotspot_id): one for one in present}
    given: list[Charge] = []
    for one in wanted:
        before = held.get((one.unit_id, one.hotspot_id))
        if before is not None and before.post_id == row.pk:
            continue
        if before is not None:
            require(by, Permission.OWNER_SET, at=at, unit=before.post.unit_id)
            _end(before, by, at, start)
        one.post, one.start, one.document = row, start, document.strip()
        one.given_by, one.given_at = by.get_username(), at
        one.save()
        given.append(one)
    if given:
        told = [charge_told(one) for one in given]
        detail = post_told(row) | {"start": start.isoformat(), "document": document.strip(), "given": told}
        audit.record(by=by, at=at, verb="charge.give", subject=post_subject(row), detail=detail)
    return given


def _later_problems(present: Iterable[Charge], start: date) -> list[Problem]:
    found: list[tuple[str, Message]] = []
    for one in present:
        if one.start > start or (one.end is not None):
            what = one.hotspot.code if one.hotspot else places.names([one.unit_id or 0], start)[one.unit_id or 0]
            sentence = N_("{what} đã được giao cho “{post}” từ ngày {day}; chọn ngày sau đó.")
            found.append(("start", say(sentence, what=what, post=one.post.title, day=_d(one.start))))
    return found


def _end(charge: Charge, by: Person, at: datetime, on: date) -> None:
    charge.end, charge.ended_by, charge.ended_at = on, by.get_username(), at
    charge.save(update_fields=["end", "ended_by", "ended_at"])


@transaction.atomic
def end_charge(*, by: Person, at: datetime, charge: Charge, on: date, document: str) -> Charge:
    """Take one thing from a post's charge: `on` is the first day without. It is shown as having nobody."""
    row = (
        Charge.objects.select_for_update(of=("self",))
        .select_related("post__agency", "post__unit", "unit", "hotspot")
        .get(pk=charge.pk)
    )
    require(by, Permission.OWNER_SET, at=at, unit=row.post.unit_id)
    require(by, Permission.OWNER_SET, at=at, unit=row.unit_id or (row.hotspot.unit_id if row.hotspot else None))
    problems: list[Problem] = []
    if row.end is not None:
        problems.append(("", say(N_("Phân công này đã kết thúc từ ngày {day}."), day=_d(row.end))))
    if on < row.start:
        problems.append(("on", say(N_("Ngày kết thúc không được trước ngày {day}."), day=_d(row.start))))
    stop_at(problems)
    _end(row, by, at, on)
    detail = post_told(row.post) | {"what": charge_told(row), "end": on.isoformat(), "document": document.strip()}
    audit.record(by=by, at=at, verb="charge.end", subject=post_subject(row.post), detail=detail)
    return row


@transaction.atomic
def charge_units_to_heads(
    *, by: Person, at: datetime, agency: Agency, units: Sequence[Unit], title: str, start: date, document: str
) -> list[Charge]:
    """Put each commune in the charge of the head post that `agency` (of the communes) has there.

    Where it has none yet, the post is made, called `title`; without a title such communes are a problem.
    """
    problems: list[Problem] = []
    if agency.level != Agency.Level.COMMUNE:
        problems.append(
            ("agency", say(N_("Chọn một cơ quan cấp xã: mỗi xã có một chức danh đứng đầu của cơ quan đó.")))
        )
    if not units:
        problems.append(("units", say(N_("Chọn ít nhất một xã."))))
    heads = heads_of([(agency.pk, unit.pk) for unit in units], start)
    lacking = [unit for unit in units if (agency.pk, unit.pk) not in heads]
    if lacking and not title.strip():
        sentence = N_("{n} xã chưa có chức danh đứng đầu của cơ quan này; ghi tên chức danh để lập.")
        problems.append(("title", say(sentence, n=len(lacking))))
    stop_at(problems)
    for unit in lacking:
        heads[agency.pk, unit.pk] = make_post(by=by, at=at, agency=agency, unit=unit, title=title, heads=True)
    given: list[Charge] = []
    for unit in units:
        post = heads[agency.pk, unit.pk]
        given += charge_units(by=by, at=at, post=post, units=[unit], start=start, document=document)
    return given


def _d(day: date) -> str:
    return f"{day:%d/%m/%Y}"
