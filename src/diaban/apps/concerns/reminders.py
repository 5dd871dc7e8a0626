"""What the daily round reminds of: issues to receive, issues to answer, and who hears of those that are late."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Q
from django.urls import reverse

from diaban.apps.access import Permission
from diaban.apps.accounts.models import User
from diaban.apps.agencies.models import Agency, Post
from diaban.apps.agencies.queries import posts_of
from diaban.apps.concerns.models import Concern
from diaban.apps.concerns.receivers import Asked
from diaban.apps.inbox.people import People
from diaban.apps.inbox.rounds import Words, add_source
from diaban.catalogue.concerns_loader import clocks
from diaban.catalogue.reminders_loader import reminders
from diaban.core.messages import N_, Message, say
from diaban.core.reminders import Basis, Owed, Receiver, Reminder, Rule

ANSWERS: Final = "concern"
RECEIPTS: Final = "receipt"
ESCALATED_TOGETHER: Final = 2
_FIELDS: Final = {ANSWERS: "due", RECEIPTS: "receive_by"}


def rules_of(name: str, on: date) -> tuple[Rule, ...]:
    """Return the rules of one clock on `on`: those of the reminders, and for answers the rungs of the clocks."""
    if name == RECEIPTS:
        return reminders("receipts").on(on)
    watch = clocks(on)
    rungs = tuple(
        Rule(
            code=f"late-{rung.late_days}",
            basis=Basis.DUE,
            days=rung.late_days,
            to=(rung.tells,),
            level=rung.level,
            together_from=ESCALATED_TOGETHER,
            effective_from=watch.effective_from,
        )
        for rung in watch.rungs
    )
    return reminders("concerns").on(on) + rungs


class ConcernWork:
    """What one clock (`ANSWERS` or `RECEIPTS`) says of the open issues around one day."""

    def __init__(self, name: str, on: date, people: People) -> None:
        self._name, self._on = name, on
        self.rules: Sequence[Rule] = rules_of(name, on)
        ahead = max(0, *(-rule.days for rule in self.rules))
        within = {f"{_FIELDS[name]}__lte": on + timedelta(days=ahead)}
        rows = Concern.objects.filter(final=False, **within).select_related("addressed", "unit").order_by("pk")
        self._rows = {f"{name}:{row.pk}": row for row in rows}
        self.owed: Sequence[Owed] = [Owed(key, getattr(row, _FIELDS[name])) for key, row in self._rows.items()]
        self._asked = Asked(self._rows.values(), people)

    def receivers(self, owed: Owed, to: Receiver) -> Sequence[User]:
        """Return whom to tell (see `Asked`)."""
        return self._asked.find(self._rows[owed.name], to)

    def words(self, reminder: Reminder, reader: User | None) -> Words:
        """Return what to say; the subject stands only where the reader sees the issue."""
        row = self._rows[reminder.owed.name]
        sees = reader is None or reader.rights(self._on).can(Permission.CONCERN_VIEW, unit=row.unit_id).allowed
        said = _named(self._name, reminder, row) if sees else _unnamed(self._name, reminder)
        return Words(said, reverse("concerns:detail", args=[row.code]))

    def many(self, rule: Rule, reader: User) -> Words:  # noqa: ARG002
        """Return what to say of many; the page shows those within the reader's sight."""
        chosen = "tre=1" if rule.days > 0 and self._name == ANSWERS else "mo=1"
        return Words(_many(self._name, rule), f"{reverse('concerns:list')}?{chosen}")

    def unit(self, owed: Owed) -> int | None:
        """Return the unit that raised the issue."""
        return self._rows[owed.name].unit_id


class ConcernSource:
    """One clock of issues, as the inbox knows it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def open(self, on: date, people: People) -> ConcernWork:
        """Gather what this clock says around `on`."""
        return ConcernWork(self.name, on, people)

    def due_days(self, user: User, on: date) -> Iterable[date]:
        """Return the last day for answering each issue that is asked of an agency whose head the user is.

        Receiving is no deadline of its own in a calendar: the issue would stand there twice.
        """
        if self.name == RECEIPTS:
            return []
        mine = Q(pk__in=[])
        held = Post.objects.filter(pk__in=posts_of(user, on), heads=True)
        for agency, unit, level in held.values_list("agency", "unit", "agency__level"):
            asked = Q(addressed=agency)
            mine |= asked & Q(unit=unit) if level == Agency.Level.COMMUNE else asked
        days = Concern.objects.filter(mine, final=False, due__gte=on).values_list("due", flat=True)
        return [day for day in days if day is not None]

    def remind(self, name: str, *, by: User, at: datetime) -> int | None:  # noqa: ARG002
        """Nobody reminds of an issue by hand: asking again is a step of its life."""
        return None


def _named(name: str, given: Reminder, row: Concern) -> Message:
    told = {"code": row.code, "subject": row.subject, "agency": row.addressed.name}
    days = given.days
    if name == RECEIPTS:
        if days > 0:
            return say(N_("{code} “{subject}”: {agency} chưa tiếp nhận, quá hạn {n} ngày."), **told, n=days)
        return say(N_("{code} “{subject}”: hôm nay đến hạn {agency} tiếp nhận."), **told)
    if days > 0:
        return say(N_("{code} “{subject}”: {agency} chưa trả lời, quá hạn {n} ngày."), **told, n=days)
    if days == 0:
        return say(N_("{code} “{subject}”: hôm nay đến hạn {agency} trả lời."), **told)
    words = N_("{code} “{subject}”: {agency} còn {n} ngày để trả lời, hạn {due}.")
    return say(words, **told, n=-days, due=given.since)


def _unnamed(name: str, given: Reminder) -> Message:
    days = given.days
    if name == RECEIPTS:
        if days > 0:
            return say(N_("Một vướng mắc chưa được tiếp nhận, quá hạn {n} ngày."), n=days)
        return say(N_("Một vướng mắc đến hạn tiếp nhận hôm nay."))
    if days > 0:
        return say(N_("Một vướng mắc chưa được trả lời, quá hạn {n} ngày."), n=days)
    if days == 0:
        return say(N_("Một vướng mắc đến hạn trả lời hôm nay."))
    return say(N_("Một vướng mắc còn {n} ngày để trả lời."), n=-days)


def _many(name: str, rule: Rule) -> Message:
    days = abs(rule.days)
    if name == RECEIPTS:
        if rule.days > 0:
            return say(N_("{n} vướng mắc quá hạn tiếp nhận từ {days} ngày trở lên."), n=0, days=days)
        return say(N_("{n} vướng mắc đến hạn tiếp nhận hôm nay."), n=0)
    if rule.days > 0:
        return say(N_("{n} vướng mắc quá hạn trả lời từ {days} ngày trở lên."), n=0, days=days)
    if rule.days == 0:
        return say(N_("{n} vướng mắc đến hạn trả lời hôm nay."), n=0)
    return say(N_("{n} vướng mắc còn không quá {days} ngày để trả lời."), n=0, days=days)


add_source(ConcernSource(ANSWERS))
add_source(ConcernSource(RECEIPTS))
