"""The register of key routes as a sheet: one row a route, the units it crosses and its line each in one cell."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.db.models import Prefetch
from django.http import QueryDict

from diaban.adapters.workbooks import ColumnSpec, SheetSpec
from diaban.adapters.workbooks import Kind as Cell
from diaban.apps.access import Permission, Rights
from diaban.apps.exchange.registry import Change, Context, Draft, Fault, Json, Sheet, SheetRefused, Stored, to_json
from diaban.apps.hotspots.actions.ends import outside, unusable
from diaban.apps.hotspots.actions.routes import edit_route, record_route, remove_route, route_problems
from diaban.apps.hotspots.listing import read_routes
from diaban.apps.hotspots.models import Route, RouteUnit
from diaban.apps.hotspots.queries import routes_seen
from diaban.apps.hotspots.sheets.spots import CODE_ACCEPTED, labels
from diaban.apps.hotspots.sheets.units import Units
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.apps.places.scope import Scope
from diaban.core.lifecycle import StepRefused
from diaban.core.messages import N_, say
from diaban.core.privacy import classed

_BATCH: Final = 500
_TEXTS: Final = ("name", "reach", "mode", "decision_number", "note")
_DAYS: Final = ("decision_on", "valid_from", "valid_to")
_NEEDED: Final = ("name", "reach", "valid_from", "unit_codes")  # of a new route
_COLUMNS: Final = {"units": "unit_codes"}  # where the register's objections belong
_POINT: Final = re.compile(r"(-?\d{1,3}(?:[.,]\d+)?)(?:\s+|\s*,\s+)(-?\d{1,2}(?:[.,]\d+)?)", re.ASCII)
_LINE_ACCEPTED: Final = say(N_("Ít nhất hai điểm “kinh độ vĩ độ”, cách nhau bằng dấu chấm phẩy"))


SPEC: Final = SheetSpec(
    code="routes",
    title="Tuyến trọng điểm",
    key=("code",),
    guide=(
        "Mỗi dòng là một tuyến trọng điểm (QĐ 28/2025/QĐ-TTg, Điều 3). Mã đã có trong sổ là sửa, chưa có là thêm.",
        "Tuyến mới cần: tên, phạm vi, ngày có hiệu lực, các đơn vị đi qua.",
        "Đơn vị đi qua: mã xã, phường, đặc khu theo thứ tự trên tuyến, cách nhau bằng dấu chấm phẩy; mã hiểu theo ngày "
        "có hiệu lực của tuyến.",
        "Các điểm trên tuyến: kinh độ rồi vĩ độ, cách nhau một dấu cách; các điểm cách nhau bằng dấu chấm phẩy.",
        "Khi sửa, ô để trống giữ nguyên điều đã ghi trong sổ.",
        "Không ghi tên, số định danh của người; không ghi nội dung chuyên án, cơ sở bí mật, biện pháp nghiệp vụ.",
    ),
    columns=(
        ColumnSpec("code", "Mã tuyến", Cell.CODE, required=True, max_length=40, width=16, example="TUYEN-001"),
        ColumnSpec("name", "Tên tuyến", max_length=200, width=30, example="Quốc lộ 51, đoạn qua tỉnh"),
        ColumnSpec("reach", "Phạm vi", Cell.CHOICE, choices=labels(Route.Reach), width=12, example="Nội tỉnh"),
        ColumnSpec("mode", "Loại đường", Cell.CHOICE, choices=labels(Route.Mode), width=18, example="Đường bộ"),
        ColumnSpec("decision_number", "Số quyết định phê duyệt", max_length=100, width=20, example="15/QĐ-UBND"),
        ColumnSpec("decision_on", "Ngày quyết định", Cell.DATE, width=12),
        ColumnSpec("valid_from", "Có hiệu lực từ", Cell.DATE, width=12, example="15/12/2025"),
        ColumnSpec("valid_to", "Hết hiệu lực từ ngày", Cell.DATE, width=12),
        ColumnSpec(
            "unit_codes", "Đi qua các đơn vị", max_length=4000, width=36, example="26506; 26526",
            help="Mã 5 chữ số theo thứ tự trên tuyến, cách nhau bằng dấu chấm phẩy",
        ),
        ColumnSpec(
            "line", "Các điểm trên tuyến", max_length=30_000, width=40, example="107,0843 10,3460; 107,1361 10,4114",
            help="Kinh độ vĩ độ (WGS 84) của từng điểm, cách nhau bằng dấu chấm phẩy; có thể để trống",
        ),
        ColumnSpec("note", "Ghi chú", max_length=2000, width=24),
    ),
)  # fmt: skip


class RouteSheet(Sheet):
    """See `SPEC`. Stored rows hold `units` (uids in order) instead of the codes, and `line` as pairs."""

    spec = SPEC
    asks = (Permission.ROUTE_SET,)
    shows = Permission.ROUTE_VIEW
    personal = classed(sensitive="note")
    unit_column = "unit_codes"
    whole_list = "tat_ca=1"

    def units_of(self, rows: Sequence[Stored], context: Context) -> Sequence[Collection[int]]:  # noqa: ARG002
        """Return every unit that each route crosses: who edits a route must hold all of it."""
        ids = places.known().ids
        return [[ids[uid] for uid in row.get("units") or ()] for row in rows]

    def prepare(self, drafts: Sequence[Draft], context: Context) -> Iterable[Fault]:
        """Find units on the day the route begins, read its line, and ask the register whether it can stand."""
        units, standing = Units(), self.current([draft.key for draft in drafts], context)
        wanted = {uid for row in standing.values() for uid in row["units"]}
        carrying = Route.everything.filter(code__in=[draft.key for draft in drafts])
        voided = set(carrying.filter(voided_at__isnull=False).values_list("code", flat=True))
        hidden = set(carrying.values_list("code", flat=True)) - set(standing)
        reach = context.rights.units(Permission.ROUTE_SET)
        ids = places.known().ids
        faults: list[Fault] = []
        good: list[Draft] = []
        for draft in drafts:
            objections = list(_read(draft, standing.get(draft.key), units))
            if reach is not None and not reach.issuperset(ids[uid] for uid in draft.values.get("units") or ()):
                objections = [Fault(draft.number, "unit_codes", outside().message)]
            elif draft.key in hidden:
                objections = [Fault(draft.number, "code", unusable(draft.key))]
            elif draft.key in voided:
                why = say(N_("Tuyến {code} đã hủy ghi nhận; khôi phục trước khi sửa."), code=draft.key)
                objections.append(Fault(draft.number, "code", why))
            faults += objections
            if not objections:
                good.append(draft)
                wanted.update(draft.values.get("units") or ())
        known = _units(wanted)
        for draft in good:
            whole = (standing.get(draft.key) or {}) | _given(draft)
            problems = route_problems(_values(whole), [known[uid] for uid in whole["units"]])
            faults += [Fault(draft.number, _COLUMNS.get(one.field, one.field), one.message) for one in problems]
        return faults

    def current(self, keys: Collection[str], context: Context) -> dict[str, Stored]:
        """Return what the register says of each route that the importer sees."""
        return {row["code"]: row for row in _stored(routes_seen(context.rights).filter(code__in=list(keys)))}

    def write(self, changes: Sequence[Change], context: Context) -> Json:
        """Record and edit route by route: a province has dozens."""
        self._put([(change, change.after) for change in changes], context, new={c.key for c in changes if not c.before})

    def revert(self, changes: Sequence[Change], image: Json, context: Context) -> None:  # noqa: ARG002
        """Remove the routes that came, edit the others back."""
        self._put([(change, change.before) for change in changes if change.before], context, new=set())
        for route in Route.everything.filter(code__in=[change.key for change in changes if not change.before]):
            try:
                remove_route(route=route, by=context.by, at=context.at)
            except StepRefused as error:
                raise _refused(route.code, error) from None

    def _put(self, rows: Sequence[tuple[Change, Stored]], context: Context, *, new: Collection[str]) -> None:
        known = _units({uid for _change, values in rows for uid in values["units"]})
        routes = {
            route.code: route for route in Route.everything.filter(code__in=[change.key for change, _row in rows])
        }
        for change, row in rows:
            values, crossed = _values(row), [known[uid] for uid in row["units"]]
            try:
                if change.key in new:
                    record_route(by=context.by, at=context.at, values=values, units=crossed, code=change.key)
                else:
                    edit_route(route=routes[change.key], by=context.by, at=context.at, values=values, units=crossed)
            except StepRefused as error:
                raise _refused(change.key, error) from None

    def for_eyes(self, rows: Sequence[Stored]) -> Sequence[Stored]:
        """Return rows with the codes and names of the units, and the line in words."""
        units = Units()
        shown: list[Stored] = []
        for row in rows:
            day = dt.date.fromisoformat(row["valid_from"]) if row.get("valid_from") else None
            called = [units.code_and_name(units.held.ids[uid], day) for uid in row.get("units") or () if day]
            words = {"unit_codes": "; ".join(f"{code} {name}" for code, name in called) or None}
            shown.append(row | words | {"line": _line_text(row.get("line") or ()) or None})
        return shown

    def export_rows(self, query: QueryDict, scope: Scope, rights: Rights) -> Iterator[Mapping[str, Any]]:
        """Yield the routes of the list page, in its order."""
        units = Units()
        for row in _stored(read_routes(query, scope, rights, Permission.REGISTER_EXPORT)):
            day = dt.date.fromisoformat(row["valid_from"])
            codes = [units.code_and_name(units.held.ids[uid], day)[0] for uid in row["units"]]
            yield _values(row) | {
                "code": row["code"],
                "unit_codes": "; ".join(codes),
                "line": _line_text(row["line"] or ()),
            }


def _read(draft: Draft, standing: Stored | None, units: Units) -> Iterator[Fault]:
    """Turn the cells of units and line into `units` and `line`; yield what cannot be read or is missing."""
    values = draft.values
    if standing is None:
        missing = [name for name in _NEEDED if values.get(name) is None]
        for name in missing:
            yield Fault(draft.number, name, say(N_("Thiếu giá trị của tuyến mới")), say(N_("Xem trang “Hướng dẫn”")))
        if missing:
            return
        if values.get("mode") is None:
            values["mode"] = Route.Mode.ROAD.value
    codes = values.pop("unit_codes", None)
    values["units"] = None
    if codes:
        day = values.get("valid_from") or dt.date.fromisoformat((standing or {})["valid_from"])
        found = [(code, units.by_code(code, day)) for code in re.split(r"[;,\s]+", codes) if code]
        for _code, unit in found:
            if not isinstance(unit, int):
                yield Fault(draft.number, "unit_codes", unit, CODE_ACCEPTED)
        values["units"] = [units.held.uids[unit] for _code, unit in found if isinstance(unit, int)]
    if values.get("line"):
        points = _line(values["line"])
        if isinstance(points, str):
            why = say(N_("“{text}” không phải “kinh độ vĩ độ”"), text=points[:40])
            yield Fault(draft.number, "line", why, _LINE_ACCEPTED)
        elif len(points) < 2:
            yield Fault(draft.number, "line", say(N_("Một đường cần ít nhất hai điểm")), _LINE_ACCEPTED)
        values["line"] = points


def _line(text: str) -> list[list[float]] | str:
    """Return the points, or the first piece that is none."""
    points: list[list[float]] = []
    for piece in filter(None, map(str.strip, re.split(r"[;\n]", text))):
        found = _POINT.fullmatch(piece)
        point = [float(part.replace(",", ".")) for part in found.groups()] if found else [999.0]
        if abs(point[0]) > 180 or abs(point[1]) > 90:
            return piece
        points.append(point)
    return points


def _line_text(points: Iterable[Sequence[float]]) -> str:
    return "; ".join(" ".join(format(Decimal(repr(part)), "f").replace(".", ",") for part in point) for point in points)


def _given(draft: Draft) -> Stored:
    return {name: to_json(value) for name, value in draft.values.items() if value is not None}


def _values(row: Stored) -> dict[str, Any]:
    """Return a stored row as the values of the register's actions."""
    texts = {name: row.get(name) or "" for name in _TEXTS}
    days = {name: dt.date.fromisoformat(row[name]) if row.get(name) else None for name in _DAYS}
    return texts | days | {"line": row.get("line") or []}


def _stored(routes: Any) -> Iterator[Stored]:
    crossings = RouteUnit.objects.select_related("unit").order_by("position", "pk")
    for route in routes.prefetch_related(Prefetch("crossings", crossings)).iterator(chunk_size=_BATCH):
        yield (
            {"code": route.code, "line": route.line or None, "units": [one.unit.uid for one in route.crossings.all()]}
            | {name: getattr(route, name) or None for name in _TEXTS}
            | {name: to_json(getattr(route, name)) for name in _DAYS}
        )


def _units(uids: Iterable[str]) -> dict[str, Unit]:
    return {unit.uid: unit for unit in Unit.objects.filter(uid__in=set(uids))}


def _refused(code: str, error: StepRefused) -> SheetRefused:
    return SheetRefused(f"{code}: " + "; ".join(str(problem.message) for problem in error.problems))
