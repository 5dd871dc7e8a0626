"""Benchmark: replicates of a space-time scan, beside SaTScan.

    python bench/scan.py [--only S,M,B,U20,U100,country] [--quick] [--replicates 999] [--threads 2]
                         [--model permutation] [--no-native] [--oracles FOLDER] [--satscan PROGRAM]

Each configuration is made by a generator of its own with the sizes that SaTScan 10.3.2 was measured with on the same
kind of machine (2 processors); those figures are printed as "recorded". Time is that of all replicates with their
preparation, after a warm-up that compiles; beside it stand the seconds of all processors: on a machine that does other
things, divide those by the threads. Memory is the peak of the process, so use --only for the figure of one
configuration. `--satscan` runs a SaTScan program in batch on the same data and prints the ratio of this run (untested
against a live program). `--oracles` takes the folder of the synthetic sets S, M, B, whose SaTScan results are known,
and checks the largest statistic of each. `--quick` does 19 replicates of S and M. Exits with 1 on a wrong result only.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from diaban.engine.executors import Threads
from diaban.engine.kernels import native
from diaban.engine.scan.design import Design, Model
from diaban.engine.scan.monte_carlo import best, maxima

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Configuration:
    """Sizes; `places` is 0 where every event is its own point."""

    cases: int
    places: int
    steps: int
    longest: int
    near: float  # neighbours per place, itself among them
    recorded: dict[str, float]  # seconds of SaTScan for 999 replicates, by model
    estimated: bool = False


CONFIGURATIONS = {
    "S": Configuration(2_000, 500, 104, 13, 52.3, {"permutation": 44.8, "poisson": 41.9}),
    "M": Configuration(20_000, 1_000, 156, 13, 63.5, {"permutation": 162.8, "poisson": 171.9}),
    "B": Configuration(100_000, 3_000, 260, 13, 83.2, {"permutation": 1_590, "poisson": 1_510}, True),
    "U20": Configuration(20_000, 0, 156, 13, 74.0, {"permutation": 3_700}, True),
    "U100": Configuration(100_000, 0, 260, 13, 36.7, {}),
    "country": Configuration(500_000, 10_600, 260, 26, 57.0, {}),
}
ORACLES = {
    "S": (10.0, 104, {"permutation": 39.625219, "poisson": 58.159000}),
    "M": (10.0, 156, {"permutation": 483.275595, "poisson": 799.001193}),
    "B": (8.0, 260, {"permutation": 2809.631500, "poisson": 4674.065847}),
}


def circles(xy: Floats, radius: float) -> tuple[NDArray[np.int64], Ints]:
    """Return rows and reach of circles: neighbours by distance, equal distances in the order of the file."""
    rows, reach = [0], []
    for centre, near in zip(xy, cKDTree(xy).query_ball_point(xy, radius), strict=True):
        ids = np.sort(np.array(near, np.int32))
        reach.append(ids[np.argsort(np.hypot(*(xy[ids] - centre).T), kind="stable")])
        rows.append(rows[-1] + len(ids))
    return np.array(rows, np.int64), np.concatenate(reach).astype(np.int32)


def generated(size: Configuration, seed: int) -> tuple[Floats, Floats, Ints, Ints, float]:
    """Return positions, populations, places and steps of cases, and the radius that gives the wanted neighbours."""
    draw = np.random.default_rng(seed)
    if size.places:
        xy, population = draw.uniform(0, 100, (size.places, 2)), draw.lognormal(8.4, 0.6, size.places)
        place = draw.choice(size.places, size.cases, p=population / population.sum()).astype(np.int32)
    else:
        xy, population = draw.uniform(0, 100, (size.cases, 2)), np.ones(size.cases)
        place = np.arange(size.cases, dtype=np.int32)
    season = 1 + 0.25 * np.sin(2 * np.pi * np.arange(size.steps) / 52)
    step = draw.choice(size.steps, size.cases, p=season / season.sum()).astype(np.int32)
    low, high, tree = 0.0, 100.0, cKDTree(xy)
    for _ in range(25):
        radius = (low + high) / 2
        enough = tree.count_neighbors(tree, radius) >= size.near * len(xy)
        low, high = (low, radius) if enough else (radius, high)
    return xy, population, place, step, high


def designed(
    model: str, xy: Floats, population: Floats, place: Ints, step: Ints, radius: float, steps: int, longest: int
) -> Design:
    """Return the design of a configuration."""
    expected = None
    if model == "poisson":
        expected = np.repeat(population[:, None], steps, axis=1)
        expected *= len(place) / expected.sum()
    rows, reach = circles(xy, radius)
    return Design(Model(model), place, step, len(xy), steps, rows, reach, longest, False, expected)


def run_satscan(
    program: str, model: str, data: tuple[Floats, Floats, Ints, Ints, float], size: Configuration, count: int
) -> float:
    """Return the seconds a SaTScan program takes for the same work (untested against a live program)."""
    xy, population, place, step, radius = data
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "x.geo").write_text("".join(f"{i} {x:.9f} {y:.9f}\n" for i, (x, y) in enumerate(xy)))
        (folder / "x.cas").write_text("".join(f"{p} 1 {t}\n" for p, t in zip(place, step, strict=True)))
        (folder / "x.pop").write_text("".join(f"{i} 0 {p:.3f}\n" for i, p in enumerate(population)))
        settings = {
            "CaseFile": "x.cas", "PopulationFile": "x.pop", "CoordinatesFile": "x.geo", "CoordinatesType": 0,
            "PrecisionCaseTimes": 4, "StartDate": 0, "EndDate": size.steps - 1, "AnalysisType": 3,
            "ModelType": 2 if model == "permutation" else 0, "ScanAreas": 1, "TimeAggregationUnits": 4,
            "TimeAggregationLength": 1, "UseDistanceFromCenterOption": "y",
            "MaxSpatialSizeInDistanceFromCenter": radius,
            "MaxTemporalSizeInterpretation": 1, "MaxTemporalSize": size.longest, "MonteCarloReps": count,
            "ResultsFile": "x.txt", "NumberParallelProcesses": 2, "ExecutionType": 1,
        }  # fmt: skip
        (folder / "x.prm").write_text("".join(f"{key}={value}\n" for key, value in settings.items()))
        begin = time.perf_counter()
        subprocess.run([program, "x.prm"], cwd=folder, check=True, capture_output=True)
        return time.perf_counter() - begin


def check_oracles(folder: Path, wanted: list[str]) -> bool:
    """Print the largest statistic of the synthetic sets beside SaTScan's; return whether all are equal to 1e-6."""
    right = True
    for name in wanted:
        if name not in ORACLES:
            continue
        radius, steps, expected = ORACLES[name]
        data = np.load(folder / name / "d.npz")
        for model, known in expected.items():
            ours = best(designed(model, data["xy"], data["pop"], data["loc"], data["t"], radius, steps, 13))
            right &= abs(ours - known) < 1e-6
            print(f"{name} {model}: ours {ours:.6f} | SaTScan {known:.6f} | difference {ours - known:+.1e}")
    return right


def measure(name: str, arguments: argparse.Namespace) -> None:
    """Time one configuration and print its line."""
    size = CONFIGURATIONS[name]
    data = generated(size, 20261124)
    begin = time.perf_counter()
    design = designed(arguments.model, *data, size.steps, size.longest)
    around = time.perf_counter() - begin
    executor, count = Threads(arguments.threads), arguments.replicates
    maxima(design, seed=1, first=1, count=5, executor=executor)
    begin, worked = time.perf_counter(), time.process_time()
    found = maxima(design, seed=1, first=1, count=count, executor=executor)
    seconds, worked = time.perf_counter() - begin, time.process_time() - worked
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    recorded = size.recorded.get(arguments.model)
    beside = "–" if recorded is None else f"{recorded * count / 999:,.0f} s{' est.' if size.estimated else ''} recorded"
    ratio = "" if recorded is None else f"{recorded * count / 999 / seconds:,.0f}×"
    print(
        f"{name:7} {size.cases:7,} {design.places:8,} {size.steps:4} {len(design.reach):10,} {count:6,}"
        f" {seconds:8.2f} s ({worked:.2f} s of processor) {memory:6.2f} GB  SaTScan {beside:>20} {ratio:>6}"
        f"   (circles {around:.1f} s; 95 % of maxima below {np.quantile(found, 0.95):.3f})",
        flush=True,
    )
    if arguments.satscan:
        theirs = run_satscan(arguments.satscan, arguments.model, data, size, count)
        print(f"{name:8} SaTScan in this run {theirs:.1f} s: {theirs / seconds:,.0f}×", flush=True)


def main() -> int:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="S,M,B,U20,U100,country")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--replicates", type=int, default=999)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--model", choices=["permutation", "poisson"], default="permutation")
    parser.add_argument("--no-native", action="store_true")
    parser.add_argument("--oracles", type=Path)
    parser.add_argument("--satscan")
    arguments = parser.parse_args()
    wanted = ["S", "M"] if arguments.quick else arguments.only.split(",")
    if arguments.quick:
        arguments.replicates = 19
    if arguments.no_native:
        os.environ[native.OFF] = "1"
    elif native.load() is None:
        native.build()
        native.load.cache_clear()
    print("compiled C:", "no, numba alone" if native.load() is None else "yes", "| model:", arguments.model)
    if arguments.oracles and not check_oracles(arguments.oracles, wanted):
        return 1
    for name in wanted:
        measure(name, arguments)
    return 0


if __name__ == "__main__":
    sys.exit(main())
