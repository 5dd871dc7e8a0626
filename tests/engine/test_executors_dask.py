"""A real scheduler and real workers of a Dask cluster, on the loopback address; one is killed in the middle."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from executors_work import await_, shifted, taken_apart, walk, walk_held

from diaban.engine.executors import Cancelled, Dask, NoCluster, Serial
from diaban.engine.executors import dask as dask_executor

WORKERS = 3


@dataclass(frozen=True, slots=True)
class Cluster:
    address: str
    workers: list[subprocess.Popen[bytes]]

    def kill(self, pid: int) -> None:
        """Kill a worker by force and see it dead."""
        (worker,) = (worker for worker in self.workers if worker.pid == pid)
        worker.kill()
        worker.wait(30)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("dask")
    file = folder / "scheduler.json"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    common = ["--scheduler-file", str(file), "--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"]

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-W", "ignore", "-m", *arguments, *common]
        return subprocess.Popen(
            command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    started = [start("distributed.cli.dask_scheduler", "--port", "0")]
    try:
        worker = ("distributed.cli.dask_worker", "--no-nanny", "--nthreads", "1", "--local-directory", str(folder))
        started += [start(*worker) for _ in range(WORKERS)]
        await_(file)
        yield Cluster(json.loads(file.read_text())["address"], started[1:])
    finally:
        for process in started:
            process.kill()
        for process in started:
            process.wait(30)


def test_a_worker_killed_in_the_middle_changes_no_bit(cluster: Cluster, tmp_path: Path) -> None:
    """One of three is killed by force while it holds a unit; the others do the rest and the unit."""
    items = list(range(30))
    held = 7

    def kill(done: int, total: int) -> None:
        holders = list(tmp_path.glob("held-*"))
        if holders and done >= total // 2 and not (tmp_path / "killed").exists():
            cluster.kill(int(holders[0].name.removeprefix("held-")))
            (tmp_path / "killed").touch()

    told: list[tuple[int, int]] = []

    def progress(done: int, total: int) -> None:
        told.append((done, total))
        kill(done, total)

    found = Dask(cluster.address).run(walk_held, (5, str(tmp_path), held), items, progress)
    assert len(list(tmp_path.glob("held-*"))) == 2  # two workers had it, one after the other
    assert sorted(worker.poll() is None for worker in cluster.workers) == [False, True, True]
    assert np.array(found).tobytes() == np.array(Serial().run(walk, 5, items)).tobytes()
    assert told == [(done, 30) for done in range(31)]


def test_order_data_faults_and_cancellation(cluster: Cluster) -> None:
    executor = Dask(cluster.address)
    assert executor.run(shifted, 100, [5, 3, 9]) == [105, 103, 109]
    assert executor.run(shifted, 100, []) == []
    assert executor.run(taken_apart, {"a": [1, 2]}, [(1,), (2, 3)]) == [4, 8]
    with pytest.raises(ValueError, match="13"):
        executor.run(shifted, 0, [1, 13, 2])

    def stop(done: int, _total: int) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        executor.run(shifted, 0, [1, 2, 3], stop)


def test_what_was_lost_with_its_workers_is_handed_out_again(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dask calls off what depended on data that only dead workers held: such units come again in the next round."""
    collect = dask_executor._Run.collect
    rounds = []

    def lose_at_first(run: Any, open_: dict[Any, int], results: dict[int, int]) -> None:
        rounds.append(len(open_))
        if len(rounds) == 1:
            run.client.cancel([future for future, place in open_.items() if place % 2], force=True)
        collect(run, open_, results)

    monkeypatch.setattr(dask_executor._Run, "collect", lose_at_first)
    assert Dask(cluster.address).run(shifted, 1, list(range(10))) == list(range(1, 11))
    assert rounds == [10, 5]


def test_workers_of_another_version_are_refused(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_executor, "SAME", ("numpy",))
    ours = dask_executor._versions()
    monkeypatch.setattr(dask_executor, "_versions", lambda: ours | {"numpy": "0.1"})
    with pytest.raises(NoCluster, match=r"here it is 0\.1|has numpy 0\.1"):
        dask_executor._hold_to_our_versions({"tcp://a": ours})


def test_nobody_there() -> None:
    with pytest.raises(NoCluster, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        Dask("tcp://127.0.0.1:1", patience=0.2).run(shifted, 0, [1])


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(NoCluster, match=r'pip install "diaban\[dask\]"'):
        Dask().run(shifted, 0, [1])


def test_without_an_address_this_machine_is_the_cluster() -> None:
    assert Dask(workers=2).run(shifted, 1, [1, 2, 3]) == [2, 3, 4]
