"""What the address of a list says: filters, order, columns. The pages and the exports read it in the same way.

Every reading takes the rights of whoever asks: a list is narrowed to what they see, whatever the address says. An
export passes the permission that it needs as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diaban.adapters.workbooks import Kind as CellKind
from diaban.apps.access import Permission, Rights
from diaban.apps.hotspots.models import (
    Agency,
    Behaviour,
    Form,
    Grade,
    Hotspot,
    Incident,
    IncidentKind,
    Kind,
    Route,
    Source,
)
from diaban.apps.hotspots.queries import (
    HotspotFilter,
    IncidentFilter,
    UnitIds,
    both,
    routes_list,
    routes_seen,
    sees_spot,
    units_seen,
)
from diaban.apps.hotspots.queries.lists import HOTSPOT_ORDERS, INCIDENT_ORDERS
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.places import queries as places
from diaban.apps.places.scope import PERIOD, Scope
from diaban.core.periods import Period
from diaban.core.privacy import PrivacyClass

EXISTING: Final = "ton_tai"
NOBODYS: Final = 0  # no row has this key
HOTSPOT_DEFAULT_ORDER: Final = "-cap_nhat"
INCIDENT_DEFAULT_ORDER: Final = "-ngay"
STATE_TONES: Final[Mapping[str, str]] = {
    "detected": "wait",
    "verifying": "wait",
    "listed": "info",
    "planned": "info",
    "reformed": "warn",
    "eliminated": "ok",
    "watched": "ok",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a list: how it is drawn (text, link, chip, num, day) and what is written out."""

    kind: str
    value: Any
    href: str = ""
    tone: str = "neutral"
    label: str = ""  # the column's title, for narrow screens


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a list can show. `order`: the name in the address that sorts by it ("" = not sortable).

    `tells` is the class of what stands in it: an export locks, or leaves out, what tells of persons.
    """

    code: str
    title: Promise | str
    cell: Callable[[Any, Names], Cell]
    order: str = ""
    first: str = "asc"
    numeric: bool = False
    shown: bool = True
    out: CellKind = CellKind.TEXT
    tells: PrivacyClass = PrivacyClass.INTERNAL


@dataclass(frozen=True, slots=True)
class Names:
    """What the rows of a page need beside themselves: names of units and titles of states on the page's day."""

    units: Mapping[int, str]
    states: Mapping[str, str]

    @classmethod
    def of(cls, unit_ids: Iterable[int], on: date) -> Names:
        """Read the names for these units."""
        titles = {state.code: gettext(state.title) for state in workflow_on(on).states}
        return cls(places.names(set(unit_ids), on), titles)


def read_hotspots(query: QueryDict, scope: Scope, rights: Rights, *needed: Permission) -> HotspotFilter:
    """Return the filter of a hot-spot list; what cannot be read is left out."""
    states = [state for state in query.getlist("trang_thai") if state]
    workflow = workflow_on(scope.today)
    known = {state.code for state in workflow.states}
    wanted = {state for state in states if state in known}
    if EXISTING in states:
        wanted |= set(workflow.existing_states)
    return HotspotFilter(
        on=scope.today,
        text=query.get("q", "")[:200],
        unit_ids=both(within(scope), units_seen(rights, Permission.HOTSPOT_VIEW, *needed)),
        kinds=_known(query.getlist("loai"), Kind.values),
        states=tuple(sorted(wanted)),
        grade=next(iter(_known([query.get("muc", "")], Grade.values)), ""),
        listed_from=_day(query.get("tu")),
        listed_to=_day(query.get("den")),
        reformed=query.get("tai") == "1",
        watch_over=query.get("het_han") == "1",
        period=asked_period(scope),
    )


def read_incidents(query: QueryDict, scope: Scope, rights: Rights, *needed: Permission) -> IncidentFilter:
    """Return the filter of a list of incidents; what cannot be read is left out.

    At a hot-spot that is out of sight there is nothing, as at one that does not exist.
    """
    spot = asked_number(query, "diem")
    return IncidentFilter(
        on=scope.today,
        text=query.get("q", "")[:200],
        unit_ids=both(within(scope), units_seen(rights, Permission.INCIDENT_VIEW, *needed)),
        kinds=_known(query.getlist("loai"), IncidentKind.values),
        sources=_known(query.getlist("nguon"), Source.values),
        first=_day(query.get("tu")),
        last=_day(query.get("den")),
        hotspot_id=spot if spot is None or sees_spot(rights, spot) else NOBODYS,
        no_suspect=query.get("vo_chu") == "1",
        voided=query.get("huy") == "1",
        period=asked_period(scope),
    )


def asked_number(query: QueryDict, name: str) -> int | None:
    """Return the number that the address gives, if it gives one that a key can be."""
    text = query.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 19 else None


def read_routes(query: QueryDict, scope: Scope, rights: Rights, *needed: Permission) -> QuerySet[Route]:
    """Return the key routes of the list: in force today, in the period asked for, or all; those void on request."""
    reach = query.get("pham_vi", "")
    voided, period = query.get("huy") == "1", asked_period(scope)
    everything = voided or query.get("tat_ca") == "1"
    return routes_list(
        routes_seen(rights, *needed),
        None if everything else scope.today,
        reach if reach in Route.Reach.values else "",
        period=period,
        voided=voided,
    )


def asked_period(scope: Scope) -> Period | None:
    """Return the period that the address names; without one a register is shown whole."""
    return scope.period if PERIOD in scope.given else None


def within(scope: Scope) -> UnitIds:
    """Return the units the page is narrowed to; None when it shows the whole working area, below included."""
    if scope.include_below and scope.roots == places.current_roots():
        return None
    return scope.unit_ids


def communes_within(scope: Scope, unit_ids: UnitIds) -> list[places.Place]:
    """Return the communes of the page that lie in `unit_ids`: the page's own, or else those of its day in the area.

    What a form offers: only units in which the person may act, whatever unit the page shows.
    """
    if unit_ids is None:
        return scope.communes
    shown = [place for place in scope.communes if place.id in unit_ids]
    return shown or [place for place in places.area_places(scope.on) if place.id in unit_ids]


def order_of(query: QueryDict, orders: Mapping[str, tuple[str, ...]], default: str) -> str:
    """Return the order asked for ("-ngay"), `default` when there is no such order."""
    asked = query.get("sort", "")
    return asked if asked.lstrip("-") in orders else default


def hotspot_order(query: QueryDict) -> str:
    """Return the order of a hot-spot list."""
    return order_of(query, HOTSPOT_ORDERS, HOTSPOT_DEFAULT_ORDER)


def incident_order(query: QueryDict) -> str:
    """Return the order of a list of incidents."""
    return order_of(query, INCIDENT_ORDERS, INCIDENT_DEFAULT_ORDER)


def chosen(query: QueryDict, columns: Iterable[Column]) -> list[Column]:
    """Return the columns to show: those chosen in the address, else the usual ones; the first is always there."""
    everything = list(columns)
    asked = set(query.getlist("cot"))
    if not asked & {column.code for column in everything}:
        return [column for column in everything if column.shown]
    return [column for index, column in enumerate(everything) if index == 0 or column.code in asked]


def _known(values: Iterable[str], choices: Iterable[str]) -> tuple[str, ...]:
    allowed = set(choices)
    return tuple(sorted({value for value in values if value in allowed}))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _text(value: Any) -> Cell:
    return Cell("text", value)


def _label(choices: Any, value: str) -> Cell:
    return Cell("text", str(choices(value).label) if value else "")


def _state(spot: Hotspot, names: Names) -> Cell:
    return Cell("chip", names.states.get(spot.state, spot.state), tone=STATE_TONES.get(spot.state, "closed"))


def _behaviours(spot: Hotspot) -> str:
    return ", ".join(str(Behaviour(code).label) for code in spot.behaviour_codes)


HOTSPOT_COLUMNS: Final = (
    Column("ma", _("Mã"), lambda s, _n: Cell("link", s.code, reverse("hotspots:detail", args=[s.pk])), "ma"),
    Column("ten", _("Tên gọi"), lambda s, _n: Cell("name", s.name), "ten", tells=PrivacyClass.PERSONAL),
    Column("don_vi", _("Đơn vị"), lambda s, n: _text(n.units.get(s.unit_id, "")), "don_vi"),
    Column("loai", _("Loại"), lambda s, _n: _label(Kind, s.kind), "loai"),
    Column("trang_thai", _("Trạng thái"), _state, "trang_thai"),
    Column("muc", _("Căn cứ"), lambda s, _n: _label(Grade, s.grade), shown=False),
    Column(
        "ngay_vao", _("Vào danh sách"), lambda s, _n: Cell("day", s.listed_on), "ngay_vao", "desc", out=CellKind.DATE,
    ),
    Column(
        "ngay_triet_xoa", _("Triệt xóa"), lambda s, _n: Cell("day", s.eliminated_on), "ngay_triet_xoa", "desc",
        out=CellKind.DATE,
    ),
    Column(
        "tai", _("Tái phức tạp"), lambda s, _n: Cell("num", s.reformed_count), "tai", "desc", numeric=True,
        out=CellKind.INTEGER,
    ),
    Column("theo_doi", _("Theo dõi đến"), lambda s, _n: Cell("day", s.watch_until), shown=False, out=CellKind.DATE),
    Column("hanh_vi", _("Hành vi"), lambda s, _n: _text(_behaviours(s)), shown=False),
    Column("hinh_thuc", _("Hình thức"), lambda s, _n: _label(Form, s.form), shown=False),
    Column("dia_chi", _("Địa chỉ"), lambda s, _n: _text(s.address), shown=False, tells=PrivacyClass.PERSONAL),
    Column("chu_tri", _("Chủ trì"), lambda s, _n: _label(Agency, s.lead_agency), shown=False),
    Column(
        "can_cu", _("Văn bản vào danh sách"), lambda s, _n: _text(s.basis), shown=False, tells=PrivacyClass.SENSITIVE,
    ),
    Column("phat_hien", _("Phát hiện"), lambda s, _n: Cell("day", s.detected_on), shown=False, out=CellKind.DATE),
    Column(
        "cap_nhat", _("Cập nhật"), lambda s, _n: Cell("moment", s.updated_at), "cap_nhat", "desc", shown=False,
        out=CellKind.DATE,
    ),
)  # fmt: skip

INCIDENT_COLUMNS: Final = (
    Column("ma", _("Mã"), lambda i, _n: Cell("link", i.code, reverse("hotspots:incident", args=[i.pk])), "ma"),
    Column("ngay", _("Ngày"), lambda i, _n: Cell("day", i.on), "ngay", "desc", out=CellKind.DATE),
    Column("don_vi", _("Đơn vị"), lambda i, n: _text(n.units.get(i.unit_id, "")), "don_vi"),
    Column("loai", _("Loại việc"), lambda i, _n: _label(IncidentKind, i.kind), "loai"),
    Column("nguon", _("Nguồn"), lambda i, _n: _label(Source, i.source)),
    Column("noi", _("Nơi xảy ra"), lambda i, _n: _text(i.place), tells=PrivacyClass.PERSONAL),
    Column("vu", _("Số vụ"), lambda i, _n: Cell("count", i.cases), numeric=True, out=CellKind.INTEGER),
    Column("bat", _("Bị bắt giữ"), lambda i, _n: Cell("count", i.arrested), numeric=True, out=CellKind.INTEGER),
    Column(
        "khoi_to", _("Bị khởi tố"), lambda i, _n: Cell("count", i.prosecuted), numeric=True, shown=False,
        out=CellKind.INTEGER,
    ),
    Column(
        "phat", _("Bị phạt hành chính"), lambda i, _n: Cell("count", i.fined), numeric=True, shown=False,
        out=CellKind.INTEGER,
    ),
    Column("vo_chu", _("Vô chủ"), lambda i, _n: _text(gettext("vô chủ") if i.no_suspect else ""), shown=False),
)  # fmt: skip


def rows_of(records: Iterable[Hotspot | Incident], columns: Iterable[Column], names: Names) -> list[list[Cell]]:
    """Return the cells of each record."""
    shown = [(column, str(column.title)) for column in columns]
    return [[replace(column.cell(record, names), label=title) for column, title in shown] for record in records]
