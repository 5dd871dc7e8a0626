"""The ranking with its working: every locality, every criterion, and what a missing figure leaves open."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from diaban.core.choosing.criteria import FULL, CriteriaSet, Raw, checked_weights

Scaled = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One criterion of one locality. `points`: scaled figure times weight, of `FULL` times all weights."""

    code: str
    raw: Raw
    scaled: int | None
    weight: int

    @property
    def points(self) -> int | None:
        """Return what the criterion adds; None where the figure is missing."""
        return None if self.scaled is None else self.scaled * self.weight


@dataclass(frozen=True, slots=True)
class Line:
    """One locality. Scores lie between 0 and 1.

    `score` weighs what is known against the weight of what is known; `low` and `high` bound it over everything that
    the missing figures could be. `place` is None where too little is known; equal scores share a place.
    `best` and `worst` are the places that the missing figures of all localities leave open.
    """

    key: str
    cells: tuple[Cell, ...]
    known: int  # weight of the criteria whose figure is known
    score: Fraction | None
    low: Fraction
    high: Fraction
    place: int | None
    tied: int
    best: int
    worst: int

    @property
    def scaled(self) -> Scaled:
        """Return the figures in thousandths, in the order of the criteria."""
        return tuple(cell.scaled for cell in self.cells)

    @property
    def missing(self) -> tuple[str, ...]:
        """Return the codes of the criteria that weigh something and are not known."""
        return tuple(cell.code for cell in self.cells if cell.scaled is None and cell.weight)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Localities by place, equal ones in the order given, then those that cannot be ranked."""

    codes: tuple[str, ...]
    weights: tuple[int, ...]
    lines: tuple[Line, ...]

    @property
    def total(self) -> int:
        """Return the sum of the weights."""
        return sum(self.weights)

    @property
    def ranked(self) -> tuple[Line, ...]:
        """Return the lines that have a place."""
        return tuple(line for line in self.lines if line.place is not None)


def rank(criteria: CriteriaSet, figures: Mapping[str, Mapping[str, Raw]], weights: Mapping[str, int]) -> Ranking:
    """Return the ranking of `figures` (locality → criterion → figure); a criterion left out is missing.

    Equal localities keep the order in which they are given. Raises `CriterionError` for weights or codes that the
    criteria do not know.
    """
    held = checked_weights(criteria, weights)
    codes = tuple(held)
    total = sum(held.values())
    columns = {one.code: one.scale.place([row.get(one.code) for row in figures.values()]) for one in criteria.criteria}
    drafts = []
    for number, (key, row) in enumerate(figures.items()):
        cells = tuple(Cell(code, row.get(code), columns[code][number], held[code]) for code in codes)
        known = sum(cell.weight for cell in cells if cell.scaled is not None)
        points = sum(cell.points or 0 for cell in cells)
        low = Fraction(points, FULL * total)
        high = low + Fraction(total - known, total)
        enough = known * FULL >= criteria.least_known * total and known > 0
        drafts.append((key, cells, known, Fraction(points, FULL * known) if enough else None, low, high))
    return Ranking(codes, tuple(held.values()), _placed(drafts))


Draft = tuple[str, tuple[Cell, ...], int, Fraction | None, Fraction, Fraction]


def _placed(drafts: Sequence[Draft]) -> tuple[Line, ...]:
    """Return the lines; each stands among all, with itself counted out."""
    scores = sorted(draft[3] for draft in drafts if draft[3] is not None)
    lows, highs = sorted(draft[4] for draft in drafts), sorted(draft[5] for draft in drafts)
    lines = []
    for key, cells, known, score, low, high in drafts:
        lines.append(
            Line(
                key=key,
                cells=cells,
                known=known,
                score=score,
                low=low,
                high=high,
                place=None if score is None else 1 + len(scores) - bisect_right(scores, score),
                tied=0 if score is None else bisect_right(scores, score) - bisect_left(scores, score) - 1,
                best=1 + len(lows) - bisect_right(lows, high),
                worst=1 + len(highs) - bisect_right(highs, low) - (high > low),
            )
        )
    return tuple(sorted(lines, key=lambda line: (line.place is None, line.place or 0)))


def top(ranking: Ranking, k: int) -> tuple[str, ...]:
    """Return the localities whose place is at most `k`; more than `k` of them where the last place is shared."""
    return tuple(line.key for line in ranking.ranked if line.place is not None and line.place <= k)
