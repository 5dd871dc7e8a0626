"""Put a question to the registers, and keep its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import uuid4

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate

from diaban.analysis.settings import AnySettings, SettingsError, from_dict
from diaban.apps.access import Permission, Person, require
from diaban.apps.accounts.models import User
from diaban.apps.analyses.models import Analysis, Counted, Question
from diaban.apps.audit import actions as audit
from diaban.apps.hotspots.models import Hotspot, IncidentKind, Source
from diaban.apps.jobs.actions import enqueue
from diaban.apps.places.models import Unit
from diaban.core.lifecycle import Problem, StepRefused
from diaban.core.messages import N_, say

KIND: Final = "analyses.answer"
LONGEST_YEARS: Final = 15
LARGEST_SEED: Final = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Order:
    """A question as it is put. `unit` None: of the whole working area. `seed` None: one is drawn.

    `settings` are the JSON of `diaban.analysis.settings`; `kinds` empty: every kind of incident.
    """

    question: str
    unit: Unit | None
    first: date
    last: date
    sources: Sequence[str]
    settings: Mapping[str, Any]
    kinds: Sequence[str] = field(default=())
    counted: str = Counted.POINTS
    hotspot: Hotspot | None = None
    seed: int | None = None


def ask(
    *, by: Person, at: datetime, order: Order, repeats: Analysis | None = None, queue: bool = True, weekly: bool = False
) -> Analysis:
    """Write the question down and put it into the queue; return it.

    Raises `StepRefused` with every reason, `AccessRefused` where the asker may not run it or does not see the
    incidents of the whole area. `queue` False: the caller answers it itself.
    """
    unit = order.unit.pk if order.unit else None
    require(by, Permission.ANALYSIS_RUN, at=at, unit=unit)
    require(by, Permission.INCIDENT_VIEW, at=at, unit=unit)
    if order.hotspot is not None:
        require(by, Permission.HOTSPOT_VIEW, at=at, unit=order.hotspot.unit_id)
    if problems := _problems(order, localdate(at)):
        raise StepRefused(problems)
    with transaction.atomic():
        row = Analysis.objects.create(
            code=uuid4().hex[:16],
            question=order.question,
            counted=order.counted,
            unit=order.unit,
            hotspot=order.hotspot,
            first=order.first,
            last=order.last,
            sources=",".join(one for one in Source.values if one in order.sources),
            kinds=",".join(one for one in IncidentKind.values if one in order.kinds),
            settings=_settings(order).to_dict(),
            wished_seed=order.seed,
            repeats=repeats,
            weekly=weekly,
            asked_by=by.get_username(),
            created_at=at,
        )
        row.code = f"PT-{row.pk:06d}"
        if queue:
            address = reverse("analyses:result", args=[row.code])
            row.job = enqueue(KIND, by=by if isinstance(by, User) else None, at=at,
                              params={"analysis": row.pk}, address=address)  # fmt: skip
        row.save(update_fields=["code", "job"])
        audit.record(by=by, at=at, verb="analysis.ask", subject=f"analysis:{row.code}", detail=_told(row))
    return row


def ask_again(*, by: Person, at: datetime, analysis: Analysis, same_seed: bool, to_today: bool = False) -> Analysis:
    """Put the same question with the same settings once more: with the same seed (to compare), or a new one.

    `to_today` moves the period so that it ends yesterday. Raises as `ask`.
    """
    shift = localdate(at) - analysis.last if to_today else localdate(at) - localdate(at)
    order = Order(
        question=analysis.question,
        unit=analysis.unit,
        first=analysis.first + shift,
        last=analysis.last + shift,
        sources=analysis.source_codes,
        settings=analysis.settings,
        kinds=analysis.kind_codes,
        counted=analysis.counted,
        hotspot=analysis.hotspot,
        seed=analysis.seed if same_seed else None,
    )
    return ask(by=by, at=at, order=order, repeats=analysis)


def _settings(order: Order) -> AnySettings:
    return from_dict(order.settings)


def _problems(order: Order, today: date) -> list[Problem]:
    found: list[Problem] = []
    if order.question not in Question.values:
        found.append(Problem("question", say(N_("Không có câu hỏi này."))))
    if order.last < order.first:
        found.append(Problem("last", say(N_("Ngày cuối phải từ ngày đầu trở đi."))))
    if order.last > today:
        found.append(Problem("last", say(N_("Ngày cuối chưa tới; chọn muộn nhất là hôm nay."))))
    if (order.last - order.first).days > LONGEST_YEARS * 366:
        found.append(Problem("first", say(N_("Kỳ số liệu dài nhất {n} năm."), n=LONGEST_YEARS)))
    if not order.sources or set(order.sources) - set(Source.values):
        found.append(Problem("sources", say(N_("Chọn ít nhất một nguồn tin."))))
    if order.seed is not None and not 0 <= order.seed <= LARGEST_SEED:
        found.append(Problem("seed", say(N_("Hạt giống là số nguyên từ 0 đến {most}."), most=LARGEST_SEED)))
    try:
        _settings(order)
    except SettingsError as error:
        found += [Problem(name, message) for name, message in error.where.items()]
    return found


def _told(row: Analysis) -> dict[str, Any]:
    return {
        "question": str(row.question),
        "unit": row.unit.uid if row.unit else "",
        "start": row.first.isoformat(),
        "end": row.last.isoformat(),
        "sources": list(row.source_codes),
        "settings": row.settings,
    } | ({"hotspot": row.hotspot.code} if row.hotspot else {})


@transaction.atomic
def keep_answer(
    *,
    by: Person,
    at: datetime,
    analysis: Analysis,
    document: Mapping[str, Any],
    seed: int,
    digest: str,
    events: int,
    left_out: Mapping[str, int],
    where: Sequence[Any],
) -> Analysis:
    """Keep the answer of a question that has none yet; an answer is never changed."""
    require(by, Permission.ANALYSIS_RUN, at=at, unit=analysis.unit_id)
    row = Analysis.objects.select_for_update(of=("self",)).get(pk=analysis.pk)
    if row.answered_at is not None:
        raise StepRefused([Problem("", say(N_("Câu hỏi này đã có trả lời.")))])
    row.document, row.level, row.headline = dict(document), str(document["level"]), document["headline"]
    row.seed, row.digest, row.events, row.left_out = seed, digest, events, dict(left_out)
    row.where, row.answered_at = list(where), at
    row.save()
    detail = {"sha256": digest, "events": events, "level": row.level}
    audit.record(by=by, at=at, verb="analysis.answer", subject=f"analysis:{row.code}", detail=detail)
    return row
