"""What the bulk actions share: problems by row, the result with its way back, look-up by code, running codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from diaban.apps.hotspots.models import Hotspot, HotspotStep, Incident
from diaban.apps.hotspots.queries import next_code
from diaban.apps.places import queries as places
from diaban.core.lifecycle import Problem
from diaban.core.units.territory import nearest_day

Problems = dict[int, tuple[Problem, ...]]
Record = TypeVar("Record", Hotspot, Incident)
BATCH = 1000


class BulkRefused(ValueError):
    """Rows that cannot be taken; `problems` are by the row's index, nothing was written."""

    def __init__(self, problems: Mapping[int, tuple[Problem, ...]]) -> None:
        self.problems = dict(problems)
        first = "; ".join(str(problem.message) for problem in next(iter(self.problems.values())))
        super().__init__(f"{len(self.problems)}: {first}")


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What was written. `codes`: each row's code, in the rows' order. `image`: plain JSON that takes it all back."""

    created: int
    updated: int
    unchanged: int
    codes: tuple[str, ...]
    image: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Revert:
    """What taking back did."""

    deleted: int
    restored: int


def load_by_code(model: type[Record], codes: Iterable[str]) -> dict[str, list[Record]]:
    """Return the records with these codes (a code may stand in two provinces), in batches every database takes."""
    wanted = sorted(codes)
    found: dict[str, list[Record]] = defaultdict(list)
    for start in range(0, len(wanted), 1000):
        for record in model._base_manager.filter(code__in=wanted[start : start + 1000]).order_by("pk"):
            found[record.code].append(record)
    return found


def overwrite(records: Sequence[Hotspot] | Sequence[HotspotStep] | Sequence[Incident], columns: Iterable[str]) -> None:
    """Write these columns of records that were read whole before.

    By upsert on the key: Django's `bulk_update` builds a CASE a column a row, which costs ten times as much.
    """
    if records:
        type(records[0])._default_manager.bulk_create(
            records,  # type: ignore[arg-type]
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=[name.removesuffix("_id") for name in columns],
        )


def moment_of(item: Mapping[str, Any], otherwise: datetime) -> datetime:
    """Return when the record of an image was last changed before; restored, it lets an earlier import go back too."""
    return datetime.fromisoformat(item["updated_at"]) if item.get("updated_at") else otherwise


def plain(value: object) -> object:
    """Return `value` as JSON keeps it."""
    return value.isoformat() if isinstance(value, date) else value


class Units:
    """The register of units, read once for all rows."""

    def __init__(self) -> None:
        self.held = places.known()

    def existed(self, unit_id: int, on: date) -> bool:
        """Return whether the unit existed on `on`."""
        uid = self.held.uids[unit_id]
        return uid in self.held.register and self.held.register.exists(uid, on)

    def code(self, unit_id: int, on: date) -> str:
        """Return the unit's statistical code on `on`, or on its nearest day."""
        uid, register = self.held.uids[unit_id], self.held.register
        return register.spell(uid, nearest_day(register, uid, on)).code


class Codes:
    """Gives the next code of each prefix, asking the database once per prefix."""

    def __init__(self, model: type[Hotspot] | type[Incident]) -> None:
        self.model = model
        self.last: dict[str, int] = {}

    def next(self, prefix: str) -> str:
        """Return the code after the last one given or stored."""
        if prefix not in self.last:
            first = next_code(prefix, self.model)
            self.last[prefix] = int(first.removeprefix(f"{prefix}-")) - 1
        self.last[prefix] += 1
        return f"{prefix}-{self.last[prefix]:04d}"
