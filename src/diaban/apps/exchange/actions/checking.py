"""The dry run: read the file, find every problem, and work out what each row would change. Registers stay untouched."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from pydantic import ValidationError

from diaban.adapters.uploads import check_ways_out
from diaban.adapters.workbooks import LegacyText, Problem, Reading, Refusal, Row, read
from diaban.adapters.workbooks.cells import show
from diaban.apps.access import Permission
from diaban.apps.exchange import files
from diaban.apps.exchange.actions.reach import Reach, require_held, units_of
from diaban.apps.exchange.models import Batch, BatchProblem, BatchRow
from diaban.apps.exchange.queries import words
from diaban.apps.exchange.registry import (
    Context,
    Draft,
    Fault,
    RowError,
    Sheet,
    SheetRefused,
    Stored,
    key_of,
    sheet_by_code,
    to_json,
)
from diaban.apps.exchange.sentences import pack
from diaban.core.messages import N_, say

CHUNK = 1_000
Step = Callable[[int, int], None]


@dataclass(slots=True)
class _Counts:
    new: int = 0
    changed: int = 0
    same: int = 0
    error_rows: int = 0
    problems: int = 0
    keys: dict[str, int] = field(default_factory=dict)  # key -> row where it came first
    units: set[int] = field(default_factory=set)  # whose records the rows are


def check_batch(batch: Batch, *, context: Context, step: Step) -> None:
    """Check the batch's file and store the outcome; what an earlier check stored is replaced.

    A file refused as a whole leaves the batch REFUSED with the sentence. `step(done, total)` is called per chunk and
    may stop the work by an exception; the batch then has no rows and can be checked again. Rows out of the importer's
    reach are problems like any other; raises `AccessRefused` when the importer may write to this register nowhere.
    """
    sheet = sheet_by_code(batch.sheet)
    require_held(context.by, Permission.REGISTER_IMPORT, *sheet.asks, at=context.at)
    batch.rows.all().delete()
    batch.problems.all().delete()
    batch.refusal, batch.offered_legacy = None, ""
    counts = _Counts()
    try:
        data = files.original(batch).read_bytes()
        reading = read(data, sheet.spec, file_name=batch.file_name, legacy=batch.legacy)
        if data.startswith(b"PK"):
            check_ways_out(data)
        done = 0
        for chunk in _chunks(reading.rows):
            done += len(chunk)
            _check_chunk(batch, sheet, reading, chunk, context, counts)
            step(done, max(done, reading.expected))
        batch.sheet_name, batch.ignored = reading.sheet[:100], list(reading.ignored)[:50]
        batch.state = Batch.State.CHECKED
    except Refusal as refusal:
        batch.rows.all().delete()
        batch.problems.all().delete()
        counts = _Counts()
        batch.refusal = pack(refusal.message)
        batch.offered_legacy = refusal.encoding if isinstance(refusal, LegacyText) else ""
        batch.state = Batch.State.REFUSED
    except SheetRefused as refused:
        batch.rows.all().delete()
        batch.problems.all().delete()
        counts = _Counts()
        batch.refusal = pack(say("{words}", words=str(refused)))
        batch.state = Batch.State.REFUSED
    except OSError:
        batch.refusal = pack(say(N_("Không còn tệp gốc của lô này trên máy chủ. Tải lên lại.")))
        batch.state = Batch.State.REFUSED
    batch.new, batch.changed, batch.same = counts.new, counts.changed, counts.same
    batch.error_rows, batch.problem_count = counts.error_rows, counts.problems
    batch.save()
    batch.units.set(counts.units)


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(itertools.islice(rows, CHUNK)):
        yield chunk


@transaction.atomic
def _check_chunk(
    batch: Batch, sheet: Sheet, reading: Reading, chunk: Sequence[Row], context: Context, counts: _Counts
) -> None:
    faults: list[Fault] = []
    drafts: list[Draft] = []
    for row in chunk:
        draft = _draft(sheet, row, counts, faults)
        if draft is not None and not row.problems:
            drafts.append(draft)
    drafts = _without(drafts, faults)
    standing = sheet.current([draft.key for draft in drafts], context)
    reach = Reach(context.rights, (Permission.REGISTER_IMPORT, *sheet.asks))
    # Before the register is asked anything about a record that the importer does not see.
    faults += _standing_elsewhere(sheet, drafts, standing, reach, context)
    drafts = _without(drafts, faults)
    faults += sheet.prepare(drafts, context)
    drafts = _without(drafts, faults)
    rows = _differences(batch, sheet, drafts, standing, counts, faults)
    rows = _within(sheet, rows, reach, context, counts, faults)
    raw = {row.number: row.values for row in chunk}
    problems = [problem for row in chunk for problem in row.problems]
    problems += [_problem(reading.sheet, raw[fault.number], fault) for fault in faults]
    counts.problems += len(problems)
    counts.error_rows += len({problem.row for problem in problems})
    BatchRow.objects.bulk_create(rows, batch_size=CHUNK)
    BatchProblem.objects.bulk_create((_stored(batch, problem) for problem in problems), batch_size=CHUNK)


def _without(drafts: Sequence[Draft], faults: Sequence[Fault]) -> list[Draft]:
    wrong = {fault.number for fault in faults}
    return [draft for draft in drafts if draft.number not in wrong]


def _standing_elsewhere(
    sheet: Sheet, drafts: Sequence[Draft], standing: Mapping[str, Stored], reach: Reach, context: Context
) -> list[Fault]:
    """Return a fault for each row whose record is out of reach; nothing in it tells what the record is or where."""
    met = [draft for draft in drafts if draft.key in standing]
    units = units_of(sheet, [standing[draft.key] for draft in met], context)
    why = say(N_("Mã này không dùng được trong phạm vi được giao"))
    accepted = say(N_("Mã đang có trong phạm vi được giao, hoặc một mã mới"))
    return [
        Fault(draft.number, sheet.spec.key[0], why, accepted)
        for draft, own in zip(met, units, strict=True)
        if not reach.holds(own)
    ]


def _within(
    sheet: Sheet, rows: list[BatchRow], reach: Reach, context: Context, counts: _Counts, faults: list[Fault]
) -> list[BatchRow]:
    """Return the rows that would stand within reach, and note whose they are; add a fault for every other."""
    kept: list[BatchRow] = []
    before, after = (units_of(sheet, found, context) for found in ([r.before for r in rows], [r.after for r in rows]))
    for row, old, new in zip(rows, before, after, strict=True):
        if reach.holds(new):
            kept.append(row)
            counts.units.update(old, new)
            continue
        counts.new -= row.action == "new"
        counts.changed -= row.action == "changed"
        why = say(N_("Đơn vị này ngoài phạm vi được giao"))
        faults.append(Fault(row.number, sheet.unit_column, why, say(N_("Mã của đơn vị trong phạm vi được giao"))))
    return kept


def _draft(sheet: Sheet, row: Row, counts: _Counts, faults: list[Fault]) -> Draft | None:
    """Return the row with its key; note a key met before, and what the row model finds."""
    if any(row.values.get(code) is None for code in sheet.spec.key):
        return None  # the reader has named the empty or wrong cell: every key column is required
    key = key_of(sheet.spec, row.values)
    first = counts.keys.setdefault(key, row.number)
    if first != row.number:
        why = say(N_("Trùng với dòng {row}"), row=first)
        faults.append(Fault(row.number, sheet.spec.key[0], why, say(N_("Mỗi mã một dòng trong một tệp"))))
    elif sheet.row_model is not None and not row.problems:
        faults += _model_faults(sheet, row)
    return Draft(row.number, key, dict(row.values))


def _model_faults(sheet: Sheet, row: Row) -> Iterator[Fault]:
    assert sheet.row_model is not None
    try:
        sheet.row_model.model_validate(row.values)
    except ValidationError as error:
        for detail in error.errors():
            cause = detail.get("ctx", {}).get("error")
            if isinstance(cause, RowError):
                yield Fault(row.number, cause.column, cause.why, cause.accepted)
            else:
                column = str(detail["loc"][0]) if detail["loc"] else sheet.spec.key[0]
                yield Fault(row.number, column, say(N_("Không đúng kiểu của cột")))


def _differences(
    batch: Batch,
    sheet: Sheet,
    drafts: Sequence[Draft],
    standing: Mapping[str, Stored],
    counts: _Counts,
    faults: list[Fault],
) -> list[BatchRow]:
    """Return the rows that are new or change something; add a fault where a fixed column would change."""
    rows: list[BatchRow] = []
    for draft in drafts:
        values = {code: to_json(value) for code, value in draft.values.items()}
        act = {code: values.pop(code) for code in sheet.act_columns & values.keys()}
        row = BatchRow(batch=batch, number=draft.number, key=draft.key, act=act)
        before = standing.get(draft.key)
        if before is None and sheet.prefilled and _only_key(sheet, values):
            counts.same += 1  # a prefilled line that nobody filled in
            continue
        if before is None:
            counts.new += 1
            row.action, row.after = "new", values
            rows.append(row)
            continue
        given = {code: value for code, value in values.items() if value is not None or code in sheet.emptied}
        kept = [code for code in given if code in sheet.fixed and before.get(code) != given[code]]
        for code in kept:
            accepted = say(
                N_("Giá trị đang có: {value}"), value=words(sheet.spec.column(code), before.get(code)) or "–"
            )
            faults.append(Fault(draft.number, code, say(N_("Cột này không sửa được qua bảng nhập")), accepted))
        if kept:
            continue
        after = before | given
        if after == before:
            counts.same += 1
            continue
        counts.changed += 1
        row.action, row.before, row.after = "changed", before, after
        rows.append(row)
    return rows


def _only_key(sheet: Sheet, values: Mapping[str, object]) -> bool:
    return all(value is None for code, value in values.items() if code not in sheet.spec.key)


def _problem(sheet_name: str, values: dict[str, object], fault: Fault) -> Problem:
    value = values.get(fault.column)
    return Problem(
        sheet_name, fault.number, fault.column, "" if value is None else show(value), fault.why, fault.accepted
    )


def _stored(batch: Batch, problem: Problem) -> BatchProblem:
    return BatchProblem(
        batch=batch,
        row=problem.row,
        column=problem.column,
        value=problem.value[:120],
        why=pack(problem.why),
        accepted=pack(problem.accepted) if problem.accepted.msgid else None,
    )
