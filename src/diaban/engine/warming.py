"""Small questions to every family, with each type of data that reaches a kernel (see `warm`).

A test holds that no kernel is left out. The answers are thrown away.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from diaban.engine.density.kde import Kernel
from diaban.engine.density.kde import density as surface
from diaban.engine.density.st_dbscan import Settings as Clustering
from diaban.engine.density.st_dbscan import st_dbscan
from diaban.engine.density.window import Grid
from diaban.engine.interaction.knox import Settings as Bands
from diaban.engine.interaction.knox import knox
from diaban.engine.interaction.local import local_knox
from diaban.engine.local import hotspots, whole_map
from diaban.engine.local.neighbours import nearest, within
from diaban.engine.local.results import Inference
from diaban.engine.positions import Positions
from diaban.engine.scan.data import Data
from diaban.engine.scan.design import Model
from diaban.engine.scan.running import Settings as Scanning
from diaban.engine.scan.running import scan as scanned
from diaban.engine.scan.searching import Windows
from diaban.engine.streams import Stream, generator
from diaban.engine.surveillance import charts, ears, farrington, models, recurrence
from diaban.engine.surveillance.counts import complete
from diaban.engine.trend.cube import Cube
from diaban.engine.trend.emerging import Settings as Emerging
from diaban.engine.trend.emerging import emerging
from diaban.engine.trend.mann_kendall import mann_kendall

COUNT, STEPS = 40, 12


def _scattered() -> tuple[Positions, NDArray[np.int64]]:
    draw = generator(1, Stream.SYNTHETIC)
    return Positions(*draw.uniform(0, 100, (2, COUNT))), draw.integers(0, STEPS, COUNT)


def _degrees() -> Positions:
    draw = generator(2, Stream.SYNTHETIC)
    return Positions(107 + draw.random(COUNT) / 10, 10 + draw.random(COUNT) / 10, geodesic=True)


def interaction() -> None:
    """Pairs on a plane and on the earth; shuffled times in 16 and in 32 bits."""
    positions, steps = _scattered()
    for long in (1, 100_000):
        knox(positions, steps * long, Bands((10.0, 20.0), (1, 3), permutations=1))
    knox(_degrees(), steps, Bands((1000.0,), (1,), permutations=1))
    local_knox(positions, steps, 10.0, 1)


def density() -> None:
    """The quartic kernel, and clusters in space and time."""
    positions, steps = _scattered()
    surface(positions, Grid(0, 0, 10, 10, 10), 20.0, kernel=Kernel.QUARTIC)
    st_dbscan(positions, steps, Clustering(20.0, 2, 2))


def scan() -> None:
    """Every model; through time and at once, prospective, elliptic and flexible; each with replicates."""
    positions, steps = _scattered()
    places = np.arange(COUNT)
    areas = positions.take(np.arange(10))
    at, when = (places % 10).astype(np.int32), steps.astype(np.int32)
    expected, controls = np.full((10, STEPS), COUNT / 10 / STEPS), np.ones((10, STEPS), dtype=np.int32)
    touching = np.column_stack([np.arange(9), np.arange(1, 10)])
    data = [
        Data(Model.PERMUTATION, areas, at, when, STEPS, touching=touching),
        Data(Model.PERMUTATION, positions, places.astype(np.int32), when, STEPS),
        Data(Model.POISSON, areas, at, when, STEPS, expected=expected),
        Data(Model.POISSON, areas, at, np.zeros_like(when), 1, expected=expected.sum(axis=1, keepdims=True)),
        Data(Model.BERNOULLI, areas, at, when, STEPS, controls=controls),
    ]
    kinds = [
        Windows(),
        Windows(prospective=True),
        Windows(prospective=True, looks=3),
        Windows(low=True),
        Windows(shapes=((2.0, 2),)),
    ]
    for one in data:
        for windows in kinds:
            if one.steps > 1 or not windows.prospective:
                scanned(one, Scanning(windows, replicates=1), seed=1)
    scanned(data[0], Scanning(Windows(flexible=4), replicates=1), seed=1)
    many = np.resize(at, 120_000)  # counts beyond 16 bits
    crowd = Data(Model.POISSON, areas, many, np.zeros_like(many), 1, expected=np.full((10, 1), 12_000.0))
    scanned(crowd, Scanning(Windows(share=None), replicates=1), seed=1)
    crowd = Data(Model.PERMUTATION, areas, many, np.resize(when, 120_000), STEPS)
    scanned(crowd, Scanning(Windows(share=None), replicates=1), seed=1)


def local() -> None:
    """Equal and unequal weights, counts and rates."""
    positions, steps = _scattered()
    equal, unequal = nearest(positions, 4), within(positions, 30.0, power=1.0)
    for values in (steps, steps / 7):
        for neighbours in (equal, unequal):
            hotspots.gi(values, neighbours, replicates=9)
            hotspots.moran(values, neighbours.standardised(), replicates=9)
            whole_map.global_moran(values, neighbours, replicates=9)
            whole_map.global_g(values, neighbours, replicates=9)


def trend() -> None:
    """Mann-Kendall, and emerging hot spots by formula and by permutation."""
    positions, _ = _scattered()
    values = generator(3, Stream.SYNTHETIC).poisson(3, (COUNT, STEPS))
    mann_kendall(values)
    for inference in Inference:
        emerging(Cube(values.astype(np.float64)), nearest(positions, 4), Emerging(inference=inference, replicates=9))


def surveillance() -> None:
    """Farrington's two forms, EARS, the charts and the baselines of every family."""
    counts = complete(generator(4, Stream.SYNTHETIC).poisson(4, (2, 320)))
    farrington.watch(counts, farrington.Farrington())
    farrington.watch(counts, farrington.classic())
    for variant in ears.Variant:
        ears.watch(counts, ears.Ears(variant))
    expected = np.full(counts.steps, 4.0)
    charts.cusum(counts, expected, charts.Cusum())
    charts.ratio_cusum(counts, expected, charts.RatioCusum())
    charts.likelihood_ratio(counts, expected, charts.LikelihoodRatio())
    for family in models.Family:
        models.fit(counts, models.Model(family))
    quiet, former = recurrence.Sample(4, 40), recurrence.Sample(20, 40)
    watched = recurrence.RecurrenceWatch(replicates=400)
    recurrence.watch(np.ones(8), np.ones(8, dtype=np.bool_), quiet, former, watched, seed=1)
