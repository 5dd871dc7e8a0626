"""Bring the data folder to the state that this version needs. Doing it twice costs milliseconds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

import diaban
from diaban.adapters.clock import now
from diaban.apps.access import House
from diaban.apps.places import actions as places
from diaban.apps.places.models import Unit


class Installer(House):
    """The named process that acts when no person does: first set-up and demonstration data."""

    def __init__(self) -> None:
        super().__init__("cài đặt")


def database(say: Callable[[str], None]) -> None:
    """Apply the migrations that are missing, in the main database and behind every wall."""
    for alias in connections:
        try:
            executor = MigrationExecutor(connections[alias])
        except OperationalError as error:
            raise SystemExit(f"Không mở được cơ sở dữ liệu: {error}\nXem cần gì: diaban doctor") from None
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            say("Đang chuẩn bị cơ sở dữ liệu …")
            call_command("migrate", database=alias, interactive=False, verbosity=0)


def catalogue(say: Callable[[str], None]) -> None:
    """Load the units of the catalogue, into an empty database or when this version states them otherwise."""
    digest = hashlib.sha256()
    for path in sorted((Path(diaban.__file__).parent / "catalogue" / "units").glob("*.yaml")):
        digest.update(path.read_bytes())
    stamp = Path(settings.DATA_DIR) / "catalogue-stamp"
    known = stamp.exists() and stamp.read_text(encoding="ascii") == digest.hexdigest()
    if not known or not Unit.objects.exists():
        say("Đang nạp danh mục đơn vị hành chính …")
        places.load_catalogue(by=Installer(), at=now())
        stamp.write_text(digest.hexdigest(), encoding="ascii")


def static_files(say: Callable[[str], None]) -> None:
    """Collect scripts, styles and fonts under hashed names, when they changed since the last time."""
    digest = hashlib.sha256(diaban.__version__.encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / "stamp"
    if stamp.exists() and stamp.read_text(encoding="ascii") == digest.hexdigest():
        return
    say("Đang chuẩn bị giao diện …")
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(digest.hexdigest(), encoding="ascii")


def everything_but_static(say: Callable[[str], None]) -> None:
    """Prepare folder, database and catalogue: what a command without a web server needs."""
    Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
    database(say)
    catalogue(say)


def everything(say: Callable[[str], None]) -> None:
    """Prepare folder, database, catalogue and static files."""
    everything_but_static(say)
    static_files(say)
