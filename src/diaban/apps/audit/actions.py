"""Write events: what was changed, seen, looked for, taken out, refused.

Every function writes one event (the `_many` ones one per item) in the transaction of the caller, or in one of its own
when there is none. Call it last: behind it the head of the chain is locked until the transaction ends. What a person
is never goes into an event. Acts on the registers keep the words that were changed (a place, a note): they say what
stood there before; the journal masks them by class for whom they are not cleared.

`purpose` is a code of `core.policy.Purpose`. `address` is the client's network address (`audit.requests.address_of`):
given for officers' exports and refusals only, never on the pages where residents leave tips.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from diaban.apps.audit import seals
from diaban.apps.audit.linking import Draft, append, together
from diaban.apps.audit.models import Event, Kind

__all__ = [
    "Actor",
    "read",
    "read_many",
    "record",
    "record_many",
    "refused",
    "searched",
    "together",
]

NOBODY: Final = "chưa đăng nhập"  # the actor of what happens before anybody is known
_LONGEST_SUBJECT: Final = 80


class Actor(Protocol):
    """Whoever acts: a user, or the named process that acts for one."""

    def get_username(self) -> str: ...


def record(
    *,
    by: Actor,
    at: datetime,
    verb: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
    kind: str = Kind.ACT,
    purpose: str = "",
) -> Event:
    """Write one event and return it. Inside `together` it has no place in the chain yet (`seq` 0)."""
    (event,) = append([_draft(by.get_username(), at, kind, verb, subject, purpose, detail)])
    return event


def record_many(
    *,
    by: Actor,
    at: datetime,
    verb: str,
    items: Iterable[tuple[str, Mapping[str, Any]]],
    kind: str = Kind.ACT,
    purpose: str = "",
) -> int:
    """Write one event per `(subject, detail)` pair in bulk; return how many."""
    actor = by.get_username()
    return len(append([_draft(actor, at, kind, verb, subject, purpose, detail) for subject, detail in items]))


def read(*, by: Actor, at: datetime, subject: str, purpose: str, fields: Sequence[str] = ()) -> Event:
    """Tell that `by` was shown the record `subject` ("person:P-0001"); `fields` names what was laid open."""
    (event,) = append([_read(by.get_username(), at, subject, purpose, fields)])
    return event


def read_many(*, by: Actor, at: datetime, subjects: Iterable[str], purpose: str, fields: Sequence[str] = ()) -> int:
    """Tell that `by` was shown several records on one page, one event each: who saw a record is then always found."""
    actor = by.get_username()
    return len(append([_read(actor, at, subject, purpose, fields) for subject in subjects]))


def searched(
    *,
    by: Actor,
    at: datetime,
    register: str,
    purpose: str,
    found: int,
    terms: Mapping[str, str] | None = None,
    personal: Mapping[str, str] | None = None,
) -> Event:
    """Tell that `by` searched a register ("person") and how many records were found.

    `terms` are written as typed; `personal` (a name, a number of a person) only as fingerprints, so that an inspector
    who knows the name can ask who looked for it, and nobody can read it here.
    """
    detail = {"terms": dict(terms or {}), "found": found}
    detail |= {"prints": {name: seals.fingerprint(text) for name, text in (personal or {}).items() if text}}
    return record(
        by=by, at=at, verb=f"{register}.search", subject=f"{register}:list", detail=detail, kind=Kind.SEARCH,
        purpose=purpose,
    )  # fmt: skip


def refused(
    *,
    by: Actor | None,
    at: datetime,
    what: str,
    subject: str = "",
    reason: str = "",
    purpose: str = "",
    address: str = "",
) -> Event:
    """Tell that somebody was refused `what` (a permission or a route) on `subject`, and why (a code).

    Call it outside the act's transaction: that one is rolled back, and the refusal would go with it. `by` None: nobody
    was signed in. The path of an address may hold what a person typed: give the name of the route instead.
    """
    detail = _given({"what": what, "reason": reason, "address": address})
    actor = by.get_username() if by else NOBODY
    (event,) = append([_draft(actor, at, Kind.REFUSAL, "access.refused", subject or "access:-", purpose, detail)])
    return event


def _read(actor: str, at: datetime, subject: str, purpose: str, fields: Sequence[str]) -> Draft:
    noun = subject.partition(":")[0]
    return _draft(actor, at, Kind.READ, f"{noun}.read", subject, purpose, _given({"fields": sorted(fields)}))


def _draft(
    actor: str, at: datetime, kind: str, verb: str, subject: str, purpose: str, detail: Mapping[str, Any] | None
) -> Draft:
    if kind not in Kind.values:
        raise ValueError(f"no kind of event is called {kind}")
    return Draft(at, actor, str(kind), verb, subject[:_LONGEST_SUBJECT], str(purpose), dict(detail or {}))


def _given(detail: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in detail.items() if value not in ("", None, [], {})}
