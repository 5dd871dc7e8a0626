"""What a piece of long work holds in its hand: it tells how far it is, and learns that it should stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection

from diaban.adapters.clock import now
from diaban.apps.access import Asked, Permission, Purpose
from diaban.apps.jobs.models import Run

BEAT_SECONDS = 5.0
_WRITE_EVERY = 0.5


class Cancelled(Exception):
    """The person asked to stop; nothing of the work stays."""


class Progress:
    """The progress of one run. `step(done, total)` may be called for every row: it writes at most twice a second.

    Inside a transaction a write would be seen by nobody before its end, so there a second thread with a connection of
    its own writes the figures and the heartbeat. On SQLite, which has one writer, that thread waits for its turn.
    """

    def __init__(self, run_id: int) -> None:
        self.run_id = run_id
        self.done = self.total = 0
        self._written_at = 0.0
        self._stop = threading.Event()
        self._cancelled = threading.Event()

    def step(self, done: int, total: int) -> None:
        """Tell that `done` of `total` steps are done. Raises `Cancelled` when the person asked to stop."""
        self.done, self.total = done, total
        if self._cancelled.is_set():
            raise Cancelled
        moment = time.monotonic()
        if moment - self._written_at >= _WRITE_EVERY and not connection.in_atomic_block:
            self._written_at = moment
            self._write()
            if self._cancelled.is_set():
                raise Cancelled

    def _write(self) -> None:
        rows = Run.objects.filter(pk=self.run_id)
        rows.update(done=self.done, total=self.total, heartbeat_at=now())
        if rows.filter(cancel_requested=True).exists():
            self._cancelled.set()

    def _beat(self) -> None:
        try:
            while not self._stop.wait(BEAT_SECONDS):
                try:
                    self._write()
                except DatabaseError:
                    continue  # the work's own transaction holds the database; the next beat tries again
        finally:
            connection.close()

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Keep the heartbeat going while the work lasts."""
        thread = threading.Thread(target=self._beat, name=f"heartbeat-{self.run_id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()


Work = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Announced:
    """A kind of work: what does it, and what whoever asked for it must still be allowed when it begins."""

    function: Work
    asked: Asked


KINDS: dict[str, Announced] = {}


def work(kind: str, *permissions: Permission, purpose: Purpose | None = None) -> Callable[[Work], Work]:
    """Announce a function as the work called `kind`; it takes `(progress, **params)`, returns its closing sentence.

    Whoever asked for the work must hold one of `permissions` when the work begins, not only when it was asked for;
    which records it may touch, the actions it calls ask for themselves.
    """
    if not permissions:
        raise ValueError(f"the work {kind} asks for no permission")

    def announce(function: Work) -> Work:
        if kind in KINDS:
            raise ValueError(f"two works are called {kind}")
        KINDS[kind] = Announced(function, Asked(permissions, purpose))
        return function

    return announce


class WorkFailed(Exception):
    """The work cannot be done, for a reason that a person can read; everything it did is taken back."""

    def __init__(self, sentence: Any) -> None:
        super().__init__(str(sentence))
