"""Take later changes of units, official tables and populations from a CSV file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from diaban.apps.access import Permission, Person, require
from diaban.apps.audit.actions import record
from diaban.apps.places import queries
from diaban.apps.places.actions.store import Facts, PopulationFact, Written, write
from diaban.apps.places.changes import RowProblem, read_changes, replay


@dataclass(frozen=True, slots=True)
class CsvReport:
    """What the file holds and what was (or, in a dry run, would be) written. With problems nothing is."""

    rows: int
    done_before: int
    written: Written
    problems: tuple[RowProblem, ...]


class _OnlyTried(Exception):
    """Rolls a dry run back after it was written for the sake of its counts."""


def import_units_csv(*, by: Person, at: datetime, data: bytes, dry_run: bool = False) -> CsvReport:
    """Store the file's events, all or none; with problems, return every one of them and store nothing.

    The columns are described in docs/reference/units-csv.md. A file imported twice changes nothing the second time.
    """
    require(by, Permission.UNIT_MANAGE, at=at)
    report: CsvReport | None = None
    try:
        with transaction.atomic():
            report = _import(data)
            if dry_run:
                raise _OnlyTried
            if report.written:
                detail = {**report.written.as_dict(), "rows": report.rows}
                record(by=by, at=at, verb="units.import_csv", subject="units:csv", detail=detail)
    except _OnlyTried:
        pass
    assert report is not None
    return report


def _import(data: bytes) -> CsvReport:
    rows, problems = read_changes(data)
    outcome = replay(queries.register(), rows)
    problems = [*problems, *outcome.problems]
    if problems or outcome.register is None:
        return CsvReport(len(rows), outcome.done_before, Written(), tuple(problems))
    touched = outcome.touched
    facts = Facts(
        spells=[spell for spell in outcome.register.spells if spell.unit in touched],
        edges=outcome.register.edges,
        points=outcome.points,
        populations=[
            PopulationFact(uid, row.on, row.value, row.source_kind, row.source) for row, uid in outcome.populations
        ],
    )
    return CsvReport(len(rows), outcome.done_before, write(facts), ())
