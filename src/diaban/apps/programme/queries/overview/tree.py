"""A plan's text as a tree, each sentence with how it stands, added up into its headings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from diaban.apps.plans.models import Clause, Mark, Target, Version
from diaban.apps.programme.models import TaskClause
from diaban.apps.programme.queries.overview.facts import Fact, counted
from diaban.apps.programme.queries.overview.states import Sentence, Work, sentence_of


@dataclass
class Piece:
    """One task of a sentence with those that carry it out below (a province's task, and the communes')."""

    fact: Fact
    below: list[Fact] = field(default_factory=list)

    @cached_property
    def counts(self) -> Counter[Work]:
        """Return how many of the tasks below stand in each state."""
        return counted(self.below)


@dataclass
class Node:
    """A clause in the tree. `state` is None for what only holds other clauses; `rolled` counts the sentences below."""

    clause: Clause
    children: list[Node] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    state: Sentence | None = None
    rolled: Counter[Sentence] = field(default_factory=Counter)

    @cached_property
    def facts(self) -> list[Fact]:
        """Return every task of the sentence, once."""
        found = {one.task: one for piece in self.pieces for one in (piece.fact, *piece.below)}
        return list(found.values())

    @cached_property
    def counts(self) -> Counter[Work]:
        """Return how many tasks of the sentence stand in each state."""
        return counted(self.facts)

    @cached_property
    def late_days(self) -> int:
        """Return the days by which the oldest task is late."""
        return max((one.late for one in self.facts), default=0)

    @cached_property
    def no_post(self) -> int:
        """Return how many of its tasks still given have no named post that answers for them."""
        return sum(one.post is None and one.work is not Work.OFF for one in self.facts)

    @property
    def speaks(self) -> bool:
        """Tell whether the clause itself is followed up: a sentence, or a heading that something hangs on."""
        held = bool(self.pieces or self.targets or self.clause.no_measure)
        return held or not (self.clause.heading or self.children)

    def walk(self) -> Iterator[Node]:
        """Yield the node and everything under it, in the order of the text."""
        yield self
        for child in self.children:
            yield from child.walk()


def tree(version: Version, found: Iterable[Fact]) -> list[Node]:
    """Return the top clauses of a version with all that hangs on them; `found` are the tasks to reckon with."""
    clauses = list(Clause.objects.filter(version=version).exclude(status=Mark.REJECTED).order_by("position"))
    targets = defaultdict(list)
    kept = Target.objects.filter(clause__version=version).exclude(status=Mark.REJECTED)
    for target in kept.select_related("indicator").order_by("pk"):
        targets[target.clause_id].append(target)
    pieces = _pieces([clause.key for clause in clauses], found)
    nodes: dict[int, Node] = {}
    tops: list[Node] = []
    for clause in clauses:
        node = Node(clause, targets=targets[clause.pk], pieces=pieces.get(clause.key, []))
        nodes[clause.pk] = node
        above = nodes.get(clause.parent_id) if clause.parent_id else None
        (above.children if above else tops).append(node)
    for top in tops:
        _settle(top)
    return tops


def _settle(node: Node) -> None:
    """Work out how a node and everything below it stand."""
    for child in node.children:
        _settle(child)
        node.rolled += child.rolled
    if node.speaks:
        node.state = sentence_of(node.counts, targets=len(node.targets), no_measure=bool(node.clause.no_measure))
        node.rolled[node.state] += 1


def _pieces(stems: Sequence[int], found: Iterable[Fact]) -> Mapping[int, list[Piece]]:
    """Return the tasks of each clause: those linked to it, and under each the tasks that carry it out below."""
    by_task: dict[int, Fact] = {}
    under: dict[int, list[Fact]] = defaultdict(list)
    for one in found:
        by_task[one.task] = one
        if one.parent is not None:
            under[one.parent].append(one)
    linked: dict[int, set[int]] = defaultdict(set)
    for stem, task in TaskClause.objects.filter(clause__in=stems).order_by().values_list("clause", "task"):
        linked[stem].add(task)
    pieces = {stem: _of_clause(tasks, by_task, under) for stem, tasks in linked.items()}
    return {stem: held for stem, held in pieces.items() if held}


def _of_clause(tasks: set[int], by_task: Mapping[int, Fact], under: Mapping[int, list[Fact]]) -> list[Piece]:
    """Return the pieces of one clause; a commune's task stands under the province's where that one is in sight."""
    found = []
    for task in sorted(tasks):
        below = under.get(task, [])
        if task not in by_task:
            found += [Piece(one) for one in below if one.task not in tasks]
        elif by_task[task].parent not in tasks or by_task[task].parent not in by_task:
            found.append(Piece(by_task[task], below))
    return found


def kept(tops: Iterable[Node], states: frozenset[Sentence], *, with_tasks: bool = False) -> list[Node]:
    """Return the tree without what stands otherwise than asked (or has no task); headings stay above what is kept."""
    found = []
    for node in tops:
        children = kept(node.children, states, with_tasks=with_tasks)
        fits = (not states or node.state in states) and (not with_tasks or bool(node.pieces))
        if children or (fits and node.state is not None):
            found.append(
                Node(node.clause, children, node.targets, node.pieces, node.state if fits else None, node.rolled)
            )
    return found


def rolled(tops: Iterable[Node]) -> Counter[Sentence]:
    """Return how many sentences of the tree stand in each state."""
    total: Counter[Sentence] = Counter()
    for top in tops:
        total += top.rolled
    return total
