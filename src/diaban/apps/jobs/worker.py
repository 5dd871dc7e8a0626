"""Who does the waiting work: a thread of `diaban serve`, or the process `diaban worker`."""

from __future__ import annotations

import logging
import threading
import time

from django.db import DatabaseError, close_old_connections, connection
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from diaban.adapters.clock import now
from diaban.apps.jobs.actions import reap
from diaban.apps.jobs.chores import Rounds

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5
_REAP_SECONDS = 30.0


def run_waiting() -> None:
    """Do all the work that waits now, then return."""
    # Looking first spares SQLite the exclusive lock that the worker takes at every look.
    if not DBTaskResult.objects.ready().exists():
        return
    Worker(
        queue_names=["default"],
        interval=POLL_SECONDS,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    ).run()
    # A traceback repeats what the work was about; the class of the error and the run's number stay in the row.
    failed = DBTaskResult.objects.failed().exclude(traceback="")
    if failed.exists():
        failed.update(traceback="")


def work_until(stop: threading.Event) -> None:
    """Do waiting work, bury dead runs and make the rounds until `stop` is set; wait for a database that is away."""
    reaped_at = float("-inf")
    rounds = Rounds()
    try:
        while not stop.wait(POLL_SECONDS):
            close_old_connections()
            try:
                run_waiting()
                if time.monotonic() - reaped_at > _REAP_SECONDS:
                    reaped_at = time.monotonic()
                    reap(at=now())
                    rounds.make(now())
            except DatabaseError:
                logger.exception("the database did not answer; the worker tries again")
                stop.wait(5)
    finally:
        connection.close()


def start_worker_thread() -> threading.Event:
    """Start the worker inside this process; set the returned event to let it end after its current work."""
    stop = threading.Event()
    threading.Thread(target=work_until, args=(stop,), name="diaban-worker", daemon=True).start()
    return stop
