"""Hot-spots one at a time: open, describe, take a step, take a step back, merge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from diaban.apps.access import Permission, require
from diaban.apps.accounts.models import User
from diaban.apps.audit import actions as audit
from diaban.apps.hotspots.actions.ends import require_at
from diaban.apps.hotspots.actions.projection import PROJECTED, day_of, describe, project, row_of, told
from diaban.apps.hotspots.models import Hotspot, HotspotStep, Incident
from diaban.apps.hotspots.queries import history_of, next_code, province_of, settings_on
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.core.lifecycle import History, Problem, Step, StepRefused, apply, undo
from diaban.core.messages import N_, say

DESCRIPTIVE: Final = ("name", "form", "address", "lon", "lat", "outline", "behaviours", "lead_agency", "note")


def joined(codes: Iterable[str]) -> str:
    """Return behaviour codes as the column keeps them: once each, in a fixed order."""
    return ",".join(sorted(set(codes)))


def unit_problem(unit: Unit, on: date) -> Problem | None:
    """Return the problem that `unit` did not exist on `on`, if it did not."""
    register = places.register()
    if unit.uid in register and register.exists(unit.uid, on):
        return None
    name = places.place(unit.pk, on).name if unit.uid in register else unit.uid
    return Problem(
        "unit",
        say(
            N_("«{name}» không tồn tại vào ngày {day}; chọn đơn vị có vào ngày đó hoặc xem lại ngày."),
            name=name,
            day=f"{on:%d/%m/%Y}",
        ),
    )


def create_hotspot(
    *,
    by: User,
    at: datetime,
    name: str,
    unit: Unit,
    kind: str,
    grade: str,
    on: date,
    document: str,
    decider: str,
    verb: str = "detect",
    code: str = "",
    form: str = "place",
    address: str = "",
    lon: float | None = None,
    lat: float | None = None,
    outline: dict[str, Any] | None = None,
    behaviours: Iterable[str] = (),
    lead_agency: str = "",
    note: str = "",
) -> Hotspot:
    """Open a hot-spot with its first step (`detect`, `enlist` or `receive`) and return it.

    Without `code` the next one of the unit is given ("DTD-26506-0001"). Raises `StepRefused` with every reason,
    `AccessRefused` when the unit is out of reach.
    """
    require(by, Permission.HOTSPOT_RECORD, at=at, unit=unit.pk)
    step = Step(
        verb, on, day_of(at), document.strip(), decider.strip(), grade=grade, unit=str(unit.pk), kind=kind
    )  # fmt: skip
    history = _opened(step, unit, name)
    with transaction.atomic():
        province = province_of(unit.pk, on)
        code = free_code(Hotspot, code, f"DTD-{places.place(unit.pk, on).code}")
        spot = Hotspot(
            code=code,
            province_id=province,
            name=name.strip(),
            form=form,
            address=address.strip(),
            lon=lon,
            lat=lat,
            outline=outline,
            behaviours=joined(behaviours),
            lead_agency=lead_agency,
            note=note.strip(),
            created_at=at,
            updated_at=at,
        )
        project(spot, history, settings_on(day_of(at)))
        describe(spot)
        spot.save(force_insert=True)
        row_of(spot, history, history.entries[0], by=by, at=at).save(force_insert=True)
        audit.record(
            by=by, at=at, verb="hotspot.create", subject=f"hotspot:{code}", detail={"steps": told(history.entries)}
        )
    return spot


def _opened(step: Step, unit: Unit, name: str) -> History:
    """Return the history that `step` opens; raise `StepRefused` with every reason."""
    problems = [problem for problem in [unit_problem(unit, step.on)] if problem]
    if not name.strip():
        problems.append(Problem("name", say(N_("Thiếu tên gọi: ghi tên địa điểm, khu vực hoặc phương tiện."))))
    try:
        history = apply(History(workflow_on(step.recorded_on)), step, settings_on(step.on))
    except StepRefused as refusal:
        raise StepRefused([*problems, *refusal.problems]) from None
    if problems:
        raise StepRefused(problems)
    return history


def free_code(model: type[Hotspot] | type[Incident], code: str, prefix: str) -> str:
    """Return `code`, or the next one after `prefix` when it is empty; raise `StepRefused` when it is taken.

    Taken by whatever province and by void records too: a code on paper must name one record.
    """
    code = code.strip() or next_code(prefix, model)
    if model._base_manager.filter(code__iexact=code).exists():
        raise StepRefused([Problem("code", say(N_("Mã {code} đã có trong sổ; để trống để máy cấp mã."), code=code))])
    return code


def edit_hotspot(*, hotspot: Hotspot, by: User, at: datetime, changes: Mapping[str, Any]) -> Hotspot:
    """Change what describes a hot-spot (`DESCRIPTIVE`); its kind, unit, grade and state change only by steps."""
    if strange := set(changes) - set(DESCRIPTIVE):
        raise ValueError(f"{sorted(strange)}: chỉ đổi bằng bước; sửa được {DESCRIPTIVE}")
    with transaction.atomic():
        spot = Hotspot.objects.select_for_update().get(pk=hotspot.pk)
        require(by, Permission.HOTSPOT_RECORD, at=at, unit=spot.unit_id)
        if spot.state == workflow_on(day_of(at)).voided_state:
            raise StepRefused([Problem("", say(N_("Hồ sơ đã hủy ghi nhận; khôi phục trước khi sửa.")))])
        before = {name: getattr(spot, name) for name in changes}
        for name, value in changes.items():
            setattr(spot, name, joined(value) if name == "behaviours" and not isinstance(value, str) else value)
        after = {name: getattr(spot, name) for name in changes}
        if before == after:
            return spot
        describe(spot)
        spot.updated_at = at
        spot.save(update_fields=[*changes, "search", "name_sort", "updated_at"])
        changed = {name: [before[name], after[name]] for name in changes if before[name] != after[name]}
        audit.record(by=by, at=at, verb="hotspot.edit", subject=f"hotspot:{spot.code}", detail=changed)
    return spot


@dataclass(frozen=True, slots=True)
class Decision:
    """What someone decided about a hot-spot, as it comes from a form or a caller."""

    verb: str
    on: date
    document: str
    decider: str
    reason: str = ""
    evidence: str = ""
    grade: str = ""
    unit: Unit | None = None
    kind: str = ""
    target: Hotspot | None = None


def check_step(*, hotspot: Hotspot, decision: Decision, by: User, at: datetime) -> History:
    """Return the history as it would be after the step, writing nothing. Raises `StepRefused` with every reason.

    Whoever moves a spot to another unit, or merges it into one there, must be allowed the step at both ends: nobody
    puts something into a register that is not theirs. A spot handed over to another province leaves from one end.
    """
    step = Step(
        verb=decision.verb,
        on=decision.on,
        recorded_on=day_of(at),
        document=decision.document.strip(),
        decider=decision.decider.strip(),
        reason=decision.reason.strip(),
        evidence=decision.evidence.strip(),
        grade=decision.grade,
        unit=str(decision.unit.pk) if decision.unit else "",
        kind=decision.kind,
        target=decision.target.code if decision.target else "",
    )
    # As they stand now, not as the page showed them.
    target = Hotspot.objects.get(pk=decision.target.pk) if decision.target else None
    ends = [hotspot.unit_id, *([decision.unit.pk] if decision.unit else []), *([target.unit_id] if target else [])]
    require_at(by, Permission.HOTSPOT_STEP, ends, at=at)
    problems = [unit_problem(decision.unit, decision.on)] if decision.unit else []
    if target is not None:
        problems.extend(_target_problems(hotspot, target, day_of(at)))
    found = [problem for problem in problems if problem]
    try:
        history = apply(history_of(hotspot, day_of(at)), step, settings_on(decision.on))
    except StepRefused as refusal:
        raise StepRefused([*found, *refusal.problems]) from None
    if found:
        raise StepRefused(found)
    return history


def take_step(*, hotspot: Hotspot, decision: Decision, by: User, at: datetime) -> Hotspot:
    """Take the next step of a hot-spot and return it as it then stands. Raises `StepRefused` with every reason."""
    with transaction.atomic():
        spot = Hotspot.objects.select_for_update().get(pk=hotspot.pk)
        history = check_step(hotspot=spot, decision=decision, by=by, at=at)
        previous = spot.steps.filter(stands=True).order_by("-seq").values_list("pk", flat=True)[:1]
        HotspotStep.objects.filter(pk__in=list(previous)).update(until=decision.on)
        row_of(spot, history, history.entries[-1], by=by, at=at).save(force_insert=True)
        if decision.target is not None:
            spot.merged_into = decision.target
        save_projection(spot, history, at)
        step = history.entries[-1].step
        detail = {"steps": told(history.entries[-1:]), "document": step.document, "decider": step.decider}
        audit.record(by=by, at=at, verb=f"hotspot.{step.verb}", subject=f"hotspot:{spot.code}", detail=detail)
    return spot


def undo_step(
    *, hotspot: Hotspot, on: date, document: str, decider: str, reason: str, by: User, at: datetime
) -> Hotspot:
    """Take the last standing step back by a dated adjustment that stays in the log. Raises `StepRefused`.

    A move is taken back only by somebody who may act at both ends.
    """
    correction = Step("undo", on, day_of(at), document.strip(), decider.strip(), reason.strip())
    with transaction.atomic():
        spot = Hotspot.objects.select_for_update().get(pk=hotspot.pk)
        require(by, Permission.HOTSPOT_STEP, at=at, unit=spot.unit_id)
        history = undo(history_of(spot, day_of(at)), correction)
        require(by, Permission.HOTSPOT_STEP, at=at, unit=int(history.unit))
        undone = history.entries[-1].undoes
        assert undone is not None  # undo always names the line it takes back
        spot.steps.filter(seq=undone).update(stands=False, until=None)
        assert history.last is not None
        spot.steps.filter(seq=history.last.seq).update(until=None)
        row_of(spot, history, history.entries[-1], by=by, at=at).save(force_insert=True)
        spot.merged_into = None
        save_projection(spot, history, at)
        detail = {"undoes": undone, "steps": told(history.entries[-1:]), "reason": correction.reason}
        audit.record(by=by, at=at, verb="hotspot.undo", subject=f"hotspot:{spot.code}", detail=detail)
    return spot


def save_projection(spot: Hotspot, history: History, at: datetime) -> None:
    """Save what the history now says of the spot."""
    project(spot, history, settings_on(day_of(at)))
    spot.updated_at = at
    spot.save(update_fields=[*(name.removesuffix("_id") for name in PROJECTED), "merged_into", "updated_at"])


def _target_problems(spot: Hotspot, target: Hotspot, on: date) -> list[Problem]:
    if target.pk == spot.pk:
        return [Problem("target", say(N_("Điểm nhận chính là điểm này; chọn điểm khác.")))]
    workflow = workflow_on(on)
    state = workflow.state(target.state)
    if workflow.exists(spot.state) and not state.existing:
        # Otherwise an existing spot would leave the count and nothing would stand for it.
        text = N_(
            "Điểm nhận {code} đang ở «{state}» nên không còn được tính; điểm đang tồn tại chỉ hợp vào điểm đang "
            "tồn tại. Chọn điểm khác, hoặc ghi tái phức tạp cho điểm nhận trước."
        )
    elif state.final or target.state == "unconfirmed":
        text = N_("Điểm nhận {code} đang ở «{state}»; chọn điểm còn theo dõi trong sổ.")
    else:
        return []
    return [Problem("target", say(text, code=target.code, state=state.title))]
