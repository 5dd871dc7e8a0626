"""Files that a person sent to be tried, kept for a day so that storing them needs no second upload."""

from __future__ import annotations

import hashlib
import re
import tempfile
import time
from pathlib import Path

from django.conf import settings

KEPT_SECONDS = 24 * 3600
_NAME = re.compile(r"[0-9a-f]{64}", re.ASCII)


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "cache" / "tried"


def keep(data: bytes) -> str:
    """Keep the bytes and return the name to ask for them again: their SHA-256. Older files go."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        try:
            if time.time() - old.stat().st_mtime > KEPT_SECONDS:
                old.unlink()
        except FileNotFoundError:
            continue  # another process was quicker
    name = hashlib.sha256(data).hexdigest()
    with tempfile.NamedTemporaryFile("wb", dir=folder, suffix=".part", delete=False) as handle:
        handle.write(data)
    Path(handle.name).replace(folder / name)
    return name


def kept(name: str) -> bytes | None:
    """Return the bytes kept under `name`, or nothing when they are gone or the name is not one of ours."""
    if not _NAME.fullmatch(name):
        return None
    try:
        return (_folder() / name).read_bytes()
    except FileNotFoundError:
        return None
