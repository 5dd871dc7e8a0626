"""How a piece of work stands on a day, in words and signs: of one task, and of a sentence of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SOON_DAYS: Final = 7
"""Days before a due day from which a page says that it is near. It only shows: reminders have rules of their own."""


class Work(StrEnum):
    """How a task stands; the values are those of the address, the order is that of urgency."""

    LATE = "qua_han"
    SOON = "sap_den_han"
    REPORTED = "cho_xac_nhan"
    RUNNING = "trong_han"
    UNDATED = "chua_dat_han"
    COMING = "chua_den_ky"
    DONE = "da_xong"
    OFF = "thoi_giao"


class Sentence(StrEnum):
    """How a clause of a plan stands; the values are those of the address, the order is that of urgency."""

    LATE = "tre"
    NOBODY = "chua_giao"
    SOON = "sap_den_han"
    RUNNING = "dung_han"
    DONE = "xong"
    TARGET = "chi_tieu"
    UNMEASURED = "khong_do"


@dataclass(frozen=True, slots=True)
class Look:
    """A state as it is shown: in words, as a sign that survives without colour, with the tone of its chip."""

    words: Promise
    sign: str
    tone: str


WORKS: Final[Mapping[Work, Look]] = MappingProxyType(
    {
        Work.LATE: Look(_("Quá hạn"), "!", "warn"),
        Work.SOON: Look(_("Sắp đến hạn"), "△", "wait"),
        Work.REPORTED: Look(_("Chờ xác nhận"), "»", "info"),
        Work.RUNNING: Look(_("Trong hạn"), "○", "neutral"),
        Work.UNDATED: Look(_("Chưa đặt hạn"), "?", "wait"),
        Work.COMING: Look(_("Chưa đến kỳ"), "·", "closed"),
        Work.DONE: Look(_("Đã xong"), "✓", "ok"),
        Work.OFF: Look(_("Đã thôi giao"), "–", "closed"),
    }
)
SENTENCES: Final[Mapping[Sentence, Look]] = MappingProxyType(
    {
        Sentence.LATE: Look(_("Trễ hạn"), "!", "warn"),
        Sentence.NOBODY: Look(_("Chưa giao ai"), "∅", "conflict"),
        Sentence.SOON: Look(_("Sắp đến hạn"), "△", "wait"),
        Sentence.RUNNING: Look(_("Đúng hạn"), "○", "neutral"),
        Sentence.DONE: Look(_("Đã xong"), "✓", "ok"),
        Sentence.TARGET: Look(_("Chỉ có chỉ tiêu"), "#", "info"),
        Sentence.UNMEASURED: Look(_("Không đo"), "–", "closed"),
    }
)
OPEN: Final = (Work.LATE, Work.SOON, Work.REPORTED, Work.RUNNING, Work.UNDATED)
"""The states in which something is still owed, or waits to be confirmed."""


def work_of(due: date | None, reported: bool, on: date) -> Work:
    """Return how an open turn stands on `on`: due on `due` (None: no day was set), `reported` done or not.

    What was reported is not late any more, whoever still has to confirm it; a due day itself is in time.
    """
    if reported:
        return Work.REPORTED
    if due is None:
        return Work.UNDATED
    if due < on:
        return Work.LATE
    return Work.SOON if due <= on + timedelta(days=SOON_DAYS) else Work.RUNNING


def sentence_of(counts: Mapping[Work, int], *, targets: int, no_measure: bool) -> Sentence:
    """Return how a sentence stands whose tasks are counted by state: by the most urgent of them.

    Tasks no longer given carry nothing out. Without any other, a sentence is what its targets are; without these, what
    was said about it; and with nothing at all it is nobody's.
    """
    given = {work for work, n in counts.items() if n and work is not Work.OFF}
    if given:
        if Work.LATE in given:
            return Sentence.LATE
        if Work.SOON in given:
            return Sentence.SOON
        return Sentence.DONE if given <= {Work.DONE} else Sentence.RUNNING
    if targets:
        return Sentence.TARGET
    return Sentence.UNMEASURED if no_measure else Sentence.NOBODY
