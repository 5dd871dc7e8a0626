"""A report as paragraphs and tables, before it becomes DOCX, PDF, XLSX or a page on the screen.

Every renderer draws the same `Document`, so the four never say different things.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from diaban.core.dossier.snapshot import Dossier
from diaban.core.dossier.writing import count, day, rate


class Kind(StrEnum):
    """What a column holds: it decides alignment, the workbook's cell type, and how "not reported" is said."""

    INDEX = "index"
    TEXT = "text"
    CODE = "code"  # text even where it looks like a number
    MARK = "mark"  # a short text, centred
    COUNT = "count"
    RATE = "rate"  # percent
    DAY = "day"


class Medium(StrEnum):
    """Where a column appears."""

    BOTH = "both"
    PAGE = "page"
    SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class Rate:
    """`part` of `whole`, kept as whole numbers until it is written."""

    part: int | None
    whole: int | None


Cell = str | int | date | Rate | None


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    kind: Kind = Kind.TEXT
    width: float = 20.0  # share of the table's width on paper (mm when the shares add up to the page)
    medium: Medium = Medium.BOTH


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under titled columns; `total` says that the last row is a sum."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: bool = False
    size: float = 11.0  # points

    def on(self, medium: Medium) -> Table:
        """Return the table with only the columns of `medium`."""
        kept = [n for n, column in enumerate(self.columns) if column.medium in (Medium.BOTH, medium)]
        return Table(
            tuple(self.columns[n] for n in kept),
            tuple(tuple(row[n] for n in kept) for row in self.rows),
            self.total,
            self.size,
        )


@dataclass(frozen=True, slots=True)
class Run:
    text: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: tuple[Run, ...]
    indent: bool = True  # first line 1,27 cm
    small: bool = False  # a note under a table


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    level: int  # 1: "I. TÌNH HÌNH"; 2: "1. …"; 3: "a) …"


Block = Paragraph | Heading | Table


@dataclass(frozen=True, slots=True)
class Annex:
    number: str  # "I"
    title: str
    landscape: bool
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """The whole report; the letterhead, number and date are read from `dossier`."""

    dossier: Dossier
    type_name: str  # "BÁO CÁO"
    subtitle: str  # under the title, the span of the figures
    body: tuple[Block, ...]
    annexes: tuple[Annex, ...]


def text(value: str, *, bold: bool = False, italic: bool = False) -> Paragraph:
    """Return a body paragraph of one run."""
    return Paragraph((Run(value, bold, italic),))


def note(value: str) -> Paragraph:
    """Return a small note, as under a table."""
    return Paragraph((Run(value, italic=True),), indent=False, small=True)


def small(value: str) -> Paragraph:
    """Return a paragraph in small upright type, as under a working."""
    return Paragraph((Run(value),), indent=False, small=True)


def written(kind: Kind, value: Cell) -> str:
    """Return a cell as it is printed."""
    if isinstance(value, Rate):
        return rate(value.part, value.whole)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, int):
        return str(value) if kind is Kind.INDEX else count(value)
    if value is None:
        return count(None) if kind in (Kind.COUNT, Kind.RATE) else ""
    return value
