"""One unit of work after another, in the caller's own thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from diaban.engine.executors.protocol import Item, Progress, Result, Shared, quiet


@dataclass(frozen=True, slots=True)
class Serial:
    """The executor of tests and of very small work."""

    def run(
        self,
        work: Callable[[Shared, Item], Result],
        shared: Shared,
        items: Sequence[Item],
        progress: Progress = quiet,
    ) -> list[Result]:
        """See `Executor.run`."""
        results = []
        progress(0, len(items))
        for item in items:
            results.append(work(shared, item))
            progress(len(results), len(items))
        return results
