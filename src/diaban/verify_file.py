"""`diaban verify FILE`: check an exported audit on any machine, without database, settings or the product's keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from diaban.adapters.audit_file import CannotVerify, verify_file
from diaban.core.chain import Report

PASSED, FOUND, COULD_NOT = 0, 1, 2  # exit codes

PublicKeys = Annotated[
    list[str] | None,
    typer.Option("--public-key", help="Khóa công khai (64 chữ số hệ 16), hoặc tệp chứa khóa; nhận bằng đường khác."),
]
WitnessCopy = Annotated[Path | None, typer.Option("--witness", help="Bản giữ riêng của tệp audit-checkpoints.jsonl.")]
ExportedFile = Annotated[Path, typer.Argument(help="Tệp do “diaban audit export” ghi.")]


def verify(file: ExportedFile, public_key: PublicKeys = None, witness: WitnessCopy = None) -> None:
    """Kiểm tra một tệp nhật ký đã xuất: có dòng nào bị sửa, xóa, chèn, đổi chỗ hay cắt đi không."""
    raise typer.Exit(check_file(file, public_key or [], witness, Console(stderr=True, markup=False)))


def check_file(path: Path, given: list[str], witness: Path | None, console: Console) -> int:
    """Verify a file and print the outcome; return the exit code."""
    try:
        trusted = [key for text in given for key in _keys(text)]
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task("Đang kiểm tra", total=path.stat().st_size)
            report = verify_file(
                path, trusted=trusted, witness=witness, step=lambda done: bar.update(task, completed=done)
            )
    except OSError as error:
        return could_not(f"Không đọc được tệp {error.filename} ({error.strerror}).", console.print)
    except (CannotVerify, UnicodeDecodeError, typer.BadParameter) as error:
        return could_not(str(error), console.print)
    return tell(report, typer.echo)


def _keys(text: str) -> list[str]:
    """Return the keys of one `--public-key`: itself, or every key in the file of that name."""
    shape = re.compile(r"\b[0-9a-f]{64}\b")
    found = shape.findall(text if shape.fullmatch(text) else Path(text).read_text(encoding="utf-8"))
    if not found:
        raise typer.BadParameter(f"{text}: không có khóa công khai nào (64 chữ số hệ 16, chữ thường).")
    return found


def could_not(why: str, say: Callable[[str], None]) -> int:
    """Tell that nothing was verified; return the exit code."""
    say(f"Không kiểm tra được: {why}")
    return COULD_NOT


def tell(report: Report, say: Callable[[str], None]) -> int:
    """Print a report; return the exit code."""
    if not report.complete:
        return could_not("nhật ký chưa có dòng nào.", say)
    for finding in report.findings:
        where = " ".join(part for part in (f"dòng {finding.seq}" if finding.seq else "", _moment(finding.at)) if part)
        say(f"LỖI {f'[{where}] ' if where else ''}{finding.message}")
    if report.untold:
        say(f"… và {report.untold} lỗi nữa.")
    for note in report.notes:
        say(f"Lưu ý: {note}")
    since = report.events - report.attested
    said = f"{report.events} dòng, {report.checkpoints} điểm chốt đúng; {max(since, 0)} dòng sau điểm chốt cuối."
    if report.passed:
        say(f"NGUYÊN VẸN. Đã xem {said}")
        return PASSED
    say(f"KHÔNG NGUYÊN VẸN: {len(report.findings) + report.untold} lỗi. Đã xem {said}")
    return FOUND


def _moment(at: str) -> str:
    return f"{at[:19]} UTC" if at else ""


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(verify)
