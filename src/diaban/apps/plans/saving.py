"""From the pure draft back to the tables: rows before and after an act, and how to go from one to the other.

Rows are plain JSON values, so that an act can be kept (`models.Edit`) and taken back exactly, ids and all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Model

from diaban.apps.plans.models import Clause, ClauseAgency, Duty, Target, Version
from diaban.core.drafting import Draft, Piece

Row = dict[str, Any]
Tables = dict[str, dict[int, Row]]
Changes = dict[str, dict[str, list[Row | None]]]
ORDER: Final = ("clauses", "named", "targets", "duties")
MODELS: Final[Mapping[str, type[Model]]] = {
    "clauses": Clause,
    "named": ClauseAgency,
    "targets": Target,
    "duties": Duty,
}
MANY: Final = ("others", "also")  # of a duty: lists of ids
PLACE: Final = ("position", "path")
ASIDE: Final = 1_000_000  # positions while rows change places: beyond any plan's
NOWHERE = "/"  # what begins the path of a row put aside: no mark of a clause reads so, while a loose one is "~1"


def tables_of(draft: Draft) -> Tables:
    """Return the rows that a draft stands for, by table and id."""
    paths, depths = draft.paths(), draft.depths()
    tables: Tables = {name: {} for name in ORDER}
    for position, piece in enumerate(draft.pieces):
        tables["clauses"][piece.id] = _clause(piece, position, paths[piece.id], depths[piece.id])
        for named in piece.named:
            row = {"clause_id": piece.id, "agency_id": named.agency, "name": named.name, "words": named.words}
            tables["named"][named.id] = row
        for goal in piece.goals:
            tables["targets"][goal.id] = {
                "clause_id": piece.id,
                "indicator_id": goal.indicator,
                "kind": goal.kind,
                "op": goal.op,
                "value": None if goal.value is None else str(goal.value),
                "upper": None if goal.upper is None else str(goal.upper),
                "measure": goal.measure,
                "against": goal.against,
                "by": goal.by,
                "words": goal.words,
                "reading": goal.reading,
                "uncertain": goal.uncertain,
                "status": goal.status.value,
            }
        for duty in piece.duties:
            tables["duties"][duty.id] = {
                "clause_id": piece.id,
                "title": duty.title,
                "words": duty.words,
                "lead_id": duty.lead,
                "lead_name": duty.lead_name,
                "other_names": list(duty.other_names),
                "level": duty.level,
                "due": duty.due.isoformat() if duty.due else None,
                "deadline": duty.deadline,
                "regime": duty.regime,
                "grain": duty.grain,
                "product": duty.product,
                "uncertain": duty.uncertain,
                "status": duty.status.value,
                "others": list(duty.others),
                "also": list(duty.also),
            }
    return tables


def _clause(piece: Piece, position: int, path: str, depth: int) -> Row:
    return {
        "parent_id": piece.parent,
        "stem_id": piece.stem,
        "position": position,
        "depth": depth,
        "path": path,
        "mark": piece.mark,
        "text": piece.text,
        "heading": piece.heading,
        "uncertain": piece.uncertain,
        "why": piece.why,
        "readings": [{"code": one.code, "title": one.title, "text": one.text} for one in piece.readings],
        "first_char": piece.first,
        "last_char": piece.last,
        "status": piece.status.value,
        "no_measure": piece.no_measure,
    }


def write_new(version: Version, draft: Draft) -> dict[int, int]:
    """Write a whole draft into a version that has no clauses; return the ids given to its negative ones (clauses)."""
    return _insert(version, tables_of(draft))


def write_change(version: Version, before: Draft, after: Draft) -> Changes:
    """Make the tables say `after` where they said `before`; return what changed, to be kept."""
    old, new = tables_of(before), tables_of(after)
    ids = {name: _reserved(version, name, new) for name in ORDER}
    new = _renamed(new, ids)
    changes: Changes = {}
    for name in ORDER:
        for number in sorted(old[name].keys() | new[name].keys()):
            was, becomes = old[name].get(number), new[name].get(number)
            if was != becomes:
                changes.setdefault(name, {})[str(number)] = [was, becomes]
    apply(version, changes, reserved={name: set(found.values()) for name, found in ids.items()})
    return changes


def turned(changes: Changes) -> Changes:
    """Return the changes that take these back."""
    return {
        name: {number: [after, before] for number, (before, after) in rows.items()} for name, rows in changes.items()
    }


def apply(version: Version, changes: Changes, *, reserved: Mapping[str, set[int]] | None = None) -> None:
    """Bring the tables to what stands second in every change. `reserved` are rows that exist only as a place kept."""
    there = reserved or {}
    clauses = {int(number): pair for number, pair in changes.get("clauses", {}).items()}
    moved = [number for number, pair in clauses.items() if _place_of(pair[0]) != _place_of(pair[1])]
    aside = [Clause(pk=number, position=ASIDE + number, path=f"{NOWHERE}{number}") for number in moved]
    Clause.objects.bulk_update(aside, PLACE, batch_size=200)
    Clause.objects.bulk_create(
        Clause(pk=number, version=version, position=ASIDE + number, path=f"{NOWHERE}{number}", text="")
        for number, (before, _after) in clauses.items()
        if before is None and number not in there.get("clauses", set())
    )
    _update("clauses", clauses)
    for name in ("named", "targets", "duties"):
        _apply_below(name, changes.get(name, {}), there.get(name, set()))
    gone = [number for number, (_before, after) in clauses.items() if after is None]
    Clause.objects.filter(pk__in=gone).delete()


def _place_of(row: Row | None) -> tuple[Any, ...]:
    return tuple(row[field] for field in PLACE) if row else ()


def _apply_below(name: str, changes: Mapping[str, list[Row | None]], there: set[int]) -> None:
    model: Any = MODELS[name]
    rows = {int(number): pair for number, pair in changes.items()}
    model.objects.filter(pk__in=[number for number, (_b, after) in rows.items() if after is None]).delete()
    fresh = {n: after for n, (before, after) in rows.items() if before is None and after is not None and n not in there}
    model.objects.bulk_create([_made(name, number, row) for number, row in fresh.items()])
    _update(name, {number: pair for number, pair in rows.items() if number not in fresh})
    if name == "duties":
        for number, row in ((number, after) for number, (_before, after) in rows.items() if after is not None):
            duty = Duty(pk=number)
            duty.others.set(row["others"])
            duty.also.set(row["also"])


def _made(name: str, number: int | None, row: Row) -> Any:
    model: Any = MODELS[name]
    values = {field: _typed(field, value) for field, value in row.items() if field not in MANY}
    return model(pk=number, **values)


def _typed(field: str, value: Any) -> Any:
    if value is not None and field in ("value", "upper"):
        return Decimal(value)
    if value is not None and field == "due":
        return date.fromisoformat(value)
    return value


def _update(name: str, rows: Mapping[int, Sequence[Row | None]]) -> None:
    """Write the columns that differ, all rows with the same ones together: most acts move many and change few."""
    model: Any = MODELS[name]
    alike: dict[tuple[str, ...], list[Any]] = {}
    for number, (before, after) in rows.items():
        if after is not None:
            fields = [one for one in after if one not in MANY and (before is None or before[one] != after[one])]
            if set(fields) & set(PLACE):  # both were put aside
                fields += [one for one in PLACE if one not in fields]
            if fields:
                alike.setdefault(tuple(fields), []).append(_made(name, number, after))
    for columns, made in alike.items():
        model.objects.bulk_update(made, [one.removesuffix("_id") for one in columns], batch_size=200)


def _reserved(version: Version, name: str, tables: Tables) -> dict[int, int]:
    """Keep a place for every row that is new (its id is negative or none): return the ids that they get."""
    fresh = [number for number in tables[name] if number <= 0]
    if not fresh:
        return {}
    if name == "clauses":
        made = [
            Clause.objects.create(version=version, position=ASIDE * 2 - number, path=f"{NOWHERE}{-number}+", text="")
            for number in fresh
        ]
        return {number: row.pk for number, row in zip(fresh, made, strict=True)}
    some = Clause.objects.filter(version=version).order_by("pk").values_list("pk", flat=True)[0]
    return {number: _place(name, some, turn) for turn, number in enumerate(fresh)}


def _place(name: str, clause: int, turn: int) -> int:
    if name == "named":
        return ClauseAgency.objects.create(clause_id=clause, name=f"~{turn}").pk
    if name == "targets":
        return Target.objects.create(clause_id=clause, kind=Target.Kind.DONE, words="").pk
    return Duty.objects.create(clause_id=clause, title="", words="").pk


def _renamed(tables: Tables, ids: Mapping[str, Mapping[int, int]]) -> Tables:
    """Return the tables with the ids that the store has given."""
    clauses = ids["clauses"]
    found: Tables = {}
    for name, rows in tables.items():
        found[name] = {}
        for number, row in rows.items():
            row = dict(row)
            for field in ("parent_id", "clause_id"):
                if field in row:
                    row[field] = clauses.get(row[field], row[field])
            if "also" in row:
                row["also"] = [clauses.get(other, other) for other in row["also"]]
            found[name][ids[name].get(number, number)] = row
    return found


def _insert(version: Version, tables: Tables) -> dict[int, int]:
    ids: dict[int, int] = {}
    for number, row in tables["clauses"].items():
        parent = ids.get(row["parent_id"], row["parent_id"])
        made = _made("clauses", None, row | {"parent_id": parent})
        made.version = version
        made.save(force_insert=True)
        ids[number] = made.pk
    renamed = _renamed({name: tables[name] for name in ORDER if name != "clauses"}, _only(ids))
    ClauseAgency.objects.bulk_create(_all("named", renamed["named"].values()))
    Target.objects.bulk_create(_all("targets", renamed["targets"].values()))
    for row in renamed["duties"].values():
        duty: Duty = _made("duties", None, row)
        duty.save(force_insert=True)
        duty.others.set(row["others"])
        duty.also.set(row["also"])
    return ids


def _only(ids: Mapping[int, int]) -> dict[str, Mapping[int, int]]:
    return {"clauses": ids, "named": {}, "targets": {}, "duties": {}}


def _all(name: str, rows: Iterable[Row]) -> list[Any]:
    return [_made(name, None, row) for row in rows]
