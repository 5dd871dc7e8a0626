"""Times what the ceilings add to a request: one count, alone and while four threads count at once.

Run: python bench/limits.py [--requests 5000]. Prints milliseconds. Exits with 1 if a count takes more than its budget.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from diaban.site.limits import ACCOUNT, Ledger, Limit

BUDGET_MS = 0.3


def timed(ledger: Ledger, requests: int, limit: Limit, who: str) -> list[float]:
    """Return the milliseconds of each count, 200 accounts in turn."""
    spent = []
    for number in range(requests):
        start = time.perf_counter()
        ledger.wait(f"{who}:{number % 200}", limit, at=1e9 + number)
        spent.append((time.perf_counter() - start) * 1000)
    return spent


def main() -> int:
    """Print the figures and return 1 when the median is over budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=5000)
    requests = parser.parse_args().requests
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "limits.sqlite3")
        alone = timed(ledger, requests, ACCOUNT["request"], "alone")
        others = [
            threading.Thread(target=timed, args=(ledger, requests, ACCOUNT["request"], f"t{number}"))
            for number in range(4)
        ]
        start = time.perf_counter()
        for one in others:
            one.start()
        for one in others:
            one.join()
        together = (time.perf_counter() - start) * 1000 / (4 * requests)
        ledger.close()
    median, late = statistics.median(alone), statistics.quantiles(alone, n=100)[98]
    print(f"one count, median {median:.3f} ms, 99 % under {late:.3f} ms; four threads at once, each {together:.3f} ms")
    return 1 if median > BUDGET_MS else 0


if __name__ == "__main__":
    sys.exit(main())
