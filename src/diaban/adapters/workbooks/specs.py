"""What a sheet looks like: columns under stable codes, with the words, the kinds and the examples that people see."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from diaban.core.text import fold

_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
HEADER_ROWS = 2  # titles over codes
MAX_DATA_ROWS = 100_000
MAX_FILE_BYTES = 20 * 1024 * 1024


class Kind(StrEnum):
    """What a cell of a column holds."""

    TEXT = "text"
    INTEGER = "int"
    DECIMAL = "decimal"
    DATE = "date"
    CHOICE = "choice"
    CODE = "code"  # digits and letters that are a name, never a number: kept as text


def clean(text: str) -> str:
    """Return `text` composed (NFC), without control characters, with single spaces and no spaces at its ends."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).replace("\ufeff", "")
    text = _CONTROL.sub("", text)
    if "\n" in text or "\r" in text:
        return "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()
    return " ".join(text.split())


def comparable(text: str) -> str:
    """Return what two ways of writing a choice share."""
    return clean(text).casefold()


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column.

    `code` never changes; `title` is what people read (Vietnamese). `choices` maps stored codes to labels; a cell may
    hold either. `digits`: a `CODE` of that many digits, from which a numeric cell has lost its leading zeros.
    `informative` columns are written for the reader's eye and ignored when the sheet comes back.
    """

    code: str
    title: str
    kind: Kind = Kind.TEXT
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    help: str = ""
    width: int = 14
    example: str = ""
    minimum: int | Decimal | None = 0
    maximum: int | Decimal | None = None
    max_length: int = 500
    digits: int = 0
    informative: bool = False
    by_words: Mapping[str, str] = field(init=False, repr=False, compare=False)  # what people write -> stored code

    def __post_init__(self) -> None:
        words = {comparable(label): code for code, label in self.choices.items()}
        object.__setattr__(self, "by_words", words | {comparable(code): code for code in self.choices})


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """One sheet of one workbook. `key` columns together name a row; `guide` fills the guide sheet line by line."""

    code: str
    title: str
    columns: tuple[ColumnSpec, ...]
    key: tuple[str, ...]
    guide: tuple[str, ...] = ()

    def column(self, code: str) -> ColumnSpec:
        """Return the column called `code`; `KeyError` when there is none."""
        for column in self.columns:
            if column.code == code:
                return column
        raise KeyError(code)

    @property
    def slug(self) -> str:
        """The title as a file name has it on any system: "so-lieu-khai-cua-xa"."""
        return fold(self.title).replace(" ", "-")

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(column.code for column in self.columns)

    @property
    def required_codes(self) -> tuple[str, ...]:
        return tuple(column.code for column in self.columns if column.required)
