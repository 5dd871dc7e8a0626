"""The sheets that can be imported and exported. An app announces its own in its `sheets.py`."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from pydantic import BaseModel

from diaban.adapters.workbooks import SheetSpec
from diaban.apps.access import Permission, Rights, rights_at
from diaban.apps.accounts.models import User
from diaban.apps.places import queries as places
from diaban.apps.places.scope import Scope
from diaban.core.messages import N_, Message, say
from diaban.core.privacy import PrivacyClass

Json = Any
Stored = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Context:
    """Who imports, when, with which options of the sheet (such as the cycle), under which batch number."""

    by: User
    at: dt.datetime
    options: Mapping[str, str]
    batch: str = ""

    @property
    def rights(self) -> Rights:
        """Return what the importer may do at that moment."""
        return rights_at(self.by, self.at)


@dataclass(slots=True)
class Draft:
    """A row on its way in. `values` holds typed values of the columns that the file has; `prepare` may adjust them."""

    number: int
    key: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """What `prepare` found wrong: in which row and column, why, what would be accepted."""

    number: int
    column: str
    why: Message
    accepted: Message = field(default_factory=lambda: say(""))


@dataclass(frozen=True, slots=True)
class Change:
    """A row to write or to take back. `before` is None for a row that is new; values are JSON.

    `act` holds the cells of the sheet's act columns: they tell of the act (document, decider), not of the thing.
    """

    number: int
    key: str
    before: Stored | None
    after: Stored
    act: Stored = field(default_factory=dict)


class RowError(ValueError):
    """Raised by a validator of `row_model`: which column, why, what would be accepted."""

    def __init__(self, column: str, why: Message, accepted: Message | None = None) -> None:
        super().__init__(str(why))
        self.column = column
        self.why = why
        self.accepted = accepted or say("")


class SheetRefused(Exception):
    """The register does not take or give back these rows; the text is for people."""


class Sheet(ABC):
    """One register as a sheet.

    `current` is the heart: it returns what stands under the given keys now, as JSON values by column code. From it come
    the difference shown before writing, the check that nothing moved in between, and the check before undoing.
    """

    spec: ClassVar[SheetSpec]
    asks: ClassVar[tuple[Permission, ...]]  # what writing a row asks at each of its units, beside the import itself
    shows: ClassVar[Permission]  # what seeing a row asks at one of its units, beside the export itself
    unit_column: ClassVar[str] = "unit_code"  # the column at which a row out of reach is told
    personal: ClassVar[Mapping[str, PrivacyClass]] = {}  # columns with data of persons: locked in exports
    row_model: ClassVar[type[BaseModel] | None] = None  # checks across the cells of one row
    options_form: ClassVar[type[forms.Form] | None] = None  # choices that hold for the whole file, as text
    fixed: ClassVar[frozenset[str]] = frozenset()  # columns that only a new row may set
    act_columns: ClassVar[frozenset[str]] = frozenset()  # columns that never make a difference by themselves
    emptied: ClassVar[frozenset[str]] = frozenset()  # columns where an empty cell empties; elsewhere it keeps

    prefilled: ClassVar[bool] = False  # the template lists the keys: a row with nothing else says nothing
    whole_list: ClassVar[str] = ""  # the query under which the list page shows every row

    def units_of(self, rows: Sequence[Stored], context: Context) -> Sequence[Collection[int]]:  # noqa: ARG002
        """Return the ids of the units whose record each stored row is: of `current`, or prepared from the file.

        Before anything is shown or written, the importer must hold `asks` at every one of them. By default the one unit
        whose uid stands under `unit`.
        """
        ids = places.known().ids
        return [(ids[row["unit"]],) if row.get("unit") else () for row in rows]

    def prepare(self, drafts: Sequence[Draft], context: Context) -> Iterable[Fault]:  # noqa: ARG002
        """Check rows against the registers, in bulk (unit codes, references). Rows with a fault are left out.

        What is checked against records of other rows looks only at those within `context.rights`.
        """
        return ()

    @abstractmethod
    def current(self, keys: Collection[str], context: Context) -> dict[str, Stored]:
        """Return what stands under each key that exists; columns that are empty hold None."""

    @abstractmethod
    def write(self, changes: Sequence[Change], context: Context) -> Json:
        """Create or update the rows, by the register's own actions, inside the caller's transaction.

        Return what `revert` will need besides the changes (JSON, may be None). Raises `SheetRefused`.
        """

    @abstractmethod
    def revert(self, changes: Sequence[Change], image: Json, context: Context) -> None:
        """Put every row of one `write` back to `before` (None: it was not there).

        `image` is what that `write` returned; later writes are taken back first. Raises `SheetRefused`.
        """

    @abstractmethod
    def export_rows(self, query: QueryDict, scope: Scope, rights: Rights) -> Iterator[Mapping[str, Any]]:
        """Yield the rows that the list page with this query shows to somebody with these rights, in its order.

        Values are typed, by column code. Only rows within `rights.units(self.shows)`.
        """

    def for_eyes(self, rows: Sequence[Stored]) -> Sequence[Stored]:
        """Return rows as a preview shows them: a reference replaced by the name it has today."""
        return rows

    def period(self, options: Mapping[str, str], on: dt.date) -> str:  # noqa: ARG002
        """Return what files of this sheet are told apart by, such as the cycle's year ("" for a register)."""
        return ""

    def template_rows(
        self,
        options: Mapping[str, str],  # noqa: ARG002
        on: dt.date,  # noqa: ARG002
        rights: Rights,  # noqa: ARG002
    ) -> Iterable[Mapping[str, Any]]:
        """Return rows with which the template is filled beforehand: the units of the cycle for which one may write."""
        return ()


def to_json(value: Any) -> Json:
    """Return a typed value as `current` and batch rows keep it: days as ISO text, decimals without trailing zeros."""
    if isinstance(value, Decimal):
        text = format(value.normalize(), "f")
        return "0" if text == "-0" else text
    return value.isoformat() if isinstance(value, dt.date) else value


def key_of(spec: SheetSpec, values: Mapping[str, Any]) -> str:
    """Return the row's key as text."""
    return "|".join(str(to_json(values[code])) for code in spec.key)


_SHEETS: dict[str, Sheet] = {}


def register_sheet(sheet: Sheet) -> None:
    """Announce a sheet. Its code is its address and its name on the command line."""
    if sheet.spec.code in _SHEETS:
        raise ValueError(f"two sheets are called {sheet.spec.code}")
    _SHEETS[sheet.spec.code] = sheet


def sheet_by_code(code: str) -> Sheet:
    """Return the sheet; `LookupError` with a sentence when there is none."""
    if code not in _SHEETS:
        known = ", ".join(sorted(_SHEETS))
        raise LookupError(str(say(N_("Không có bảng “{code}”. Các bảng: {known}."), code=code, known=known)))
    return _SHEETS[code]


def sheets() -> list[Sheet]:
    """Return all sheets in the order they were announced."""
    return list(_SHEETS.values())
