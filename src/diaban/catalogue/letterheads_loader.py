"""The issuing unit's letterhead: dated defaults by province, all of it "do đơn vị đặt"; or a file of the unit's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from diaban.core.dossier.canonical import read_into
from diaban.core.dossier.snapshot import Letterhead
from diaban.core.messages import N_, Message, say

FIELDS = tuple(Letterhead.__dataclass_fields__)


class LetterheadError(ValueError):
    """A letterhead file that cannot be used; `message` says what was found and what is accepted."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@cache
def _rows() -> tuple[Mapping[str, Any], ...]:
    text = files("diaban.catalogue").joinpath("letterheads", "defaults.yaml").read_text(encoding="utf-8")
    return tuple(yaml.safe_load(text)["letterheads"])


def letterhead_for(province_code: str, on: date) -> Letterhead:
    """Return the default letterhead of a province (statistical code) on a day; an empty one where there is none."""
    for row in _rows():
        after = row["effective_from"] is None or row["effective_from"] <= on
        before = row["effective_to"] is None or on < row["effective_to"]
        if row["province"] == province_code and after and before:
            return read_into(Letterhead, {name: row[name] for name in FIELDS}, "letterhead")
    return Letterhead()


def read_letterhead(text: str) -> Letterhead:
    """Return the letterhead written in YAML by the fields' names; raise `LetterheadError` with what is accepted."""
    known = ", ".join(FIELDS)
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError:
        raise LetterheadError(say(N_("Tệp tiêu đề văn bản không phải YAML. Các mục: {known}."), known=known)) from None
    if not isinstance(data, dict):
        raise LetterheadError(
            say(N_("Tệp tiêu đề văn bản phải gồm các dòng “mục: giá trị”. Các mục: {known}."), known=known)
        )
    try:
        return read_into(Letterhead, data, "letterhead")
    except (ValueError, TypeError) as error:
        raise LetterheadError(
            say(N_("Tệp tiêu đề văn bản: {why}. Các mục: {known}."), why=str(error), known=known)
        ) from None
