"""Take a plan over from the catalogue: read and checked by hand before it shipped, so nothing is left to look at."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from diaban.apps.access import Permission, Person, require
from diaban.apps.agencies.models import Agency
from diaban.apps.audit.actions import record
from diaban.apps.plans.actions.force import put_in_force
from diaban.apps.plans.actions.knowing import know_agencies
from diaban.apps.plans.models import Clause, ClauseAgency, Duty, Indicator, Mark, Plan, Target, Version
from diaban.apps.plans.naming import agencies_named, short_name
from diaban.apps.plans.refusals import Refused
from diaban.apps.plans.spans import spans
from diaban.catalogue import plan_catalogue
from diaban.catalogue.plan_catalogue import CatalogueClause, CataloguePlan, CatalogueTarget, CatalogueTask
from diaban.core.text import fold

KINDS = {"plan": Plan.Kind.PLAN, "targets": Plan.Kind.PROGRAMME, "form": Plan.Kind.REGISTRATION}
REGIME = "nd09"  # the catalogue's tasks recur by the periods of NĐ 09/2019


@transaction.atomic
def load_from_catalogue(*, code: str, by: Person, at: datetime) -> Plan:
    """Make the catalogue's plan `code` a plan of the working area, in force from its own date.

    A form that a province fills in ("đăng ký chỉ tiêu") stays a draft. Raises `Refused` when the catalogue has no such
    plan, or it was taken over before.
    """
    require(by, Permission.PLAN_KEEP, at=at)
    if code not in plan_catalogue.plan_keys():
        raise Refused(_("Danh mục không có kế hoạch “{code}”.").format(code=code), "code")
    if Plan.objects.filter(code=code).exists():
        raise Refused(_("Kế hoạch “{code}” đã có.").format(code=code), "code")
    held = plan_catalogue.plan(code)
    last = held.ends - timedelta(days=1) if held.ends else None
    name = short_name(held.number or held.title, held.starts, last)
    plan = Plan.objects.create(
        code=code,
        name=name,
        kind=KINDS[held.kind],
        starts=held.starts,
        ends=last,
        search=fold(f"{name} {held.number} {held.title} {held.issuer}"),
        created_by=by.get_username(),
        created_at=at,
    )
    version = _version(plan, held, by, at)
    _Loading(version, held, load_indicators(), by=by, at=at).write()
    record(by=by, at=at, verb="plan.load", subject=f"plan:{code}", detail={"clauses": version.clauses.count()})
    if held.kind != "form":
        reason = "" if held.number and held.date else "Bộ chỉ tiêu của danh mục: chưa có văn bản gốc."
        put_in_force(version=version, by=by, at=at, day=held.effective or held.date or held.starts, reason=reason)
    return plan


def load_indicators() -> Mapping[str, Indicator]:
    """Write the catalogue's indicators, new and corrected ones; return them by code."""
    for one in plan_catalogue.indicators().values():
        values = {
            "title": one.title,
            "measure": one.unit,
            "kind": one.kind,
            "numerator": one.numerator,
            "denominator": one.denominator,
            "source": one.source,
            "reference": one.reference,
            "note": one.note,
        }
        Indicator.objects.update_or_create(code=one.code, defaults=values)
    return {one.code: one for one in Indicator.objects.filter(code__in=plan_catalogue.indicators())}


def _version(plan: Plan, held: CataloguePlan, by: Person, at: datetime) -> Version:
    text = plan_catalogue.source_text(held.key)
    notes = list(held.unknown)
    if held.cut_after:
        notes.insert(0, f"Văn bản đã công bố bị cắt sau {held.cut_after}.")
    return Version.objects.create(
        plan=plan,
        seq=1,
        number=held.number,
        date=held.date,
        effective=held.effective,
        issuer=held.issuer,
        signer=held.signer,
        field=held.field,
        title=held.title,
        bases=[
            {
                "kind": base.kind,
                "number": base.number,
                "date": base.date.isoformat() if base.date else None,
                "issuer": base.issuer,
                "title": base.title,
                "words": " ".join(filter(None, (base.kind, base.number, base.title))),
            }
            for base in held.bases
        ],
        text=text,
        source="catalogue",
        digest=hashlib.sha256(text.encode()).hexdigest() if text else "",
        notes=notes,
        read_by=by.get_username(),
        read_at=at,
    )


class _Loading:
    """The rows of one plan of the catalogue."""

    def __init__(
        self,
        version: Version,
        held: CataloguePlan,
        indicators: Mapping[str, Indicator],
        *,
        by: Person,
        at: datetime,
    ) -> None:
        self.version, self.held, self.indicators = version, held, indicators
        self.rows: dict[str, Clause] = {}
        names = {clause.owner for clause in held.clauses} | {task.lead for task in held.tasks}
        names.update(name for task in held.tasks for name in task.coordinating)
        names.discard("")
        know_agencies(names, by=by, at=at)
        self.agencies: Mapping[str, Agency] = agencies_named(names)

    def write(self) -> None:
        """Write clauses, targets and tasks; everything is accepted, since the catalogue's author looked at it."""
        found = spans(self.version.text, [clause.text for clause in self.held.clauses])
        for position, (clause, span) in enumerate(zip(self.held.clauses, found, strict=True)):
            self.rows[clause.path] = self._clause(clause, position, span)
        for clause in self.held.clauses:
            self._named(clause)
            for target in clause.targets:
                self._target(target, self.rows[clause.path])
            for task in clause.tasks:
                self._task(task, self.rows[clause.path])
        for turn, target in enumerate(self.held.loose_targets, start=1):
            self._target(target, self._loose(target, turn))

    def _clause(self, clause: CatalogueClause, position: int, span: tuple[int, int] | None) -> Clause:
        readings = [{"code": one.code, "title": one.title, "text": one.text} for one in clause.readings]
        return Clause.objects.create(
            version=self.version,
            parent=self.rows.get(clause.parent),
            position=position,
            depth=clause.depth - 1,
            path=clause.path,
            mark=clause.mark,
            text=clause.text,
            heading=clause.heading,
            uncertain=bool(clause.uncertain),
            why=clause.uncertain,
            readings=readings,
            first_char=span[0] if span else None,
            last_char=span[1] if span else None,
            status=Mark.ACCEPTED,
            no_measure=clause.no_measure,
        )

    def _loose(self, target: CatalogueTarget, turn: int) -> Clause:
        """Make the clause that a target of no clause stands in: the source's words, or what it measures."""
        return Clause.objects.create(
            version=self.version,
            position=len(self.held.clauses) + turn - 1,
            path=str(turn),
            mark=f"{turn}.",
            text=target.words or self.indicators[target.indicator].title,
            status=Mark.ACCEPTED,
        )

    def _named(self, clause: CatalogueClause) -> None:
        names = dict.fromkeys(filter(None, (clause.owner, *_agencies(clause.tasks))))
        ClauseAgency.objects.bulk_create(
            ClauseAgency(clause=self.rows[clause.path], agency=self.agencies.get(name), name=name) for name in names
        )

    def _target(self, target: CatalogueTarget, row: Clause) -> None:
        Target.objects.create(
            clause=row,
            indicator=self.indicators[target.indicator],
            kind=Target.Kind.DONE if target.kind == "register" else target.kind,
            value=target.value,
            measure=target.unit,
            against=target.against,
            by=target.by,
            words=target.words,
            reading=target.reading,
            uncertain=target.open or bool(target.reading),
            status=Mark.FOUND if target.open else Mark.ACCEPTED,
        )

    def _task(self, task: CatalogueTask, row: Clause) -> None:
        lead = self.agencies.get(task.lead)
        others = [self.agencies[name] for name in task.coordinating if name in self.agencies]
        duty = Duty.objects.create(
            clause=row,
            title=task.title,
            words=task.words,
            lead=lead,
            lead_name="" if lead else task.lead,
            other_names=[name for name in task.coordinating if name not in self.agencies],
            level=task.level,
            due=task.deadline,
            regime=REGIME if task.grain else "",
            grain=task.grain or "",
            product=task.product,
            status=Mark.ACCEPTED,
        )
        duty.others.set(others)
        duty.also.set(self.rows[path] for path in task.clauses[1:])


def _agencies(tasks: Iterable[CatalogueTask]) -> list[str]:
    return [name for task in tasks for name in (task.lead, *task.coordinating)]
