"""One question from file to answer: read, ask with a progress bar, write; every refusal in plain words."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from diaban.analysis.cli.options import Common, Format, Workers
from diaban.core.messages import N_, Message, say

if TYPE_CHECKING:
    from diaban.adapters.event_files import EventFileError
    from diaban.analysis.answer import Answer
    from diaban.analysis.settings import AnySettings
    from diaban.analysis.tables import Table
    from diaban.engine.executors import Executor, Progress

BAD_INPUT = 2
STOPPED = 130


def run(common: Common, settings_of: Callable[[bool], AnySettings]) -> None:
    """Answer and write. `settings_of(geodesic)` makes the settings once it is known how the file gives positions."""
    try:
        import diaban.analysis.answering
    except ModuleNotFoundError as error:
        if error.name not in ("numpy", "scipy", "numba"):
            raise
        stop(say(N_("Cần phần tính toán, chưa cài: pip install “diaban[analysis]” (thiếu {name})."), name=error.name))
    if common.fmt is Format.XLSX and common.output is None:
        stop(say(N_("--format xlsx cần --output TÊN.xlsx.")))
    from diaban.analysis.settings import SettingsError
    from diaban.analysis.tables import TableError
    from diaban.engine.executors import NoCluster, WorkerDied

    try:
        table = _read(common)
        settings = settings_of(table.positions.geodesic)
        began = time.perf_counter()
        with _progress() as progress, _executor(common) as executor:
            answer = diaban.analysis.answering.answer(
                settings, table, seed=common.seed, executor=executor, progress=progress
            )
        typer.echo(f"Tính trong {time.perf_counter() - began:.1f} giây.", err=True)
        _write(answer, common, table)
    except (SettingsError, TableError) as error:
        for problem in error.problems:
            typer.echo(f"Lỗi: {problem}", err=True)
        raise typer.Exit(BAD_INPUT) from None
    except (NoCluster, WorkerDied) as error:
        stop(say(N_("Không tính được: {why}"), why=error))
    except KeyboardInterrupt:
        typer.echo("Đã dừng; chưa ghi gì.", err=True)
        raise typer.Exit(STOPPED) from None


def _read(common: Common) -> Table:
    from diaban.adapters.event_files import EventFileError, open_table, read_events, read_units
    from diaban.analysis.reading import Chosen, table_of

    reading = common.file
    try:
        units = None
        if common.units is not None:
            reading = common.units
            units = read_units(open_table(common.units))
            reading = common.file
        columns = read_events(
            open_table(common.file, _named(common.column or [])),
            date_order=_order(common.date_format),
            skip_bad_rows=common.skip_bad_rows,
            units=None if units is None else units.codes,
        )
    except EventFileError as error:
        _reject(reading, error)
    for note in columns.notes:
        typer.echo(f"Lưu ý: {note}", err=True)
    named = tuple(common.category or ()), tuple(common.source or ())
    return table_of(columns, Chosen(common.since, common.until, *named, _reading(common)), units)


def _reading(common: Common) -> tuple[str, ...]:
    """Return the words that say how the file is read, as they were typed."""
    words = [] if common.units is None else ["--units", common.units.name]
    for pair in common.column or []:
        words += ["--column", pair]
    if common.date_format is not None:
        words += ["--date-format", common.date_format]
    return (*words, "--skip-bad-rows") if common.skip_bad_rows else tuple(words)


def _named(pairs: Sequence[str]) -> dict[str, str]:
    named = {}
    for pair in pairs:
        role, sign, heading = pair.partition("=")
        if not sign or not heading.strip():
            stop(say(N_("--column {pair}: viết dạng vai=tên cột, ví dụ date=OCCURRED."), pair=pair))
        named[role.strip()] = heading.strip()
    return named


def _order(text: str | None) -> str | None:
    if text is not None and "%" not in text and text.lower() not in ("dmy", "mdy", "ymd"):
        stop(say(N_("--date-format {text}: viết dmy, mdy, ymd, hoặc mẫu như %d-%b-%Y."), text=text))
    return text if text is None or "%" in text else text.lower()


@contextmanager
def _executor(common: Common) -> Iterator[Executor]:
    from diaban.engine.executors import Serial, Threads

    if common.scheduler is not None and common.executor is not Workers.DASK:
        stop(say(N_("--scheduler chỉ đi cùng --executor dask.")))
    if common.executor is Workers.SERIAL:
        yield Serial()
    elif common.executor is Workers.THREADS:
        yield Threads(common.threads)
    elif common.executor is Workers.PROCESSES:
        from diaban.engine.executors import Processes

        yield Processes(common.threads)
    else:
        from diaban.engine.executors import Dask

        yield Dask(common.scheduler, common.threads)


@contextmanager
def _progress() -> Iterator[Progress]:
    """A bar on the terminal; nothing when errors go to a file."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Đang tính", total=None)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total or None)

        yield told


def _write(answer: Answer, common: Common, table: Table) -> None:
    from diaban.analysis.outputs.writing import content_of, pictures_of

    try:
        content = content_of(answer, common.fmt.value, table)
        if common.output is None:
            assert isinstance(content, str)
            typer.echo(content, nl=False)
        else:
            _put(common.output, content if isinstance(content, bytes) else content.encode("utf-8"))
        if common.pictures is not None:
            common.pictures.mkdir(parents=True, exist_ok=True)
            for name, picture in pictures_of(answer, table).items():
                _put(common.pictures / name, picture.encode("utf-8"))
    except OSError as error:
        stop(say(N_("Không ghi được vào {name}: {why}"), name=error.filename, why=error.strerror or str(error)))


def _put(path: Path, content: bytes) -> None:
    partial = path.with_name(f".{path.name}.part")
    partial.write_bytes(content)
    partial.replace(path)
    typer.echo(f"Đã ghi {path}", err=True)


def stop(message: Message) -> NoReturn:
    """Say why nothing was done, and end."""
    typer.echo(f"Lỗi: {message}", err=True)
    raise typer.Exit(BAD_INPUT)


def _reject(file: Path, error: EventFileError) -> NoReturn:
    """Say everything that is wrong with the file; nothing has been written."""
    if error.refusal is not None:
        stop(say(N_("{name}: {why}"), name=file.name, why=error.refusal))
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    shown = f", {len(error.faults)} lỗi đầu" if error.total > len(error.faults) else ""
    grid = Grid(
        title=f"{file.name}: {error.total} lỗi ở {error.bad_rows} dòng{shown}; chưa ghi gì", title_justify="left"
    )
    for heading in ("Dòng", "Cột", "Giá trị", "Vì sao", "Cần làm"):
        grid.add_column(heading, overflow="fold")
    for fault in error.faults:
        cells: tuple[Any, ...] = (fault.line, fault.column, fault.value, fault.why, fault.fix)
        grid.add_row(*(Text(str(cell)) for cell in cells))
    console = Console(stderr=True, width=None if sys.stderr.isatty() else 160)
    console.print(grid)
    for why, number in error.kinds:
        typer.echo(f"  {number} × {why}", err=True)
    for hint in error.hints:
        typer.echo(f"Gợi ý: {hint}", err=True)
    typer.echo("Gợi ý: thêm --skip-bad-rows để bỏ các dòng có lỗi.", err=True)
    raise typer.Exit(BAD_INPUT)
