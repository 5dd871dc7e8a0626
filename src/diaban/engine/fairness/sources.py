"""Counts that name where they come from, and cannot be added up without saying why.

What residents report says where residents meet the problem (and dare to report); what patrols find says where patrols
went. Added up, a place looks worse for being watched. D. Ensign, S. A. Friedler, S. Neville, C. Scheidegger and S.
Venkatasubramanian, Proc. Machine Learning Research 81 (2018).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

LEAST_REASON = 10
"""Letters below which a text is no reason."""


class Source(StrEnum):
    """Where an incident became known from; the codes of the register."""

    REPORTED = "reported"
    PATROL = "patrol"
    TIP = "tip"
    OTHER = "other"

    @property
    def follows_patrols(self) -> bool:
        """Whether more patrols alone bring more of it."""
        return self is Source.PATROL


@dataclass(frozen=True, eq=False)
class Counts:
    """Events of one source: `values` of any shape, whole numbers from 0 on."""

    source: Source
    values: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Check and freeze."""
        if not isinstance(self.source, Source):
            raise ValueError(f"counts must name their source, one of {', '.join(Source)}; not {self.source!r}")
        values = np.asarray(self.values).astype(np.float64)
        if not np.isfinite(values).all() or (values != np.floor(values)).any() or (values < 0).any():
            raise ValueError("counts are whole numbers from 0 on; a missing report is not zero")
        whole = values.astype(np.int64)
        whole.setflags(write=False)
        object.__setattr__(self, "values", whole)

    @property
    def total(self) -> int:
        """Return all events."""
        return int(self.values.sum())


@dataclass(frozen=True, eq=False)
class Pooled:
    """Counts of several sources taken together, with the reason for it and each source's share of the whole.

    It is another type than `Counts`, so that nothing made for one source takes it by mistake. `mixed`: whether finds
    of patrols are added to what came without them; a map of such counts must say so.
    """

    values: NDArray[np.int64]
    reason: str
    shares: tuple[tuple[Source, float], ...]
    mixed: bool


def pooled(parts: Sequence[Counts], reason: str) -> Pooled:
    """Add counts of several sources up, for a stated reason.

    Raises `ValueError` without a reason, when a source comes twice, or when shapes differ. Shares are 0 without events.
    """
    if len(reason.strip()) < LEAST_REASON:
        raise ValueError("sources are not added up without a reason in words")
    sources = [part.source for part in parts]
    if len(parts) < 2 or len(set(sources)) < len(parts):
        raise ValueError("at least two parts, each of another source")
    if len({part.values.shape for part in parts}) > 1:
        raise ValueError("all parts must count the same places and steps")
    total = sum(part.total for part in parts)
    following = {source.follows_patrols for source in sources}
    return Pooled(
        values=np.sum([part.values for part in parts], axis=0),
        reason=reason.strip(),
        shares=tuple((part.source, part.total / total if total else 0.0) for part in parts),
        mixed=len(following) > 1,
    )
