"""Django's entries for the databases: the main one, and one per wall that an installed app stands behind."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import unquote, urlparse

from django.utils.module_loading import import_string

Entry = dict[str, Any]

MAIN: Final = "DIABAN_DATABASE_URL"
WALLS: Final[Mapping[str, str]] = MappingProxyType(
    {"persons": "DIABAN_PERSONS_DATABASE_URL", "tips": "DIABAN_TIPS_DATABASE_URL"}
)


def main(data: Path) -> Entry:
    """Return the entry of the main database: what the environment says, or a file in the data folder."""
    return _entry(MAIN, data / "diaban.sqlite3")


def walled(installed: Iterable[str], data: Path, beside: Entry) -> dict[str, Entry]:
    """Return an entry for each wall that an installed app of ours stands behind (`wall = "persons"` in its AppConfig).

    An installation without such an app has no further database. A file beside a file is the default; beside a server a
    wall must be given its own address: it would otherwise end up, unnoticed, outside what is looked after there.
    """
    entries = {}
    for name in sorted({wall for app in installed if (wall := _wall(app))}):
        variable = WALLS[name]
        if not os.environ.get(variable) and not beside["ENGINE"].endswith("sqlite3"):
            raise SystemExit(f"{variable}: cần địa chỉ cơ sở dữ liệu riêng cho “{name}” khi {MAIN} là PostgreSQL.")
        folder = Path(beside["NAME"]).parent if beside["ENGINE"].endswith("sqlite3") else data
        entries[name] = _entry(variable, folder / f"{name}.sqlite3")
        if _target(entries[name]) == _target(beside):
            raise SystemExit(f"{variable}: trùng với {MAIN}. “{name}” phải nằm ở cơ sở dữ liệu khác.")
    return entries


def _wall(app: str) -> str:
    config = import_string(app) if app.endswith("Config") else None
    return str(getattr(config, "wall", ""))


def _target(entry: Entry) -> tuple[str, ...]:
    return tuple(str(entry.get(name, "")) for name in ("ENGINE", "HOST", "PORT", "NAME"))


def _entry(variable: str, default: Path) -> Entry:
    """Return the entry for the address in `variable` (`sqlite:///path` or `postgresql://…`)."""
    url = os.environ.get(variable) or ""
    parts = urlparse(url)
    if parts.scheme in ("postgres", "postgresql"):
        if find_spec("psycopg") is None:
            raise SystemExit('Chưa cài phần PostgreSQL. Cài bằng: pip install "diaban[postgres]"')
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
        }
    if url and parts.scheme != "sqlite":
        # Not the address itself: it may hold a password.
        raise SystemExit(f"{variable}: chỉ nhận sqlite:///… hoặc postgresql://…, không nhận “{parts.scheme}:”")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(Path(url.removeprefix("sqlite:///")) if url else default),
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000;"
            " PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON;",
        },
    }
