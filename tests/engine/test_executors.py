"""Whoever does the work, the results come back in the order of the items."""

from __future__ import annotations

import threading

import pytest

from diaban.engine.executors import Cancelled, Executor, Serial, Threads


def shifted(shared: int, item: int) -> int:
    if item == 13:
        raise ValueError("13")
    return shared + item


@pytest.mark.parametrize("executor", [Serial(), Threads(1), Threads(16), Threads()])
def test_results_come_in_the_order_of_the_items(executor: Executor) -> None:
    told: list[tuple[int, int]] = []
    items = [5, 3, 9, 1, 7, 0, 2]
    found = executor.run(shifted, 100, items, lambda done, total: told.append((done, total)))
    assert found == [100 + item for item in items]
    assert told[0] == (0, 7)
    assert told[-1] == (7, 7)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert executor.run(shifted, 1, []) == []


@pytest.mark.parametrize("executor", [Serial(), Threads(3)])
def test_a_fault_and_a_cancellation_stop_the_run(executor: Executor) -> None:
    with pytest.raises(ValueError, match="13"):
        executor.run(shifted, 0, [1, 13, 2])

    def stop(done: int, total: int) -> None:
        assert threading.current_thread() is threading.main_thread()
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        executor.run(shifted, 0, list(range(12)), stop)
