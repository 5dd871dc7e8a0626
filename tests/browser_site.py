"""The running product, as the browser tests know it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Site:
    """The running product."""

    url: str
    data: Path
    username: str = "canbo"
    password: str = "diaban-dung-thu"
