"""Between the tables and the pure draft (`core.drafting`): read a version as a draft."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from diaban.apps.plans.models import Clause, ClauseAgency, Duty, Target, Version
from diaban.core import drafting
from diaban.core.drafting import Draft, Piece, Status


def draft_of(version: Version) -> Draft:
    """Return the structure of a version, in the order of the text."""
    clauses = list(Clause.objects.filter(version=version).order_by("position"))
    named, goals, duties = _named(version), _goals(version), _duties(version)
    paths = {clause.pk: clause.path for clause in clauses}
    return Draft(
        tuple(
            Piece(
                id=clause.pk,
                parent=clause.parent_id,
                label=label_of(clause.path, paths.get(clause.parent_id or 0, "")),
                text=clause.text,
                mark=clause.mark,
                heading=clause.heading,
                uncertain=clause.uncertain,
                why=clause.why,
                readings=tuple(drafting.Reading(**one) for one in clause.readings),
                first=clause.first_char,
                last=clause.last_char,
                status=Status(clause.status),
                no_measure=clause.no_measure,
                stem=clause.stem_id,
                named=tuple(named.get(clause.pk, ())),
                goals=tuple(goals.get(clause.pk, ())),
                duties=tuple(duties.get(clause.pk, ())),
            )
            for clause in clauses
        )
    )


def label_of(path: str, above: str) -> str:
    """Return the last part of a path, which may itself hold a dot ("1.2" with no "1" above it)."""
    return path.removeprefix(f"{above}.") if above else path


def _named(version: Version) -> dict[int, list[drafting.Named]]:
    found: dict[int, list[drafting.Named]] = defaultdict(list)
    for row in ClauseAgency.objects.filter(clause__version=version).select_related("agency").order_by("pk"):
        name = row.agency.name if row.agency else row.name
        found[row.clause_id].append(drafting.Named(row.agency_id, name, row.words, row.pk))
    return found


def _goals(version: Version) -> dict[int, list[drafting.Goal]]:
    found: dict[int, list[drafting.Goal]] = defaultdict(list)
    for row in Target.objects.filter(clause__version=version).order_by("pk"):
        found[row.clause_id].append(
            drafting.Goal(
                id=row.pk,
                kind=row.kind,
                words=row.words,
                indicator=row.indicator_id,
                op=row.op,
                value=row.value,
                upper=row.upper,
                measure=row.measure,
                against=row.against,
                by=row.by,
                reading=row.reading,
                uncertain=row.uncertain,
                status=Status(row.status),
            )
        )
    return found


def _duties(version: Version) -> dict[int, list[drafting.Duty]]:
    others = _pairs(Duty.others.through.objects.filter(duty__clause__version=version), "agency_id")
    also = _pairs(Duty.also.through.objects.filter(duty__clause__version=version), "clause_id")
    found: dict[int, list[drafting.Duty]] = defaultdict(list)
    for row in Duty.objects.filter(clause__version=version).order_by("pk"):
        found[row.clause_id].append(
            drafting.Duty(
                id=row.pk,
                title=row.title,
                words=row.words,
                lead=row.lead_id,
                lead_name=row.lead_name,
                others=tuple(others.get(row.pk, ())),
                other_names=tuple(row.other_names),
                also=tuple(also.get(row.pk, ())),
                level=row.level,
                due=row.due,
                deadline=row.deadline,
                regime=row.regime,
                grain=row.grain,
                product=row.product,
                uncertain=row.uncertain,
                status=Status(row.status),
            )
        )
    return found


def _pairs(rows: Any, column: str) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    pairs: Iterable[tuple[int, int]] = rows.order_by("pk").values_list("duty_id", column)
    for duty, other in pairs:
        found[duty].append(other)
    return found
