"""What every question starts from, and the record of how its answer was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Generic, TypeVar

from diaban import __version__
from diaban.analysis.answer import SCHEMA, Reproduce
from diaban.analysis.questions.repeating import command_of
from diaban.analysis.settings import Settings
from diaban.analysis.tables import PointEvents, Table, TableError
from diaban.core.messages import N_, say
from diaban.engine.executors import Executor, Progress

Kind = TypeVar("Kind", bound=Settings)


@dataclass(frozen=True, slots=True)
class Asking(Generic[Kind]):
    """A question put to a table, and who does the work."""

    settings: Kind
    table: Table
    seed: int
    executor: Executor
    progress: Progress

    def reproduce(self, replicates: int | None = None, **data: Any) -> Reproduce:
        """Return how to do it again; `data` adds figures about the table."""
        about = self.table.about
        told: Mapping[str, Any] = {
            "name": about.name,
            "first": about.first,
            "end": about.end,
            "sources": about.sources,
            "categories": about.categories,
            "kind": "points" if isinstance(self.table, PointEvents) else "areas",
            "rows": len(self.table),
            **data,
        }
        return Reproduce(
            program=f"diaban {__version__}",
            schema=SCHEMA,
            seed=self.seed,
            settings=self.settings.to_dict(),
            data_sha256=self.table.fingerprint,
            data=told,
            libraries={name: version(name) for name in ("numpy", "scipy", "numba")},
            replicates=replicates,
            command=command_of(self.settings, about, self.seed, geodesic=self.table.positions.geodesic),
        )

    def refuse_empty(self) -> None:
        """Refuse a table without events."""
        if len(self.table) == 0:
            raise TableError((say(N_("Không có sự kiện nào trong phần đã chọn; xem lại kỳ, loại và nguồn.")),))
