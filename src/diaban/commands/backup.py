"""`diaban backup` and `diaban restore`: everything into one sealed file, and back."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from diaban.adapters.archive import AlreadyThere, ArchiveError, Damaged, NotAnArchive, WrongPassphrase
from diaban.adapters.clock import now
from diaban.adapters.crypto.keyring import KeyRingError
from diaban.apps.jobs.backups import keeping, making, restoring
from diaban.apps.places.commands import CommandLine

console = Console(stderr=True, markup=False, soft_wrap=True)

RECORD_BROKEN = 3  # restored as it was, but the audit in it is not whole

PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", exists=True, dir_okay=False, help="Tệp có mật khẩu ở dòng đầu."),
]
PassphraseStdin = Annotated[bool, typer.Option("--passphrase-stdin", help="Đọc mật khẩu ở dòng đầu của đầu vào chuẩn.")]


def _passphrase(file: Path | None, stdin: bool, *, twice: bool) -> str:
    """Return the passphrase from where it was said to be, or ask without showing it."""
    if file is not None:
        found = keeping.read_passphrase(file)
    elif stdin:
        found = sys.stdin.readline().rstrip("\r\n")
    else:
        found = typer.prompt("Mật khẩu của bản sao lưu", hide_input=True)
        if twice and found != typer.prompt("Nhập lại mật khẩu", hide_input=True):
            raise typer.BadParameter("hai lần nhập mật khẩu không giống nhau.")
    if not found:
        raise typer.BadParameter("không có mật khẩu.", param_hint="--passphrase-file")
    return found


@contextmanager
def _bar(title: str, total: float | None = None) -> Iterator[tuple[Callable[[int], None], Callable[[int, int], None]]]:
    """Yield what moves the bar: by so many bytes, or to so many of so many."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield (
            lambda count: bar.advance(task, count),
            lambda done, whole: bar.update(task, completed=done, total=whole),
        )


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn a refusal into its sentence and exit code: 2 when the file or the passphrase is wrong, else 1."""
    try:
        yield
    except (Damaged, NotAnArchive, WrongPassphrase) as error:
        console.print(str(error))
        raise typer.Exit(2) from None
    except (ArchiveError, KeyRingError) as error:
        console.print(str(error))
        raise typer.Exit(1) from None
    except AlreadyThere as error:
        console.print(f"Đã có {error}, hoặc một lần sao lưu khác đang ghi; chọn tên khác.")
        raise typer.Exit(1) from None
    except OSError as error:
        console.print(f"{error.filename or ''}: {error.strerror or error}")
        raise typer.Exit(1) from None


def backup(
    dest: Annotated[Path, typer.Argument(help="Thư mục (tên tệp tự đặt theo giờ) hoặc tệp để ghi.")],
    passphrase_file: PassphraseFile = None,
    passphrase_stdin: PassphraseStdin = False,
    without_keys: Annotated[bool, typer.Option("--without-keys", help="Không cho vòng khóa vào bản sao lưu.")] = False,
    keep: Annotated[int, typer.Option(min=0, help="Chỉ giữ chừng này bản mới nhất trong thư mục; 0: giữ hết.")] = 0,
) -> None:
    """Sao lưu toàn bộ vào một tệp mã hóa, trong khi máy chủ vẫn chạy."""
    if keep and not dest.is_dir():
        raise typer.BadParameter("chỉ dùng khi nơi ghi là một thư mục đã có.", param_hint="--keep")
    secret = _passphrase(passphrase_file, passphrase_stdin, twice=True)
    at = now()  # the database is taken as it is: a backup is also what one makes before a new version changes it
    target = dest / keeping.name_at(at) if dest.is_dir() else dest
    with _refusals(), _bar("Đang sao lưu") as (_advance, step):
        made = making.make(target, secret, by=CommandLine(), at=at, with_keys=not without_keys, tell=step)
        dropped = keeping.prune(dest, keep) if keep else []
    console.print(f"Đã sao lưu: {made.path} ({made.size / 2**20:.1f} MB; {made.rows} dòng dữ liệu, {made.files} tệp).")
    if not made.recorded:
        console.print("Chưa ghi được vào nhật ký: cơ sở dữ liệu còn ở cấu trúc của bản cũ.")
    if made.manifest["keys"]:
        console.print(
            "Bản sao lưu có cả vòng khóa: ai có tệp và mật khẩu thì đọc được mọi thứ. Cất mật khẩu ở nơi khác."
        )
    else:
        console.print("Bản sao lưu không có vòng khóa: phải cất riêng, thiếu nó thì không mở được trường niêm phong.")
    for path in dropped:
        console.print(f"Đã xóa bản cũ: {path}")


def restore(
    file: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, help="Tệp sao lưu.")] = None,
    passphrase_file: PassphraseFile = None,
    passphrase_stdin: PassphraseStdin = False,
    replace: Annotated[bool, typer.Option("--replace", help="Thay dữ liệu đang có.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Chỉ kiểm tra tệp, không ghi gì.")] = False,
    put_back: Annotated[
        bool, typer.Option("--put-back", help="Lấy lại dữ liệu cũ sau một lần khôi phục bị ngắt giữa chừng.")
    ] = False,
) -> None:
    """Khôi phục từ một tệp sao lưu (dừng máy chủ trước)."""
    if put_back:
        with _refusals():
            left = restoring.put_back(by=CommandLine(), at=now())
        console.print(f"Đã lấy lại dữ liệu cũ từ: {left}" if left else "Không có lần khôi phục nào bị ngắt giữa chừng.")
        return
    if file is None:
        raise typer.BadParameter("cho biết tệp sao lưu.", param_hint="FILE")
    secret = _passphrase(passphrase_file, passphrase_stdin, twice=False)
    with _refusals():
        with _bar("Đang kiểm tra tệp") as (advance, _step):
            manifest = restoring.look(file, secret, tell=advance)
        size = sum(one["size"] for one in manifest["members"].values())
        console.print(f"Tệp nguyên vẹn: Diaban {manifest['diaban']}, lúc {manifest['made_at']}, {size / 2**20:.1f} MB.")
        if check:
            return
        restoring.check_fits(manifest, replace=replace)
        with _bar("Đang khôi phục", size) as (advance, _step):
            done = restoring.restore(file, secret, manifest, by=CommandLine(), at=now(), tell=advance)
    console.print(
        f"Đã khôi phục {done.tables} bảng, {done.rows} dòng, {done.files} tệp; mọi bảng khớp bản kê."
        f" {done.sessions} phiên đăng nhập đã hủy: mọi người đăng nhập lại."
    )
    if done.migrated:
        console.print(f"Đã áp dụng {done.migrated} thay đổi cấu trúc của bản này.")
    if done.audit.findings:
        for finding in done.audit.findings[:10]:
            console.print(f"Nhật ký: {finding.message}")
        console.print("Dữ liệu đã khôi phục đúng như bản sao lưu, nhưng nhật ký trong đó không toàn vẹn: diaban verify")
    else:
        console.print(f"Nhật ký toàn vẹn: {done.audit.events} dòng.")
    if not manifest["keys"]:
        console.print("Bản sao lưu không có vòng khóa: giữ nguyên vòng khóa ở máy này.")
    if done.audit.findings:
        raise typer.Exit(RECORD_BROKEN)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(backup)
    app.command()(restore)
