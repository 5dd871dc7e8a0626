"""What of the issues somebody sees, on which side they stand, what waits for them, the numbers of a span."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet
from django.db.models.expressions import OrderBy

from diaban.apps.access import Permission, Person, Rights
from diaban.apps.accounts.models import User
from diaban.apps.agencies.models import Agency
from diaban.apps.agencies.queries import seats_of
from diaban.apps.concerns.models import Concern, Topic
from diaban.apps.programme.queries.sight import visible_tasks
from diaban.catalogue.concerns_loader import clocks, table
from diaban.core.concerns import Move, Side, late_days
from diaban.core.text import fold

_SOONEST, _LATEST = F("due").asc(nulls_last=True), F("due").desc(nulls_last=True)
USUAL_ORDER: tuple[str | OrderBy, ...] = ("final", _SOONEST, "-pk")
ORDERS: dict[str, tuple[str | OrderBy, ...]] = {
    "han": (_SOONEST, "pk"),
    "-han": (_LATEST, "-pk"),
    "ngay": ("raised_on", "pk"),
    "-ngay": ("-raised_on", "-pk"),
    "ma": ("code",),
    "-ma": ("-code",),
}


def visible_concerns(rights: Rights) -> QuerySet[Concern]:
    """Return the issues within sight: of one's units; of the province's agencies for who sees the whole area."""
    rows = Concern.objects.select_related("unit", "raiser", "addressed", "clause__version__plan", "task")
    return rights.visible(rows, Permission.CONCERN_VIEW)


@dataclass(frozen=True, slots=True)
class Voice:
    """For whom somebody speaks: agencies of the province, those of a commune there, and whether for the province."""

    name: str
    rights: Rights
    agencies: frozenset[int] = frozenset()
    local: frozenset[tuple[int, int]] = frozenset()

    @property
    def leads(self) -> bool:
        """Tell whether it is the provincial police or a leader: a department reads no evidence of the whole area."""
        return all(self.rights.can(one).allowed for one in (Permission.CONCERN_ANSWER, Permission.TASK_EVIDENCE))

    def raises(self, concern: Concern) -> bool:
        """Tell whether this is the side that raised the issue: the unit itself, or the agency of the province."""
        if self.rights.actor.house or self.name == concern.raised_by:
            return True
        if concern.unit_id is None:
            return concern.raiser_id in self.agencies and self.rights.holds(Permission.CONCERN_RAISE)
        own = self.rights.units(Permission.CONCERN_RAISE)
        return own is not None and concern.unit_id in own

    def answers(self, concern: Concern) -> bool:
        """Tell whether this is the side that is asked: the agency's people, or who leads the province."""
        if self.rights.actor.house or self.leads:
            return True
        if not self.rights.holds(Permission.CONCERN_ANSWER):
            return False
        if concern.addressed.level == Agency.Level.COMMUNE:
            return self.rights.can(Permission.CONCERN_ANSWER, unit=concern.unit_id).allowed and (
                (concern.addressed_id, concern.unit_id) in self.local
                or self.rights.can(Permission.TASK_EVIDENCE, unit=concern.unit_id).allowed
            )
        return concern.addressed_id in self.agencies

    def stands(self, side: Side, concern: Concern) -> bool:
        """Tell whether this person may speak on a side of the issue."""
        return self.raises(concern) if side is Side.RAISER else self.answers(concern)

    def moves(self, concern: Concern) -> list[Move]:
        """Return the steps that this person may take now."""
        return [move for move in table().from_state(concern.state) if self.stands(move.side, concern)]


def voice_of(person: Person, on: date) -> Voice:
    """Return for whom `person` speaks on `on`."""
    rights = person.rights(on)
    if not isinstance(person, User):
        return Voice(person.get_username(), rights)
    seats = seats_of(person, on)
    return Voice(person.username, rights, seats.everywhere, seats.local)


def waiting_for(voice: Voice) -> QuerySet[Concern]:
    """Return the issues of which this person has the next word: to receive or answer them, or to look at an answer."""
    asked = [one.code for one in table().states if one.waits is Side.ADDRESSED]
    told = [one.code for one in table().states if one.waits is Side.RAISER]
    rights = voice.rights
    mine = Q(pk__in=[])
    if rights.holds(Permission.CONCERN_ANSWER):
        mine |= Q(state__in=asked, addressed__in=voice.agencies)
        own = rights.units(Permission.CONCERN_ANSWER)
        if own is not None:
            mine |= Q(state__in=asked, addressed__level=Agency.Level.COMMUNE, unit__in=own)
    if rights.holds(Permission.CONCERN_RAISE):
        mine |= Q(state__in=told) & (Q(raised_by=voice.name) | Q(unit__isnull=True, raiser__in=voice.agencies))
        own = rights.units(Permission.CONCERN_RAISE)
        if own is not None:
            mine |= Q(state__in=told, unit__in=own)
    return visible_concerns(rights).filter(mine)


@dataclass(frozen=True, slots=True)
class Asking:
    """What a list of issues asks for."""

    text: str = ""
    states: tuple[str, ...] = ()
    topic: str = ""
    agency: str = ""
    units: frozenset[int] | None = None
    late: bool = False
    open: bool = False
    waiting: bool = False
    mine: bool = False
    clause: int | None = None
    task: str = ""


def found(asking: Asking, voice: Voice) -> QuerySet[Concern]:
    """Return the issues within sight that fit."""
    on = voice.rights.on
    rows = waiting_for(voice) if asking.waiting else visible_concerns(voice.rights)
    if wanted := fold(asking.text):
        rows = rows.filter(search__contains=wanted)
    if asking.states:
        rows = rows.filter(state__in=asking.states)
    if asking.topic in Topic.values:
        rows = rows.filter(topic=asking.topic)
    if asking.agency:
        rows = rows.filter(addressed__code=asking.agency)
    if asking.units is not None:
        rows = rows.filter(unit__in=asking.units)
    if asking.clause is not None:
        rows = rows.filter(clause=asking.clause)
    if asking.task:
        rows = rows.filter(task__code=asking.task, task__in=visible_tasks(voice.rights))
    if asking.late:
        rows = rows.filter(is_late(on))
    if asking.open:
        rows = rows.filter(final=False)
    if asking.mine:
        own = voice.rights.units(Permission.CONCERN_RAISE)
        rows = rows.filter(Q(raised_by=voice.name) | Q(unit__in=own if own is not None else []))
    return rows


@dataclass(frozen=True, slots=True)
class Tied:
    """How many issues are tied to a clause, how many of them are open, how many overdue."""

    n: int
    open: int
    late: int


def tied_to_clauses(rights: Rights, keys: Collection[int]) -> dict[int, Tied]:
    """Return for each clause (by key) that has any what the reader sees of its issues; withdrawn ones are left out."""
    if not rights.holds(Permission.CONCERN_VIEW):
        return {}
    rows = visible_concerns(rights).filter(clause__in=keys).exclude(state="withdrawn").order_by()
    counted = rows.values_list("clause").annotate(
        n=Count("pk"), open=Count("pk", filter=Q(final=False)), late=Count("pk", filter=is_late(rights.on))
    )
    return {clause: Tied(n, still, late) for clause, n, still, late in counted if clause is not None}


def is_late(on: date) -> Q:
    """Return the condition that the answer is overdue on `on`."""
    return Q(final=False, due__lt=on)


@dataclass(frozen=True, slots=True)
class Clock:
    """How an issue stands: days late with the answer, to whom that is reported (empty: nobody yet), with receiving."""

    late: int
    rung: int
    told_to: str
    unreceived: int = 0


def clock_of(concern: Concern, on: date) -> Clock:
    """Return how the issue stands on `on`, by the rungs in force then, as reminders go by them."""
    if concern.final:
        return Clock(0, 0, "")
    late = late_days(concern.due, on)
    rungs, height = clocks(on).rungs, clocks(on).rung(late)
    return Clock(late, height, rungs[height - 1].to if height else "", late_days(concern.receive_by, on))


@dataclass(frozen=True, slots=True)
class Line:
    """Numbers of one topic or one agency."""

    name: str
    raised: int
    answered: int
    in_time: int
    open: int
    late: int


@dataclass(frozen=True, slots=True)
class Synthesis:
    """The issues raised in `[first, last]`, as they stand on a day: in all, by topic, by agency asked."""

    first: date
    last: date
    total: Line
    topics: Sequence[Line]
    agencies: Sequence[Line]
    rows: Sequence[Concern]


def synthesis(voice: Voice, first: date, last: date) -> Synthesis:
    """Return the numbers of the issues within sight raised from `first` to `last`; withdrawn ones are left out.

    Answered in time: the first answer came by the day on which the raiser was first owed one, forwarded or not.
    """
    rows = list(
        visible_concerns(voice.rights)
        .filter(raised_on__gte=first, raised_on__lte=last)
        .exclude(state="withdrawn")
        .order_by(*USUAL_ORDER)
    )
    topics = [(str(label), [one for one in rows if one.topic == code]) for code, label in Topic.choices]
    agencies = Counter(one.addressed.name for one in rows)
    by_agency = [(name, [one for one in rows if one.addressed.name == name]) for name, _n in agencies.most_common()]
    on = voice.rights.on
    return Synthesis(
        first,
        last,
        _line("", rows, on),
        [_line(name, held, on) for name, held in topics if held],
        [_line(name, held, on) for name, held in by_agency],
        rows,
    )


def _line(name: str, rows: Iterable[Concern], on: date) -> Line:
    held = list(rows)
    answered = [one for one in held if one.first_answered_on is not None]
    return Line(
        name,
        len(held),
        len(answered),
        sum(one.first_answered_on <= one.first_due for one in answered if one.first_answered_on is not None),
        sum(not one.final for one in held),
        sum(clock_of(one, on).late > 0 for one in held),
    )
