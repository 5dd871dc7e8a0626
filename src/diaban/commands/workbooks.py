"""`diaban template|import|export|undo`: the registers' workbooks from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from diaban.adapters.workbooks import CLASSIFICATION
from diaban.apps.exchange import commands as exchange
from diaban.classify.command import template as stateless_template
from diaban.commands import prepare

console = Console(stderr=True, markup=False)  # file names and extras hold brackets

Sheet = Annotated[str, typer.Argument(help="Tên mẫu: hotspots, incidents, declarations …")]
User = Annotated[str, typer.Option("--user", help="Tài khoản đứng tên; bỏ trống khi chỉ có một tài khoản.")]
Options = Annotated[list[str] | None, typer.Option("--option", help="Tùy chọn của mẫu, ví dụ cycle=2026.")]


def _given(options: list[str] | None) -> dict[str, str]:
    pairs = [option.partition("=") for option in options or []]
    if bad := [name for name, sign, _value in pairs if not sign]:
        raise typer.BadParameter(f"{bad[0]!r}: viết dạng tên=giá trị, ví dụ cycle=2026", param_hint="--option")
    return {name: value for name, _sign, value in pairs}


@contextmanager
def _bar(title: str) -> Iterator[exchange.Step]:
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def template(
    name: Annotated[str, typer.Argument(help="Tên mẫu.")] = CLASSIFICATION.code,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Tệp để ghi (mặc định: tên mẫu.xlsx).")] = None,
    option: Options = None,
) -> None:
    """Ghi mẫu XLSX của một sổ để các xã điền."""
    if name == CLASSIFICATION.code:
        stateless_template(name, output)
        return
    prepare.everything_but_static(console.print)
    code = exchange.template(name, output or Path(f"{name}.xlsx"), console.print, options=_given(option))
    raise typer.Exit(code)


def import_(
    sheet: Sheet,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Tệp XLSX hoặc CSV.")],
    apply: Annotated[bool, typer.Option("--apply", help="Ghi; không có thì chỉ kiểm tra.")] = False,
    valid_only: Annotated[bool, typer.Option("--valid-only", help="Ghi các dòng đúng, bỏ các dòng lỗi.")] = False,
    annotated: Annotated[Path | None, typer.Option(help="Nơi ghi bản sao có đánh dấu lỗi.")] = None,
    legacy: Annotated[str, typer.Option(help="Đổi chữ TCVN3 hoặc VNI sang Unicode.")] = "",
    option: Options = None,
    user: User = "",
) -> None:
    """Kiểm tra một bảng tính và, với --apply, ghi vào sổ."""
    prepare.everything_but_static(console.print)
    with _bar("Đang kiểm tra") as step:
        code = exchange.import_file(
            sheet,
            file,
            console.print,
            user=user,
            apply=apply,
            valid_only=valid_only,
            legacy=legacy,
            options=_given(option),
            annotated=annotated,
            progress=step,
        )
    raise typer.Exit(code)


def undo(number: Annotated[str, typer.Argument(help="Số lô.")], user: User = "") -> None:
    """Hoàn tác một lô đã nhập."""
    prepare.everything_but_static(console.print)
    with _bar("Đang hoàn tác") as step:
        code = exchange.undo(number, console.print, user=user, progress=step)
    raise typer.Exit(code)


def export(
    sheet: Sheet,
    output: Annotated[Path, typer.Option("-o", "--output", help="Tệp .xlsx hoặc .csv để ghi.")],
    query: Annotated[str, typer.Option(help="Bộ lọc như trên thanh địa chỉ của trang danh sách.")] = "",
    user: User = "",
    reason: Annotated[str, typer.Option(help="Lý do xuất: ghi vào tệp và nhật ký.")] = "",
) -> None:
    """Xuất một sổ."""
    prepare.everything_but_static(console.print)
    raise typer.Exit(exchange.export(sheet, output, console.print, user=user, query=query, reason=reason))


def register(app: typer.Typer) -> None:
    """Add the commands of this module; `template` here knows every register, not only the stateless one."""
    app.command()(template)
    app.command("import")(import_)
    app.command()(undo)
    app.command()(export)
