"""Write the whole audit into a file that can be checked without this system."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from diaban.adapters.audit_file import Header, event_line
from diaban.adapters.signatures import sign
from diaban.apps.audit import checkpoints, seals
from diaban.apps.audit.actions import Actor, record
from diaban.apps.audit.models import Kind, SignedCheckpoint
from diaban.apps.audit.verification import Step, rows
from diaban.apps.vault.keys import ring
from diaban.core.chain import moment


class BrokenHead(Exception):
    """The head of the chain does not carry our mark: there is nothing that could be signed."""


def export_chain(path: Path, *, by: Actor, at: datetime, step: Step | None = None) -> int:
    """Write header and events to `path`; return how many events. The export itself is the last of them.

    Raises `BrokenHead`, or `OSError` when the file cannot be written; a file that is there already is replaced whole.
    """
    record(
        by=by, at=at, verb="audit.export", subject="audit:chain", kind=Kind.EXPORT, purpose="audit",
        detail={"form": "jsonl"},
    )  # fmt: skip
    last = checkpoints.make_now(at=at)
    if last is None:
        raise BrokenHead
    kept = [checkpoints.plain(row) for row in SignedCheckpoint.objects.filter(seq__lte=last.seq).order_by("number")]
    keys = ring()
    key = keys.active("sign")
    header = Header(last.origin, (last.seq, last.hash), seals.public_keys(keys), kept, moment(at), key.id)
    header = replace(header, signature=sign(key.secret, header.statement()))
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as file:
            file.write(header.as_line().encode() + b"\n")
            for row in rows(last=last.seq, step=step):
                file.write(event_line(row))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return last.seq
