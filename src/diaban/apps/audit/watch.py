"""What the system does by itself for the audit: sign where the chain stands, and verify the whole of it once a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from diaban.adapters.crypto.keyring import KeyRing
from diaban.apps.audit import checkpoints
from diaban.apps.audit.actions import Actor, record
from diaban.apps.audit.models import Event, Head, Kind
from diaban.apps.audit.verification import verify_database

EVERY: Final = timedelta(hours=20)


def sign(*, at: datetime) -> None:
    """Sign where the chain stands, and write what the witness file does not hold yet."""
    if checkpoints.make_now(at=at) is None and Head.objects.exists():
        checkpoints.write_witness(checkpoints.last_origin())


def verify(*, by: Actor, at: datetime) -> None:
    """Verify the chain unless that was done lately, and write the outcome into the chain itself."""
    last = Event.objects.filter(verb="audit.verify", kind=Kind.SYSTEM).order_by("-at", "-seq").first()
    if (last is not None and at - last.at < EVERY) or not Event.objects.exists():
        return
    keys = KeyRing.open(Path(settings.KEY_DIR), create=False)
    report = verify_database(keys=keys, witness=checkpoints.witness_path())
    detail = {"events": report.events, "findings": len(report.findings) + report.untold, "attested": report.attested}
    record(by=by, at=at, verb="audit.verify", subject="audit:chain", detail=detail, kind=Kind.SYSTEM)
