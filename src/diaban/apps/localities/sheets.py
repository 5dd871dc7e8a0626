"""The declared figures of a cycle as a sheet: one row a commune. A filled classification workbook fits it too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from diaban.adapters.workbooks import ColumnSpec, Kind, SheetSpec
from diaban.apps.access import Permission, Rights
from diaban.apps.exchange.registry import (
    Change,
    Context,
    Draft,
    Fault,
    Json,
    Sheet,
    SheetRefused,
    Stored,
    register_sheet,
    to_json,
)
from diaban.apps.localities import figures
from diaban.apps.localities.actions import bulk_declare
from diaban.apps.localities.models import Cycle, Declaration, Origin, RouteKind, Standing
from diaban.apps.localities.queries import current_cycle, narrowed, sorted_rows, standings, units_of
from diaban.apps.localities.stages import Refused
from diaban.apps.places.models import Unit
from diaban.apps.places.scope import Scope
from diaban.core.messages import N_, say

# Short, and the words of the classification workbook.
_ROUTES: Final = {RouteKind.NONE.value: "Không", RouteKind.INTRA.value: "Nội tỉnh", RouteKind.INTER.value: "Liên tỉnh"}
_KINDS: Final = {"count": Kind.INTEGER, "route": Kind.CHOICE, "day": Kind.DATE, "text": Kind.TEXT}


def _columns() -> tuple[ColumnSpec, ...]:
    declared = tuple(
        ColumnSpec(
            figure.code,
            f"{figure.title} ({figure.unit})" if str(figure.unit) else str(figure.title),
            _KINDS[figure.kind],
            choices=_ROUTES if figure.kind == "route" else {},
            help="Cả chu kỳ" if figure.flow else "Vào ngày cuối chu kỳ",
            width=16,
            max_length=200,
            maximum=figures.MAX_FIGURE if figure.kind == "count" else None,
        )
        for figure in figures.FIGURES
    )
    return (
        ColumnSpec("unit_code", "Mã đơn vị", Kind.CODE, required=True, digits=5, width=12, example="26506"),
        ColumnSpec("unit_name", "Tên đơn vị", help="Chỉ để đọc; không dùng khi nhập", width=26, informative=True),
        *declared,
    )


SPEC: Final = SheetSpec(
    code="declarations",
    title="Số liệu khai của xã",
    key=("unit_code",),
    guide=(
        "Mỗi dòng là một xã, phường, đặc khu của chu kỳ (15/12 năm trước đến 14/12 năm nay).",
        "Ô để trống nghĩa là chưa báo cáo, không phải bằng không. Nếu không có, ghi số 0.",
        "Nhập bổ sung: ô để trống giữ nguyên số đã khai trước đó.",
        "Số liệu đã khai mà sửa sau ngày chốt 14/12 là điều chỉnh, phải ghi lý do khi nhập.",
        "Chỉ ghi số đếm, không ghi họ tên, số giấy tờ của bất kỳ ai.",
    ),
    columns=_columns(),
)


def _open_cycles() -> list[tuple[str, str]]:
    cycles = Cycle.objects.exclude(state=Cycle.State.CLOSED).order_by("-year")
    return [(str(one.year), f"{one.year} ({one.first_day:%d/%m/%Y}–{one.last_day:%d/%m/%Y})") for one in cycles]


class DeclarationOptions(forms.Form):
    """What holds for all rows of a file of declared figures."""

    cycle = forms.ChoiceField(label=_("Chu kỳ"), choices=_open_cycles)
    declared_by = forms.CharField(
        label=_("Đơn vị, chức danh khai số liệu"), max_length=200, help_text=_("Ví dụ: Công an cấp xã. Không ghi tên.")
    )
    document = forms.CharField(label=_("Số văn bản báo cáo"), max_length=120, required=False)
    reason = forms.CharField(label=_("Lý do điều chỉnh"), max_length=500, required=False)


class DeclarationSheet(Sheet):
    """See `SPEC`. Options: `cycle` (its year), `declared_by`, `document`, `reason`."""

    spec = SPEC
    asks = (Permission.FIGURES_DECLARE,)
    shows = Permission.REVIEW_VIEW
    options_form = DeclarationOptions
    prefilled = True

    def units_of(self, rows: Sequence[Stored], context: Context) -> Sequence[Collection[int]]:
        """Return the commune of the cycle that each row names; none where it names no commune of it."""
        units = _units(_cycle(context))
        return [(units[row["unit_code"]],) if row.get("unit_code") in units else () for row in rows]

    def prepare(self, drafts: Sequence[Draft], context: Context) -> Iterable[Fault]:
        """Check that units belong to the cycle, that figures can be true together, and that late changes say why."""
        cycle = _cycle(context)
        units = _units(cycle)
        rows = context.rights.visible(Standing.objects.filter(cycle=cycle), Permission.FIGURES_DECLARE)
        within = set(rows.values_list("unit", flat=True))
        standing = self.current([draft.key for draft in drafts], context)
        late = timezone.localdate(context.at) > cycle.last_day and not context.options.get("reason", "").strip()
        for draft in drafts:
            if units.get(draft.key) not in within:
                # The same words whether there is no such commune or it is not the importer's.
                why = say(N_("Chu kỳ {year} không có xã mang mã này trong phạm vi được giao"), year=cycle.year)
                yield Fault(draft.number, "unit_code", why, say(N_("Mã của đơn vị được giao, có vào ngày cuối chu kỳ")))
                continue
            before = standing.get(draft.key, {})
            given = {code: to_json(value) for code, value in draft.values.items() if value is not None}
            yield from _disagreements(draft, before | given)
            if figures.not_yet(draft.values, timezone.localdate(context.at)):
                yield Fault(
                    draft.number,
                    "population_as_of",
                    say(N_("Ngày của số nhân khẩu ở tương lai")),
                    say(N_("Ngày đã có số liệu, không sau hôm nay")),
                )
            if late and any(before.get(code) not in (None, value) for code, value in given.items()):
                why = say(N_("Sửa số đã khai sau ngày chốt mà chưa ghi lý do"))
                yield Fault(draft.number, "unit_code", why, say(N_("Tải lên lại và ghi lý do điều chỉnh")))

    def current(self, keys: Collection[str], context: Context) -> dict[str, Stored]:
        """Return the figures that stand for each code; a commune that declared nothing is not there."""
        cycle = _cycle(context)
        units = _units(cycle)
        codes = {units[key]: key for key in keys if key in units}
        found: dict[str, Stored] = {}
        for declaration in Declaration.objects.filter(cycle=cycle, unit__in=list(codes)):
            values = {code: figures.as_json(getattr(declaration, code)) for code in figures.CODES}
            if any(value is not None for value in values.values()):
                found[codes[declaration.unit_id]] = {"unit_code": codes[declaration.unit_id]} | values
        return found

    def write(self, changes: Sequence[Change], context: Context) -> Json:
        """Declare the figures that are given."""
        rows = [
            (change.key, {code: change.after[code] for code in figures.CODES if change.after.get(code) is not None})
            for change in changes
        ]
        self._declare(rows, context, context.options["declared_by"], context.options.get("reason", ""))

    def revert(self, changes: Sequence[Change], image: Json, context: Context) -> None:  # noqa: ARG002
        """Declare what stood before; "not reported" where nothing did."""
        rows = [(change.key, {code: (change.before or {}).get(code) for code in figures.CODES}) for change in changes]
        words = str(_("Hoàn tác lô nhập {number}")).format(number=context.batch)
        self._declare(rows, context, words, words)

    def _declare(
        self, rows: Sequence[tuple[str, Mapping[str, Json]]], context: Context, declared_by: str, reason: str
    ) -> None:
        cycle = _cycle(context)
        units = _units(cycle)
        by_key = Unit.objects.in_bulk([units[key] for key, _values in rows])
        try:
            bulk_declare(
                [(by_key[units[key]], values) for key, values in rows],
                cycle=cycle,
                by=context.by,
                at=context.at,
                declared_by=declared_by,
                origin=Origin.WORKBOOK,
                document=context.options.get("document", ""),
                reason=reason,
                batch=context.batch,
            )
        except (Refused, figures.BadFigure) as error:
            raise SheetRefused(str(error)) from None

    def export_rows(self, query: QueryDict, scope: Scope, rights: Rights) -> Iterator[Mapping[str, Any]]:
        """Yield the communes of the cycle's list page with this query, in its order."""
        cycle = _chosen(query.get("cycle"), scope.today)
        if cycle is None:
            return
        rows = narrowed(
            standings(cycle, rights.units(self.shows)),
            text=query.get("q", ""),
            klass=query.get("loai", ""),
            stage=query.get("buoc", ""),
            gaps=query.get("so_lieu", ""),
            conflict=query.get("xem_xet", ""),
        )
        for row in sorted_rows(rows, query.get("sort", "name")):
            values = {code: getattr(row.declaration, code, None) for code in figures.CODES}
            yield {"unit_code": row.place.code, "unit_name": row.place.name} | values

    def period(self, options: Mapping[str, str], on: dt.date) -> str:
        """Return the year of the cycle asked for, or of the current one."""
        cycle = _chosen(options.get("cycle"), on)
        return str(cycle.year) if cycle else ""

    def template_rows(self, options: Mapping[str, str], on: dt.date, rights: Rights) -> Iterable[Mapping[str, Any]]:
        """Return the communes, of the cycle asked for or the current one, whose figures one may declare."""
        cycle = _chosen(options.get("cycle"), on)
        ids = rights.units(Permission.FIGURES_DECLARE)
        units = units_of(cycle) if cycle else []
        return [{"unit_code": one.code, "unit_name": one.name} for one in units if ids is None or one.id in ids]


def _year(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) == 4 else 0


def _chosen(year: str | None, on: dt.date) -> Cycle | None:
    return Cycle.objects.filter(year=_year(year)).first() or current_cycle(on)


def _cycle(context: Context) -> Cycle:
    """Return the cycle that the file is for. Raises `SheetRefused` when it is gone or locked."""
    cycle = Cycle.objects.filter(year=_year(context.options.get("cycle"))).first()
    if cycle is None:
        raise SheetRefused(str(_("Không có chu kỳ này.")))
    return cycle


def _units(cycle: Cycle) -> dict[str, int]:
    return {one.code: one.id for one in units_of(cycle)}


def _disagreements(draft: Draft, values: Mapping[str, Json]) -> Iterator[Fault]:
    """Yield what cannot be true together, at the column that the file gives."""
    known = {code: values.get(code) for code in figures.CODES}
    for one in figures.check(known):
        if one.impossible:
            column = next((code for code in one.figures if draft.values.get(code) is not None), one.figures[0])
            yield Fault(draft.number, column, say(str(one.sentence).replace("{", "{{").replace("}", "}}")))


register_sheet(DeclarationSheet())
