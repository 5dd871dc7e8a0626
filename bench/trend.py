"""Benchmark: Mann-Kendall of many series beside pymannkendall, and emerging hot-spots of a large cube.

    python bench/trend.py [--series 10600] [--steps 260] [--sample 50] [--threads 2] [--repeat 5]

Weekly counts of every commune of the country. pymannkendall tests `--sample` of the series in the same run; its time
for all is that time in proportion, labelled so. Then 3,000 places × 260 steps: scores and categories by the normal
approximation and with 9,999 conditional permutations (goal: under 1 s). Exits with 1 when S, Z or p differ.
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np
import pymannkendall

from diaban.engine.executors import Threads
from diaban.engine.local import Inference, touching
from diaban.engine.trend import Cube, Settings, Window, emerging, mann_kendall


def best(call: object, repeat: int) -> tuple[float, float, object]:
    """Return first and best time of a call, and its result."""
    took = []
    for _ in range(repeat + 1):
        began = time.perf_counter()
        found = call()  # type: ignore[operator]
        took.append(time.perf_counter() - began)
    return took[0], min(took[1:]), found


def trends(asked: argparse.Namespace) -> bool:
    """Print Mann-Kendall; return whether the results agree."""
    series = np.random.default_rng(1).poisson(3, (asked.series, asked.steps)).astype(float)
    first, seconds, found = best(lambda: mann_kendall(series, executor=Threads(asked.threads)), asked.repeat)
    sample = min(asked.sample, asked.series)
    began = time.perf_counter()
    theirs = [pymannkendall.original_test(values) for values in series[:sample]]
    whole = (time.perf_counter() - began) * asked.series / sample
    same = all(
        one.s == found.score[n] and abs(one.z - found.z[n]) < 1e-12 and abs(one.p - found.p_value[n]) < 1e-12
        for n, one in enumerate(theirs)
    )
    print(f"Mann-Kendall, {asked.series:,} series × {asked.steps}: ours {seconds:.3f} s (first call {first:.2f} s)")
    print(f"  pymannkendall {whole:.1f} s (from {sample} series of the same run), ratio {whole / seconds:,.0f} times")
    print(f"  S, Z and p {'equal' if same else 'DIFFER'}")
    return same


def patterns(asked: argparse.Namespace) -> None:
    """Print emerging hot-spots."""
    cell = np.arange(3_000).reshape(50, 60)
    both = [
        (cell[:, :-1], cell[:, 1:]),
        (cell[:-1], cell[1:]),
        (cell[:-1, :-1], cell[1:, 1:]),
        (cell[:-1, 1:], cell[1:, :-1]),
    ]
    near = touching(3_000, np.concatenate([np.column_stack([a.ravel(), b.ravel()]) for a, b in both]))
    cube = Cube(np.random.default_rng(1).poisson(3, (3_000, 260)).astype(float))
    for window in Window:
        for inference in Inference:
            settings = Settings(window=window, inference=inference, seed=1)
            _, seconds, found = best(
                lambda chosen=settings: emerging(cube, near, chosen, executor=Threads(asked.threads)), asked.repeat
            )
            print(
                f"Emerging, 3,000 × 260, window {window.value}, {inference.value}: {seconds:.2f} s, "
                f"{int((found.category != 0).sum())} places with a pattern (none is planted)"
            )


def main() -> int:
    """Run both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=10_600)
    parser.add_argument("--steps", type=int, default=260)
    parser.add_argument("--sample", type=int, default=50)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=5)
    asked = parser.parse_args()
    same = trends(asked)
    patterns(asked)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main())
