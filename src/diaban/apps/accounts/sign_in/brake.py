"""How fast one may try. Waits that grow, never a lock: a stranger's failures do not keep the officer out.

Who may wait for whom is decided by whose browser it is. A browser from which this account was entered before carries
a signed cookie and has a count of its own; everybody else shares three counts: the name from this network, the name
from anywhere, and the network. A one-time code (`accounts.actions.activate`) is not slowed at all: it has 69 bits.

The counts are rows, so every process sees the same; an attempt is counted before it is looked at, so that a hundred
at once are a hundred. Idea of the browsers' own counts: OWASP, "Slow down online guessing attacks with device cookies".
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from django.conf import settings
from django.db import transaction
from django.db.models import F

from diaban.apps.accounts.sign_in.models import Brake

FORGET = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """`free` failures without a wait; then `first`, twice that, and so on up to `most`."""

    free: int
    first: timedelta
    most: timedelta

    def wait(self, failures: int) -> timedelta:
        """Return how long nothing is taken after so many failures."""
        beyond = failures - self.free
        if beyond <= 0:
            return timedelta(0)
        doubled: int = 2 ** min(beyond - 1, 20)
        return min(self.first * doubled, self.most)

    def per_day(self) -> int:
        """Return the most tries that are looked at in any 24 hours, however one goes about it."""
        # The longest waits come last and the count is forgotten only after a day of rest: the first day is the fullest.
        passed = timedelta(0)
        for tries in count(1):
            passed += self.wait(tries)
            if passed >= FORGET:
                return tries
        raise AssertionError


PACES = {
    "browser": Pace(10, timedelta(seconds=15), timedelta(minutes=10)),
    "name-network": Pace(5, timedelta(seconds=30), timedelta(minutes=30)),
    "name": Pace(20, timedelta(seconds=5), timedelta(minutes=10)),
    "network": Pace(40, timedelta(seconds=2), timedelta(minutes=2)),
}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who tries: the name as typed, the network, and the known browser's own number ("" for a stranger's).

    `step` keeps apart what is guessed: "password", "second", "confirm".
    """

    name: str
    network: str
    browser: str = ""
    step: str = "password"


@dataclass(frozen=True, slots=True)
class Count:
    """One count that an attempt falls under. `own` ones end with a success; the others give the one attempt back."""

    key: str
    pace: Pace
    own: bool


def counts(visitor: Visitor) -> list[Count]:
    """Return the counts that an attempt of `visitor` falls under, in the order in which rows are locked."""
    name = visitor.name.strip().casefold()[:150]
    if visitor.browser:
        parts: list[tuple[str, tuple[str, ...], bool]] = [("browser", (name, visitor.browser), True)]
    else:
        parts = [
            ("name-network", (name, visitor.network), True),
            ("name", (name,), False),
            ("network", (visitor.network,), False),
        ]
    found = [Count(_digest(visitor.step, kind, *what), PACES[kind], own) for kind, what, own in parts]
    return sorted(found, key=lambda one: one.key)


@transaction.atomic
def enter(visitor: Visitor, *, at: datetime) -> bool:
    """Count one attempt; return whether it may be looked at now.

    An attempt that comes too early changes no wait, so that whoever hammers does not lengthen it for others.
    """
    wanted = counts(visitor)
    rows = _rows(wanted, at)
    if not rows:
        return False
    for one in wanted:
        row = rows[one.key]
        row.failures += 1
        row.last_at = at
        row.opens_at = at + one.pace.wait(row.failures)
        row.save()
    return True


@transaction.atomic
def passed(visitor: Visitor, *, at: datetime) -> None:
    """Take back the attempt that turned out right; a network's or a name's other failures stay."""
    wanted = counts(visitor)
    Brake.objects.filter(key__in=[one.key for one in wanted if one.own]).delete()
    for row in _locked(one.key for one in wanted if not one.own):
        row.failures = max(0, row.failures - 1)
        row.opens_at = at
        row.save()
    Brake.objects.filter(last_at__lt=at - FORGET).delete()


def turned_away(visitor: Visitor) -> int:
    """Return how many attempts were not looked at since the count began: for the record of the next failure."""
    found = Brake.objects.filter(key__in=[one.key for one in counts(visitor)])
    return max(found.values_list("refused", flat=True), default=0)


def _rows(wanted: list[Count], at: datetime) -> dict[str, Brake]:
    """Return the locked rows of an attempt that may be looked at; none when one of them is still closed.

    Rows are made only when no closed one was found, so that a closed network cannot fill the table with names.
    """
    rows: dict[str, Brake] = {}
    for _turn in range(2):
        rows = {row.key: row for row in _locked(one.key for one in wanted)}
        for row in rows.values():
            if at - row.last_at >= FORGET:
                row.failures, row.refused, row.opens_at = 0, 0, at
        if closed := [row.key for row in rows.values() if row.opens_at > at]:
            Brake.objects.filter(key__in=closed).update(refused=F("refused") + 1)
            return {}
        missing = [Brake(key=one.key, last_at=at, opens_at=at) for one in wanted if one.key not in rows]
        if not missing:
            break
        Brake.objects.bulk_create(missing, ignore_conflicts=True)
    return rows


def _locked(keys: Iterable[str]) -> list[Brake]:
    return list(Brake.objects.select_for_update().filter(key__in=list(keys)).order_by("key"))


def _digest(*parts: str) -> str:
    """Return the key of a count. What was typed may be a password in the wrong field: it is not kept."""
    secret = hashlib.sha256(b"diaban.brake" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(secret, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()
