"""The optional extra `maps`: shapely, or a clear sentence about its absence."""

from __future__ import annotations

import importlib
from typing import Any

from diaban.core.messages import N_, Message, say


class MapsMissing(RuntimeError):
    """Raised when a task needs shapely and it is not installed. `message` says how to get it."""

    def __init__(self) -> None:
        self.message: Message = say(
            N_('Chưa cài phần bản đồ (shapely). Cài bằng lệnh: pip install "diaban[maps]" rồi khởi động lại.')
        )
        super().__init__(str(self.message))


def shapely_module() -> Any:
    """Return shapely, imported at first use because it loads numpy and a C library; raise `MapsMissing` without it."""
    try:
        return importlib.import_module("shapely")
    except ImportError as absent:
        raise MapsMissing from absent


def maps_available() -> bool:
    """Say whether the extra is installed."""
    try:
        shapely_module()
    except MapsMissing:
        return False
    return True
