"""Judge one unit, or ask what would be if its figures were others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from diaban.core.messages import N_, Message, say
from diaban.core.rules.assessment import Assessment
from diaban.core.rules.explain import READING_NAMES, outcome_text
from diaban.core.rules.figures import Figures
from diaban.core.rules.judgement import judge
from diaban.core.rules.model import READINGS, RuleError, RuleSet, Scheme, Settings, SettingValue
from diaban.core.rules.table import Table


def evaluate(ruleset: RuleSet, figures: Figures, settings: Settings | None = None) -> Assessment:
    """Judge a commune (Điều 4 and 6) or a province (Điều 5) by `ruleset`.

    `settings` are the province's choices by key; what is left out takes its default. Unknown settings and a rule set
    without criteria for the kind of unit raise `RuleError`.
    """
    chosen = ruleset.resolve(settings)
    table = _table(_Identity(ruleset), figures.SUBJECT, tuple(sorted(chosen.items())))
    return Assessment(judge(table, figures))


class _Identity:
    """A rule set as a key of the cache: same object, same key."""

    __slots__ = ("ruleset",)

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset

    def __hash__(self) -> int:
        return id(self.ruleset)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and other.ruleset is self.ruleset


@lru_cache(maxsize=64)
def _table(identity: _Identity, subject: str, settings: tuple[tuple[str, SettingValue], ...]) -> Table:
    return Table(identity.ruleset, _scheme(identity.ruleset, subject), dict(settings))


def _scheme(ruleset: RuleSet, subject: str) -> Scheme:
    scheme = ruleset.commune if subject == "commune" else ruleset.province
    if scheme is None:
        raise RuleError(say(N_("{number} không có tiêu chí cho cấp tỉnh."), number=ruleset.number))
    return scheme


@dataclass(frozen=True, slots=True)
class WhatIf:
    """An assessment beside the one with other figures. `differences` says in words what changes; empty: nothing."""

    before: Assessment
    after: Assessment
    differences: tuple[Message, ...]


def what_if(assessment: Assessment, **changes: int | str | None) -> WhatIf:
    """Judge again with some figures changed: `what_if(assessment, points=3)`. An unknown figure raises `TypeError`."""
    figures = replace(assessment.figures, **changes)  # type: ignore[arg-type]
    after = evaluate(assessment.ruleset, figures, assessment.settings)
    return WhatIf(assessment, after, tuple(_differences(assessment, after)))


def _differences(before: Assessment, after: Assessment) -> list[Message]:
    found: list[Message] = []
    for reading in READINGS:
        old, new = before.outcomes[reading], after.outcomes[reading]
        if old != new:
            found.append(
                say(
                    N_("Loại ({reading}): {old} → {new}"),
                    reading=say(READING_NAMES[reading]),
                    old=outcome_text(old),
                    new=outcome_text(new),
                )
            )
    gained = [code for code in after.criteria_met if code not in before.criteria_met]
    lost = [code for code in before.criteria_met if code not in after.criteria_met]
    if gained:
        found.append(say(N_("Tiêu chí đạt thêm: {codes}"), codes=", ".join(gained)))
    if lost:
        found.append(say(N_("Tiêu chí không còn đạt: {codes}"), codes=", ".join(lost)))
    if before.drug_free != after.drug_free:
        found.append(
            say(N_("“Không ma túy”: {old} → {new}"), old=say(TRUTH[before.drug_free]), new=say(TRUTH[after.drug_free]))
        )
    codes_before = {finding.code for finding in before.conflicts}
    new_conflicts = [finding for finding in after.conflicts if finding.code not in codes_before]
    return [*found, *(say(N_("Cần xem xét thêm: {text}"), text=finding.sentence) for finding in new_conflicts)]


TRUTH: Mapping[bool | None, str] = {True: N_("đạt"), False: N_("chưa đạt"), None: N_("chưa rõ")}
