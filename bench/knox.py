"""Benchmark: Knox's test beside pointpats, and in many bands, on made-up events.

    python bench/knox.py [--threads 2] [--peer-permutations 20] [--times 3]

Events are uniform in a square with so many others nearby as a province has (about 39 within the distance at 50,000).
pointpats runs in the same process on the same events; it asks for each permutation the same work again, so it does
fewer of them, and the ratio is per permutation, what comes before the first permutation apart. The statistic, which is
exact, must be equal. Exits with 1 when it is not. Times are the best of a few.
"""

from __future__ import annotations

import argparse
import resource
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from diaban.engine.executors import Threads
from diaban.engine.interaction.knox import Settings, knox
from diaban.engine.positions import Positions

DISTANCE, TIME, PERMUTATIONS = 100.0, 3, 999
RECORDED = {10_000: (20.96, 0.42), 50_000: (138.3, 3.46)}


def events(count: int) -> tuple[Positions, np.ndarray]:
    rng = np.random.default_rng(count)
    side = 20_000 * np.sqrt(count / 50_000)
    return Positions(*rng.uniform(0, side, (2, count))), rng.integers(0, 730, count)


def best(work: Callable[[], Any], times: int) -> tuple[float, Any]:
    found, least = None, np.inf
    for _ in range(times):
        start = time.perf_counter()
        found = work()
        least = min(least, time.perf_counter() - start)
    return least, found


def one_cell(count: int, threads: int, peer_permutations: int, times: int) -> bool:
    import pointpats

    positions, steps = events(count)
    xy = positions.embedded
    whole, ours = best(lambda: run(positions, steps, (DISTANCE,), (TIME,), PERMUTATIONS, threads), times)
    before, _ = best(lambda: run(positions, steps, (DISTANCE,), (TIME,), 0, threads), times)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer_before, theirs = best(lambda: pointpats.Knox(xy, steps[:, None], DISTANCE, TIME, permutations=0), 1)
        peer, _ = best(lambda: pointpats.Knox(xy, steps[:, None], DISTANCE, TIME, permutations=peer_permutations), 1)
    each, peer_each = (whole - before) / PERMUTATIONS, (peer - peer_before) / peer_permutations
    same = int(ours.observed[0, 0]) == int(theirs.nst)
    peer_whole = peer_before + PERMUTATIONS * peer_each
    recorded = RECORDED[count][0]
    print(f"one cell, {count:,} events, {PERMUTATIONS} permutations: {whole:.3f} s ({threads} threads)")
    print(f"  statistic {ours.observed[0, 0]}, pointpats {theirs.nst}: {'equal' if same else 'DIFFERENT'}")
    print(
        f"  pointpats: {peer_before:.2f} s before, {1000 * peer_each:.1f} ms a permutation ({peer_permutations} done)"
    )
    print(
        f"  RATIO per permutation: {peer_each / each:,.0f} times; whole run (scaled): {peer_whole / whole:,.0f} times"
    )
    print(f"  recorded pointpats {recorded} s: {recorded / whole:,.0f} times")
    return same


def run(positions: Positions, steps: Any, space: tuple[float, ...], times: Any, permutations: int, threads: int) -> Any:
    return knox(positions, steps, Settings(space, times, permutations=permutations, seed=1), Threads(threads))


def many_bands(count: int, threads: int, times: int) -> None:
    positions, steps = events(count)
    space, spans = (100.0, 200.0, 300.0, 350.0, 400.0), (0, 3, 7, 14, 28)
    whole, result = best(lambda: run(positions, steps, space, spans, PERMUTATIONS, threads), times)
    near = int(result.observed[:-1].sum())
    print(f"5 x 5 bands, {count:,} events, {near:,} pairs, {PERMUTATIONS} permutations: {whole:.2f} s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--peer-permutations", type=int, default=20)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--without-peer", action="store_true")
    chosen = parser.parse_args()
    for count in (2_000, 50_000):
        many_bands(count, chosen.threads, chosen.times)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory of the process so far: {peak:.2f} GB")
    if chosen.without_peer:
        return 0
    good = [one_cell(count, chosen.threads, chosen.peer_permutations, chosen.times) for count in (10_000, 50_000)]
    return 0 if all(good) else 1


if __name__ == "__main__":
    raise SystemExit(main())
