"""The lock of PDFium: the library is not made for several threads, and its readers live on different shelves."""

from __future__ import annotations

import threading
from typing import Final

LOCK: Final = threading.Lock()
