"""Work for the tests of executors, in a module of its own so that worker processes can load it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from diaban.engine.streams import Stream, generator

DEADLINE = 60.0


def shifted(shared: int, item: int) -> int:
    if item == 13:
        raise ValueError("13")
    return shared + item


def walk(seed: int, replicate: int) -> NDArray[np.float64]:
    """Return a replicate whose every bit hangs on the seed and the replicate's number."""
    return np.cumsum(generator(seed, Stream.SYNTHETIC, replicate).standard_normal(64))


def await_(path: Path) -> None:
    """Wait for a file."""
    end = time.monotonic() + DEADLINE
    while not path.exists():
        if time.monotonic() > end:
            raise TimeoutError(str(path))
        time.sleep(0.01)


def walk_held(shared: tuple[int, str, int], replicate: int) -> NDArray[np.float64]:
    """Do `walk`, but hold one replicate until somebody was killed; say first who has it."""
    seed, folder, held = shared
    if replicate == held:
        (Path(folder) / f"held-{os.getpid()}").touch()
        await_(Path(folder) / "killed")
    return walk(seed, replicate)


def killed_once(folder: str, item: int) -> int:
    """Kill the own process at item 3, the first time."""
    mark = Path(folder) / "killed"
    if item == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return item * item


def always_killed(_shared: None, item: int) -> int:
    if item == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def unsendable(_shared: None, item: int) -> object:
    if item == 0:
        return lambda: item
    raise Strange(item, "b")


class Strange(Exception):
    def __init__(self, one: int, two: str) -> None:
        super().__init__(f"{one} and {two}")


def taken_apart(shared: dict[str, list[int]], item: tuple[int, ...]) -> int:
    return sum(shared["a"]) + sum(item)
