"""Read batches, their problems and what they would change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, cast

from django import forms
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from diaban.adapters.workbooks import ColumnSpec, Kind, Problem, SheetSpec, annotate
from diaban.apps.access import Permission, Rights
from diaban.apps.accounts.models import User
from diaban.apps.exchange import files
from diaban.apps.exchange.models import Batch, BatchProblem, BatchRow
from diaban.apps.exchange.registry import Stored, sheet_by_code, sheets
from diaban.apps.exchange.sentences import told, unpack
from diaban.ui.formats import day

_VIETNAMESE: Final = str.maketrans(",.", ".,")
_LONG: Final = 300


def visible(rights: Rights, user: User) -> QuerySet[Batch]:
    """Return the batches that somebody may open: their own, and everybody's of a register that they see as a whole.

    Whoever stands in for an officer on leave sees that officer's too. One's own batch is out of sight once it holds
    rows of a unit of whose register one sees nothing any more.
    """
    senders = {user.username, *(one.giver for one in rights.actor.assignments if one.giver and one.in_force(rights.on))}
    seen = Q(pk__in=())
    for sheet in sheets():
        limits = [ids for one in (Permission.REGISTER_IMPORT, sheet.shows) if (ids := rights.units(one)) is not None]
        if not limits:
            seen |= Q(sheet=sheet.spec.code)
            continue
        within = frozenset.intersection(*limits)
        elsewhere = Batch.units.through.objects.filter(batch=OuterRef("pk")).exclude(unit__in=within)
        seen |= Q(~Exists(elsewhere), sheet=sheet.spec.code, by__username__in=senders)
    return Batch.objects.filter(seen).select_related("run", "by", "applied_by", "undone_by")


def batches(seen: QuerySet[Batch], sheet: str = "", state: str = "") -> QuerySet[Batch]:
    """Return batches newest first, of one sheet and in one state when these are given."""
    found = seen.order_by("-at", "-pk")
    if sheet:
        found = found.filter(sheet=sheet)
    return found.filter(state=state) if state else found


def sent_before(batch: Batch, seen: QuerySet[Batch]) -> Batch | None:
    """Return the latest other batch, of those in sight, with the very same file for the same sheet and options."""
    others = seen.filter(sha256=batch.sha256, sheet=batch.sheet, options=batch.options)
    return others.exclude(pk=batch.pk).exclude(state=Batch.State.DISCARDED).order_by("-pk").first()


def options_of(batch: Batch) -> list[tuple[str, str]]:
    """Return the options chosen for the file, each under its label."""
    form = sheet_by_code(batch.sheet).options_form
    fields = form().fields if form is not None else {}
    return [
        (str(field.label), _chosen(field, str(batch.options[name])))
        for name, field in fields.items()
        if batch.options.get(name)
    ]


def _chosen(field: forms.Field, value: str) -> str:
    """Return the label of a choice; the value itself when it is free or no longer offered."""
    offered = dict(cast(Any, field.choices)) if isinstance(field, forms.ChoiceField) else {}
    return str(offered.get(value, value))


@dataclass(frozen=True, slots=True)
class Trouble:
    """A problem as a page shows it."""

    row: int
    code: str
    title: str
    value: str
    why: str
    accepted: str


def problems(batch: Batch, column: str = "") -> QuerySet[BatchProblem]:
    """Return the problems by row, of one column or (empty) of all."""
    found = batch.problems.order_by("row", "pk")
    return found.filter(column=column) if column else found


def shown(batch: Batch, rows: Sequence[BatchProblem]) -> list[Trouble]:
    """Return problems in words."""
    titles = {column.code: column.title for column in sheet_by_code(batch.sheet).spec.columns}
    return [
        Trouble(row.row, row.column, titles.get(row.column, ""), row.value, told(row.why), told(row.accepted))
        for row in rows
    ]


def columns_with_problems(batch: Batch) -> list[tuple[str, str, int]]:
    """Return `(code, title, number of problems)`, most first."""
    titles = {column.code: column.title for column in sheet_by_code(batch.sheet).spec.columns}
    counted = batch.problems.values_list("column").annotate(n=Count("pk")).order_by("-n", "column")
    return [(code, titles.get(code, code), n) for code, n in counted]


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that changes, in words."""

    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Preview:
    """One row that would be written. `differences` of a new row have no `before`."""

    row: BatchRow
    differences: list[Difference]


def changes(batch: Batch, action: str = "") -> QuerySet[BatchRow]:
    """Return the rows to write, in the file's order."""
    found = batch.rows.order_by("number")
    return found.filter(action=action) if action else found


def previews(batch: Batch, rows: Sequence[BatchRow]) -> list[Preview]:
    """Return rows with their differences in words."""
    sheet = sheet_by_code(batch.sheet)
    before = sheet.for_eyes([row.before or {} for row in rows])
    after = sheet.for_eyes([row.after for row in rows])
    return [
        Preview(row, list(_differences(sheet.spec, old, new)))
        for row, old, new in zip(rows, before, after, strict=True)
    ]


def _differences(spec: SheetSpec, before: Stored, after: Stored) -> Iterator[Difference]:
    for column in spec.columns:
        old, new = before.get(column.code), after.get(column.code)
        if old != new and column.code not in spec.key:
            yield Difference(column.title, words(column, old), words(column, new))


def words(column: ColumnSpec, value: object) -> str:
    """Return a stored value as people read it: labels, `1.234,5`, dd/mm/yyyy; long text is cut."""
    if value is None:
        return ""
    if column.kind is Kind.DATE:
        return day(dt.date.fromisoformat(str(value)))
    if column.kind is Kind.CHOICE:
        return column.choices.get(str(value), str(value))
    if column.kind in (Kind.INTEGER, Kind.DECIMAL):
        # Exactly as it will be stored: no rounding, unlike `grouped`.
        return f"{Decimal(str(value)):,f}".translate(_VIETNAMESE)
    text = str(value)
    return text if len(text) <= _LONG else f"{text[: _LONG - 1]}…"


def annotated(batch: Batch) -> tuple[bytes, str]:
    """Return the sender's file with every problem written in, and its extension."""
    sheet = sheet_by_code(batch.sheet)
    found = [
        Problem(batch.sheet_name, row.row, row.column, row.value, unpack(row.why), unpack(row.accepted))
        for row in problems(batch).iterator()
    ]
    return annotate(files.original(batch).read_bytes(), found, sheet.spec, translate=gettext)
