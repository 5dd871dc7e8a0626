"""Threads of this process: the usual choice on one machine, since kernels run without the interpreter's lock."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from diaban.engine.executors.protocol import Item, Progress, Result, Shared, quiet


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Threads:
    """As many threads as asked for; 0 for as many as there are processors."""

    count: int = 0

    def run(
        self,
        work: Callable[[Shared, Item], Result],
        shared: Shared,
        items: Sequence[Item],
        progress: Progress = quiet,
    ) -> list[Result]:
        """See `Executor.run`."""
        results: dict[int, Result] = {}
        progress(0, len(items))
        with ThreadPoolExecutor(self.count or processors()) as pool:
            waiting: dict[Future[Result], int] = {}
            try:
                waiting = {pool.submit(work, shared, item): place for place, item in enumerate(items)}
                while waiting:
                    finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
                    for future in finished:
                        results[waiting.pop(future)] = future.result()
                    progress(len(results), len(items))
            except BaseException:
                for future in waiting:
                    future.cancel()
                raise
        return [results[place] for place in range(len(items))]
