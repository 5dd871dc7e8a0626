"""Where the uploaded files of batches lie."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings

from diaban.apps.exchange.models import Batch


def folder(batch: Batch) -> Path:
    return Path(settings.MEDIA_ROOT) / "batches" / batch.number


def original(batch: Batch) -> Path:
    """Return the path of the file as it was sent; our own name, so that the sender's cannot lead elsewhere."""
    return folder(batch) / "original"


def keep(batch: Batch, data: bytes) -> None:
    """Write the sent file."""
    folder(batch).mkdir(parents=True, exist_ok=True)
    original(batch).write_bytes(data)


def drop(batch: Batch) -> None:
    """Delete the batch's files."""
    shutil.rmtree(folder(batch), ignore_errors=True)
