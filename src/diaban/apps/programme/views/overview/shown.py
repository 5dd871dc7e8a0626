"""Tasks as rows of a page: names beside ids, words beside states, only what the reader may know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from diaban.apps.access import rights_of
from diaban.apps.agencies import queries as agencies
from diaban.apps.agencies.models import Agency, Post
from diaban.apps.places import queries as places
from diaban.apps.places.scope import scope_of
from diaban.apps.programme.models import Task, TaskClause
from diaban.apps.programme.queries.overview.facts import Fact
from diaban.apps.programme.queries.overview.states import WORKS, Look, Work
from diaban.catalogue.steps_loader import steps
from diaban.core.privacy import PrivacyClass, mask
from diaban.ui.formats import day, grouped


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task as it is shown. `holder` is masked for whoever is not cleared for officers' names; empty: nobody."""

    fact: Fact
    code: str
    title: str
    url: str
    unit: str
    lead: str
    post: str
    holder: str
    look: Look
    when: str
    step: str
    clauses: tuple[tuple[str, str], ...] = ()  # path and address of each sentence that it carries out


def rows_of(request: HttpRequest, found: Sequence[Fact], *, people: bool = False) -> list[TaskRow]:
    """Return the rows of these tasks, in their order; one query for each kind of name. `people`: with the holders."""
    on, cleared = scope_of(request).today, rights_of(request).cleared
    tasks = Task.objects.only("code", "title").in_bulk([one.task for one in found])
    units = places.names({one.unit for one in found if one.unit is not None}, on)
    leads = agency_names({one.lead for one in found})
    posts = Post.objects.only("title").in_bulk({one.post for one in found if one.post is not None})
    holders = agencies.holders_of(posts, on) if people else {}
    clauses = _clauses(one.task for one in found)
    titles = {stage.code: _(stage.title) for stage in steps(on).states}
    return [
        TaskRow(
            fact=one,
            code=tasks[one.task].code,
            title=tasks[one.task].title,
            url=task_url(tasks[one.task].code),
            unit=units.get(one.unit, "") if one.unit is not None else _("cấp tỉnh"),
            lead=leads.get(one.lead, ""),
            post=posts[one.post].title if one.post in posts else "",
            holder=str(mask(str(holders[one.post]), PrivacyClass.OFFICER, cleared)) if one.post in holders else "",
            look=WORKS[one.work],
            when=when(one),
            step=titles.get(one.step, ""),
            clauses=clauses.get(one.task, ()),
        )
        for one in found
        if one.task in tasks
    ]


def when(fact: Fact) -> str:
    """Return by when, in words that stand beside the state: by how many days it is late, or its due day."""
    if fact.late:
        return _("%s ngày") % grouped(fact.late)
    return _("hạn %s") % day(fact.due) if fact.due else ""


@dataclass(frozen=True, slots=True)
class Card:
    """One task, or the tasks of several communes that carry out the same one: the first of them stands for all."""

    row: TaskRow
    n: int
    url: str


def bundled(found: Sequence[Fact], most: int) -> list[list[Fact]]:
    """Return the first `most` of the tasks, those of one task above taken together where the first of them stands."""
    groups: dict[tuple[str, int], list[Fact]] = {}
    for one in found:
        key = ("task", one.task) if one.parent is None else ("above", one.parent)
        groups.setdefault(key, []).append(one)
    return list(groups.values())[:most]


def cards_of(
    groups: Sequence[Sequence[Fact]], rows: Mapping[int, TaskRow], link: Callable[[str], str], codes: Mapping[int, str]
) -> tuple[Card, ...]:
    """Return the cards of bundles; `link` gives the list below a task by its code, `codes` the codes of those above."""
    cards = []
    for group in groups:
        row = rows[group[0].task]
        above = codes.get(group[0].parent or 0, "")
        cards.append(Card(row, len(group), link(above) if len(group) > 1 and above else row.url))
    return tuple(cards)


def codes_above(groups: Sequence[Sequence[Fact]]) -> dict[int, str]:
    """Return the code of the task above each bundle of several."""
    above = {group[0].parent or 0 for group in groups if len(group) > 1}
    return dict(Task.objects.filter(pk__in=above).values_list("pk", "code"))


def agency_names(ids: Iterable[int]) -> dict[int, str]:
    """Return the name of each agency."""
    return dict(Agency.objects.filter(pk__in=set(ids)).values_list("pk", "name"))


def agencies_by_id(ids: Iterable[int]) -> dict[int, Agency]:
    """Return the agencies by id, with their names and codes alone."""
    return Agency.objects.only("code", "name").in_bulk(list(ids))


def task_url(code: str) -> str:
    """Return the address of a task's page."""
    return address("programme:task", code)


def address(name: str, *args: object) -> str:
    """Return the address with this name, empty while the house has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _clauses(tasks: Iterable[int]) -> Mapping[int, tuple[tuple[str, str], ...]]:
    """Return the sentences of each task: the path in the first version that had it, and where its tree shows it."""
    found: dict[int, list[tuple[str, str]]] = {}
    links = TaskClause.objects.filter(task__in=list(tasks)).order_by("clause__version", "clause__position")
    for task, key, path, plan in links.values_list("task", "clause", "clause__path", "clause__version__plan__code"):
        found.setdefault(task, []).append((path, f"{reverse('programme:tree', args=[plan])}#c{key}"))
    return {task: tuple(links) for task, links in found.items()}


@dataclass(frozen=True, slots=True)
class Count:
    """How many tasks stand so, with the list that shows them."""

    n: int
    look: Look
    url: str
    code: str = ""


def counts_of(counts: Mapping[Work, int], link: Mapping[Work, str]) -> list[Count]:
    """Return the states that occur, most urgent first."""
    return [Count(counts[work], WORKS[work], link.get(work, ""), work.value) for work in Work if counts.get(work)]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that nobody has: how many, in words, where they are listed."""

    n: int
    words: str
    url: str
