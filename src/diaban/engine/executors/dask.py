"""A Dask cluster: many models on many machines. Needs the extra `dask`.

Nothing of `distributed` is loaded before the first run, so whoever never asks for a cluster doesn't wait for it.
"""

from __future__ import annotations

import importlib
import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Generic

from diaban.engine.executors.protocol import Item, Progress, Result, Shared, quiet
from diaban.engine.executors.threads import processors

ROUNDS = 4
"""How often what was lost with its workers is handed out again before the run gives up."""

SAME = ("diaban", "numpy", "scipy", "numba")
"""Packages whose versions decide the bits of a result."""


class NoCluster(RuntimeError):
    """No scheduler or no worker to talk to, workers of another version, or `distributed` isn't installed."""


@dataclass(frozen=True, slots=True)
class Dask:
    """The workers of the scheduler at `address` (`tcp://host:8786`); without an address, local processes.

    `shared` is sent once to each worker that is there at the start; later ones take it from a neighbour. A unit whose
    worker dies is done again by another; one that kills worker after worker stops the run (Dask's own setting
    `distributed.scheduler.allowed-failures`). `workers` is the number of local processes, 0 for as many as there are
    processors. `patience` is how many seconds a run waits for a scheduler and a worker before it raises `NoCluster`.

    Whoever reaches a scheduler can run code on its workers: keep it inside a closed network, or use `tls://` with
    Dask's own settings.
    """

    address: str | None = None
    workers: int = 0
    patience: float = 30.0

    def run(
        self,
        work: Callable[[Shared, Item], Result],
        shared: Shared,
        items: Sequence[Item],
        progress: Progress = quiet,
    ) -> list[Result]:
        """See `Executor.run`. Raises `NoCluster` when nobody is there to do the work."""
        distributed = _library("distributed")
        progress(0, len(items))
        if not items:
            return []
        large_items_are_meant = {"distributed.admin.large-graph-warning-threshold": "1TiB"}
        with _library("dask.config").set(large_items_are_meant), self._client(distributed) as client:
            self._await_worker(client)
            _hold_to_our_versions(client.run(_versions))
            run = _Run(client, _Errand(work, shared), items, progress, self)
            return run.finish()

    @contextmanager
    def _client(self, distributed: Any) -> Iterator[Any]:
        """Open a client, and for the time of the run a cluster of this machine where no address is given."""
        if self.address is None:
            count = self.workers or processors()
            with (
                distributed.LocalCluster(
                    n_workers=count,
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",
                ) as cluster,
                distributed.Client(cluster, set_as_default=False) as client,
            ):
                yield client
            return
        try:
            client = distributed.Client(self.address, timeout=self.patience, set_as_default=False)
        except (OSError, ValueError) as fault:  # TimeoutError is an OSError
            raise NoCluster(f"no Dask scheduler answers at {self.address}: {fault}") from fault
        with client:
            yield client

    def _await_worker(self, client: Any) -> None:
        try:
            client.wait_for_workers(1, timeout=self.patience)
        except TimeoutError as fault:
            where = self.address or "this machine"
            raise NoCluster(f"the Dask scheduler at {where} has had no worker for {self.patience:g} s") from fault


@dataclass(frozen=True, slots=True, eq=False)
class _Errand(Generic[Shared, Item, Result]):
    """What every unit needs, sent once to each worker."""

    work: Callable[[Shared, Item], Result]
    shared: Shared


@dataclass(frozen=True, slots=True, eq=False)
class _Unit(Generic[Item]):
    """One item, wrapped so that Dask doesn't look inside."""

    item: Item


def _do(unit: _Unit[Any], errand: _Errand[Any, Any, Any]) -> Any:
    """Do one unit. Runs in a worker."""
    return errand.work(errand.shared, unit.item)


@dataclass(frozen=True, slots=True, eq=False)
class _Run(Generic[Shared, Item, Result]):
    client: Any
    errand: _Errand[Shared, Item, Result]
    items: Sequence[Item]
    progress: Progress
    settings: Dask

    def finish(self) -> list[Result]:
        """Hand out what is missing until nothing is."""
        results: dict[int, Result] = {}
        for _ in range(ROUNDS):
            self.settings._await_worker(self.client)
            missing = [place for place in range(len(self.items)) if place not in results]
            # A list, because Dask takes a list or a mapping apart; no hash, because equal data of two runs are two.
            (errand,) = self.client.scatter([self.errand], broadcast=True, hash=False)
            units = [_Unit(self.items[place]) for place in missing]
            futures = self.client.map(_do, units, errand=errand, pure=False)
            try:
                self.collect(dict(zip(futures, missing, strict=True)), results)
            finally:
                self.client.cancel(futures, force=True)
            if len(results) == len(self.items):
                return [results[place] for place in range(len(self.items))]
        raise NoCluster(f"workers were lost {ROUNDS} times with all that they held: {len(results)} units were done")

    def collect(self, open_: dict[Any, int], results: dict[int, Result]) -> None:
        """Take results as they come; what was lost with its workers stays missing."""
        distributed, wait = _library("distributed"), self.settings.patience
        while open_:
            try:
                for future in distributed.as_completed(list(open_), loop=self.client.loop, timeout=wait):
                    place = open_.pop(future)
                    if future.status != "cancelled":
                        results[place] = future.result()
                        self.progress(len(results), len(self.items))
            except TimeoutError:
                self.settings._await_worker(self.client)


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as fault:
        raise NoCluster('Dask is not installed here: pip install "diaban[dask]"') from fault


def _versions() -> dict[str, str]:
    """Return the versions that decide the bits of a result."""
    found = {"python": platform.python_version()}
    for name in SAME:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _hold_to_our_versions(theirs: dict[str, dict[str, str]]) -> None:
    """Refuse workers that might give other bits."""
    ours = _versions()
    for address, found in sorted(theirs.items()):
        for name, here in ours.items():
            if found[name] != here:
                raise NoCluster(f"the worker {address} has {name} {found[name]}, here it is {here}: install the same")
