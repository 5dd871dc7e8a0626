"""A plan read as its own text: each sentence with what is done for it, from the sentence to a commune's evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from diaban.apps.access import Permission, guard, rights_of
from diaban.apps.places.scope import UNIT, scope_of
from diaban.apps.plans.models import Clause, Plan, Target, Version
from diaban.apps.plans.queries import visible_plans, visible_versions
from diaban.apps.plans.queries.figures import Figures, judged
from diaban.apps.plans.views.pages import TONES, answer_words
from diaban.apps.programme.neighbours import Tally, tallies_of, ways_from_clauses
from diaban.apps.programme.queries import visible_tasks
from diaban.apps.programme.queries.overview.facts import facts
from diaban.apps.programme.queries.overview.filters import TaskFilter, narrowed
from diaban.apps.programme.queries.overview.states import SENTENCES, Look, Sentence, Work
from diaban.apps.programme.queries.overview.tree import Node, Piece, kept, rolled, tree
from diaban.apps.programme.views.overview import asking, shown
from diaban.apps.programme.views.overview.lists import choices
from diaban.catalogue.periods_loader import DEFAULT_REGIME, regimes
from diaban.core.drafting.reaching import Reached
from diaban.core.periods import Grain
from diaban.ui.formats import day, grouped

SHOWN = 8  # tasks of one sentence that are shown one by one; the rest are one link away
ON_TIME = (Sentence.DONE, Sentence.RUNNING, Sentence.SOON)


@dataclass(frozen=True, slots=True)
class PieceRow:
    """A task of a sentence, and how many of the communes' tasks under it stand in each state, each with its list.

    `who`: lead, unit, post and by when, in one line.
    """

    row: shown.TaskRow
    who: str
    below: tuple[shown.Count, ...]
    n_below: int
    below_url: str


@dataclass(frozen=True, slots=True)
class Aim:
    """A target in words: what is measured, what is asked, by which reading of a garbled sentence, whether reached."""

    title: str
    words: str
    reading: str
    said: str
    tone: str


@dataclass(frozen=True, slots=True)
class Line:
    """One clause as it is drawn.

    `roll` adds up what lies under a heading; `look` is None where nothing is followed; `tied` is what apps above tell.
    """

    node: Node
    depth: int
    look: Look | None
    note: str
    roll: str
    pieces: tuple[PieceRow, ...]
    more: int
    list_url: str
    targets: tuple[Aim, ...]
    readings: tuple[tuple[str, str], ...]
    tied: tuple[Tally, ...]
    open: bool


@guard(Permission.TASK_VIEW, also=[Permission.PLAN_VIEW])
@require_GET
def index(request: HttpRequest, code: str, seq: int | None = None) -> HttpResponse:
    """Show a version of a plan as a tree of its sentences with how each stands."""
    plan, version = version_of(request, code, seq)
    agency = asking.agency_of(request.GET)
    scope = scope_of(request)
    asked = TaskFilter(
        on=scope.today,
        plan=plan.pk,
        agency=agency.pk if agency else None,
        unit_ids=scope.unit_ids if UNIT in scope.given else None,
    )
    tops = tree(version, facts(narrowed(visible_tasks(rights_of(request)), asked), scope.today))
    narrow = asked.agency is not None or asked.unit_ids is not None
    states = frozenset(Sentence(one) for one in request.GET.getlist("tinh_trang") if one in set(Sentence))
    whole = kept(tops, frozenset(), with_tasks=True) if narrow else tops
    nodes = kept(whole, states) if states else whole
    counts = _counts(whole, narrow=narrow)
    context: dict[str, Any] = {
        "plan": plan,
        "version": version,
        "versions": list(plan.versions.exclude(state=Version.State.DRAFT).order_by("-seq")),
        "lines": _lines(request, plan, version, nodes, open_all=bool(states) or request.GET.get("mo") == "1"),
        "heading": heading(plan, counts),
        "counts": [(one.value, SENTENCES[one], counts[one]) for one in Sentence if counts[one]],
        "chosen": {one.value for one in states},
        "sentences": [(one.value, SENTENCES[one].words) for one in Sentence],
        "filtered": bool(states or narrow),
        "plan_url": shown.address("plans:detail", plan.code),
        "ways": ways_from_clauses(request),
        "may_assign": rights_of(request).can(Permission.TASK_ASSIGN, unit=plan.unit_id).allowed,
        "new_url": shown.address("programme:new"),
        **choices(request),
    }
    return render(request, "programme/overview/tree.html", context)


def version_of(request: HttpRequest, code: str, seq: int | None) -> tuple[Plan, Version]:
    """Return a plan within sight and the version asked for (None: the one to follow); 404 where there is none."""
    plan = visible_plans(rights_of(request)).filter(code=code).first()
    if plan is None:
        raise Http404
    version = (
        asking.newest(plan) if seq is None else visible_versions(rights_of(request)).filter(plan=plan, seq=seq).first()
    )
    if version is None:
        version = (
            visible_versions(rights_of(request)).filter(plan=plan).order_by("-seq").first() if seq is None else None
        )
    if version is None:
        raise Http404
    return plan, version


def _counts(whole: Sequence[Node], *, narrow: bool) -> Mapping[Sentence, int]:
    """Return how many sentences stand in each state; under an agency or a unit, of those that have a task there."""
    if not narrow:
        return rolled(whole)
    nodes = [node for top in whole for node in top.walk() if node.pieces]
    return {one: sum(node.state is one for node in nodes) for one in Sentence}


def heading(plan: Plan, counts: Mapping[Sentence, int]) -> str:
    """Return the plan's state in a sentence."""
    followed = sum(n for one, n in counts.items() if one not in (Sentence.TARGET, Sentence.UNMEASURED))
    if not followed:
        return plan.name
    late, nobody = counts.get(Sentence.LATE, 0), counts.get(Sentence.NOBODY, 0)
    if not late and not nobody:
        return _("%(plan)s: cả %(n)s câu có việc đều đúng hạn") % {"plan": plan.name, "n": grouped(followed)}
    parts = [_("%s câu trễ") % grouped(late)] if late else []
    if nobody:
        parts.append(_("%s câu chưa giao ai") % grouped(nobody))
    return _("%(plan)s: %(what)s trong %(n)s câu phải làm") % {
        "plan": plan.name,
        "what": ", ".join(parts),
        "n": grouped(followed),
    }


def roll(counts: Mapping[Sentence, int]) -> str:
    """Return what lies under a heading: "6/9 đúng hạn, 2 trễ, 1 chưa giao; 2 chỉ có chỉ tiêu"."""
    good = sum(counts.get(one, 0) for one in ON_TIME)
    late, nobody = counts.get(Sentence.LATE, 0), counts.get(Sentence.NOBODY, 0)
    parts = []
    if good + late + nobody:
        words = [_("%(n)s/%(all)s đúng hạn") % {"n": grouped(good), "all": grouped(good + late + nobody)}]
        words += [_("%s trễ") % grouped(late)] if late else []
        words += [_("%s chưa giao") % grouped(nobody)] if nobody else []
        parts.append(", ".join(words))
    if n := counts.get(Sentence.TARGET, 0):
        parts.append(_("%s chỉ có chỉ tiêu") % grouped(n))
    if n := counts.get(Sentence.UNMEASURED, 0):
        parts.append(_("%s không đo") % grouped(n))
    return "; ".join(parts)


def _lines(request: HttpRequest, plan: Plan, version: Version, tops: Iterable[Node], *, open_all: bool) -> list[Line]:
    nodes = [node for top in tops for node in top.walk()]
    drawn = [piece.fact for node in nodes for piece in node.pieces[:SHOWN]]
    rows = {row.fact.task: row for row in shown.rows_of(request, drawn)}
    carry = asking.carried(request, "tinh_trang", "ke_hoach", "dieu", "ban")
    answers = answers_of(request, plan, [target for node in nodes for target in node.targets])
    tied = tallies_of(request, {node.clause.key for node in nodes})
    lines = (_line(node, rows, answers, _address(plan, version, node, carry), open_all=open_all) for node in nodes)
    return [replace(line, tied=tuple(tied.get(line.node.clause.key, ()))) for line in lines]


def answers_of(request: HttpRequest, plan: Plan, targets: Sequence[Target]) -> dict[int, Reached]:
    """Return for each target (by id) whether it is reached in the year of today, as far as the reader's sight knows."""
    rights, on = rights_of(request), scope_of(request).today
    rule = regimes()[DEFAULT_REGIME]
    year = rule.containing(on, Grain.YEAR)
    now, before = (Figures(rights, one, plan.unit, today=on) for one in (year, rule.year_before(year)))
    return {row.target.pk: row.answer for row in judged(targets, now, before)}


def _address(plan: Plan, version: Version, node: Node, carry: Mapping[str, str]) -> str:
    seq = "" if version.state == Version.State.IN_FORCE else str(version.seq)
    return asking.listed(carry, ke_hoach=plan.code, ban=seq, dieu=node.clause.path)


def _line(
    node: Node, rows: Mapping[int, shown.TaskRow], answers: Mapping[int, Reached], url: str, *, open_all: bool
) -> Line:
    look = SENTENCES[node.state] if node.state else None
    return Line(
        node=node,
        depth=min(node.clause.depth, 5),
        look=look,
        note=_note(node),
        roll=roll(node.rolled) if node.children else "",
        pieces=tuple(_piece(piece, rows[piece.fact.task]) for piece in node.pieces[:SHOWN] if piece.fact.task in rows),
        more=max(len(node.pieces) - SHOWN, 0),
        list_url=url,
        targets=tuple(_aim(target, node.clause, answers[target.pk]) for target in node.targets),
        readings=tuple((title, text) for _code, title, text in _readings(node.clause)),
        tied=(),
        open=open_all,
    )


def _piece(piece: Piece, row: shown.TaskRow) -> PieceRow:
    counts = piece.counts
    links = {work: asking.listed(cha=row.code, tinh_trang=work.value) for work in counts}
    who = " · ".join(filter(None, (row.lead, row.unit, row.post, row.when)))
    return PieceRow(row, who, tuple(shown.counts_of(counts, links)), len(piece.below), asking.listed(cha=row.code))


def _note(node: Node) -> str:
    """Return what stands beside the state: the days of lateness, what comes next, or why nothing is measured."""
    if node.state is Sentence.LATE:
        late = node.counts[Work.LATE]
        return _("%(n)s việc, lâu nhất %(days)s ngày") % {"n": grouped(late), "days": grouped(node.late_days)}
    if node.state in (Sentence.SOON, Sentence.RUNNING):
        due = min((one.due for one in node.facts if one.due and one.work is not Work.OFF), default=None)
        waiting = node.counts[Work.REPORTED]
        said = [_("hạn gần nhất %s") % day(due)] if due else []
        return ", ".join([*said, _("%s chờ xác nhận") % grouped(waiting)] if waiting else said)
    return node.clause.no_measure if node.state is Sentence.UNMEASURED else ""


def _readings(clause: Clause) -> list[tuple[str, str, str]]:
    """Return the readings of a garbled sentence: code, title, text; a bare text has the last alone."""
    return [
        (one.get("code", ""), one.get("title", ""), one.get("text", ""))
        if isinstance(one, dict)
        else ("", "", str(one))
        for one in clause.readings
    ]


def _aim(target: Target, clause: Clause, answer: Reached) -> Aim:
    titles = {code: title for code, title, _text in _readings(clause) if code}
    words = target_words(target)
    if target.against:
        words = _("%(words)s so với %(what)s") % {"words": words, "what": target.against}
    return Aim(
        target.indicator.title if target.indicator else target.words,
        words,
        titles.get(target.reading, target.reading),
        answer_words(answer),
        TONES[answer],
    )


def target_words(target: Target) -> str:
    """Return what a target asks for, in the words of its kind, with the value where it has one."""
    told = target.value is not None and target.kind not in (Target.Kind.COVERAGE, Target.Kind.ZERO)
    value = f" {grouped(target.value)}{_measure(target)}" if told and target.value is not None else ""
    return f"{target.get_kind_display()}{value}"


def _measure(target: Target) -> str:
    return f" {target.measure}" if target.measure else ""


def tree_url(plan: Plan) -> str:
    """Return the address of the plan's tree."""
    return reverse("programme:tree", args=[plan.code])
