"""Canaries in plans, tasks, evidence, issues, posts and inboxes: what `test_canaries` plants besides the registers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from diaban.apps.access import House, Permission
from diaban.apps.agencies.models import Charge, Holding, Post
from diaban.apps.concerns import actions as concerns
from diaban.apps.concerns.models import Concern
from diaban.apps.inbox.models import MailWish, Notice, Unreached
from diaban.apps.plans.models import Duty, Edit, Indicator, Reported, Target, Version
from diaban.apps.programme import actions as programme
from diaban.apps.programme.models import Evidence, Extension, Task, Turn
from diaban.apps.transformation.models import Answer, Transformation
from diaban.core.privacy import PrivacyClass
from matrix.world import AT, HOUSE, World

if TYPE_CHECKING:
    from matrix.test_canaries import Aviary

P = Permission


def birds(found: Aviary, world: World, code: str, unit: int) -> None:
    """Plant in everything of the programme that belongs to one place."""
    turn = world.turns[code]
    _task(found, turn, unit)
    _evidence(found, world, code, unit, turn, parties="giang")  # her department co-ordinates: she may read it
    _alone(found, world, code, unit)
    _issue(found, world, code, unit)
    _plan(found, world.own_plans[code], unit)
    _answering(found, world, code, unit)
    _inbox(found, world, code, unit)


def _task(found: Aviary, turn: Turn, unit: int) -> None:
    units = (unit,)
    found.plant(turn.task, "title words product created_by closed_reason", units, P.TASK_VIEW)
    programme.progress(turn=turn, percent=10, words="x", by=HOUSE, at=AT)
    found.plant(turn, "label", units, P.TASK_VIEW, P.AUDIT_VIEW)  # the journal says which time
    found.plant(turn, "reported_by", units, P.TASK_VIEW)
    for step in turn.steps.all():
        found.plant(step, "words document recorded_by in_name_of", units, P.TASK_VIEW)
    for asked in Extension.objects.filter(turn=turn):
        found.plant(asked, "reason asked_by decided_reason decided_by", units, P.TASK_VIEW)


def _evidence(found: Aviary, world: World, code: str, unit: int, turn: Turn, parties: str = "") -> None:
    """Plant in a document, a file and a figure; a hot-spot of the register is heard by its own canaries alone."""
    by = {"turn": turn, "by": HOUSE, "at": AT}
    programme.add_evidence(given=programme.Shown(kind="hotspot", words="x", hotspot=world.spots[code]), **by)
    programme.add_evidence(given=programme.Shown(kind="document", words="x", document="1/BC"), **by)
    for piece in Evidence.objects.filter(turn=turn):
        found.plant(piece, "words document measure withdrawn_reason", (unit,), P.TASK_EVIDENCE, parties=parties)
        found.plant(piece, "withdrawn_by recorded_by", (unit,), P.TASK_EVIDENCE)  # masked for a department
        if piece.kind == Evidence.Kind.FILE:
            found.plant(piece, "file_name", (unit,), P.TASK_EVIDENCE, parties=parties)
            where = f"bytes of a file @ {code}"
            song = found.song(where, PrivacyClass.INTERNAL, (unit,), P.TASK_EVIDENCE, parties=parties)
            Evidence.objects.filter(pk=piece.pk).update(file_data=song.encode())


def _alone(found: Aviary, world: World, code: str, unit: int) -> None:
    """Plant in a task in which no department takes part, with the same file as evidence."""
    turn = alone(world, code)
    show_all(turn, world)
    _task(found, turn, unit)
    _evidence(found, world, code, unit, turn)


def alone(world: World, code: str) -> Turn:
    """Give the place a task in which no department takes part."""
    order = programme.Order(title="Việc riêng", lead=world.turns[code].task.lead, starts=date(2026, 11, 1))
    return programme.give_task(order=order, unit=world.units[code], by=HOUSE, at=AT, from_above=True).turns.get()


def show_all(turn: Turn, world: World) -> None:
    """Add evidence of every kind; the file is the one that the place's other task shows too."""
    spot = next(one for one in world.spots.values() if one.unit_id == turn.task.unit_id)
    for shown in (
        programme.Shown(kind="file", words="x", file_name="a.csv", data=b"a;b\n"),
        programme.Shown(kind="document", words="x", document="1/BC"),
        programme.Shown(kind="figure", words="x", amount=Decimal(7), measure="x"),
        programme.Shown(kind="hotspot", words="x", hotspot=spot),
    ):
        programme.add_evidence(turn=turn, given=shown, by=HOUSE, at=AT)


def _issue(found: Aviary, world: World, code: str, unit: int) -> None:
    concern = Concern.objects.get(code=world.concerns[code])
    found.plant(concern, "subject words document raised_by", (unit,), P.CONCERN_VIEW)
    for step in concern.steps.all():
        found.plant(step, "words document recorded_by", (unit,), P.CONCERN_VIEW)


def _plan(found: Aviary, version: Version, unit: int) -> None:
    units = (unit,)
    found.plant(version.plan, "name created_by", units, P.PLAN_VIEW)
    found.plant(version, "number issuer signer field title source reason text read_by", units, P.PLAN_VIEW)
    clause = version.clauses.filter(heading=False).order_by("position")[0]
    found.plant(clause, "text why no_measure", units, P.PLAN_VIEW)
    goal = Target.objects.create(clause=clause, kind="follow", words="x")
    found.plant(goal, "words against by reading measure", units, P.PLAN_VIEW)
    duty = Duty.objects.create(clause=clause, title="x", words="x")
    found.plant(duty, "title words lead_name deadline product", units, P.PLAN_VIEW)
    edit = Edit.objects.create(version=version, seq=1, act="edit", changes={}, by="an", at=AT)
    found.plant(edit, "path by", units, P.PLAN_VIEW)
    figure = Reported.objects.create(
        indicator=Indicator.objects.get(code="A2"), unit_id=unit, first_day=date(2025, 12, 15),
        last_day=date(2026, 12, 14), numerator=7, declared_at=AT,
    )  # fmt: skip
    found.plant(figure, "document declared_by", units, P.PLAN_VIEW)


def _answering(found: Aviary, world: World, code: str, unit: int) -> None:
    """Plant in the post of the place, in who holds it and for what it answers."""
    units, post = (unit,), Post.objects.get(pk=world.posts[code])
    found.plant(post, "title", units, P.TASK_VIEW)
    held = Holding.objects.create(
        post=post, user=world.officers[code], start=date(2020, 1, 1), given_by="an", given_at=AT
    )
    found.plant(held, "document given_by ended_by", units, P.TASK_VIEW)
    for charge in Charge.objects.filter(post=post):
        found.plant(charge, "document given_by ended_by", units, P.TASK_VIEW)


def _inbox(found: Aviary, world: World, code: str, unit: int) -> None:
    sender = world.officers[code]
    notice = Notice.objects.get(pk=world.notices[code].pk)
    found.plant(notice, "url", (), parties=sender.username)
    wish = MailWish.objects.create(user=sender, wanted_at=AT, counted_until=AT)
    found.plant(wish, "address", (), parties=sender.username)
    lost = Unreached.objects.create(
        key=f"ma tran {code}", source="turn", unit_id=unit, msgid="x", url="/", level=1, since=AT.date()
    )
    found.plant(lost, "msgid url", (unit,), P.TASK_ASSIGN)


def elsewhere(world: World, code: str) -> None:
    """Let all that can happen in the programme of a place happen there."""
    unit, turn, by = world.units[code], world.turns[code], {"by": HOUSE, "at": AT}
    programme.progress(turn=turn, percent=60, words="x", spent=9_000_000, **by)
    programme.decide_extension(
        extension=Extension.objects.get(pk=world.extensions[code]), grant=True, by=House("người khác"), at=AT
    )
    programme.add_evidence(turn=turn, given=programme.Shown(kind="hotspot", words="x", hotspot=world.spots[code]), **by)
    programme.report_done(turn=turn, words="x", **by)
    order = programme.Order(title="Việc khác", lead=turn.task.lead, starts=date(2026, 10, 1), due=date(2026, 10, 9))
    programme.give_task(order=order, unit=unit, **by)
    above = Task.objects.get(code=world.whole_task)
    programme.cascade(task=above, units=[unit], lead=turn.task.lead, **by)
    issue = concerns.Issue(unit, "law", "Vướng mắc khác", "x", above.lead)
    concerns.take_step(concern=concerns.raise_concern(issue=issue, **by), verb="receive", **by)
    version = world.own_plans[code]
    clause = version.clauses.filter(heading=False).order_by("position")[0]
    Target.objects.create(clause=clause, kind="follow", words="x", indicator=Indicator.objects.get(code="A2"))
    transformation = Transformation.objects.get(code=world.plans[code])
    Answer.objects.create(transformation=transformation, prompt="where", text="x", by="an", at=AT)
