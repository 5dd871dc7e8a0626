"""Places that are compared with their neighbours: areas, or squares laid over points; and who is whose neighbour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from diaban.analysis.places import NICE
from diaban.analysis.tables import AreaCounts, PointEvents, Table, TableError
from diaban.core.messages import N_, say
from diaban.engine.local import Neighbours, nearest, squares, touching, within
from diaban.engine.positions import Positions

MOST_SQUARES = 100_000
_WANTED_PER_SQUARE = 2.0


@dataclass(frozen=True, eq=False)
class Mapped:
    """`positions` (P,) of places; `place` (n,) and `weight` (n,) of the table's rows; `side` of squares, or None."""

    positions: Positions
    place: NDArray[np.int32]
    weight: NDArray[np.int64]
    units: tuple[str, ...]
    names: tuple[str, ...]
    side: float | None
    pairs: NDArray[np.int64] | None

    def __len__(self) -> int:
        """Return the number of places."""
        return len(self.positions)

    def neighbours(self, kind: str, distance: float | None, count: int) -> tuple[Neighbours, float | None]:
        """Return who is whose neighbour, and the distance that was chosen when nobody chose one."""
        if kind == "contiguity":
            if self.pairs is None:
                raise TableError(
                    (say(N_("Tệp đơn vị không cho biết nơi nào giáp nơi nào; dùng distance hoặc nearest.")),)
                )
            return touching(len(self), self.pairs), None
        if kind == "nearest":
            if count >= len(self):
                raise TableError((say(N_("Chỉ có {n} nơi; giảm số lân cận gần nhất."), n=len(self)),))
            return nearest(self.positions, count), None
        reach = distance or self._usual_distance()
        return within(self.positions, reach), reach

    def _usual_distance(self) -> float:
        """Return a distance at which nearly every place has a neighbour: 1.5 squares, or the far nearest neighbour."""
        if self.side is not None:
            return self.side * 1.5
        tree = cKDTree(self.positions.embedded)
        first = tree.query(self.positions.embedded, k=2)[0][:, 1]
        far = self.positions.arc(np.asarray([np.quantile(first, 0.95)], dtype=np.float64))[0]
        return float(max(far * 1.2, 1.0))


def mapped(table: Table, cell: float | None) -> Mapped:
    """Return the places of a table. Points are counted in squares over their whole rectangle, empty ones too."""
    if isinstance(table, AreaCounts):
        pairs = None if table.pairs is None else table.pairs.astype(np.int64)
        found = Mapped(table.positions, table.unit, np.maximum(table.count, 0), table.units, table.names, None, pairs)
    else:
        side = cell or _side(table)
        try:
            laid = squares(table.positions, side)
        except ValueError as error:
            raise TableError(
                (say(N_("Ô {side} m là quá nhỏ cho vùng này; chọn --cell lớn hơn."), side=f"{side:g}"),)
            ) from error
        kept = np.ones(len(table), dtype=np.int64) if table.control is None else (~table.control).astype(np.int64)
        found = Mapped(laid.centres, laid.member.astype(np.int32), kept, (), (), side, None)
    if len(found) < 3:
        raise TableError((say(N_("Cần ít nhất 3 nơi để so với nhau, đang có {n}."), n=len(found)),))
    return found


def _side(table: PointEvents) -> float:
    """Return a side with about two events per square of the middle of the map, and not too many squares."""
    for side in NICE:
        occupied = squares(table.positions, side, everywhere=False)
        columns, rows = np.ptp(occupied.column) + 1, np.ptp(occupied.row) + 1
        if columns * rows <= MOST_SQUARES // 10 and len(table) / len(occupied) >= _WANTED_PER_SQUARE:
            return float(side)
    return float(NICE[-1])
