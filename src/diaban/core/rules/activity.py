"""Figures that fall while the work that finds them falls too (G14): a better class may only mean less looking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from diaban.core.messages import N_, Message, say
from diaban.core.rules.figures import CommuneFigures, label
from diaban.core.rules.wording import COMMA, grouped, joined

FOUND_BY_WORK = ("persons", "points", "arrested", "plants", "plant_m2")
"""Figures that depend on how much is looked for."""

ACTIVITIES: Mapping[str, str] = MappingProxyType(
    {
        "tests": N_("số lượt xét nghiệm"),
        "checks": N_("số lượt kiểm tra"),
        "tips": N_("số tin báo, tố giác"),
        "patrols": N_("số lượt tuần tra"),
    }
)

Activity = Mapping[str, int | None]


def falling_with_activity(
    before: CommuneFigures, after: CommuneFigures, activity_before: Activity, activity_after: Activity
) -> tuple[Message, ...]:
    """Return a warning when declared figures and the activity that finds them fell together, else nothing.

    `activity_*` give counts by the keys of `ACTIVITIES` (unknown key: `KeyError`); a count that either cycle did not
    report is left out, never taken as zero.
    """
    figures = [
        _fall(label(name), old, new)
        for name in FOUND_BY_WORK
        if (old := getattr(before, name)) is not None and (new := getattr(after, name)) is not None and new < old
    ]
    activities = list(_falls(activity_before, activity_after))
    if not figures or not activities:
        return ()
    return (
        say(
            N_("Số liệu giảm cùng lúc với hoạt động: {figures}; trong khi {activities}. Kiểm tra trước khi kết luận."),
            figures=joined(figures, COMMA),
            activities=joined(activities, COMMA),
        ),
    )


def _falls(before: Activity, after: Activity) -> Iterator[Message]:
    for name in dict.fromkeys((*before, *after)):
        title = say(ACTIVITIES[name])
        old, new = before.get(name), after.get(name)
        if old is not None and new is not None and new < old:
            yield _fall(title, old, new)


def _fall(what: Message, old: int, new: int) -> Message:
    return say(N_("{what} từ {old} còn {new}"), what=what, old=grouped(old), new=grouped(new))
