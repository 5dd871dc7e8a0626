"""`diaban serve` and `diaban worker`."""

from __future__ import annotations

import signal
import socket
import threading

import typer
import waitress
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from rich.console import Console

from diaban.apps.jobs import worker as jobs_worker
from diaban.commands import prepare
from diaban.demo import accounts as demo_accounts
from diaban.site.serving import server_options

console = Console(stderr=True)


def _free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def serve(
    host: str = typer.Option("127.0.0.1", help="Địa chỉ lắng nghe; mặc định chỉ máy này."),
    port: int = typer.Option(8138, help="Cổng."),
    threads: int = typer.Option(8, min=1, help="Số yêu cầu phục vụ cùng lúc."),
    worker: bool = typer.Option(True, help="Chạy luôn việc nền trong cùng tiến trình."),
) -> None:
    """Chạy máy chủ trên máy này."""
    prepare.everything(console.print)
    if not _free(host, port):
        console.print(f"[bold]Cổng {port} đang được dùng.[/bold] Chọn cổng khác: diaban serve --port {port + 1}")
        raise typer.Exit(1)
    if worker:
        jobs_worker.start_worker_thread()
    console.print(f"\n[bold]Diaban đang chạy:[/bold] http://{host}:{port}/   (dừng: Ctrl+C)")
    if demo_accounts.present():
        console.print(f"Dữ liệu mô phỏng. Tài khoản dùng thử, mật khẩu chung {demo_accounts.PASSWORD} (demo accounts):")
        for account in demo_accounts.CAST:
            console.print(f"  {account.username:20} {account.title}")
    elif not settings.DEBUG:
        console.print("Tài khoản đầu tiên: diaban user add TÊN; diaban user give TÊN system_administrator")
    waitress.serve(get_wsgi_application(), host=host, port=port, threads=threads, **server_options())


def worker() -> None:
    """Chạy việc nền trong một tiến trình riêng (khi máy chủ chạy với --no-worker)."""
    prepare.database(console.print)
    console.print("Đang chờ việc nền (dừng: Ctrl+C)")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    try:
        jobs_worker.work_until(stop)
    except KeyboardInterrupt:
        stop.set()


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(serve)
    app.command()(worker)
