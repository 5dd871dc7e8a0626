"""Whoever does the work, the results come back in the order of the items."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from pathlib import Path

import numpy as np
import pytest
from executors_work import always_killed, killed_once, shifted, taken_apart, unsendable, walk, walk_held

from diaban.engine.executors import Cancelled, Executor, Processes, Serial, Threads, WorkerDied


@pytest.mark.parametrize("executor", [Serial(), Threads(1), Threads(16), Threads(), Processes(2)])
def test_results_come_in_the_order_of_the_items(executor: Executor) -> None:
    told: list[tuple[int, int]] = []
    items = [5, 3, 9, 1, 7, 0, 2]
    found = executor.run(shifted, 100, items, lambda done, total: told.append((done, total)))
    assert found == [100 + item for item in items]
    assert told[0] == (0, 7)
    assert told[-1] == (7, 7)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert executor.run(shifted, 1, []) == []


@pytest.mark.parametrize("executor", [Serial(), Threads(3), Processes(2)])
def test_a_fault_and_a_cancellation_stop_the_run(executor: Executor) -> None:
    with pytest.raises(ValueError, match="13"):
        executor.run(shifted, 0, [1, 13, 2])

    def stop(done: int, total: int) -> None:
        assert threading.current_thread() is threading.main_thread()
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        executor.run(shifted, 0, list(range(12)), stop)
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("executor", [Threads(1), Threads(2), Threads(16), Processes(1), Processes(3)])
def test_bits_do_not_hang_on_the_workers(executor: Executor) -> None:
    items = list(range(40))
    expected = np.array(Serial().run(walk, 5, items))
    assert np.array(executor.run(walk, 5, items)).tobytes() == expected.tobytes()


def test_data_and_items_arrive_whole() -> None:
    assert Processes(2).run(taken_apart, {"a": [1, 2]}, [(1,), (2, 3)]) == [4, 8]


def test_a_killed_process_is_replaced_and_its_work_done_again(tmp_path: Path) -> None:
    """One of three is killed from outside in the middle of the run, while it holds a unit."""
    items = list(range(24))
    held = 9

    def kill(done: int, _total: int) -> None:
        holders = list(tmp_path.glob("held-*"))
        if holders and done >= 12 and not (tmp_path / "killed").exists():
            os.kill(int(holders[0].name.removeprefix("held-")), signal.SIGKILL)
            (tmp_path / "killed").touch()

    found = Processes(3).run(walk_held, (5, str(tmp_path), held), items, kill)
    assert len(list(tmp_path.glob("held-*"))) == 2
    assert np.array(found).tobytes() == np.array(Serial().run(walk, 5, items)).tobytes()


def test_a_process_that_ends_itself(tmp_path: Path) -> None:
    assert Processes(2).run(killed_once, str(tmp_path), list(range(6))) == [item * item for item in range(6)]
    with pytest.raises(WorkerDied, match=r"3 worker processes died over the same unit of work \(1\)"):
        Processes(2).run(always_killed, None, [0, 1, 2])
    assert not multiprocessing.active_children()


def test_what_cannot_be_sent_is_said() -> None:
    with pytest.raises((AttributeError, TypeError, RuntimeError), match="lambda"):
        Processes(1).run(unsendable, None, [0])
    with pytest.raises(RuntimeError, match="Strange: 1 and b"):
        Processes(1).run(unsendable, None, [1])
    with pytest.raises((AttributeError, TypeError), match="lambda"):
        Processes(1).run(lambda shared, item: item, None, [1])  # type: ignore[misc]
