"""`diaban user`: accounts from the command line, before there is anyone who could sign in to make them."""

from __future__ import annotations

import sys
from typing import NoReturn

import typer
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate

from diaban.adapters.clock import now
from diaban.apps.accounts import actions
from diaban.apps.accounts.keys import actions as keys
from diaban.apps.accounts.models import User
from diaban.apps.places.commands import CommandLine
from diaban.apps.places.queries import unit_by_code
from diaban.apps.staff.actions import NotGiven, Post, assign
from diaban.commands import prepare
from diaban.core.policy import ROLES
from diaban.core.units import AmbiguousCode, UnknownCode

group = typer.Typer(help="Tài khoản.", no_args_is_help=True)


@group.command()
def add(
    username: str = typer.Argument(help="Tên đăng nhập."),
    full_name: str = typer.Option("", help="Họ và tên hiển thị."),
    title: str = typer.Option("", help="Chức danh."),
    password: str = typer.Option("", help="Mật khẩu; bỏ trống thì được hỏi, không hiện ra màn hình."),
    password_stdin: bool = typer.Option(False, "--password-stdin", help="Đọc mật khẩu ở dòng đầu của đầu vào chuẩn."),
) -> None:
    """Tạo một tài khoản cán bộ."""
    prepare.database(typer.echo)
    if User.objects.filter(username=username).exists():
        _refuse(f"tên “{username}” đã có người dùng; chọn tên khác.")
    try:
        actions.add_user(
            by=CommandLine(),
            at=now(),
            username=username,
            password=password or (_piped() if password_stdin else _asked()),
            full_name=full_name,
            title=title,
        )
    except ValidationError as error:
        _refuse(" ".join(error.messages))
    typer.echo(f"Đã tạo tài khoản {username}.")


@group.command()
def activate(
    username: str = typer.Argument(help="Tên đăng nhập."),
    reset_factors: bool = typer.Option(
        False, "--reset-factors", help="Gỡ luôn bước thứ hai (mất điện thoại hoặc khóa)."
    ),
) -> None:
    """In một mã dùng một lần để đặt mật khẩu: tài khoản mới, hoặc quên mật khẩu."""
    prepare.database(lambda words: typer.echo(words, err=True))
    user = User.objects.filter(username=username).first()
    if user is None:
        _refuse(f"không có tài khoản “{username}”.")
    if not user.is_active:
        _refuse(f"tài khoản “{username}” đã đóng; mở lại trước khi cấp mã.")
    if reset_factors:
        keys.reset(of=user, by=CommandLine(), at=now())
    typer.echo(actions.issue_activation(user=user, by=CommandLine(), at=now()))


@group.command()
def give(
    username: str = typer.Argument(help="Tên đăng nhập."),
    role: str = typer.Argument(help="Mã vai trò, ví dụ system_administrator."),
    unit: str = typer.Option("", help="Mã đơn vị hôm nay; bỏ trống: toàn địa bàn."),
    document: str = typer.Option("", help="Văn bản phân công."),
) -> None:
    """Giao một vai trò từ hôm nay, khi chưa ai đăng nhập được để giao ở trang “Người và vai trò”."""
    prepare.everything(typer.echo)
    user = User.objects.filter(username=username).first()
    if user is None:
        _refuse(f"không có tài khoản “{username}”.")
    if role not in ROLES:
        known = "\n".join(f"  {one.code:21} {one.title}" for one in ROLES.values())
        _refuse(f"không có vai trò “{role}”. Các vai trò:\n{known}")
    moment = now()
    try:
        place = unit_by_code(unit, localdate(moment)) if unit else None
        post = Post(role, place, localdate(moment), document=document)
        assign(by=CommandLine(), at=moment, user=user, post=post)
    except (NotGiven, UnknownCode, AmbiguousCode) as refused:
        _refuse(str(refused))
    typer.echo(f"Đã giao cho {username} vai trò “{ROLES[role].title}”, {place or 'toàn địa bàn'}.")


def _piped() -> str:
    """Return the first line of the standard input."""
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        _refuse("đầu vào chuẩn không có mật khẩu.")
    return password


def _asked() -> str:
    """Ask for the password twice without showing it."""
    password: str = typer.prompt("Mật khẩu", hide_input=True)
    if password != typer.prompt("Nhập lại mật khẩu", hide_input=True):
        _refuse("hai lần nhập mật khẩu không giống nhau.")
    return password


def _refuse(why: str) -> NoReturn:
    typer.echo(f"Lỗi: {why}", err=True)
    raise typer.Exit(2)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(group, name="user")
