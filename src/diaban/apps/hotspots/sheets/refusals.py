"""What the bulk actions object to, as the exchange shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from diaban.apps.exchange.registry import Change, Draft, Fault, SheetRefused
from diaban.apps.hotspots.actions.bulk import BulkRefused
from diaban.core.lifecycle import Problem

_NAMED = 5
_COLUMNS = {"unit_id": "unit_code", "unit": "unit_code", "": "code"}


def faults(drafts: Sequence[Draft], problems: Mapping[int, Sequence[Problem]]) -> Iterator[Fault]:
    """Yield the objections by row and column."""
    for index, found in sorted(problems.items()):
        for problem in found:
            yield Fault(drafts[index].number, _COLUMNS.get(problem.field, problem.field), problem.message)


def refused(error: BulkRefused, changes: Sequence[Change] | None = None) -> SheetRefused:
    """Return the refusal in words; with `changes` its keys are their indexes and the rows are named."""
    lines = []
    for key, found in list(error.problems.items())[:_NAMED]:
        words = "; ".join(str(problem.message) for problem in found)
        lines.append(f"{changes[key].number} ({changes[key].key}): {words}" if changes is not None else words)
    more = f" … (+{len(error.problems) - _NAMED})" if len(error.problems) > _NAMED else ""
    return SheetRefused(" | ".join(lines) + more)
