"""The law of a cycle: its days, its rule set with the province's settings, its deadlines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from diaban.apps.localities.models import Cycle, LocalityClass
from diaban.catalogue.periods_loader import regime
from diaban.catalogue.rulesets_loader import cycle as cycle_period
from diaban.catalogue.rulesets_loader import ruleset, ruleset_for
from diaban.core.periods import Period
from diaban.core.rules import RuleSet

CASCADE = "qd28"


def period_of_year(year: int) -> Period:
    """Return the days of the review of `year`; raises `PeriodError`."""
    return cycle_period(year)


def law_of_year(year: int) -> RuleSet:
    """Return the rule set in force for the review of `year`; raises `RuleError` where no text covers it."""
    return ruleset_for(year)


def law_of(cycle: Cycle) -> RuleSet:
    """Return the rule set under which the cycle was opened."""
    return ruleset(cycle.ruleset)


def class_label(klass: str, ruleset: RuleSet) -> str:
    """Return the class in the words of a rule set: one without "không ma túy" says nothing of it."""
    if klass == LocalityClass.NONE and not ruleset.drug_free:
        return gettext("Không thuộc loại trọng điểm")
    return str(LocalityClass(klass).label)


def class_choices(ruleset: RuleSet) -> list[tuple[str, str]]:
    """Return the classes a person may choose under a rule set, heaviest first."""
    return [
        (klass.value, class_label(klass, ruleset))
        for klass in LocalityClass
        if klass != LocalityClass.FREE or ruleset.drug_free
    ]


@dataclass(frozen=True, slots=True)
class Due:
    """A day that counts for the cycle, in words, with the whole days left (negative: past)."""

    label: str
    sender: str
    said: str
    day: date
    days_left: int
    article: str

    @property
    def left(self) -> str:
        """Return the days left in words."""
        if self.days_left > 0:
            return gettext("còn {n} ngày").format(n=self.days_left)
        return gettext("hôm nay") if self.days_left == 0 else gettext("đã qua")


def deadlines(cycle: Cycle, on: date) -> list[Due]:
    """Return the cut-off of the figures and the reporting days that follow it, earliest first."""
    period = period_of_year(cycle.year)
    last = cycle.last_day
    found = [Due(gettext("Chốt số liệu"), "", f"{last:%d/%m/%Y}", last, (last - on).days, law_of(cycle).reference)]
    found += [
        Due(
            one.label.render(gettext),
            gettext("{who} báo cáo").format(who=one.step.sender),
            gettext("trước ngày {day}").format(day=f"{one.limit:%d/%m/%Y}"),
            one.due,
            (one.due - on).days,
            one.step.article,
        )
        for one in regime(period.regime).deadlines(period)
        if one.cascade == CASCADE
    ]
    return found
