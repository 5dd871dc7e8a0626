"""How much one account, or one network before sign-in, may ask for in a while; shared by all processes of a machine.

Each kind of request is a bucket that holds `burst` requests and refills at `per_hour`. What is kept is one number per
bucket: the moment at which it will be full again (the generic cell rate algorithm), so an answer also knows how long to
wait. The numbers live in a small SQLite file beside the data, not in the database: see docs/adr/0105.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import logging
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

log = logging.getLogger("diaban.security")
SWEEP_EVERY = 512
BUSY_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `burst` at once and `per_hour` in the long run (requests)."""

    burst: int
    per_hour: int

    @property
    def interval(self) -> float:
        """Return the seconds after which one more is allowed."""
        return 3600 / self.per_hour


# Sized for the week before 20/12, when one provincial officer reads in workbooks of 170 communes, and for 30 people
# behind one address who all sign in at 7:30. A person does not reach them; a script left running does, within minutes.
ACCOUNT = {
    "request": Limit(burst=600, per_hour=36_000),
    "search": Limit(burst=150, per_hour=7_200),
    "export": Limit(burst=40, per_hour=240),
    "upload": Limit(burst=60, per_hour=240),
    "api": Limit(burst=300, per_hour=18_000),
}
NETWORK = Limit(burst=600, per_hour=18_000)


class Ledger:
    """The numbers, in one file. A fault of the file stops nobody from working: it is logged and the request passes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._since_sweep = 0

    def wait(self, key: str, limit: Limit, *, at: float) -> float:
        """Count one request at `at` (seconds since 1970); return 0, or the seconds to wait when it is one too many."""
        try:
            with self._lock:
                return self._counted(key, limit, at)
        except (sqlite3.Error, OSError) as error:
            log.error("limits: not counted (%s)", type(error).__name__)
            self.close()
            return 0.0

    def _counted(self, key: str, limit: Limit, at: float) -> float:
        link = self._connection or self._open()
        link.execute("BEGIN IMMEDIATE")
        try:
            row = link.execute("SELECT full_at FROM bucket WHERE key = ?", (key,)).fetchone()
            full_at = max(at, row[0]) if row else at
            # A clock that was set back must not lock anybody out: no bucket is further away than a whole refill.
            full_at = min(full_at, at + limit.interval * limit.burst)
            wait = full_at - at - limit.interval * (limit.burst - 1)
            if wait <= 1e-6:
                link.execute("REPLACE INTO bucket VALUES (?, ?)", (key, full_at + limit.interval))
                wait = 0.0
            self._sweep(link, at)
        except BaseException:
            link.rollback()
            raise
        link.commit()
        return wait

    def _sweep(self, link: sqlite3.Connection, at: float) -> None:
        """Forget full buckets now and then: who has not asked for a while is not in the file."""
        self._since_sweep += 1
        if self._since_sweep >= SWEEP_EVERY:
            self._since_sweep = 0
            link.execute("DELETE FROM bucket WHERE full_at < ?", (at,))

    def _open(self) -> sqlite3.Connection:
        link = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        try:
            self._path.chmod(0o600)
            link.execute("PRAGMA journal_mode=WAL")
            link.execute("PRAGMA synchronous=OFF")  # after a power cut the buckets are full again: no harm
            link.execute(
                "CREATE TABLE IF NOT EXISTS bucket (key TEXT PRIMARY KEY, full_at REAL NOT NULL) WITHOUT ROWID"
            )
        except BaseException:
            link.close()
            raise
        self._connection = link
        return link

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None


def network_key(address: str, *, secret: str, day: str) -> str:
    """Return what stands for a network address in the file: a keyed hash that changes each day, never the address.

    An IPv6 network is its first 64 bits: one household has all the rest to itself.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        known = "unknown"
    else:
        six = isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None
        known = str(ipaddress.ip_network((parsed, 64), strict=False)) if six else str(parsed)
    return hmac.new(secret.encode(), f"limits\0{day}\0{known}".encode(), hashlib.sha256).hexdigest()[:32]
