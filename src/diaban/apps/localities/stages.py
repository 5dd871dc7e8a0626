"""What may be done to a standing at each stage, by whom, and who waits for whom: the whole table, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diaban.apps.access import AccessRefused, Permission, Person, Rights, rights_at
from diaban.apps.localities.models import Stage, Standing
from diaban.core.policy import Verdict


class Refused(Exception):
    """An act that is not permitted now. `str(error)` says why and what to do instead; `field` where it concerns one."""

    def __init__(self, sentence: object, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field

    def __str__(self) -> str:
        return str(self.sentence)


@dataclass(frozen=True, slots=True)
class Step:
    """One act: from which stages it is permitted and where it leads, what it asks, from whose hands it is kept apart.

    `apart_from` names the columns that hold who submitted what the act judges: nobody approves that of their own.
    """

    name: str
    title: Promise
    sources: tuple[Stage, ...]
    target: Stage
    asks: Permission
    apart_from: tuple[str, ...] = ()


ASSESSOR: Final = ("self_by", "self_in_name_of")
APPRAISER: Final = ("appraised_by", "appraised_in_name_of")
STEPS: Final[dict[str, Step]] = {
    step.name: step
    for step in (
        Step(
            "self_assess",
            _("Ghi tự đánh giá của xã"),
            (Stage.PROPOSAL, Stage.SELF_ASSESSED),
            Stage.SELF_ASSESSED,
            Permission.CLASS_SELF_ASSESS,
        ),
        Step(
            "appraise",
            _("Thẩm định"),
            (Stage.SELF_ASSESSED, Stage.APPRAISED),
            Stage.APPRAISED,
            Permission.CLASS_APPRAISE,
            ASSESSOR,
        ),
        Step(
            "send_back",
            _("Trả lại kèm ý kiến"),
            (Stage.SELF_ASSESSED, Stage.APPRAISED),
            Stage.PROPOSAL,
            Permission.CLASS_APPRAISE,
            ASSESSOR,
        ),
        Step(
            "decide",
            _("Ghi quyết định"),
            (Stage.APPRAISED,),
            Stage.DECIDED,
            Permission.CLASS_DECIDE,
            ASSESSOR + APPRAISER,
        ),
        Step(
            "supersede",
            _("Ghi quyết định thay thế"),
            (Stage.DECIDED,),
            Stage.DECIDED,
            Permission.CLASS_DECIDE,
            ASSESSOR + APPRAISER,
        ),
    )
}
NEXT: Final[dict[Stage, str]] = {
    Stage.PROPOSAL: "self_assess",
    Stage.SELF_ASSESSED: "appraise",
    Stage.APPRAISED: "decide",
    Stage.DECIDED: "supersede",
}
AWAITED: Final[dict[Stage, Promise]] = {
    Stage.PROPOSAL: _("Chờ lãnh đạo UBND cấp xã tự đánh giá."),
    Stage.SELF_ASSESSED: _("Chờ công an cấp tỉnh thẩm định."),
    Stage.APPRAISED: _("Chờ lãnh đạo tỉnh quyết định."),
}
REFUSALS: Final[dict[str, Promise]] = {
    "self_assess": _("Tỉnh đã thẩm định; muốn sửa tự đánh giá thì thẩm định phải trả lại kèm ý kiến trước."),
    "appraise": _("Xã chưa tự đánh giá hoặc đã có quyết định; không thẩm định được lúc này."),
    "send_back": _("Chỉ trả lại được khi xã đã tự đánh giá và chưa có quyết định."),
    "decide": _("Chỉ ghi quyết định khi đã thẩm định; đã có quyết định thì ghi quyết định thay thế."),
    "supersede": _("Chưa có quyết định nào để thay thế."),
}


def permitted(stage: str) -> list[Step]:
    """Return the acts that the table permits at `stage`, the usual next one first."""
    usual = NEXT[Stage(stage)]
    steps = [step for step in STEPS.values() if stage in step.sources]
    return sorted(steps, key=lambda step: step.name != usual)


def advance(stage: str, name: str) -> Stage:
    """Return the stage that act `name` leads to from `stage`; raise `Refused` with the reason if it may not."""
    step = STEPS[name]
    if stage not in step.sources:
        raise Refused(REFUSALS[name])
    return step.target


def verdict(rights: Rights, standing: Standing, name: str) -> Verdict:
    """Decide whether somebody with these rights may do act `name` to `standing`; the stage is another question."""
    step = STEPS[name]
    submitted_by = [getattr(standing, column) for column in step.apart_from]
    return rights.can(step.asks, unit=standing.unit_id, submitted_by=submitted_by)


def require_step(by: Person, standing: Standing, name: str, *, at: datetime) -> str:
    """Let `by` do act `name`; return in whose name it is done (empty: their own). Raises `AccessRefused`."""
    found = verdict(rights_at(by, at), standing, name)
    if not found.allowed:
        raise AccessRefused(found)
    return found.grant.giver if found.grant else ""


@dataclass(frozen=True, slots=True)
class Offer:
    """An act as a page offers it: a button or, where it is one's own submission, the sentence why not."""

    step: Step
    reason: str = ""


def offers(rights: Rights, standing: Standing) -> list[Offer]:
    """Return what the page of `standing` offers this person: acts of other people's roles are not named at all."""
    found = []
    for step in permitted(standing.stage):
        answer = verdict(rights, standing, step.name)
        if answer.allowed:
            found.append(Offer(step))
        elif answer.why == "own_submission":
            found.append(Offer(step, answer.reason.render(gettext)))
    return found
