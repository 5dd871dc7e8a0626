"""Which rows of a cycle a page shows, in which order."""

from __future__ import annotations

from collections.abc import Iterable

from diaban.apps.localities import figures
from diaban.apps.localities.models import Stage
from diaban.apps.localities.queries.standings import WEIGHT, Row
from diaban.apps.localities.queries.territory import KEY_CLASSES
from diaban.core.text import fold, sort_key


def narrowed(
    rows: Iterable[Row], *, text: str = "", klass: str = "", stage: str = "", gaps: str = "", conflict: str = ""
) -> list[Row]:
    """Return the rows that a filter lets through. `gaps`: complete | partial | silent; `conflict`: any | readings |
    stale | near."""
    words = fold(text)
    found = []
    for row in rows:
        if words and words not in fold(row.place.name) and not row.place.code.startswith(text.strip()):
            continue
        if klass and row.shown_class not in (KEY_CLASSES if klass == "key" else {klass}):
            continue
        if stage and row.standing.stage != stage:
            continue
        if gaps and gaps != ("complete" if not row.missing else "partial" if row.has_declared else "silent"):
            continue
        if conflict and not _conflicting(row, conflict):
            continue
        found.append(row)
    return found


def _conflicting(row: Row, kind: str) -> bool:
    return {
        "any": row.standing.conflict_count > 0,
        "readings": row.readings_differ,
        "stale": row.stale,
        "near": bool(row.near) and not row.decided_class,
    }.get(kind, True)


def _number(row: Row, code: str) -> tuple[bool, int]:
    """Not reported comes after every number, whichever way the list runs."""
    value = getattr(row.declaration, code, None)
    return (value is None, value or 0)


def sorted_rows(rows: Iterable[Row], order: str) -> list[Row]:
    """Return the rows by `order` ("name", "-persons", "class" …); an unknown order is by name."""
    key, down = order.lstrip("-"), order.startswith("-")
    found = sorted(rows, key=lambda row: (sort_key(row.place.name), row.place.code))
    if key in figures.BY_CODE:
        reported = [row for row in found if not _number(row, key)[0]]
        reported.sort(key=lambda row: _number(row, key)[1], reverse=down)
        return reported + [row for row in found if _number(row, key)[0]]
    keys = {
        "class": lambda row: row.weight,
        "previous": lambda row: WEIGHT.get(row.previous.decided_class, 9),
        "stage": lambda row: Stage.values.index(row.standing.stage),
        "missing": lambda row: len(row.missing),
        "conflicts": lambda row: row.standing.conflict_count,
    }
    if key in keys:
        found.sort(key=keys[key], reverse=down)
    elif down:
        found.reverse()
    return found
