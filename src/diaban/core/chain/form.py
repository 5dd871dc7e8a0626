"""The one byte form of an event, a checkpoint and the head, and the hash over it.

docs/methods/audit-chain.md states the form for those who want to check it with a program of their own.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

EVENT_LABEL: Final = "diaban-audit-event/1"
GENESIS_LABEL: Final = "diaban-audit-genesis/1"
CHECKPOINT_LABEL: Final = "diaban-audit-checkpoint/1"
HEAD_LABEL: Final = "diaban-audit-head/1"
HEAD_LOST: Final = "audit.head_lost"  # the verb of an event that tells of a head found broken

COLUMNS: Final = ("seq", "at", "actor", "kind", "verb", "subject", "purpose", "detail", "prev", "hash")
Row = tuple[int, str, str, str, str, str, str, str, str, str]  # in the order of COLUMNS


def canonical_json(value: Mapping[str, Any]) -> str:
    """Return `value` as JSON text: sorted keys, no blanks, letters as they are. Raises for what JSON does not know.

    Text with half of a surrogate pair has no UTF-8 form; then every letter outside ASCII is escaped.
    """
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    if text.isascii() or ("\x00" not in text and _has_bytes(text)):
        return text
    return json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _has_bytes(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def moment(at: datetime) -> str:
    """Return an aware moment as the chain writes it: UTC, microseconds, `2026-11-23 14:05:00.000000`."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def genesis(origin: str) -> str:
    """Return what the first event of the chain named `origin` has in place of a hash before it."""
    return hashlib.sha256(f"{GENESIS_LABEL}\n{origin}".encode()).hexdigest()


def link(
    seq: int, at: str, actor: str, kind: str, verb: str, subject: str, purpose: str, detail: str, prev: str
) -> str:
    """Return the SHA-256 (64 hex digits) of an event.

    The form is a line with label, number and the length of every text in characters, then the texts one after the
    other, in UTF-8: no two different events have the same form.
    """
    return hashlib.sha256(
        f"{EVENT_LABEL} {seq} {len(at)} {len(actor)} {len(kind)} {len(verb)} {len(subject)} {len(purpose)}"
        f" {len(detail)} {len(prev)}\n{at}{actor}{kind}{verb}{subject}{purpose}{detail}{prev}".encode()
    ).hexdigest()


def head_form(origin: str, seq: int, digest: str) -> bytes:
    """Return the bytes over which the head of the chain carries its keyed mark."""
    return f"{HEAD_LABEL} {len(origin)} {seq} {len(digest)}\n{origin}{digest}".encode()


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement: "up to `seq` the chain `origin` had this hash". `number` counts 1, 2, 3 … without a gap.

    `key` is the id of the signing key, `signature` Ed25519 over `statement()` (128 hex digits).
    """

    number: int
    origin: str
    seq: int
    hash: str
    at: str
    key: str
    signature: str = ""

    def statement(self) -> bytes:
        """Return the bytes that are signed."""
        lengths = " ".join(str(len(text)) for text in (self.origin, self.hash, self.at, self.key))
        head = f"{CHECKPOINT_LABEL} {self.number} {self.seq} {lengths}"
        return f"{head}\n{self.origin}{self.hash}{self.at}{self.key}".encode()

    def as_dict(self) -> dict[str, Any]:
        """Return the checkpoint as JSON values."""
        return {name: getattr(self, name) for name in CHECKPOINT_FIELDS}

    def as_line(self) -> str:
        """Return the one line that stands for it in a file, without the end of line."""
        return canonical_json(self.as_dict())


CHECKPOINT_FIELDS: Final[Mapping[str, type]] = {
    "number": int,
    "origin": str,
    "seq": int,
    "hash": str,
    "at": str,
    "key": str,
    "signature": str,
}


def read_checkpoint(data: object) -> Checkpoint:
    """Return the checkpoint kept as JSON values. Raises `ValueError` for anything but exactly its fields."""
    if not isinstance(data, dict) or set(data) != set(CHECKPOINT_FIELDS):
        raise ValueError("not the fields of a checkpoint")
    for name, kind in CHECKPOINT_FIELDS.items():
        if type(data[name]) is not kind:
            raise ValueError(f"{name} is not {kind.__name__}")
    return Checkpoint(**data)


def read_checkpoint_line(line: str) -> Checkpoint:
    """Return the checkpoint of one line of a file; `ValueError` when any byte of it is not as it was written."""
    made = read_checkpoint(json.loads(line))
    if made.as_line() != line:
        raise ValueError("not in canonical form")
    return made
