"""Zip files whose bytes depend on nothing but their content."""

from __future__ import annotations

import io
import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment a zip entry can carry
FIRST = "[Content_Types].xml"  # Office readers expect it in front


def repack(data: bytes) -> bytes:
    """Return the same zip with entries in a fixed order, fixed times and fixed attributes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in sorted(source.namelist(), key=lambda name: (name != FIRST, name)):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            target.writestr(entry, source.read(name), compresslevel=6)
    return out.getvalue()
