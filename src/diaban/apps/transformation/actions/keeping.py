"""Keep a plan: answer its questions, set the days of its phases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from diaban.apps.access import Permission, Person, require
from diaban.apps.audit.actions import record
from diaban.apps.transformation.actions.base import locked, must_live, subject
from diaban.apps.transformation.models import Answer, Phase, Transformation
from diaban.apps.transformation.queries.guards import table_of
from diaban.core.lifecycle import Problem, StepRefused
from diaban.core.messages import N_, say

LONGEST = 4000


@transaction.atomic
def answer(*, transformation: Transformation, answers: Mapping[str, str], by: Person, at: datetime) -> int:
    """Write the answers (prompt → words) that differ from what stands; return how many. An empty one takes it away."""
    row = locked(transformation)
    require(by, Permission.TRANSFORM_KEEP, at=at, unit=row.unit_id)
    must_live(row)
    known = {one.code: one.title for one in table_of(row).prompts}
    problems = [
        Problem(code, say(N_("Câu trả lời dài quá {n} ký tự; rút lại còn điều chính."), n=LONGEST))
        for code, text in answers.items()
        if len(text) > LONGEST
    ]
    problems += [
        Problem("", say(N_("Không có câu hỏi “{code}”."), code=code)) for code in answers.keys() - known.keys()
    ]
    if problems:
        raise StepRefused(problems)
    before = dict(row.answers.values_list("prompt", "text"))
    changed = {code: text.strip() for code, text in answers.items() if text.strip() != before.get(code, "")}
    for code, text in changed.items():
        if text:
            Answer.objects.update_or_create(
                transformation=row, prompt=code, defaults={"text": text, "by": by.get_username(), "at": at}
            )
        else:
            row.answers.filter(prompt=code).delete()
    if changed:
        record(by=by, at=at, verb="transformation.answer", subject=subject(row), detail={"fields": sorted(changed)})
    return len(changed)


@transaction.atomic
def set_phases(
    *, transformation: Transformation, days: Mapping[str, tuple[date, date]], by: Person, at: datetime
) -> None:
    """Set the days (first, last) of phases, in the order of the table: none begins before the one before it ends."""
    row = locked(transformation)
    require(by, Permission.TRANSFORM_KEEP, at=at, unit=row.unit_id)
    must_live(row)
    table = table_of(row)
    problems, ended = [], None
    for kind in table.phases:
        if kind.code not in days:
            continue
        first, last = days[kind.code]
        if last < first:
            problems.append(
                Problem(f"{kind.code}_last", say(N_("“{name}”: ngày cuối trước ngày đầu."), name=say(kind.title)))
            )
        if ended is not None and first <= ended:
            problems.append(
                Problem(
                    f"{kind.code}_first",
                    say(N_("“{name}” bắt đầu khi giai đoạn trước chưa hết."), name=say(kind.title)),
                )
            )
        ended = last
    if strange := days.keys() - {kind.code for kind in table.phases}:
        problems.append(Problem("", say(N_("Không có giai đoạn “{code}”."), code=min(strange))))
    if problems:
        raise StepRefused(problems)
    for code, (first, last) in days.items():
        Phase.objects.update_or_create(transformation=row, code=code, defaults={"starts": first, "last_day": last})
    record(
        by=by,
        at=at,
        verb="transformation.phases",
        subject=subject(row),
        detail={code: [first.isoformat(), last.isoformat()] for code, (first, last) in days.items()},
    )
