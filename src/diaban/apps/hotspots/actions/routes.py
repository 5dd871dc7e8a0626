"""Key routes and the units they cross."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import ProtectedError

from diaban.apps.access import Permission
from diaban.apps.accounts.models import User
from diaban.apps.audit import actions as audit
from diaban.apps.hotspots.actions.ends import require_at
from diaban.apps.hotspots.actions.incidents import RecordRefused
from diaban.apps.hotspots.actions.spots import unit_problem
from diaban.apps.hotspots.models import Route, RouteUnit
from diaban.apps.places.models import Unit
from diaban.core.lifecycle import Problem
from diaban.core.messages import N_, say

FIELDS: Final = ("name", "reach", "mode", "decision_number", "decision_on", "valid_from", "valid_to", "line", "note")


def record_route(*, by: User, at: datetime, values: Mapping[str, Any], units: Sequence[Unit], code: str = "") -> Route:
    """Record a key route with the units it crosses, in order along it. Raises `RecordRefused`.

    A route is a record of every unit that it crosses: who records it must be allowed to at all of them.
    """
    require_at(by, Permission.ROUTE_SET, (unit.pk for unit in units), at=at)
    with transaction.atomic():
        route = Route(code=code.strip() or _next_code(), created_at=at, updated_at=at)
        if Route.everything.filter(code=route.code).exists():
            raise RecordRefused(
                [Problem("code", say(N_("Mã {code} đã có trong sổ; để trống để máy cấp mã."), code=route.code))]
            )
        return _save(route, "route.record", by=by, at=at, values=values, units=units)


def edit_route(*, route: Route, by: User, at: datetime, values: Mapping[str, Any], units: Sequence[Unit]) -> Route:
    """Change a key route and the units it crosses: allowed at those before and those after. Raises `RecordRefused`."""
    with transaction.atomic():
        row = Route.everything.select_for_update().get(pk=route.pk)
        require_at(by, Permission.ROUTE_SET, [*crossed_by(row), *(unit.pk for unit in units)], at=at)
        _refuse_void(row)
        return _save(row, "route.edit", by=by, at=at, values=values, units=units)


def remove_route(*, route: Route, by: User, at: datetime) -> None:
    """Take a route out of the register, as if it had never been recorded. Raises `RecordRefused` when it is in use.

    For undoing an import. A route recorded by mistake is voided (`void_route`); one that ends gets its last day.
    """
    with transaction.atomic():
        row = Route.everything.select_for_update().get(pk=route.pk)
        require_at(by, Permission.ROUTE_SET, crossed_by(row), at=at)
        _refuse_void(row)
        detail = {name: _plain(getattr(row, name)) for name in FIELDS}
        detail["units"] = list(row.crossings.order_by("position", "pk").values_list("unit__uid", flat=True))
        try:
            row.delete()
        except ProtectedError as used:
            names = ", ".join(sorted(map(str, used.protected_objects))[:5])
            problem = Problem(
                "code", say(N_("Tuyến {code} đang gắn với {names}; gỡ ra trước."), code=row.code, names=names)
            )
            raise RecordRefused([problem]) from used
        audit.record(by=by, at=at, verb="route.remove", subject=f"route:{row.code}", detail=detail)


def crossed_by(route: Route) -> list[int]:
    """Return the ids of the units that a route crosses, in order along it."""
    return list(route.crossings.order_by("position", "pk").values_list("unit", flat=True))


def _refuse_void(route: Route) -> None:
    if route.voided_at is not None:
        text = N_("Tuyến {code} đã hủy ghi nhận; khôi phục trước khi sửa.")
        raise RecordRefused([Problem("", say(text, code=route.code))])


def route_problems(values: Mapping[str, Any], units: Sequence[Unit]) -> list[Problem]:
    """Return why a route with these values and units could not stand, every reason at once; write nothing."""
    return _problems(Route(**values), units)


def _save(
    route: Route, verb: str, *, by: User, at: datetime, values: Mapping[str, Any], units: Sequence[Unit]
) -> Route:
    before = {name: getattr(route, name) for name in FIELDS} if route.pk else {}
    for name in FIELDS:
        if name in values:
            setattr(route, name, values[name])
    if problems := _problems(route, units):
        raise RecordRefused(problems)
    route.updated_at = at
    route.save()
    route.crossings.all().delete()
    RouteUnit.objects.bulk_create(
        RouteUnit(route=route, unit=unit, position=place, valid_from=route.valid_from, valid_to=route.valid_to)
        for place, unit in enumerate(units)
    )
    after = {name: getattr(route, name) for name in FIELDS}
    changed = {
        name: [_plain(before.get(name)), _plain(after[name])] for name in FIELDS if before.get(name) != after[name]
    }
    changed["units"] = [unit.uid for unit in units]
    audit.record(by=by, at=at, verb=verb, subject=f"route:{route.code}", detail=changed)
    return route


def _problems(route: Route, units: Sequence[Unit]) -> list[Problem]:
    problems: list[Problem] = []
    if route.valid_to is not None and route.valid_to <= route.valid_from:
        problems.append(Problem("valid_to", say(N_("Ngày hết hiệu lực phải sau ngày bắt đầu."))))
    if not units:
        problems.append(Problem("units", say(N_("Chưa chọn đơn vị nào; tuyến phải đi qua ít nhất một xã, phường."))))
    if len({unit.pk for unit in units}) < len(units):
        problems.append(Problem("units", say(N_("Một đơn vị được chọn hai lần; mỗi đơn vị ghi một lần."))))
    wrong = (unit_problem(unit, route.valid_from) for unit in units)
    problems.extend(Problem("units", problem.message) for problem in wrong if problem)
    return problems


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _next_code() -> str:
    taken = Route.everything.filter(code__startswith="TUYEN-").values_list("code", flat=True)
    numbers = [int(code.removeprefix("TUYEN-")) for code in taken if code.removeprefix("TUYEN-").isdigit()]
    return f"TUYEN-{max(numbers, default=0) + 1:03d}"
