"""Benchmark: Gi* with conditional permutations on a lattice, beside esda.

    python bench/local.py [--large] [--replicates 9999] [--threads 2] [--repeat 5]

Counts on a square lattice whose cells touch at sides and corners; 10,000 cells beside esda in the same run, each side
in a process of its own (best of the repeats after a first run that compiles; peak resident memory of the process).
Twice: equal weights, and weights that differ within each row. 99,856 cells: ours, beside esda's recorded 97.3 s and
16.3 GB; `--large` runs esda there too (16 GB, minutes). The counts sum to a power of two, so that esda's division keeps
ties, and its p-values can be compared with ours. Exits with 1 when they differ by more than chance.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
import warnings

import numpy as np

RECORDED = {10_000: (6.75, 2_040), 99_856: (97.3, 16_300)}
"""esda 2.9.0, 9,999 permutations, one process: seconds and MB, on the machine of the project's figures."""


def lattice(side: int) -> np.ndarray:
    """Return the pairs of cells that touch."""
    cell = np.arange(side * side).reshape(side, side)
    both = [
        (cell[:, :-1], cell[:, 1:]),
        (cell[:-1], cell[1:]),
        (cell[:-1, :-1], cell[1:, 1:]),
        (cell[:-1, 1:], cell[1:, :-1]),
    ]
    return np.concatenate([np.column_stack([a.ravel(), b.ravel()]) for a, b in both])


def counts(side: int) -> np.ndarray:
    """Return Poisson counts with a mean of about 3 whose sum is a power of two."""
    values = np.random.default_rng(1).poisson(3.0, side * side)
    target = 2 ** round(np.log2(values.sum()))
    values = np.random.default_rng(1).poisson(target / side**2, side * side)
    short = target - int(values.sum())
    places = np.flatnonzero(values > 0)[: abs(short)]
    values[places] += np.sign(short)
    assert values.sum() == target
    return values


def weights_of(neighbours: object, seed: int = 2) -> object:
    """Return the same neighbours with weights between 0.1 and 1.1."""
    from diaban.engine.local import Neighbours

    assert isinstance(neighbours, Neighbours)
    drawn = np.random.default_rng(seed).random(len(neighbours.other)) + 0.1
    return Neighbours(neighbours.start, neighbours.other, drawn)


def ours(side: int, weighted: bool, replicates: int, threads: int, repeat: int) -> dict[str, object]:
    """Time ours; return seconds, MB and p-values of some cells."""
    from diaban.engine.executors import Threads
    from diaban.engine.local import gi, touching
    from diaban.engine.local.permutation import rank_neighbours

    near = touching(side * side, lattice(side))
    if weighted:
        near = weights_of(near)  # type: ignore[assignment]
    values = counts(side)
    took = []
    for _ in range(repeat + 1):
        began = time.perf_counter()
        found = gi(values, near, replicates=replicates, seed=7, executor=Threads(threads))
        took.append(time.perf_counter() - began)
    assert len(found.p_value) == side * side
    # esda folds one count: those that reach the unit's own, or all the others. Ties count on the high side only.
    above = rank_neighbours(values.astype(float), near, replicates=replicates, seed=7).above[:10_000]
    folded = (np.minimum(above, replicates - above) + 1) / (replicates + 1)
    return {"first": took[0], "seconds": min(took[1:]), "p": folded.tolist()}


def esda_side(side: int, weighted: bool, replicates: int, _threads: int, repeat: int) -> dict[str, object]:
    """Time esda, one process as it is fastest; return the same."""
    from esda import G_Local
    from libpysal.weights import W

    from diaban.engine.local import touching

    warnings.simplefilter("ignore")
    near = touching(side * side, lattice(side))
    if weighted:
        near = weights_of(near)  # type: ignore[assignment]
    start, size = near.start, side * side
    rows = {i: near.other[start[i] : start[i + 1]].tolist() for i in range(size)}
    if weighted:
        own = {i: near.weight[start[i] : start[i + 1]].tolist() for i in range(size)}
        rows = {i: [*rows[i], i] for i in rows}
        weight = W(rows, {i: [*own[i], max(own[i])] for i in rows}, silence_warnings=True)
    else:
        weight = W({i: [*rows[i], i] for i in rows}, silence_warnings=True)
    values = counts(side).astype(float)
    small = W({i: [(i + 1) % 9, i] for i in range(9)}, silence_warnings=True)
    began = time.perf_counter()
    G_Local(np.arange(9.0), small, transform="B", star=True, permutations=9, n_jobs=1)
    first = time.perf_counter() - began
    took = []
    for _ in range(min(repeat, 2) if size <= 10_000 else 1):
        began = time.perf_counter()
        found = G_Local(
            values,
            weight,
            transform="R" if weighted else "B",
            star=True,
            permutations=replicates,
            seed=7,
            n_jobs=1,
        )
        took.append(time.perf_counter() - began)
    return {"first": first, "seconds": min(took), "p": found.p_sim[:10_000].tolist()}


def apart(which: str, side: int, weighted: bool, asked: argparse.Namespace) -> dict[str, object]:
    """Run one side in a process of its own."""
    line = [sys.executable, __file__, "--only", which, "--side", str(side), "--replicates", str(asked.replicates)]
    line += ["--threads", str(asked.threads), "--repeat", str(asked.repeat)] + (["--weighted"] if weighted else [])
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{which} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def compare(side: int, weighted: bool, asked: argparse.Namespace) -> bool:
    """Print one comparison; return whether the p-values agree."""
    size = side * side
    mine = apart("ours", side, weighted, asked)
    name = f"{size:>7,} cells, {'any weights  ' if weighted else 'equal weights'}"
    print(f"{name}  ours {mine['seconds']:.4f} s, {mine['mb']:.0f} MB (first call {mine['first']:.2f} s)")
    if size > 10_000 and not asked.large:
        seconds, memory = RECORDED[size]
        scaled = seconds * asked.replicates / 9_999
        print(f"{'':>24} esda {scaled:.1f} s, {memory:,} MB (recorded)")
        print(f"{'':>24} ratio {scaled / mine['seconds']:,.0f} times, memory 1/{memory / mine['mb']:.0f}")
        return True
    theirs = apart("esda", side, weighted, asked)
    gap = np.abs(np.array(mine["p"]) - np.array(theirs["p"]))
    print(f"{'':>24} esda {theirs['seconds']:.2f} s, {theirs['mb']:,.0f} MB (first call {theirs['first']:.1f} s more)")
    print(
        f"{'':>24} ratio {theirs['seconds'] / mine['seconds']:,.0f} times, memory 1/{theirs['mb'] / mine['mb']:.0f}; "
        f"p-values apart: root mean square {np.sqrt((gap**2).mean()):.4f}, largest {gap.max():.4f}"
    )
    return bool(np.sqrt((gap**2).mean()) < 4 * 0.5 / asked.replicates**0.5)


def main() -> int:
    """Run what is asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--replicates", type=int, default=9_999)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--only", choices=["ours", "esda"], help=argparse.SUPPRESS)
    parser.add_argument("--side", type=int, default=100, help=argparse.SUPPRESS)
    parser.add_argument("--weighted", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        run = ours if asked.only == "ours" else esda_side
        found = run(asked.side, asked.weighted, asked.replicates, asked.threads, asked.repeat)
        found["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(found))
        return 0
    print(f"Gi*, {asked.replicates:,} conditional permutations, {asked.threads} threads")
    agree = [compare(side, weighted, asked) for side in (100, 316) for weighted in (False, True)]
    return 0 if all(agree) else 1


if __name__ == "__main__":
    raise SystemExit(main())
