"""`diaban units|boundaries|area …`: bring territory in from the command line."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from diaban.apps.places import commands as places
from diaban.apps.places.models import Boundary
from diaban.commands import prepare

console = Console(stderr=True, markup=False)  # file names and extras hold brackets
units = typer.Typer(help="Đơn vị hành chính.", no_args_is_help=True)
boundaries = typer.Typer(help="Ranh giới.", no_args_is_help=True)
area = typer.Typer(help="Địa bàn làm việc.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Tệp.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Chỉ kiểm tra, không lưu.")]


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r}: viết ngày dạng 2025-07-01", param_hint=name) from error


@units.command("import")
def units_import() -> None:
    """Nhập đơn vị cả nước, trước và sau 1/7/2025, từ gói vietnamadminunits."""
    prepare.everything_but_static(console.print)
    with Progress(console=console) as bar:
        task = bar.add_task("Đơn vị hành chính", total=None)
        code = places.units_import(
            console.print, progress=lambda done, total: bar.update(task, completed=done, total=total)
        )
    raise typer.Exit(code)


@units.command("csv")
def units_csv(file: File, dry_run: DryRun = False) -> None:
    """Nhập thay đổi đơn vị hoặc bảng chính thức từ tệp CSV (docs/reference/units-csv.md)."""
    prepare.everything_but_static(console.print)
    raise typer.Exit(places.units_csv(file, console.print, dry_run=dry_run))


@boundaries.command("import")
def boundaries_import(
    file: File,
    valid_from: Annotated[str, typer.Option("--from", help="Ngày đầu có hiệu lực, ví dụ 2025-07-01.")],
    source: Annotated[str, typer.Option(help="Nguồn, hiện trên bản đồ.")] = "",
    official: Annotated[bool, typer.Option("--official", help="Ranh giới chính thức; mặc định là tham khảo.")] = False,
    code_property: Annotated[str, typer.Option(help="Thuộc tính chứa mã đơn vị.")] = "code",
    name_property: Annotated[str, typer.Option(help="Thuộc tính chứa tên, để đối chiếu.")] = "",
    accept_warnings: Annotated[bool, typer.Option("--accept-warnings", help="Vẫn lưu khi chỉ có cảnh báo.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Kiểm tra và nhập ranh giới từ tệp GeoJSON."""
    prepare.everything_but_static(console.print)
    code = places.boundaries_import(
        file,
        _day(valid_from, "--from"),
        console.print,
        source=source,
        quality=Boundary.Quality.OFFICIAL if official else Boundary.Quality.INDICATIVE,
        code_property=code_property,
        name_property=name_property,
        accept_warnings=accept_warnings,
        dry_run=dry_run,
    )
    raise typer.Exit(code)


@area.command("set")
def area_set(
    codes: Annotated[list[str], typer.Argument(help="Mã đơn vị: một tỉnh, hoặc nhiều xã.")],
    name: Annotated[str, typer.Option(help="Tên gọi của địa bàn.")] = "",
    on: Annotated[
        str, typer.Option("--on", help="Ngày mà các mã có hiệu lực, ví dụ 2024-12-14; mặc định hôm nay.")
    ] = "",
) -> None:
    """Đặt địa bàn làm việc."""
    day = _day(on, "--on") if on else None
    prepare.everything_but_static(console.print)
    raise typer.Exit(places.area_set(codes, console.print, on=day, name=name))


@area.command("show")
def area_show() -> None:
    """Cho biết địa bàn làm việc."""
    prepare.everything_but_static(console.print)
    raise typer.Exit(places.area_show(console.print))


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(units, name="units")
    app.add_typer(boundaries, name="boundaries")
    app.add_typer(area, name="area")
