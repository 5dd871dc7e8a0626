"""`diaban doctor`: what is here, what is missing, how to get it; the analyses' kernels compiled once."""

from __future__ import annotations

import importlib
import importlib.util
import platform
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from rich.console import Console
from rich.table import Table
from rich.text import Text

from diaban import __version__
from diaban.adapters.clock import now
from diaban.adapters.crypto.keyring import KeyRing, KeyRingError
from diaban.adapters.crypto.ring_file import RING_NAME
from diaban.apps.inbox.queries import mail_standing
from diaban.apps.jobs.backups import keeping
from diaban.apps.jobs.backups.schedule import is_scheduled
from diaban.apps.vault import resealing

BACKUP_DAILY, BACKUP_BY_HAND = timedelta(days=2), timedelta(days=8)  # older than this is worth a word
LEAST_FREE_BYTES = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `needed` says whether the product cannot run without it."""

    what: str
    good: bool
    found: str
    remedy: str = ""
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Extra:
    name: str
    module: str
    purpose: str


EXTRAS = (
    Extra("maps", "shapely", "kiểm tra ranh giới, lược đồ"),
    Extra("reports", "typst", "báo cáo PDF"),
    Extra("units", "vietnamadminunits", "đơn vị hành chính cả nước"),
    Extra("postgres", "psycopg", "cơ sở dữ liệu PostgreSQL"),
    Extra("analysis", "numba", "phân tích thống kê"),
    Extra("dask", "distributed", "phân tích trên nhiều máy"),
)

FAMILY_NAMES = {
    "scan": "quét tìm cụm",
    "local": "thống kê địa phương",
    "trend": "xu thế, điểm nóng mới nổi",
    "interaction": "lặp lại gần",
    "density": "mật độ, cụm theo vùng và thời gian",
    "surveillance": "theo dõi, báo động",
}


def _python() -> Finding:
    return Finding("Python", sys.version_info >= (3, 11), platform.python_version(), "cần từ 3.11")


def _sqlite() -> Finding:
    return Finding("SQLite", sqlite3.sqlite_version_info >= (3, 31), sqlite3.sqlite_version, "cần từ 3.31")


def _folder() -> Finding:
    folder = Path(settings.DATA_DIR)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".doctor"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        return Finding("Thư mục dữ liệu", False, str(error), "đặt DIABAN_DATA_DIR tới thư mục ghi được")
    free = shutil.disk_usage(folder).free
    return Finding(
        "Thư mục dữ liệu", free > LEAST_FREE_BYTES, f"{folder} (còn {free // 2**20} MB)", "cần ít nhất 500 MB trống"
    )


def _database() -> Finding:
    name = connection.vendor
    try:
        executor = MigrationExecutor(connection)
        waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        return Finding("Cơ sở dữ liệu", False, f"{name}: {error}", "kiểm tra DIABAN_DATABASE_URL")
    return Finding(
        "Cơ sở dữ liệu", waiting == 0, f"{name}, {waiting} thay đổi chưa áp dụng", "chạy: diaban serve", needed=False
    )


def _backup() -> Finding:
    try:
        found = keeping.standing()
    except DatabaseError as error:
        return Finding("Sao lưu", False, str(error).strip(), "kiểm tra cơ sở dữ liệu trước", needed=False)
    scheduled = is_scheduled()
    words = "tự động hằng ngày" if scheduled else "chưa đặt tự động"
    age = None if found.made_at is None else now() - found.made_at
    words += "; chưa có bản nào" if age is None else f"; bản tốt gần nhất cách đây {age.days} ngày"
    if found.failed_at is not None:
        words += f"; lần gần nhất hỏng: {found.reason}"
    good = age is not None and age < (BACKUP_DAILY if scheduled else BACKUP_BY_HAND) and found.failed_at is None
    remedy = "chạy: diaban backup, hoặc đặt DIABAN_BACKUP_DIR và DIABAN_BACKUP_PASSPHRASE_FILE"
    return Finding("Sao lưu", good, words, remedy, needed=False)


def _mail() -> Finding:
    what = "Thư điện tử"
    try:
        found = mail_standing()
    except DatabaseError as error:
        return Finding(what, False, str(error).strip(), "kiểm tra cơ sở dữ liệu trước", needed=False)
    if not found.is_on:
        return Finding(what, True, "không gửi (chưa đặt DIABAN_MAIL_HOST)")
    words = f"{found.wishes} người xin nhận"
    if found.failure:
        words += f"; lần gần nhất: {found.failure}"
    if found.failing:
        words += f"; {found.failing} địa chỉ không nhận được"
    good = not found.failure and not found.failing
    return Finding(what, good, words, "kiểm tra DIABAN_MAIL_HOST và các thiết đặt thư, địa chỉ đã ghi", needed=False)


def _keys() -> Finding:
    """Look at the key ring without making one."""
    folder, what = Path(settings.KEY_DIR), "Vòng khóa"
    if not (folder / RING_NAME).exists():
        return Finding(what, True, f"{folder}: chưa có, sẽ được tạo khi dùng lần đầu")
    try:
        keys = KeyRing.open(folder, create=False).every()
    except KeyRingError as error:
        return Finding(what, False, str(folder), str(error))
    try:
        strange = resealing.under().keys() - {key.id for key in keys if key.secret}
    except DatabaseError:
        strange = set()  # told by the line of the database
    if strange:
        found = f"thiếu khóa {', '.join(sorted(strange))} của dữ liệu đã niêm phong"
        return Finding(what, False, found, f"chép lại vòng khóa đúng vào {folder}, hoặc sửa DIABAN_KEY_DIR")
    apart = not folder.is_relative_to(settings.DATA_DIR)
    remedy = "khi vận hành: đặt DIABAN_KEY_DIR ngoài thư mục dữ liệu, cất giữ một bản sao"
    return Finding(what, apart, f"{folder} ({len(keys)} khóa)", remedy, needed=False)


def findings() -> Iterator[Finding]:
    """Look at everything in turn."""
    checks: tuple[Callable[[], Finding], ...] = (_python, _sqlite, _folder, _database, _backup, _keys, _mail)
    for check in checks:
        yield check()
    for extra in EXTRAS:
        here = importlib.util.find_spec(extra.module) is not None
        yield Finding(
            f"{extra.name}: {extra.purpose}",
            here,
            extra.module if here else "chưa cài",
            f'pip install "diaban[{extra.name}]"',
            needed=False,
        )


def _warm(console: Console) -> None:
    """Compile what the analyses need and keep it on disk, so that the first one need not wait."""
    console.print("Chuẩn bị phần tính toán của phân tích thống kê (chỉ lâu ở lần đầu):")
    native = importlib.import_module("diaban.engine.kernels.native").build()
    console.print("  hàm C của phép quét: " + ("đã dịch" if native else "không có trình biên dịch C, không bắt buộc"))
    for one in importlib.import_module("diaban.engine.warm").warm():
        name, seconds = FAMILY_NAMES.get(one.family, one.family), f"{one.seconds:.1f}".replace(".", ",")
        words = f"  {name}: dịch mới {one.compiled}, đã có sẵn {one.loaded}, {seconds} giây"
        console.print(Text(words + (f"; CHƯA XONG: {one.fault}" if one.fault else "")))


def doctor(
    warm: Annotated[
        bool, typer.Option("--warm/--no-warm", help="Dịch sẵn phần tính toán của phân tích thống kê.")
    ] = True,
) -> None:
    """Kiểm tra máy này: cái gì có, cái gì thiếu, lấy ở đâu; dịch sẵn phần tính toán."""
    table = Table(title=f"Diaban {__version__}")
    for title in ("Mục", "", "Đang có", "Cách bổ sung"):
        table.add_column(title)
    bad = False
    for finding in findings():
        mark = "đạt" if finding.good else ("THIẾU" if finding.needed else "tùy chọn")
        cells = (finding.what, mark, finding.found, "" if finding.good else finding.remedy)
        table.add_row(*(Text(cell) for cell in cells))  # plain: "[maps]" is the name of an extra, not a style
        bad = bad or (finding.needed and not finding.good)
    console = Console()
    console.print(table)
    if warm and not bad and all(importlib.util.find_spec(name) for name in ("numpy", "scipy", "numba")):
        _warm(console)
    raise typer.Exit(1 if bad else 0)


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(doctor)
