"""What may be done to a standing at each stage, and who waits for whom: the whole table, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from diaban.apps.localities.models import Stage


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
    """One act: from which stages it is permitted and where it leads."""

    name: str
    title: Promise
    sources: tuple[Stage, ...]
    target: Stage


STEPS: Final[dict[str, Step]] = {
    step.name: step
    for step in (
        Step("self_assess", _("Ghi tự đánh giá của xã"), (Stage.PROPOSAL, Stage.SELF_ASSESSED), Stage.SELF_ASSESSED),
        Step("appraise", _("Thẩm định"), (Stage.SELF_ASSESSED, Stage.APPRAISED), Stage.APPRAISED),
        Step("send_back", _("Trả lại kèm ý kiến"), (Stage.SELF_ASSESSED, Stage.APPRAISED), Stage.PROPOSAL),
        Step("decide", _("Ghi quyết định"), (Stage.APPRAISED,), Stage.DECIDED),
        Step("supersede", _("Ghi quyết định thay thế"), (Stage.DECIDED,), Stage.DECIDED),
    )
}
NEXT: Final[dict[Stage, str]] = {
    Stage.PROPOSAL: "self_assess",
    Stage.SELF_ASSESSED: "appraise",
    Stage.APPRAISED: "decide",
    Stage.DECIDED: "supersede",
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
