"""Benchmark: many models spread over workers, kind × radius × period × province, against one after another.

    python bench/executors.py [--workers 1 2 4] [--permutations 999] [--scheduler tcp://HOST:8786]

Every model is a whole Knox table with its shuffles on made-up events of a province. Prints seconds and the speed-up
for threads, processes and a Dask cluster of this machine (or of the scheduler named), with the start of the workers
and with workers that have run before (Dask keeps them; processes always start anew). The results of each must equal
the serial ones bit for bit; exits with 1 when they don't. More workers than processors show what spreading costs.
"""

from __future__ import annotations

import argparse
import itertools
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from diaban.engine.executors import Dask, Executor, Processes, Serial, Threads, processors
from diaban.engine.interaction.knox import Settings, knox
from diaban.engine.positions import Positions
from diaban.engine.streams import Stream, generator


@dataclass(frozen=True, slots=True)
class Model:
    """One question: events of a kind in a province during some days, near within a radius."""

    kind: int
    radius: float
    days: int
    province: int


def plan() -> list[Model]:
    return [
        Model(kind, radius, days, province)
        for province, days, kind, radius in itertools.product(range(4), (365, 730), range(3), (100.0, 200.0, 300.0))
    ]


def answer(permutations: int, model: Model) -> bytes:
    """Return every shuffle's table as bytes."""
    draw = generator(7, Stream.SYNTHETIC, model.province * 10 + model.kind)
    positions = Positions(*draw.uniform(0, 15_000, (2, 8_000)))
    steps = draw.integers(0, 730, 8_000)
    held = np.flatnonzero(steps < model.days)
    settings = Settings((model.radius / 2, model.radius), (0, 7, 14), permutations=permutations, seed=1)
    return knox(positions.take(held), steps[held], settings).simulated.tobytes()


def timed(executor: Executor, models: list[Model], permutations: int) -> tuple[float, list[bytes]]:
    start = time.perf_counter()
    found = executor.run(answer, permutations, models)
    return time.perf_counter() - start, found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--permutations", type=int, default=999)
    parser.add_argument("--scheduler", help="a running Dask scheduler; without it, a cluster of this machine")
    chosen = parser.parse_args()
    models = plan()
    answer(chosen.permutations, models[0])  # compiled before anything is timed
    alone, expected = timed(Serial(), models, chosen.permutations)
    print(f"{len(models)} models of {chosen.permutations} shuffles on {processors()} processors")
    print(f"{'serial':28} {alone:7.2f} s")
    good = True

    def line(name: str, executor: Any) -> None:
        nonlocal good
        seconds, found = timed(executor, models, chosen.permutations)
        same = found == expected
        good &= same
        print(f"{name:28} {seconds:7.2f} s  {alone / seconds:5.2f} times{'' if same else '  DIFFERENT'}", flush=True)

    for count in chosen.workers:
        line(f"threads {count}", Threads(count))
    for count in chosen.workers:
        line(f"processes {count}, with start", Processes(count))
    if chosen.scheduler:
        line("Dask, first run", Dask(chosen.scheduler))
        line("Dask, second run", Dask(chosen.scheduler))
        return 0 if good else 1
    for count in chosen.workers:
        line(f"Dask {count}, with start", Dask(workers=count))
        with_running_cluster(count, line)
    return 0 if good else 1


def with_running_cluster(count: int, line: Any) -> None:
    """Time the second run on a cluster that stands."""
    import distributed

    with distributed.LocalCluster(
        n_workers=count, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0"
    ) as cluster:
        Dask(cluster.scheduler_address).run(answer, 9, plan()[: 2 * count])  # loaded and compiled
        line(f"Dask {count}, standing", Dask(cluster.scheduler_address))


if __name__ == "__main__":
    raise SystemExit(main())
