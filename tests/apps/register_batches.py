"""The way of a file into the registers and back, as the tests of the registers' sheets take it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import hotspots_cast
from django.http import QueryDict

from diaban.adapters.workbooks import write_template, write_xlsx
from diaban.apps.exchange.actions import apply_batch, check_batch, receive, undo_batch
from diaban.apps.exchange.models import Batch
from diaban.apps.exchange.queries import problems, shown
from diaban.apps.exchange.registry import Context, sheet_by_code
from diaban.apps.places.scope import read_scope

AT = hotspots_cast.AT


def nothing(done: int, total: int) -> None:
    """Listen to no progress."""


def check(cast: hotspots_cast.Province, sheet: str, rows: list[Mapping[str, Any]] | bytes) -> Batch:
    data = rows if isinstance(rows, bytes) else write_template(sheet_by_code(sheet).spec, rows)
    batch = receive(sheet=sheet, file_name="tep.xlsx", data=data, options={}, by=cast.user, at=AT)
    check_batch(batch, context=Context(cast.user, AT, {}, batch.number), step=nothing)
    batch.refresh_from_db()
    return batch


def write(cast: hotspots_cast.Province, sheet: str, rows: list[Mapping[str, Any]] | bytes, at: datetime = AT) -> Batch:
    batch = check(cast, sheet, rows)
    assert [str(one) for one in shown(batch, list(problems(batch)))] == []
    batch.mode = "all"
    batch.save()
    apply_batch(batch, by=cast.user, at=at, step=nothing)
    batch.refresh_from_db()
    return batch


def undo(cast: hotspots_cast.Province, batch: Batch, at: datetime = AT) -> None:
    undo_batch(batch, by=cast.user, at=at, step=nothing)


def counts(batch: Batch) -> tuple[int, int, int, int]:
    return batch.new, batch.changed, batch.same, batch.error_rows


def export(cast: hotspots_cast.Province, sheet: str, query: str = "") -> bytes:
    address = QueryDict(query)
    found = sheet_by_code(sheet)
    rights, scope = cast.user.rights(AT.date()), read_scope(address, own=None, on=AT.date())
    with write_xlsx(found.spec, found.export_rows(address, scope, rights)) as handle:
        return handle.read()


def troubles(batch: Batch) -> dict[str, str]:
    return {one.code: one.why for one in shown(batch, list(problems(batch)))}
