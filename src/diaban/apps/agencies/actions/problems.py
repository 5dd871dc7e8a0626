"""Why an act on agencies and posts is not done, every reason at once; and how the log names what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from diaban.apps.agencies.models import Agency, Charge, Post
from diaban.core.messages import N_, Message, say

Problem = tuple[str, Message]


class NotDone(Exception):
    """The act cannot be done so. `problems` are (field, sentence), all at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(str(sentence) for _field, sentence in problems))
        self.problems = list(problems)


def stop_at(problems: Sequence[Problem]) -> None:
    """Raise `NotDone` when there are problems."""
    if problems:
        raise NotDone(problems)


def agency_subject(agency: Agency) -> str:
    """Return how the log names an agency."""
    return f"agency:{agency.code}"[:80]


def post_subject(post: Post) -> str:
    """Return how the log names a post."""
    return f"position:{post.pk}"


def post_told(post: Post) -> dict[str, str]:
    """Return a post as the log keeps it: office, agency, unit."""
    return {"post": post.title, "agency": post.agency.name, "unit": post.unit.uid if post.unit else ""}


def charge_told(charge: Charge) -> str:
    """Return what a charge is of, as the log keeps it: the code of the hot-spot, or the uid of the commune."""
    if charge.hotspot is not None:
        return charge.hotspot.code
    return charge.unit.uid if charge.unit is not None else ""


def ended_problem(post: Post, on: date) -> list[Problem]:
    """Return the reason why nothing is given to a post that has ended by `on`."""
    last = min((day for day in (post.ended_on, post.agency.valid_to) if day is not None), default=None)
    if last is not None and last <= on:
        return [("post", say(N_("Chức danh này không còn từ ngày {day}."), day=f"{last:%d/%m/%Y}"))]
    return []
