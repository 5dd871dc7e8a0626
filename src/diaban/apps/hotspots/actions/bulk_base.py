"""What the bulk actions share: problems by row, the result with its way back, look-up by code, running codes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol, TypeVar

from diaban.apps.access import Permission, Rights
from diaban.apps.hotspots.actions.ends import is_of_others, outside, unusable
from diaban.apps.hotspots.models import Hotspot, HotspotStep, Incident
from diaban.apps.hotspots.queries import UnitIds, next_code, units_seen
from diaban.apps.places import queries as places
from diaban.core.lifecycle import Problem
from diaban.core.messages import N_, say
from diaban.core.units.territory import nearest_day

Problems = dict[int, tuple[Problem, ...]]
Record = TypeVar("Record", Hotspot, Incident)
BATCH = 1000


class Row(Protocol):
    """What every row of an import names."""

    @property
    def unit_id(self) -> int: ...

    @property
    def code(self) -> str: ...


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


@dataclass(frozen=True, slots=True)
class Reach:
    """What an import may do: `units` it may write in, `seen` those whose records it sees; None = no limit."""

    units: UnitIds
    seen: UnitIds

    @classmethod
    def of(cls, rights: Rights, sees: Permission, *writes: Permission) -> Reach:
        """Return the reach of somebody who writes rows of an import under `writes` and sees records under `sees`."""
        return cls(units_seen(rights, *writes), units_seen(rights, sees))

    def writes(self, unit_id: int) -> bool:
        """Say whether a record of this unit may be written."""
        return self.units is None or unit_id in self.units

    def in_sight(self, carrying: Mapping[str, Sequence[Record]]) -> dict[str, list[Record]]:
        """Return of the records by code those that are seen."""
        return {
            code: [one for one in found if self.seen is None or one.unit_id in self.seen]
            for code, found in carrying.items()
        }

    def problem(self, row: Row, seen: Sequence[Record], exists: bool) -> Problem | None:
        """Return why a row is not looked at any further: its unit, its record or its code is out of reach.

        `seen`: the records in sight that carry its code; `exists`: whether any record carries it.
        """
        if not self.writes(row.unit_id):
            return outside()
        if row.code and not seen and (exists or is_of_others(row.code, self.units)):
            return Problem("code", unusable(row.code))
        return None

    def left(self, unit_ids: Iterable[int]) -> bool:
        """Say whether any of these units is out of reach: an import cannot be taken back there."""
        return not all(map(self.writes, unit_ids))


LEFT_REACH: Final = Problem("", say(N_("Lô có hồ sơ nay không có trong phạm vi được giao; đề nghị cấp tỉnh hoàn tác.")))


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
