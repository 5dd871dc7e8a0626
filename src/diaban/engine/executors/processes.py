"""Worker processes of this machine: for work that holds the interpreter's lock, and for many models at once."""

from __future__ import annotations

import copy
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.reduction import ForkingPickler
from typing import Any, Generic

from diaban.engine.executors.protocol import Item, Progress, Result, Shared, quiet
from diaban.engine.executors.threads import processors

TRIES = 3
"""How many workers may die over one unit of work before the run gives up."""


class WorkerDied(RuntimeError):
    """A unit of work took its worker with it again and again: too little memory, most often."""


@dataclass(frozen=True, slots=True)
class Processes:
    """As many processes as asked for; 0 for as many as there are processors.

    Workers are started afresh (spawn), so the caller's threads and locks don't matter; a script that uses them keeps
    its own start under `if __name__ == "__main__":`. `shared` is pickled once and sent once to each worker. The work
    of a worker that dies is done again by a new one; `WorkerDied` is raised after three deaths over the same unit.
    A cancelled run ends its workers at once.
    """

    count: int = 0

    def run(
        self,
        work: Callable[[Shared, Item], Result],
        shared: Shared,
        items: Sequence[Item],
        progress: Progress = quiet,
    ) -> list[Result]:
        """See `Executor.run`."""
        progress(0, len(items))
        if not items:
            return []
        errand = bytes(ForkingPickler.dumps((work, shared)))
        team: _Team[Item, Result] = _Team(errand, items)
        try:
            team.hire(min(self.count or processors(), len(items)))
            while len(team.results) < len(items):
                team.listen()
                progress(len(team.results), len(items))
        finally:
            team.dismiss()
        return [team.results[place] for place in range(len(items))]


@dataclass(slots=True)
class _Worker:
    """A process, our end of its pipe, and the place of the item that it holds (None: nothing)."""

    process: SpawnProcess
    pipe: Connection
    holds: int | None = None


@dataclass(slots=True)
class _Team(Generic[Item, Result]):
    """The workers of one run."""

    errand: bytes
    items: Sequence[Item]
    context: SpawnContext = field(default_factory=lambda: multiprocessing.get_context("spawn"))
    workers: list[_Worker] = field(default_factory=list)
    results: dict[int, Result] = field(default_factory=dict)
    waiting: deque[int] = field(init=False)
    deaths: dict[int | None, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.waiting = deque(range(len(self.items)))

    def hire(self, count: int) -> None:
        """Start workers, all before the first is spoken to, and give each something to do."""
        new = []
        for _ in range(count):
            ours, theirs = self.context.Pipe()
            process = self.context.Process(target=_serve, args=(theirs,), daemon=True)
            process.start()
            theirs.close()  # so that a dead worker is an end of file
            new.append(_Worker(process, ours))
        self.workers += new
        for worker in new:
            try:
                worker.pipe.send_bytes(self.errand)
            except OSError:
                self.bury(worker)
            else:
                self.give(worker)

    def give(self, worker: _Worker) -> None:
        """Give an idle worker the next item, if any is left."""
        if self.waiting:
            worker.holds = self.waiting.popleft()
            try:
                worker.pipe.send((worker.holds, self.items[worker.holds]))
            except OSError:
                self.bury(worker)

    def listen(self) -> None:
        """Take what has come in; replace whoever died."""
        ready = wait([worker.pipe for worker in self.workers])
        for worker in [worker for worker in self.workers if worker.pipe in ready]:
            try:
                place, result, fault = worker.pipe.recv()
            except (EOFError, OSError):
                self.bury(worker)
                continue
            if fault is not None:
                raise fault
            self.results[place] = result
            worker.holds = None
            self.give(worker)

    def bury(self, worker: _Worker) -> None:
        """Put a dead worker's item back to the front and hire another."""
        self.workers.remove(worker)
        worker.pipe.close()
        worker.process.kill()
        worker.process.join()
        place = worker.holds
        self.deaths[place] = died = self.deaths.get(place, 0) + 1
        if died >= TRIES:
            raise WorkerDied(
                f"{died} worker processes died over the same unit of work ({place}), the last with exit code "
                f"{worker.process.exitcode}: give each more memory, or start fewer of them"
            )
        if place is not None:
            self.waiting.appendleft(place)
        self.hire(1)

    def dismiss(self) -> None:
        """End every worker, whatever it is doing."""
        for worker in self.workers:
            worker.pipe.close()
            worker.process.kill()
        for worker in self.workers:
            worker.process.join()
            worker.process.close()


def _serve(pipe: Connection) -> None:
    """Do one item after another until the other end is gone. Runs in the worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller decides what an interruption means
    work: Callable[[Any, Any], Any]
    shared: Any
    unread: Exception | None = None
    try:
        work, shared = pipe.recv()
    except (EOFError, ConnectionError):
        return
    except Exception as fault:
        unread = fault  # told when the first item comes: until then nobody listens
    while True:
        try:
            place, item = pipe.recv()
        except EOFError:
            return
        try:
            if unread is not None:
                raise unread
            pipe.send((place, work(shared, item), None))  # pickled whole before the first byte leaves
        except ConnectionError:
            return
        except Exception as fault:
            pipe.send((place, None, _sendable(fault)))


def _sendable(fault: Exception) -> Exception:
    """Return the fault with where it happened, or its words where it cannot be sent."""
    fault.add_note("raised in a worker process")
    try:
        ForkingPickler.dumps(copy.copy(fault))  # a copy is made anew as the other end would make it
    except Exception:
        return RuntimeError(f"{type(fault).__name__}: {fault}")
    return fault
