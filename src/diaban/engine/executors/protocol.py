"""What every executor promises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

Shared = TypeVar("Shared")
Item = TypeVar("Item")
Result = TypeVar("Result")

Progress = Callable[[int, int], None]
"""Told (done, total) units of work in the caller's own thread; raises `Cancelled` to stop the run."""


class Cancelled(Exception):
    """Somebody stopped the run; nothing of it is kept."""


def quiet(_done: int, _total: int) -> None:
    """Tell nobody."""


class Executor(Protocol):
    """Applies one function to many items.

    `run` returns the results in the order of `items`, whatever order they were finished in. `work` is a function of a
    module (so that it can be sent), `shared` is what all items need and is sent once to each worker, and both it and
    the items can be pickled. `work` draws random numbers only by address (`engine.streams`), so a unit of work that is
    done twice, because its first worker died, gives the same result. An exception of `work` stops the run and is
    raised to the caller.
    """

    def run(
        self,
        work: Callable[[Shared, Item], Result],
        shared: Shared,
        items: Sequence[Item],
        progress: Progress = quiet,
    ) -> list[Result]:
        """Do the work."""
        ...
