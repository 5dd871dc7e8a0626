"""What a scan looks at: the cases, the windows, and what is expected. It does not change between replicates.

`searching` makes a `Design` of places and settings; `observed` scans the data itself; `monte_carlo` scans replicates of
it. Both ask the same windows, so a replicate's maximum can stand beside the observed one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


class Model(StrEnum):
    """What is held fixed and what is drawn when nothing is going on (M. Kulldorff).

    - permutation: cases alone; both margins stay, times are shuffled over cases (PLoS Medicine 2, e59, 2005).
    - poisson: cases against expected counts; all cases are thrown anew over the cells (Commun. Stat. 26, 1997).
    - bernoulli: cases among cases and controls; the labels are shuffled (Stat. Med. 14, 1995).
    """

    PERMUTATION = "permutation"
    POISSON = "poisson"
    BERNOULLI = "bernoulli"


@dataclass(frozen=True, eq=False)
class Design:
    """A scan, ready to run.

    `places` are numbered 0 … P-1, steps of time 0 … T-1 (T is 1 for a purely spatial scan).

    - `place`, `step` (n,): where and when each case happened. With every event its own point, place[i] == i.
    - `rows`, `reach` (CSR): window row r holds the places `reach[rows[r]:rows[r+1]]` in the order in which the window
      grows. Its windows are the first 1, 2, … of them: nested. A circle has its centre first, then its neighbours by
      distance, equal distances in the order of the file, each place entering by itself. Ellipses give further rows.
    - `longest` (steps): no window lasts longer. `alive`: only windows that reach the last step are looked at
      (prospective); otherwise every start and end. `looks`: with `alive`, windows that reach one of the last `looks`
      steps, which is what replicates are asked when the data were looked at before (M. Kulldorff, J. R. Stat. Soc. A
      164, 2001): `earliest` ≤ end ≤ T for a window [start, end).
    - `expected` (P, T): for `poisson`, the cases expected in each cell, summing to n; None for the others.
    - `controls` (P, T): for `bernoulli`, the controls in each cell; None for the others.
    - `least`: windows with fewer cases are not candidates (the field's default is 2).
    - `high`, `low`: whether windows with more than, or fewer than expected are looked for.

    A window with c cases of n and m expected has the logarithm of the likelihood ratio
    c ln(c/m) + (n - c) ln((n - c)/(n - m)) for permutation (m = cases of the places × cases of the steps / n) and for
    poisson; for bernoulli, with C cases among N in all and c among k inside,
    c ln(c/k) + (k-c) ln((k-c)/k) + (C-c) ln((C-c)/(N-k)) + (N-k-C+c) ln((N-k-C+c)/(N-k))
    - C ln(C/N) - (N-C) ln((N-C)/N).
    """

    model: Model
    place: Ints
    step: Ints
    places: int
    steps: int
    rows: NDArray[np.int64]
    reach: Ints
    longest: int
    alive: bool
    expected: Floats | None = None
    controls: Ints | None = None
    least: int = 2
    high: bool = True
    low: bool = False
    looks: int = 1

    @property
    def earliest(self) -> int:
        """Return the smallest `end` of a window [start, end) that is looked at."""
        return max(self.steps - self.looks + 1, 1) if self.alive else 1

    @property
    def cases(self) -> int:
        """Return the number of cases."""
        return len(self.place)


@dataclass(frozen=True, slots=True)
class Window:
    """One window: the first `width` places of row `row`, during steps `[start, end)`."""

    row: int
    width: int
    start: int
    end: int
    observed: int
    expected: float
    statistic: float
