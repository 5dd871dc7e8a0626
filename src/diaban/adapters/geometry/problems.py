"""What is wrong with a boundary file: what, which feature, where, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from diaban.core.messages import Message


class Severity(StrEnum):
    ERROR = "error"  # the file is not stored
    WARNING = "warning"  # stored only when a person accepts it


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `feature` is what a person can look up in the file ("#3 26506 Phường 1"); `where` is lon, lat."""

    severity: Severity
    kind: str
    feature: str
    message: Message
    remedy: Message
    where: tuple[float, float] | None = None
