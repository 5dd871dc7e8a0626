"""How the tasks went: most on time, some late, some not at all; drawn from the seed, the same every time."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

from diaban.apps.places import queries as places
from diaban.apps.programme import actions
from diaban.apps.programme.models import Turn
from diaban.demo.accounts import Cast
from diaban.demo.moments import entered_on

SLOW = ("26656", "26640")  # communes that report late or not at all
SHOWN = "26506"  # the commune of the demonstration's accounts: one thing of every kind


def _draw(seed: int, *names: object) -> float:
    """Return a number in [0, 1) that depends on the seed and the names alone."""
    digest = hashlib.sha256("/".join(map(str, (seed, *names))).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def load(*, cast: Cast, last_day: date, seed: int) -> int:
    """Report and confirm the turns that fell due; return how many were reported."""
    turns = (
        Turn.objects.filter(final=False, due__isnull=False)
        .select_related("task__lead", "task__unit")
        .order_by("due", "pk")
    )
    codes = {place.id: place.code for place in places.area_places(last_day)}
    reported = 0
    for turn in turns:
        if turn.due is None or turn.due > last_day + timedelta(days=10):
            continue
        unit = turn.task.unit_id
        code = codes.get(unit, "") if unit else ""
        reported += _live(turn, code, cast, last_day, _draw(seed, turn.task.code, turn.seq))
    return reported


def _live(turn: Turn, code: str, cast: Cast, last_day: date, luck: float) -> bool:
    """Let one turn take its course; return whether it was reported done."""
    due = turn.due
    if due is None:
        return False
    worker = cast.communes if code else cast.province
    late = luck > (0.55 if code in SLOW else 0.93)
    undone = luck > (0.85 if code in SLOW else 0.985)
    day = due + timedelta(days=3 + round(luck * 12)) if late else due - timedelta(days=round(luck * 6))
    day = max(day, turn.first_day)
    if undone or day > last_day:
        if turn.first_day <= last_day and luck > 0.3:
            actions.progress(
                turn=turn, by=worker, at=entered_on(last_day - timedelta(days=2)), percent=10 + round(luck * 60),
                words="Đang thực hiện theo kế hoạch (mô phỏng)",
            )  # fmt: skip
        return False
    actions.add_evidence(
        turn=turn,
        by=worker,
        at=entered_on(day),
        given=actions.Shown(
            kind="document",
            words="Báo cáo kết quả (mô phỏng)",
            document=f"MP-{turn.pk:04d}/BC-{'CAX' if code else 'PC04'}",
            document_on=day,
        ),
    )
    actions.report_done(turn=turn, by=worker, at=entered_on(day), words="Đã thực hiện đủ (mô phỏng)")
    checked = day + timedelta(days=2)
    if checked <= last_day:
        actions.confirm(turn=turn, by=cast.leader if not code else cast.province, at=entered_on(checked))
    return True
