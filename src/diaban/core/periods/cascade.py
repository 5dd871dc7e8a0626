"""Who must send what to whom by which day after a period closes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from diaban.core.messages import N_, Message, say
from diaban.core.periods.period import Grain


@dataclass(frozen=True, slots=True)
class Step:
    """One obligation of a cascade: in the period's last month, on day-of-month `day`.

    `sentence` says who does what ("Công an cấp tỉnh báo cáo Bộ Công an"); `sender` and `receiver` name the two alone.
    `strict` says the law writes "trước ngày": the last day to send is the day before.
    """

    code: str
    sender: str
    receiver: str
    sentence: str
    day: int
    strict: bool
    article: str
    effective_from: date | None = None
    effective_to: date | None = None

    def in_force(self, on: date) -> bool:
        """Return whether the obligation exists on day `on`."""
        return (self.effective_from is None or self.effective_from <= on) and (
            self.effective_to is None or on < self.effective_to
        )


@dataclass(frozen=True, slots=True)
class Deadline:
    """One step applied to one period. `due` is the last day on which sending is still in time."""

    cascade: str
    step: Step
    due: date
    reference: str

    @property
    def limit(self) -> date:
        """Return the day that the text of the law names."""
        return self.due + timedelta(days=1) if self.step.strict else self.due

    @property
    def label(self) -> Message:
        """Return the obligation as a sentence with the day as the law writes it."""
        template = (
            N_("{what} trước ngày {day} (chậm nhất hết ngày {due})")
            if self.step.strict
            else N_("{what} chậm nhất ngày {day}")
        )
        return say(
            template,
            what=say(self.step.sentence),
            day=f"{self.limit:%d/%m/%Y}",
            due=f"{self.due:%d/%m/%Y}",
        )


@dataclass(frozen=True, slots=True)
class Cascade:
    """The obligations that one legal text attaches to periods of certain grains, between two dates.

    `regime` is the id of the regime whose periods it follows; `source` says how the text was read.
    """

    id: str
    title: str
    regime: str
    grains: frozenset[Grain]
    steps: tuple[Step, ...]
    reference: str
    checked_by: str
    effective_from: date | None = None
    effective_to: date | None = None
    notes: tuple[str, ...] = field(default=())

    def in_force(self, on: date) -> bool:
        """Return whether the text is in force on day `on`."""
        return (self.effective_from is None or self.effective_from <= on) and (
            self.effective_to is None or on < self.effective_to
        )
