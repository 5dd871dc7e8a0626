"""Declare the figures of units, keep every value that ever stood, undo an import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _

from diaban.apps.access import Permission, Person, require
from diaban.apps.audit.actions import Actor, record, record_many
from diaban.apps.localities import figures
from diaban.apps.localities.actions.computing import work_out
from diaban.apps.localities.models import Cycle, Declaration, DeclarationChange, Origin, Stage, Standing
from diaban.apps.localities.queries.inputs import FROM_REGISTER, register_figures, taken
from diaban.apps.localities.stages import Refused
from diaban.apps.places.models import Unit

Row = tuple[Unit, Mapping[str, object]]


@transaction.atomic
def declare(
    *,
    cycle: Cycle,
    unit: Unit,
    values: Mapping[str, object],
    by: Person,
    at: datetime,
    declared_by: str,
    origin: Origin = Origin.FORM,
    document: str = "",
    reason: str = "",
) -> list[DeclarationChange]:
    """Set the figures named in `values` for one unit (None: not reported any more); return what changed.

    Figures not named stay as they are. Raises `BadFigure` or `Refused`.
    """
    return bulk_declare(
        [(unit, values)],
        cycle=cycle,
        by=by,
        at=at,
        declared_by=declared_by,
        origin=origin,
        document=document,
        reason=reason,
    )


@transaction.atomic
def bulk_declare(
    rows: Iterable[Row],
    *,
    cycle: Cycle,
    by: Person,
    at: datetime,
    declared_by: str,
    origin: Origin = Origin.WORKBOOK,
    document: str = "",
    reason: str = "",
    batch: str = "",
) -> list[DeclarationChange]:
    """Set the figures of many units at once and compute their proposals anew; all rows or none.

    A correction of a figure already reported, made after the cut-off or after a decision, is an adjustment and needs
    `reason`. Raises `AccessRefused` (a unit out of reach), `BadFigure` (value) or `Refused` (closed cycle, unit outside
    it, missing reason).
    """
    rows = list(rows)
    for unit, _values in rows:
        require(by, Permission.FIGURES_DECLARE, at=at, unit=unit.pk)
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    if cycle.state == Cycle.State.CLOSED:
        raise Refused(_("Kỳ phân loại đã khóa: không sửa số liệu được nữa."))
    if not declared_by.strip():
        raise Refused(_("Cần ghi đơn vị hoặc chức danh khai số liệu."), "declared_by")
    cleaned = [(unit, {code: figures.clean(code, value) for code, value in values.items()}) for unit, values in rows]
    if any(figures.not_yet(values, timezone.localdate(at)) for _unit, values in cleaned):
        raise Refused(figures.POPULATION_DAY_AHEAD, "population_as_of")
    if len({unit.pk for unit, _v in cleaned}) < len(cleaned):
        raise Refused(_("Một đơn vị xuất hiện hai lần trong cùng một lần khai."))
    stages = dict(
        Standing.objects.filter(cycle=cycle, unit__in=[unit for unit, _v in cleaned]).values_list("unit_id", "stage")
    )
    outside = [unit for unit, _v in cleaned if unit.pk not in stages]
    if outside:
        raise Refused(format_lazy(_("Đơn vị {uid} không thuộc kỳ phân loại này."), uid=outside[0].uid))
    declarations, changes = _write(cleaned, cycle, at, declared_by, document)
    late = timezone.localdate(at) > cycle.last_day
    for change in changes:
        decided = stages[change.declaration.unit_id] == Stage.DECIDED
        change.adjustment = change.before is not None and (late or decided)
        change.origin, change.declared_by, change.document = origin, declared_by, document
        change.reason, change.batch, change.by, change.at = reason, batch, by.get_username(), at
    if any(change.adjustment for change in changes) and not reason.strip():
        raise Refused(_("Số liệu đã báo cáo được sửa sau ngày chốt hoặc sau quyết định: cần ghi lý do."), "reason")
    DeclarationChange.objects.bulk_create(changes, batch_size=500)
    _audit(changes, cycle=cycle, by=by, at=at, verb="declaration.declare")
    if declarations:
        work_out(cycle=cycle, by=by, at=at, unit_ids=[declaration.unit_id for declaration in declarations])
    return changes


@transaction.atomic
def undo_batch(*, cycle: Cycle, batch: str, by: Person, at: datetime) -> int:
    """Put back every figure that import `batch` set, where nobody changed it since; return how many.

    Raises `Refused` and changes nothing when a figure was changed afterwards or the cycle is closed.
    """
    changes = list(
        DeclarationChange.objects.filter(declaration__cycle=cycle, batch=batch)
        .select_related("declaration__unit")
        .order_by("pk")
    )
    if not changes:
        raise Refused(_("Không có số liệu nào của lô nhập này."))
    back: dict[int, dict[str, object]] = {}
    units: dict[int, Unit] = {}
    for change in changes:
        declaration = change.declaration
        require(by, Permission.IMPORT_UNDO, at=at, unit=declaration.unit_id)
        if figures.as_json(getattr(declaration, change.figure)) != change.after:
            raise Refused(
                format_lazy(
                    _("{title} của {uid} đã được sửa sau lô nhập này; không hoàn tác được."),
                    title=figures.BY_CODE[change.figure].title,
                    uid=declaration.unit.uid,
                )
            )
        units[declaration.unit_id] = declaration.unit
        back.setdefault(declaration.unit_id, {})[change.figure] = change.before
    undone = bulk_declare(
        [(units[unit_id], values) for unit_id, values in back.items()],
        cycle=cycle,
        by=by,
        at=at,
        declared_by=_("Hoàn tác lô nhập"),
        origin=Origin.WORKBOOK,
        reason=_("Hoàn tác lô nhập") + f" {batch}",
    )
    record(
        by=by,
        at=at,
        verb="declaration.undo_batch",
        subject=f"cycle:{cycle.year}",
        detail={"batch": batch, "figures": len(undone)},
    )
    return len(undone)


def _write(
    cleaned: Sequence[tuple[Unit, dict[str, figures.Value]]],
    cycle: Cycle,
    at: datetime,
    declared_by: str,
    document: str,
) -> tuple[list[Declaration], list[DeclarationChange]]:
    """Store the new values; return the declarations that changed and one unsaved change per figure."""
    existing = {
        declaration.unit_id: declaration
        for declaration in Declaration.objects.select_for_update().filter(
            cycle=cycle, unit__in=[unit for unit, _v in cleaned]
        )
    }
    new: dict[int, Declaration] = {}
    touched: dict[int, Declaration] = {}
    changes: list[DeclarationChange] = []
    for unit, values in cleaned:
        declaration = existing.get(unit.pk) or new.get(unit.pk)
        if declaration is None:
            declaration = new[unit.pk] = Declaration(cycle=cycle, unit=unit, declared_at=at)
        given = figures.completed({code: getattr(declaration, code) for code in figures.CODES} | values)
        for code, after in given.items():
            before = getattr(declaration, code)
            if before != after:
                setattr(declaration, code, after)
                touched[unit.pk] = declaration
                changes.append(
                    DeclarationChange(
                        declaration=declaration,
                        figure=code,
                        before=figures.as_json(before),
                        after=figures.as_json(after),
                    )
                )
        if unit.pk in touched:
            declaration.declared_by, declaration.declared_at, declaration.document = declared_by, at, document
    Declaration.objects.bulk_create(
        [declaration for unit_id, declaration in new.items() if unit_id in touched], batch_size=500
    )
    _update([declaration for unit_id, declaration in touched.items() if unit_id not in new])
    return list(touched.values()), changes


def _update(kept: Sequence[Declaration]) -> None:
    """Write rows that exist, by upsert: see `computing`."""
    names = [field.attname for field in Declaration._meta.concrete_fields if not field.primary_key]
    Declaration.objects.bulk_create(
        [Declaration(**{name: getattr(declaration, name) for name in names}) for declaration in kept],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["cycle", "unit"],
        update_fields=[*figures.CODES, "declared_by", "declared_at", "document"],
    )


def _audit(changes: Sequence[DeclarationChange], *, cycle: Cycle, by: Actor, at: datetime, verb: str) -> None:
    """One event per unit, with each figure before and after."""
    by_unit: dict[str, dict[str, Any]] = {}
    for change in changes:
        detail = by_unit.setdefault(change.declaration.unit.uid, {})
        detail[change.figure] = [change.before, change.after]
    record_many(
        by=by, at=at, verb=verb, items=[(f"standing:{cycle.year}:{uid}", detail) for uid, detail in by_unit.items()]
    )


@transaction.atomic
def take_from_register(
    *,
    cycle: Cycle,
    units: Sequence[Unit],
    codes: Sequence[str] | None = None,
    by: Person,
    at: datetime,
    declared_by: str,
    reason: str = "",
) -> list[DeclarationChange]:
    """Declare what the registers hold for the figures named (all that registers know by default).

    It stays a declared choice: dated, with who made it, and marked "lấy theo sổ". What the register has no figure for
    is left as it is.
    """
    for unit in units:  # before the registers are read: what a refusal says must not depend on them
        require(by, Permission.FIGURES_DECLARE, at=at, unit=unit.pk)
    wanted = FROM_REGISTER if codes is None else codes
    register = register_figures(cycle, [unit.pk for unit in units])
    rows = [(unit, taken(register[unit.pk], wanted)) for unit in units]
    return bulk_declare(
        [(unit, values) for unit, values in rows if values],
        cycle=cycle,
        by=by,
        at=at,
        declared_by=declared_by,
        origin=Origin.REGISTER,
        reason=reason,
    )
