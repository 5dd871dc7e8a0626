"""Small work that nobody asks for: every worker does it now and then beside the queue."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError

from diaban.apps.access import House

logger = logging.getLogger(__name__)

Chore = Callable[[datetime], None]
CHORES: dict[str, tuple[timedelta, Chore]] = {}


class Worker(House):
    """The worker as the audit names it: it acts for the house, not for a person."""

    def __init__(self) -> None:
        super().__init__("diaban-worker")


def chore(name: str, *, every: timedelta) -> Callable[[Chore], Chore]:
    """Announce a function that takes the moment; each worker calls it when it starts and then once per `every`.

    Several workers may do it at the same moment: it has to be safe to do twice.
    """

    def announce(function: Chore) -> Chore:
        if name in CHORES:
            raise ValueError(f"two chores are called {name}")
        CHORES[name] = (every, function)
        return function

    return announce


class Rounds:
    """Knows of one worker when each chore was last done."""

    def __init__(self) -> None:
        self._done: dict[str, float] = {}

    def make(self, at: datetime) -> None:
        """Do the chores that are due. One that fails is logged and waits for its next turn; the others go on."""
        for name, (every, function) in CHORES.items():
            last = self._done.get(name)
            if last is not None and time.monotonic() - last < every.total_seconds():
                continue
            self._done[name] = time.monotonic()
            try:
                function(at)
            except DatabaseError:
                raise
            except Exception:
                logger.exception("the chore %s failed", name)
