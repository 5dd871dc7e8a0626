"""The key ring of this installation, kept in memory and read anew when its file changed."""

from __future__ import annotations

import threading
from pathlib import Path

from django.conf import settings

from diaban.adapters.crypto.keyring import KeyRing
from diaban.adapters.crypto.ring_file import RING_NAME

_lock = threading.Lock()
_held: dict[Path, tuple[tuple[int, int, int], KeyRing]] = {}


def ring() -> KeyRing:
    """Return the key ring in `settings.KEY_DIR`, made on first use. Raises `KeyRingError`.

    Another process may rotate a key at any moment: the file's stamp is looked at on every call (a few microseconds).
    """
    folder = Path(settings.KEY_DIR)
    stamp = _stamp(folder)
    held = _held.get(folder)
    if held is not None and held[0] == stamp:
        return held[1]
    with _lock:
        opened = KeyRing.open(folder, create=True)
        # The stamp from before the reading: a change in between is then noticed at the next call.
        _held[folder] = (stamp if stamp != _NOTHING else _stamp(folder), opened)
        return opened


_NOTHING = (0, 0, 0)


def _stamp(folder: Path) -> tuple[int, int, int]:
    """Return what changes whenever the ring is replaced."""
    try:
        found = (folder / RING_NAME).stat()
    except OSError:
        return _NOTHING
    # Not the time of writing alone: a ring that was opened to other people must be noticed as well.
    return found.st_mtime_ns, found.st_ctime_ns, found.st_ino
