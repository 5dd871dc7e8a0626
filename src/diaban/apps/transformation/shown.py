"""A transformation as a page shows it: states, phases, fidelity and verdicts in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from diaban.apps.transformation.models import Transformation
from diaban.apps.transformation.queries import Carried, table_of
from diaban.core.transformation import Fidelity, Judgement, Standing
from diaban.ui.formats import percent

TONES = {
    "draft": "wait",
    "approved": "info",
    "doing": "info",
    "maintaining": "ok",
    "ended": "closed",
    "stopped": "closed",
}
VERDICTS = {
    Standing.WAITING: gettext_lazy("Chưa có kỳ phân loại nào sau đó ra quyết định."),
    Standing.LOWERED: gettext_lazy("Đã chuyển loại: kỳ phân loại sau quyết định loại nhẹ hơn."),
    Standing.SAME: gettext_lazy("Chưa chuyển loại: loại vẫn như lúc bắt đầu."),
    Standing.RAISED: gettext_lazy("Loại nặng hơn lúc bắt đầu."),
    Standing.RETURNED: gettext_lazy("Đã từng chuyển loại nhưng loại đã trở lại."),
    Standing.UNKNOWN: gettext_lazy("Lúc bắt đầu chưa có loại được quyết định để so."),
}
VERDICT_TONES = {
    Standing.WAITING: "wait",
    Standing.LOWERED: "ok",
    Standing.SAME: "neutral",
    Standing.RAISED: "warn",
    Standing.RETURNED: "warn",
    Standing.UNKNOWN: "neutral",
}
VERDICTS_SHORT = {
    Standing.WAITING: gettext_lazy("chờ kỳ sau"),
    Standing.LOWERED: gettext_lazy("đã chuyển loại"),
    Standing.SAME: gettext_lazy("chưa chuyển loại"),
    Standing.RAISED: gettext_lazy("nặng hơn"),
    Standing.RETURNED: gettext_lazy("trở lại loại cũ"),
    Standing.UNKNOWN: gettext_lazy("chưa có gốc so"),
}
JUDGED_TONES = {Judgement.TOO_FEW: "neutral", Judgement.LOW: "warn", Judgement.ENOUGH: "ok"}


def state_title(row: Transformation) -> str:
    """Return the state in words."""
    return _(table_of(row).state(row.state).title)


def told(found: Fidelity) -> str:
    """Return what is said of the fidelity, before anything of effect."""
    if found.judgement is Judgement.TOO_FEW:
        return ngettext(
            "Mới có {n} lần việc đến hạn: chưa nói được gì về mức thực hiện, càng chưa nói được về kết quả.",
            "Mới có {n} lần việc đến hạn: chưa nói được gì về mức thực hiện, càng chưa nói được về kết quả.",
            found.owed,
        ).format(n=found.owed)
    share = percent(found.share or 0, 0)
    if found.judgement is Judgement.LOW:
        return _(
            "Mới {done} trên {owed} lần việc đến hạn được xác nhận đã làm ({share}). Chưa bàn tới kết quả: điều chưa"
            " làm thì không thể có tác dụng."
        ).format(done=found.done, owed=found.owed, share=share)
    return _("{done} trên {owed} lần việc đến hạn được xác nhận đã làm ({share}): đủ để bàn tới kết quả.").format(
        done=found.done, owed=found.owed, share=share
    )


def brief(found: Fidelity) -> str:
    """Return the fidelity in a cell of a list."""
    if not found.owed:
        return _("chưa việc nào đến hạn")
    return _("{done}/{owed} ({share})").format(done=found.done, owed=found.owed, share=percent(found.share or 0, 0))


@dataclass(frozen=True, slots=True)
class PhaseShown:
    """One phase on the bar. `state`: "done", "now", "ahead", "undated" or "held": upkeep whose days
    have come though no lighter class has been decided."""

    code: str
    title: str
    why: str
    starts: date | None
    last_day: date | None
    state: str
    fidelity: Fidelity | None
    maintains: bool


def phases_of(row: Transformation, carried: Carried, today: date) -> list[PhaseShown]:
    """Return the phases in order, with their days and how far each was carried out."""
    days = {one.code: one for one in row.phases.all()}
    found = []
    for kind in table_of(row).phases:
        own = days.get(kind.code)
        if own is None:
            state = "undated"
        elif kind.maintains and own.starts <= today and row.state in ("draft", "approved", "doing"):
            state = "held"
        elif own.last_day < today:
            state = "done"
        else:
            state = "now" if own.starts <= today else "ahead"
        found.append(
            PhaseShown(
                kind.code,
                _(kind.title),
                _(kind.why),
                own.starts if own else None,
                own.last_day if own else None,
                state,
                carried.by_phase.get(kind.code),
                kind.maintains,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """A question of the plan with what was answered."""

    code: str
    title: str
    ask: str
    owed: bool
    text: str


def answers_of(row: Transformation) -> Mapping[str, list[AnswerShown]]:
    """Return the questions by part of the plan, with their answers."""
    held = dict(row.answers.values_list("prompt", "text"))
    found: dict[str, list[AnswerShown]] = {}
    for one in table_of(row).prompts:
        found.setdefault(one.part, []).append(
            AnswerShown(one.code, _(one.title), _(one.ask), one.owed, held.get(one.code, ""))
        )
    return found
