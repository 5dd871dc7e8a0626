"""Near repeats: after an event, for how long and how far is another more likely than usual?

The bands that crime analysts use (J. H. Ratcliffe, Near Repeat Calculator, 2009; M. Townsley, R. Homel and
J. Chaseling, "Infectious burglaries", British Journal of Criminology 43, 2003): the same place, then rings of equal
width; the same day, then the days after. Every band bears the label of what it holds: the published calculator's
columns are labelled one day too late (docs/methods/knox.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from diaban.core.messages import N_, Message, say
from diaban.engine.executors import Executor, Progress, quiet
from diaban.engine.interaction.knox import Knox, Settings, knox
from diaban.engine.interaction.pairs import Metric
from diaban.engine.positions import Positions


@dataclass(frozen=True, slots=True)
class Rings:
    """The same place and `rings` rings of `width` metres; the same day and `spans` spans of `days` days.

    The calculator's usual choice for burglaries is some rings of 100 to 200 m and spans of 4 to 14 days.
    """

    width: float = 200.0
    rings: int = 5
    days: int = 7
    spans: int = 4

    def __post_init__(self) -> None:
        """Check the numbers."""
        if not (self.width > 0 and self.rings >= 1 and self.days >= 1 and self.spans >= 1):
            raise ValueError("rings and spans must be 1 or more, wider than 0 m and at least a day long")

    @property
    def space(self) -> tuple[float, ...]:
        """Upper edges in metres."""
        return tuple(self.width * number for number in range(self.rings + 1))

    @property
    def time(self) -> tuple[int, ...]:
        """Upper edges in days."""
        return tuple(self.days * number for number in range(self.spans + 1))


def near_repeats(
    positions: Positions,
    days: NDArray[np.int64],
    rings: Rings,
    *,
    metric: Metric = Metric.STRAIGHT,
    permutations: int = 999,
    seed: int = 0,
    executor: Executor | None = None,
    progress: Progress = quiet,
) -> Knox:
    """Return Knox's table over the bands of `rings`; `days` (n) are days counted from any day."""
    settings = Settings(rings.space, rings.time, metric, permutations, seed)
    return knox(positions, days, settings, executor, progress)


def space_labels(edges: tuple[float, ...]) -> list[Message]:
    """Return the words for each band of distance and for what lies beyond."""
    labels = [
        say(N_("cùng chỗ"))
        if upper == 0
        else say(N_("đến {upper} m"), upper=_plain(upper))
        if place == 0
        else say(N_("trên {lower} đến {upper} m"), lower=_plain(edges[place - 1]), upper=_plain(upper))
        for place, upper in enumerate(edges)
    ]
    return [*labels, say(N_("trên {lower} m"), lower=_plain(edges[-1]))]


def time_labels(edges: tuple[int, ...]) -> list[Message]:
    """Return the words for each band of days and for what lies beyond."""
    labels = []
    for place, upper in enumerate(edges):
        lower = edges[place - 1] + 1 if place else 0
        if upper == 0:
            labels.append(say(N_("cùng ngày")))
        elif lower == upper:
            labels.append(say(N_("cách {days} ngày"), days=upper))
        else:
            labels.append(say(N_("cách {lower} đến {upper} ngày"), lower=lower, upper=upper))
    return [*labels, say(N_("cách trên {days} ngày"), days=edges[-1])]


def _plain(metres: float) -> str:
    """Return metres as in Vietnamese: 1.234,5."""
    return f"{metres:,.10g}".translate(str.maketrans(",.", ".,"))
