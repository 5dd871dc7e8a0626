"""Which steps a row of a workbook implies for a hot-spot, and whether the guards accept them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from diaban.apps.hotspots.actions.bulk_base import Units
from diaban.apps.hotspots.actions.rows import HotspotRow
from diaban.core.lifecycle import History, Problem, Settings, Step, StepRefused, apply
from diaban.core.messages import N_, say

# Column -> verb, in the order in which steps of one day follow each other.
DATE_FIELDS: Final = {
    "detected_on": "detect",
    "listed_on": "enlist",
    "planned_on": "plan",
    "eliminated_on": "eliminate",
    "watched_on": "watch",
    "removed_on": "remove",
    "reformed_on": "reform",
}
LISTED_BY: Final = frozenset({"enlist", "list", "receive"})
Implied = list[tuple[str, date, str]]  # verb, day, column


def plan_steps(
    row: HotspotRow, history: History, today: date, settings: Callable[[date], Settings], units: Units
) -> tuple[History, list[Problem]]:
    """Return the history after the row's steps, and the problems named by the row's columns."""
    implied, problems = _implied(row, history)
    for verb, on, column in implied:
        opens = not history.entries
        step = Step(
            verb=verb,
            on=on,
            recorded_on=today,
            document=row.document.strip(),
            decider=row.decider.strip(),
            reason=row.reason.strip(),
            evidence=row.evidence.strip(),
            grade=row.grade or "",
            unit=str(row.unit_id) if opens else "",
            kind=(row.kind or "") if opens else "",
        )
        if opens and not units.existed(row.unit_id, on):
            problems.append(
                Problem(
                    "unit_id",
                    say(N_("Đơn vị không tồn tại vào ngày {day}; xem lại mã hoặc ngày."), day=f"{on:%d/%m/%Y}"),
                )
            )
        try:
            history = apply(history, step, settings(on))
        except StepRefused as refusal:
            columns = {"on": column, "verb": column, "": column, "unit": "unit_id"}
            problems += [Problem(columns.get(p.field, p.field), p.message) for p in refusal.problems]
            break  # later steps would only repeat that this one is missing
    return history, problems


def _implied(row: HotspotRow, history: History) -> tuple[Implied, list[Problem]]:
    """Return the steps that are not yet in the history, by day, and where the row contradicts it."""
    given = {column: day for column in DATE_FIELDS if (day := getattr(row, column)) is not None}
    if not history.entries:
        return _opening(given), [] if {"detected_on", "listed_on"} & set(given) else [
            Problem("listed_on", say(N_("Điểm mới cần ngày đưa vào danh sách, hoặc ngày phát hiện nếu chưa vào.")))
        ]
    told = {(entry.step.verb, entry.step.on) for entry in history.effective}
    problems: list[Problem] = []
    implied: Implied = []
    for column, day in given.items():
        verb = DATE_FIELDS[column]
        if column == "detected_on" or (verb, day) in told or (("strike", day) in told and verb == "remove"):
            continue
        if column == "listed_on":
            listed = [on for verb_done, on in told if verb_done in LISTED_BY]
            if not listed:
                chain = {"detected": ("verify", "list"), "verifying": ("list",)}.get(history.state, ("list",))
                implied += [(each, day, column) for each in chain]
            elif day not in listed:
                problems.append(
                    Problem(
                        column,
                        say(
                            N_(
                                "Sổ ghi ngày vào danh sách là {day}; sửa sổ bằng «Hoàn tác bước», không bằng bảng tính."
                            ),
                            day=f"{min(listed):%d/%m/%Y}",
                        ),
                    )
                )
            continue
        implied.append((verb, day, column))
    return _with_watch(implied, given, history.state), problems


def _opening(given: dict[str, date]) -> Implied:
    """Return the whole life a new row tells; a spot already on a list opens by `enlist`."""
    columns = [column for column in given if not (column == "detected_on" and "listed_on" in given)]
    return _with_watch([(DATE_FIELDS[column], given[column], column) for column in columns], given, "")


def _with_watch(implied: Implied, given: dict[str, date], state: str) -> Implied:
    """Put the steps in the order of their days, and give a removal the step it follows.

    A list that tells an elimination and a removal but no day of watching was watched from the elimination on; one that
    tells a removal without an elimination was struck off.
    """
    order = list(DATE_FIELDS.values())
    verbs = {verb for verb, _day, _column in implied}
    if "remove" in verbs and "watch" not in verbs and state != "watched":
        if "eliminated_on" in given:
            implied = [*implied, ("watch", given["eliminated_on"], "removed_on")]
        else:
            implied = [("strike" if verb == "remove" else verb, day, column) for verb, day, column in implied]

    def rank(item: tuple[str, date, str]) -> tuple[date, int]:
        verb, day, _column = item
        return day, order.index(verb) if verb in order else order.index("enlist")

    return sorted(implied, key=rank)
