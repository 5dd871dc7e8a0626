"""What the pages of the registers share: who acts, pages of a list, the file of an export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from diaban.adapters.workbooks import ColumnSpec, SheetSpec
from diaban.adapters.workbooks import Kind as CellKind
from diaban.apps.access import Permission
from diaban.apps.accounts.models import User
from diaban.apps.exchange.marks import HandOut, hand_out
from diaban.apps.hotspots.listing import Cell, Column, Names
from diaban.apps.hotspots.queries import ordered_page, ordered_rows
from diaban.apps.places.scope import Scope
from diaban.core.privacy import PERSONAL_DATA

PAGE = 50
Row = TypeVar("Row", bound=Model)


def actor(request: HttpRequest) -> User:
    """Return who is signed in; the middleware lets nobody else in."""
    return cast(User, request.user)


class Ordered(Generic[Row]):
    """Rows of a query in an order, cut into pages by key. `total`: their number, when it is already known."""

    def __init__(
        self, rows: QuerySet[Row], sort: str, orders: Mapping[str, tuple[str, ...]], scope: Scope, total: int
    ) -> None:
        self.rows, self.sort, self.orders, self.scope, self.total = rows, sort, orders, scope, total

    def count(self) -> int:
        return self.total

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, part: slice) -> list[Row]:
        return ordered_page(self.rows, self.sort, self.orders, part.start or 0, part.stop, self.scope.today)


def page_of(request: HttpRequest, ordered: Ordered[Row]) -> Page[Row]:
    """Return the page asked for; the nearest one when there is no such page."""
    return cast("Page[Row]", Paginator(cast(Any, ordered), PAGE).get_page(request.GET.get("page")))


def export_file(
    request: HttpRequest,
    *,
    form: str,
    register: str,
    title: str,
    ordered: Ordered[Any],
    columns: Sequence[Column],
    permission: Permission,
    back: str,
) -> HttpResponseBase:
    """Return exactly what the list shows (rows, order, columns) as XLSX or CSV, once it was said what for."""
    spec = SheetSpec(
        code=register,
        title=title,
        key=(columns[0].code,),
        columns=tuple(ColumnSpec(code=c.code, title=str(c.title), kind=c.out, width=22) for c in columns),
    )
    out = HandOut(
        register=register,
        spec=spec,
        rows=_values(ordered, columns),
        stem=spec.slug,
        permission=permission,
        personal={one.code: one.tells for one in columns if one.tells in PERSONAL_DATA},
        back=reverse(back),
    )
    return hand_out(request, out, form)


def _values(ordered: Ordered[Any], columns: Sequence[Column]) -> Iterator[dict[str, Any]]:
    units = set(ordered.rows.order_by().values_list("unit", flat=True).distinct())
    names = Names.of(units, ordered.scope.today)
    for record in ordered_rows(ordered.rows, ordered.sort, ordered.orders, ordered.scope.today):
        yield {column.code: _value(column, column.cell(record, names)) for column in columns}


def _value(column: Column, cell: Cell) -> Any:
    if cell.value in (None, ""):
        return None
    if column.out is CellKind.TEXT:
        return str(cell.value)
    return cell.value
