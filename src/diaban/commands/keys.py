"""`diaban keys …`: the key ring from the command line. Ids, days and states are shown; secrets never."""

from __future__ import annotations

from typing import Annotated

import typer
from django.conf import settings
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from diaban.adapters.clock import VIETNAM, now
from diaban.adapters.crypto.keyring import KeyRing, KeyRingError
from diaban.adapters.crypto.ring_file import USES
from diaban.apps.audit.actions import record
from diaban.apps.places.commands import CommandLine
from diaban.apps.vault import resealing
from diaban.apps.vault.keys import ring
from diaban.commands import prepare

group = typer.Typer(help="Vòng khóa.", no_args_is_help=True)
console = Console(markup=False)

STATES = {"active": "đang dùng", "old": "cũ, chỉ mở", "retired": "đã nghỉ"}


@group.command()
def show() -> None:
    """Liệt kê các khóa: mã, việc dùng, ngày tạo, trạng thái, số giá trị đang niêm phong. Không hiện bí mật."""
    prepare.database(typer.echo)
    used = resealing.under()
    table = Table(title=str(settings.KEY_DIR))
    for title in ("Mã", "Dùng cho", "Ngày tạo", "Trạng thái", "Số giá trị"):
        table.add_column(title)
    for key in _ring().every():
        state = STATES[key.state] if key.secret else "đã hủy"
        number = str(used[key.id]) if key.use in ("seal", "index") else ""
        table.add_row(key.id, key.use, f"{key.created.astimezone(VIETNAM):%d/%m/%Y %H:%M}", state, number)
    console.print(table)


@group.command()
def rotate(use: Annotated[str, typer.Argument(help="seal, index, sign hoặc mac.")]) -> None:
    """Tạo khóa mới cho một việc; khóa trước vẫn mở được dữ liệu cũ. Không cần dừng máy chủ."""
    prepare.database(typer.echo)
    if use not in USES:
        raise typer.BadParameter(f"{use!r}: chọn một trong {', '.join(USES)}", param_hint="USE")
    _ring()
    try:
        key = KeyRing.open(settings.KEY_DIR, create=False).rotate(use, at=now())
    except KeyRingError as error:
        raise _refused(error) from None
    record(by=CommandLine(), at=now(), verb="keys.rotate", subject=f"key:{key.id}", detail={"use": use})
    typer.echo(f"Khóa mới cho “{use}”: {key.id}. Cất giữ lại thư mục khóa.")
    if use in ("seal", "index"):
        typer.echo("Đưa dữ liệu cũ sang khóa mới: diaban keys reseal")


@group.command()
def reseal() -> None:
    """Niêm phong lại mọi dữ liệu bằng khóa đang dùng. Dừng giữa chừng không sao: chạy lại sẽ làm tiếp."""
    prepare.database(typer.echo)
    _ring()
    done: dict[str, int] = {}
    unreadable: list[str] = []
    with Progress(console=Console(stderr=True, markup=False)) as bar:
        tasks = {}
        for step in resealing.reseal():
            if step.model not in tasks:
                tasks[step.model] = bar.add_task(step.model, total=step.total)
            bar.update(tasks[step.model], completed=step.done)
            done[step.model] = step.done - len(step.unreadable)
            unreadable = [line for line in unreadable if line not in step.unreadable] + step.unreadable
    retired = resealing.retire_unused()
    if done or retired:
        detail = {"rows": done, "retired": retired, "unreadable": len(unreadable)}
        record(by=CommandLine(), at=now(), verb="keys.reseal", subject="keys:ring", detail=detail)
    typer.echo(f"Đã niêm phong lại {sum(done.values())} dòng.")
    if retired:
        typer.echo(f"Khóa đã nghỉ: {', '.join(retired)}. Bản sao lưu cũ vẫn cần các khóa này.")
    for line in unreadable:
        typer.echo(f"Không mở được {line}", err=True)
    if unreadable:
        raise typer.Exit(1)


@group.command()
def forget(
    key_id: Annotated[str, typer.Argument(help="Mã khóa đã nghỉ.")],
    yes: Annotated[bool, typer.Option("--yes", help="Không hỏi lại.")] = False,
) -> None:
    """Hủy hẳn bí mật của một khóa đã nghỉ: bản sao lưu cũ niêm phong bằng khóa này không ai mở được nữa."""
    prepare.database(typer.echo)
    _ring()
    if used := resealing.under()[key_id]:
        typer.echo(f"Lỗi: còn {used} giá trị dưới khóa {key_id}. Chạy trước: diaban keys reseal", err=True)
        raise typer.Exit(1)
    if not yes:
        typer.confirm(f"Hủy khóa {key_id}? Không lấy lại được", abort=True)
    try:
        KeyRing.open(settings.KEY_DIR, create=False).forget(key_id)
    except KeyRingError as error:
        raise _refused(error) from None
    record(by=CommandLine(), at=now(), verb="keys.forget", subject=f"key:{key_id}")
    typer.echo(f"Đã hủy khóa {key_id}.")


def _ring() -> KeyRing:
    try:
        return ring()
    except KeyRingError as error:
        raise _refused(error) from None


def _refused(error: KeyRingError) -> typer.Exit:
    typer.echo(f"Lỗi: {error}", err=True)
    return typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(group, name="keys")
