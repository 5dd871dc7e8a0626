"""`diaban user add`: accounts from the command line, before there is anyone who could sign in to make them."""

from __future__ import annotations

import typer
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from diaban.apps.accounts.models import User
from diaban.commands import prepare

group = typer.Typer(help="Tài khoản.", no_args_is_help=True)


@group.callback()
def _group() -> None:
    """Keep `add` a sub-command although it is alone."""


@group.command()
def add(
    username: str = typer.Argument(help="Tên đăng nhập."),
    full_name: str = typer.Option("", help="Họ và tên hiển thị."),
    title: str = typer.Option("", help="Chức danh."),
    password: str = typer.Option(..., prompt="Mật khẩu", confirmation_prompt=True, hide_input=True, help="Mật khẩu."),
) -> None:
    """Tạo một tài khoản cán bộ."""
    prepare.database(typer.echo)
    if User.objects.filter(username=username).exists():
        raise typer.BadParameter(f"tên {username!r} đã có người dùng; chọn tên khác")
    user = User(username=username, full_name=full_name, title=title)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise typer.BadParameter(" ".join(error.messages)) from error
    user.set_password(password)
    user.save()
    typer.echo(f"Đã tạo tài khoản {username}.")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(group, name="user")
