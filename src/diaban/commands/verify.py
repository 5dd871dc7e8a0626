"""`diaban verify`: is the audit whole? `diaban audit …`: take it out, and the key with which others can check it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.db import DatabaseError
from rich.console import Console
from rich.progress import Progress

from diaban.adapters.clock import now
from diaban.adapters.crypto.keyring import KeyRing, KeyRingError
from diaban.apps.audit import seals
from diaban.apps.audit.checkpoints import witness_path
from diaban.apps.audit.exporting import BrokenHead, export_chain
from diaban.apps.audit.verification import verify_database
from diaban.apps.places.commands import CommandLine
from diaban.apps.vault.keys import ring
from diaban.commands import prepare
from diaban.verify_file import COULD_NOT, PublicKeys, WitnessCopy, check_file, could_not, tell

console = Console(stderr=True, markup=False)
audit = typer.Typer(help="Nhật ký.", no_args_is_help=True)


def verify(
    file: Annotated[
        Path | None, typer.Argument(help="Tệp do “diaban audit export” ghi; bỏ trống: cơ sở dữ liệu của máy này.")
    ] = None,
    public_key: PublicKeys = None,
    witness: WitnessCopy = None,
) -> None:
    """Kiểm tra nhật ký: có dòng nào bị sửa, xóa, chèn, đổi chỗ, cắt đi hay đưa về bản cũ không."""
    if file is not None:
        raise typer.Exit(check_file(file, public_key or [], witness, console))
    try:
        keys = KeyRing.open(Path(settings.KEY_DIR), create=False)
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task("Đang kiểm tra", total=None)
            report = verify_database(
                keys=keys,
                witness=witness or witness_path(),
                step=lambda done, total: bar.update(task, completed=done, total=total),
            )
    except (KeyRingError, DatabaseError, OSError) as error:
        raise typer.Exit(could_not(str(error), console.print)) from None
    raise typer.Exit(tell(report, typer.echo))


@audit.command()
def export(
    file: Annotated[Path, typer.Argument(help="Tệp để ghi (JSONL).")],
) -> None:
    """Xuất toàn bộ nhật ký ra tệp kiểm tra được ở máy khác bằng “diaban verify TỆP”."""
    prepare.database(console.print)
    try:
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task("Đang xuất", total=None)
            count = export_chain(
                file,
                by=CommandLine(),
                at=now(),
                step=lambda done, total: bar.update(task, completed=done, total=total),
            )
    except BrokenHead:
        console.print("Dòng đầu chuỗi không mang dấu của hệ thống, không ký được. Xem: diaban verify")
        raise typer.Exit(1) from None
    except (KeyRingError, OSError) as error:
        console.print(f"Không ghi được {file}: {error}")
        raise typer.Exit(COULD_NOT) from None
    console.print(f"Đã xuất {count} dòng ra {file}. Kiểm tra ở máy khác: diaban verify {file.name} --public-key …")


@audit.command("key")
def key() -> None:
    """In khóa công khai để thanh tra giữ riêng và dùng với “diaban verify”."""
    try:
        for name, public in seals.public_keys(ring()).items():
            typer.echo(f"{name} {public}")
    except KeyRingError as error:
        console.print(str(error))
        raise typer.Exit(COULD_NOT) from None


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(verify)
    app.add_typer(audit, name="audit")
