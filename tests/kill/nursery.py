"""Brings children up and kills them: `python tests/kill/nursery.py --database URL --seed N --rounds N`.

A process of its own, because a child is a fork of one that has Django loaded and no connection open. Prints one line of
JSON: how often which act was interrupted, and what did not hold (empty when all is well).
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import select
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
LONGEST_LIFE = 20.0  # seconds; a child that says nothing for so long hangs


def load(folder: str, database: str) -> Any:
    """Set Django up on a new database and return the made-up province."""
    sys.path[:0] = [str(TESTS), str(TESTS / "apps"), str(TESTS.parent / "src")]
    os.environ |= {
        "DIABAN_DATA_DIR": folder,
        "DIABAN_KEY_DIR": str(Path(folder, "keys")),
        "DIABAN_SECRET_KEY": "only for tests",
        "DIABAN_DATABASE_URL": database,
        "DJANGO_SETTINGS_MODULE": "diaban.site.settings",
    }
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0)
    import hotspots_cast

    from cast import jack_of_all_work
    from diaban.adapters.clock import now
    from diaban.apps.audit.actions import record
    from diaban.apps.places.commands import CommandLine

    province = hotspots_cast.build()
    if not province.user.assignments.exists():
        jack_of_all_work(province.user)
    record(by=CommandLine(), at=now(), verb="kill.begin", subject="kill:-")  # an empty record is not a whole one
    connections.close_all()
    return province


class Child:
    """One child and what it said."""

    def __init__(self, province: Any, kind: str, name: str, seed: int) -> None:
        from kill import acts

        self._reading, writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._reading)
            try:
                acts.KINDS[kind][0](province, acts.Line(writing), random.Random(seed), name)
            except BaseException:
                import traceback

                traceback.print_exc()
            os._exit(1)  # a child that comes so far was not killed: that is a failure of the test
        os.close(writing)
        self._rest = b""
        self.lines: list[dict[str, Any]] = []
        self.times: list[float] = []

    def listen(self, until: float) -> bool:
        """Take in what it says until the moment `until`; False when it ended."""
        left = until - time.monotonic()
        if left <= 0 or not select.select([self._reading], [], [], left)[0]:
            return True
        data = os.read(self._reading, 65536)
        *whole, self._rest = (self._rest + data).split(b"\n")
        self.lines += map(json.loads, whole)
        self.times += [time.monotonic()] * len(whole)
        return bool(data)

    def kill(self) -> int:
        """Kill it, take in what it had said before, and return how it ended."""
        os.kill(self.pid, signal.SIGKILL)
        _pid, status = os.waitpid(self.pid, 0)
        while self.listen(time.monotonic() + LONGEST_LIFE):
            """Until the pipe is empty."""
        os.close(self._reading)
        return status


class Nursery:
    """The rounds, one after the other; it learns how long the acts take, to kill in the midst of them."""

    def __init__(self, province: Any, seed: int) -> None:
        self.province, self.seed, self.draw = province, seed, random.Random(seed)
        self.lengths: dict[str, float] = {}
        self.interrupted: Counter[str] = Counter()
        self.acknowledged = 0

    def round(self, number: int, kind: str) -> list[str]:
        """Let one child live and die; return what does not hold."""
        from kill import acts

        name = f"{kind}{number}"
        target, times = self.draw.choice(acts.KINDS[kind][1]), self.draw.randrange(1, 3)
        child = Child(self.province, kind, name, self.draw.randrange(2**32))
        end = time.monotonic() + LONGEST_LIFE
        alive, moment = True, end
        while alive and time.monotonic() < moment:
            alive = child.listen(moment)
            begun = sum(line["word"] == "begin" and line["act"] == target for line in child.lines)
            if begun >= times and moment == end:
                moment = time.monotonic() + self.draw.uniform(0, 1.1) * self.lengths.get(target, 0.05)
        status = child.kill()
        self._learn(child)
        if not os.WIFSIGNALED(status) or moment == end:
            return [f"{name}: the child ended by itself or hung in {child.lines[-1:]}"]
        return [f"{name}: {fault}" for fault in self._look(child, kind, name)]

    def _learn(self, child: Child) -> None:
        pairs = list(zip(child.lines, child.times, strict=True))
        for (begin, start), (done, stop) in itertools.pairwise(pairs):
            if begin["word"] == "begin" and done["word"] == "done":
                self.lengths[begin["act"]] = (self.lengths.get(begin["act"], stop - start) + stop - start) / 2
        if child.lines and child.lines[-1]["word"] == "begin":
            self.interrupted[child.lines[-1]["act"]] += 1
        else:
            self.interrupted["between"] += 1

    def _look(self, child: Child, kind: str, name: str) -> list[str]:
        from django.db import connections

        from kill import checks

        told = [line for line in child.lines if line["word"] == "done"]
        self.acknowledged += len(told)
        try:
            return [
                *checks.database(),
                *checks.acknowledged(told),
                *checks.batches(name),
                *checks.spots(name, one_event_a_step=kind == "step"),
                *checks.again(self.province, name, kind),
                *checks.batches(name),
                *checks.acknowledged(told),
            ]
        finally:
            connections.close_all()  # the next child must not inherit one


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", default="")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="diaban-kill-", ignore_cleanup_errors=True) as folder:
        nursery = Nursery(load(folder, options.database), options.seed)
        kinds = ("import", "step", "job")
        faults: list[str] = []
        for number in range(options.rounds):
            faults += nursery.round(number, kinds[number % len(kinds)])
            if len(faults) > 20:
                break
        report = {"faults": faults, "interrupted": nursery.interrupted, "acknowledged": nursery.acknowledged}
        with suppress(BrokenPipeError):
            print(json.dumps(report))  # noqa: T201


if __name__ == "__main__":
    main()
