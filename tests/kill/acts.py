"""What a child does until it is killed. Each act is announced before it begins and acknowledged after its commit."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from hotspots_cast import AT, PAPER, Province

from diaban.adapters.clock import now
from diaban.adapters.workbooks import stream_csv
from diaban.apps.exchange.actions import apply_batch, check_batch, receive, request, start_check
from diaban.apps.exchange.models import Batch
from diaban.apps.exchange.registry import Context, sheet_by_code
from diaban.apps.hotspots import actions
from diaban.apps.hotspots.models import Hotspot
from diaban.apps.jobs.models import Run
from diaban.apps.jobs.worker import run_waiting

LISTED = date(2025, 8, 1)
ROUNDS_OF_STEPS = ("eliminate", "watch", "reform", "relist")


class Line:
    """The pipe to the parent."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    def tell(self, word: str, **facts: Any) -> None:
        """Write one line; short enough to arrive whole or not at all."""
        os.write(self._handle, json.dumps({"word": word, **facts}).encode() + b"\n")

    def do(self, name: str, act: Callable[[], dict[str, Any]]) -> None:
        """Announce the act, do it, acknowledge what it made."""
        self.tell("begin", act=name)
        self.tell("done", act=name, made=act())


def nothing(done: int, total: int) -> None:
    """Listen to no progress."""


def sheet(prefix: str, rows: int) -> bytes:
    """Return a file of new hot-spots with codes `<prefix>-<n>`."""
    spec = sheet_by_code("hotspots").spec
    lines: Iterator[dict[str, Any]] = (
        {
            "code": f"{prefix}-{number}",
            "name": f"Khu nhà trọ số {number}",
            "kind": "diem_phuc_tap",
            "grade": "co_tai_lieu",
            "form": "place",
            "unit_code": "26506",
            "unit_name": "Phường Hợp Nhất",
            "listed_on": LISTED,
            "document": "12/QĐ",
            "decider": "Trưởng phòng PC04",
        }
        for number in range(rows)
    )
    return b"".join(stream_csv(spec, lines))


def taken_in(cast: Province, prefix: str, rows: int) -> Batch:
    return receive(
        sheet="hotspots",
        file_name=f"{prefix}.csv",
        data=sheet(prefix, rows),
        options={},
        by=cast.user,
        at=now(),
    )


def imports(cast: Province, line: Line, draw: random.Random, name: str) -> None:
    """Take files in, check them, write them."""
    for number in range(10_000):
        prefix, rows = f"{name}-{number}", draw.randrange(5, 120)
        held: list[Batch] = []

        def receiving(held: list[Batch] = held, prefix: str = prefix, rows: int = rows) -> dict[str, Any]:
            held.append(taken_in(cast, prefix, rows))
            return {"batch": held[0].number}

        def checking(held: list[Batch] = held) -> dict[str, Any]:
            check(cast, held[0])
            return {"batch": held[0].number}

        def applying(held: list[Batch] = held) -> dict[str, Any]:
            apply(cast, held[0])
            return {"batch": held[0].number}

        line.do("receive", receiving)
        line.do("check", checking)
        line.do("apply", applying)


def check(cast: Province, batch: Batch) -> None:
    check_batch(batch, context=Context(cast.user, now(), {}, batch.number), step=nothing)


def apply(cast: Province, batch: Batch) -> None:
    batch.mode = Batch.Mode.ALL
    batch.save(update_fields=["mode"])
    apply_batch(batch, by=cast.user, at=now(), step=nothing)


def steps(cast: Province, line: Line, draw: random.Random, name: str) -> None:
    """Open hot-spots and decide about them."""
    for number in range(10_000):
        code = f"{name}-{number}"
        line.do("open", lambda code=code: opened(cast, code))
        for day in range(draw.randrange(1, 12)):
            line.do("decide", lambda code=code, day=day: decided(cast, code, day))


def opened(cast: Province, code: str) -> dict[str, Any]:
    actions.create_hotspot(
        by=cast.user, at=AT, unit=cast.merged, on=LISTED, code=code, name="Bãi sau chợ", kind="diem_to_chuc_chua_chap",
        grade="co_tai_lieu", verb="enlist", **PAPER,
    )  # fmt: skip
    return {"spot": code, "steps": 1}


def decided(cast: Province, code: str, day: int) -> dict[str, Any]:
    spot = Hotspot.objects.get(code=code)
    decision = actions.Decision(
        verb=ROUNDS_OF_STEPS[day % len(ROUNDS_OF_STEPS)],
        on=LISTED + timedelta(days=day + 1),
        reason="Theo biên bản",
        evidence="Kết luận 5/KL",
        **PAPER,
    )
    actions.take_step(hotspot=spot, decision=decision, by=cast.user, at=AT)
    return {"spot": code, "steps": day + 2}


def jobs(cast: Province, line: Line, draw: random.Random, name: str) -> None:
    """Hand the way of a file to the queue, and be the worker that does it."""
    for number in range(10_000):
        prefix, rows = f"{name}-{number}", draw.randrange(5, 120)
        held: list[Batch] = []

        def asking(held: list[Batch] = held, prefix: str = prefix, rows: int = rows) -> dict[str, Any]:
            held.append(taken_in(cast, prefix, rows))
            return {"batch": held[0].number, "run": start_check(held[0], by=cast.user, at=now()).pk}

        def asking_to_write(held: list[Batch] = held) -> dict[str, Any]:
            run = request(held[0], work="apply", by=cast.user, at=now(), mode=Batch.Mode.ALL)
            return {"batch": held[0].number, "run": run.pk}

        line.do("ask", asking)
        line.do("work", worked)
        line.do("ask to write", asking_to_write)
        line.do("work", worked)


def worked() -> dict[str, Any]:
    """Do what waits; tell the runs that are done."""
    waiting = list(Run.objects.filter(state=Run.State.QUEUED).values_list("pk", flat=True))
    run_waiting()
    return {"runs": list(Run.objects.filter(pk__in=waiting, state=Run.State.DONE).values_list("pk", flat=True))}


# What a child of each kind does, and the acts in which it is worth killing it.
KINDS: dict[str, tuple[Callable[[Province, Line, random.Random, str], None], tuple[str, ...]]] = {
    "import": (imports, ("receive", "check", "apply", "apply", "apply")),
    "step": (steps, ("open", "decide", "decide")),
    "job": (jobs, ("ask", "work", "ask to write", "work", "work")),
}
