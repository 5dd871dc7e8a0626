"""The whole scan: windows, the best of them, the others beside it, and what chance makes of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from diaban.engine.executors import Executor, Progress, Serial, quiet
from diaban.engine.scan.clusters import Found, Secondary
from diaban.engine.scan.data import Data
from diaban.engine.scan.design import Ints, Model
from diaban.engine.scan.inference import Replicates, replicate
from diaban.engine.scan.searches import Search, search
from diaban.engine.scan.searching import Windows, longest
from diaban.engine.scan.statistic import relative_risk


@dataclass(frozen=True, slots=True)
class Settings:
    """How a scan is made.

    - `replicates`: how many times chance is tried; p-values are no smaller than 1 / (1 + replicates).
    - `stop`: end early when so many replicates reach the largest statistic; None: never (`inference`).
    - `secondary`: which clusters stand beside the most likely one. `most`: report no more than so many.
    """

    windows: Windows = field(default_factory=Windows)
    replicates: int = 999
    stop: int | None = 50
    secondary: Secondary = Secondary.NO_OVERLAP
    most: int = 20

    def __post_init__(self) -> None:
        """Refuse what can't be done."""
        if self.replicates < 0 or self.most < 1 or (self.stop is not None and self.stop < 1):
            raise ValueError("replicates are 0 or more; the sequential stop and the number of clusters 1 or more")


@dataclass(frozen=True, eq=False)
class Cluster:
    """One cluster.

    - `places`: their numbers, in the order in which the window grew; `centre`: the place in its middle, at `x`, `y` as
      the positions are; `radius`: metres from there to its last place (of an ellipse, the long half-axis);
      `ratio`, `angle`: how many times longer than wide, and the direction of the long axis, degrees from east to north.
    - `start`, `end`: its steps are [start, end).
    - `observed`, `expected` cases; `relative_risk`: `statistic.relative_risk`; `at_risk`: of `Data.at_risk` inside.
    - `statistic`: the logarithm of the likelihood ratio, times the penalty of its shape.
    - `reached`: how many replicates reach the statistic. `p_value`: of the largest cluster anywhere, so for others than
      the first it errs to the safe side; None without replicates. `gumbel`: an approximation below what the replicates
      can show, or None. `recurrence`: for a prospective scan without earlier looks, once in how many steps chance alone
      raises such an alarm when a scan is made at every step.
    """

    places: Ints
    centre: int
    x: float
    y: float
    radius: float
    ratio: float
    angle: float
    start: int
    end: int
    observed: int
    expected: float
    relative_risk: float | None
    at_risk: float
    statistic: float
    reached: int
    p_value: float | None
    gumbel: float | None
    recurrence: float | None

    @property
    def observed_to_expected(self) -> float:
        """Return how many times more cases than expected."""
        return self.observed / self.expected if self.expected > 0 else float("inf")


@dataclass(frozen=True, eq=False)
class ScanResult:
    """Clusters, the most likely first, and everything needed to make them again.

    `replicates`: maxima of those that were used; `windows`: how many windows were looked at.
    """

    clusters: tuple[Cluster, ...]
    replicates: Replicates
    settings: Settings
    model: Model
    seed: int
    cases: int
    places: int
    steps: int
    longest: int
    windows: int


def scan(
    data: Data,
    settings: Settings = Settings(),
    *,
    seed: int,
    executor: Executor | None = None,
    progress: Progress = quiet,
) -> ScanResult:
    """Scan data and say how often chance alone does as much.

    The result is a pure function of data, settings and seed. Data without cases, or in which no window has more cases
    than expected, give no clusters. `progress` is told replicates.
    """
    worker = executor or Serial()
    asked = search(data, settings.windows)
    found = asked.found(settings.secondary, settings.most, worker)
    used = Replicates(np.empty(0), settings.replicates)
    if found:
        used = replicate(
            lambda first, count: asked.largest(seed, first, count, worker, _within(progress, first, count, settings)),
            found[0].value,
            replicates=settings.replicates,
            stop=settings.stop,
        )
    progress(settings.replicates, settings.replicates)
    described = [_cluster(data, asked, one, used, settings) for one in found]
    return ScanResult(
        clusters=tuple(one for place, one in enumerate(described) if place == 0 or one.p_value != 1),
        replicates=used,
        settings=settings,
        model=data.model,
        seed=seed,
        cases=data.cases,
        places=len(data.positions),
        steps=data.steps,
        longest=longest(data.steps, settings.windows),
        windows=asked.windows,
    )


def _within(progress: Progress, first: int, count: int, settings: Settings) -> Progress:
    def told(done: int, total: int) -> None:
        progress(first + (count * done // total if total else 0), settings.replicates)

    return told


def _cluster(data: Data, asked: Search, one: Found, used: Replicates, settings: Settings) -> Cluster:
    window = one.window
    radius, ratio, angle = asked.shape(one)
    p_value = used.p_value(one.value)
    first_look = settings.windows.prospective and settings.windows.looks == 1
    return Cluster(
        places=one.places.copy(),
        centre=one.centre,
        x=float(data.positions.x[one.centre]),
        y=float(data.positions.y[one.centre]),
        radius=radius,
        ratio=ratio,
        angle=angle,
        start=window.start,
        end=window.end,
        observed=window.observed,
        expected=window.expected,
        relative_risk=relative_risk(data.model, window.observed, window.expected, data.cases),
        at_risk=float(data.at_risk()[one.places].sum()),
        statistic=one.value,
        reached=used.reached(one.value),
        p_value=p_value,
        gumbel=used.gumbel(one.value),
        recurrence=1 / p_value if first_look and p_value else None,
    )
