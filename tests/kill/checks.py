"""What must hold after a process was killed, whatever it was doing. Each check yields what does not hold."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection
from django.db.models import Count
from django_tasks_db.models import DBTaskResult
from hotspots_cast import Province

from diaban.adapters.clock import now
from diaban.apps.audit.checkpoints import witness_path
from diaban.apps.audit.models import Event
from diaban.apps.audit.verification import verify_database
from diaban.apps.exchange.actions import request
from diaban.apps.exchange.models import Batch
from diaban.apps.hotspots.models import Hotspot, HotspotStep
from diaban.apps.jobs.actions import SILENCE, reap
from diaban.apps.jobs.models import Run
from diaban.apps.jobs.worker import run_waiting
from diaban.apps.vault.keys import ring
from kill import acts


def database() -> Iterator[str]:
    """The file is sound and the record whole."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check")
            if (answer := cursor.fetchall()) != [("ok",)]:
                yield f"quick_check: {answer}"
    report = verify_database(keys=ring(), witness=witness_path())
    if not report.passed:
        yield f"the chain: {[(one.kind, one.seq, str(one.message)) for one in report.findings]}"


def acknowledged(told: list[Mapping[str, Any]]) -> Iterator[str]:
    """Everything the child said it had done is there."""
    for act in told:
        made = act["made"]
        if "batch" in made:
            batch = Batch.objects.filter(number=made["batch"]).first()
            wanted = {"check": Batch.State.CHECKED, "apply": Batch.State.APPLIED}.get(act["act"])
            if batch is None or (wanted and batch.state not in (wanted, Batch.State.APPLIED)):
                yield f"{act}: {batch and batch.state}"
        if "spot" in made and HotspotStep.objects.filter(hotspot__code=made["spot"]).count() < made["steps"]:
            yield f"{act}: a step is gone"
        if "run" in made and not Run.objects.filter(pk=made["run"]).exists():
            yield f"{act}: the run is gone"
        done = made.get("runs", [])
        if Run.objects.filter(pk__in=done, state=Run.State.DONE).count() != len(done):
            yield f"{act}: a finished run is not finished any more"


def batches(name: str) -> Iterator[str]:
    """A batch is written wholly and recorded once, or not at all."""
    for batch in Batch.objects.filter(file_name__startswith=f"{name}-"):
        prefix = batch.file_name.removesuffix(".csv")
        written = Hotspot.objects.filter(code__startswith=f"{prefix}-").count()
        recorded = Event.objects.filter(verb="exchange.apply", subject=f"batch:{batch.number}").count()
        applied = batch.state == Batch.State.APPLIED
        if written != (batch.new if applied else 0) or recorded != int(applied):
            yield f"{batch.number} {batch.state}: {written} of {batch.new} rows written, recorded {recorded} times"
        rows = batch.rows.count()
        if applied and rows != batch.new:
            yield f"{batch.number}: {rows} rows kept of {batch.new}"
        if not Event.objects.filter(verb="exchange.receive", subject=f"batch:{batch.number}").exists():
            yield f"{batch.number}: its arrival is not recorded"


def spots(name: str, *, one_event_a_step: bool) -> Iterator[str]:
    """What a spot says of itself is what its steps say, and each step was recorded."""
    found = Hotspot.objects.filter(code__startswith=f"{name}-").prefetch_related("steps")
    events = Event.objects.filter(subject__startswith=f"hotspot:{name}-").values("subject").annotate(n=Count("pk"))
    recorded = {row["subject"]: row["n"] for row in events}
    for spot in found:
        steps = sorted(spot.steps.all(), key=lambda step: step.seq)
        if [step.seq for step in steps] != list(range(1, len(steps) + 1)):
            yield f"{spot.code}: steps {[step.seq for step in steps]}"
            continue
        last = steps[-1]
        if (spot.state, spot.unit_id, spot.kind, None) != (last.to_state, last.unit_id, last.kind, last.until):
            yield f"{spot.code}: {spot.state} against {last.to_state}"
        if any(step.until != after.on for step, after in itertools.pairwise(steps)):
            yield f"{spot.code}: the spans do not meet"
        if one_event_a_step and recorded.get(f"hotspot:{spot.code}", 0) != len(steps):
            yield f"{spot.code}: {len(steps)} steps, {recorded.get(f'hotspot:{spot.code}', 0)} events"


def again(cast: Province, name: str, kind: str) -> Iterator[str]:
    """The dead are buried, nothing stays taken, and what was not finished can be done again."""
    reap(at=now() + SILENCE * 2)
    run_waiting()
    if busy := Run.objects.filter(state__in=[Run.State.QUEUED, Run.State.RUNNING]).count():
        yield f"{busy} runs are neither done nor over"
    if DBTaskResult.objects.running().exists() or DBTaskResult.objects.ready().exists():
        yield "the queue is not empty"
    for batch in Batch.objects.filter(file_name__startswith=f"{name}-").exclude(state=Batch.State.APPLIED):
        batch.refresh_from_db()
        if batch.state == Batch.State.RECEIVED:
            acts.check(cast, batch)
        if kind == "job":
            request(batch, work="apply", by=cast.user, at=now(), mode=Batch.Mode.ALL)
            run_waiting()
        else:
            acts.apply(cast, batch)
        batch.refresh_from_db()
        if batch.state != Batch.State.APPLIED:
            yield f"{batch.number}: {batch.state} after it was done again"
    if kind == "step":
        code = f"{name}-again"
        acts.opened(cast, code)
        acts.decided(cast, code, 0)
