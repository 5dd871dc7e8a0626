"""`diaban demo`: a synthetic province to try things on."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from datetime import date
from pathlib import Path

import typer
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections, transaction
from rich.console import Console

from diaban.adapters.clock import now
from diaban.adapters.clock import today as current_day
from diaban.apps.accounts.models import User
from diaban.apps.audit import guards
from diaban.apps.audit.checkpoints import witness_path
from diaban.commands import prepare
from diaban.demo import accounts, analyses, loader, programme

console = Console(stderr=True)


def _wipe() -> None:
    """Empty the database of a demonstration. Refuses when the data folder does not carry the demonstration's mark."""
    if connection.vendor == "sqlite":
        connections.close_all()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{connection.settings_dict['NAME']}{suffix}").unlink(missing_ok=True)
    else:
        with guards.lifted():
            call_command("flush", interactive=False, verbosity=0)
    witness_path().unlink(missing_ok=True)  # it speaks of the chain that went
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


def demo(
    if_empty: bool = typer.Option(False, "--if-empty", help="Chỉ tạo khi chưa có tài khoản nào."),
    reset: bool = typer.Option(False, "--reset", help="Xóa dữ liệu mô phỏng đang có rồi tạo lại."),
    today: str = typer.Option("", help="Ngày cuối của dữ liệu mô phỏng (2026-11-23); mặc định hôm nay."),
    seed: int = typer.Option(loader.SEED, help="Hạt giống: cùng hạt giống, cùng ngày thì cùng dữ liệu."),
) -> None:
    """Tạo tỉnh mô phỏng trên đơn vị hành chính thật của Bà Rịa - Vũng Tàu cũ."""
    try:
        last_day = date.fromisoformat(today) if today else current_day()
    except ValueError as error:
        raise typer.BadParameter(f"{today!r}: viết ngày dạng 2026-11-23", param_hint="--today") from error
    Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
    if reset and accounts.present():
        _wipe()
    prepare.database(console.print)
    if User.objects.exists():
        if if_empty:
            return
        console.print(
            "[bold]Cơ sở dữ liệu này đã có tài khoản, không ghi dữ liệu mô phỏng vào.[/bold]\n"
            "Đặt DIABAN_DATA_DIR tới thư mục khác, hoặc dùng --reset nếu đây là dữ liệu mô phỏng."
        )
        raise typer.Exit(1)
    prepare.catalogue(console.print)
    accounts.mark().write_text("", encoding="utf-8")
    with transaction.atomic():
        cast = accounts.create(at=now(), on=last_day)
        planted = loader.load(cast=cast, last_day=last_day, say=console.print, seed=seed)
        programme.load(cast=cast, last_day=last_day, say=console.print, seed=seed)
        waiting = analyses.load(planted, cast=cast, last_day=last_day)
        console.print(f"  {waiting} câu hỏi phân tích chờ máy chủ trả lời")
        accounts.retire(cast)
    facts = json.dumps(asdict(planted), ensure_ascii=False, indent=1, default=str)
    accounts.planted().write_text(facts + "\n", encoding="utf-8")
    console.print(f"Xong. Những gì đã gài vào dữ liệu (JSON): {accounts.planted()}", markup=False)


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command()(demo)
