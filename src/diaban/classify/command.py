"""`diaban classify` and `diaban template`: commands that need neither Django nor a database."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from diaban.core.messages import N_, Message, say

if TYPE_CHECKING:
    from diaban.classify.job import Result
    from diaban.classify.reading import Rejected

BAD_INPUT = 2


class Format(StrEnum):
    """How the result is told."""

    TABLE = "table"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the stateless commands to the command tree."""

    app.command("classify")(classify)
    app.command("template")(template)


def classify(
    file: Annotated[Path, typer.Argument(help="Biểu phân loại: XLSX theo mẫu, hoặc CSV cùng mã cột.")],
    cycle: Annotated[int, typer.Option("--cycle", min=1, help="Chu kỳ: 2026 là 15/12/2025 đến 14/12/2026.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Thư mục để ghi hồ sơ.")] = None,
    fmt: Annotated[
        Format, typer.Option("--format", help="table: bảng và hồ sơ; json: mỗi đơn vị một dòng.")
    ] = Format.TABLE,
    letterhead: Annotated[
        Path | None, typer.Option("--letterhead", help="Tệp YAML: cơ quan, nơi nhận, người ký.")
    ] = None,
    province: Annotated[str, typer.Option("--province", help="Tên tỉnh, khi tệp có đủ mọi xã của tỉnh (Điều 5).")] = "",
    setting: Annotated[
        list[str] | None, typer.Option("--setting", help="Thiết lập của đơn vị, ví dụ reading=at_least.")
    ] = None,
) -> None:
    """Xếp loại các xã trong một biểu số liệu và lập hồ sơ; không cần cơ sở dữ liệu."""
    from diaban.catalogue.letterheads_loader import LetterheadError, read_letterhead
    from diaban.classify import job
    from diaban.classify.reading import Rejected
    from diaban.core.periods import PeriodError
    from diaban.core.rules import RuleError

    try:
        head = read_letterhead(letterhead.read_text(encoding="utf-8")) if letterhead else None
        result = job.classify_file(file, cycle, _settings(setting or []))
    except Rejected as rejected:
        _reject(file, rejected)
    except (RuleError, PeriodError, LetterheadError) as error:
        _stop(error.message)
    except (OSError, UnicodeDecodeError) as error:
        _stop(say(N_("Không mở được tệp: {why}"), why=str(error)))
    for warning in result.warnings:
        typer.echo(f"Lưu ý: {warning}", err=True)
    if fmt is Format.JSON:
        for line in result.json_lines():
            typer.echo(line)
    else:
        _show(result, job.summary(result))
        output = output or Path(f"ho-so-{cycle}")
    if output is not None:
        dossier = job.make_dossier(result, letterhead=head, province=province)
        _write(lambda folder: job.write_dossier(dossier, folder), output)


def template(
    name: Annotated[str, typer.Argument(help="Tên mẫu.")] = "classification",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Tệp để ghi (mặc định: tên mẫu.xlsx).")] = None,
) -> None:
    """Ghi mẫu XLSX để các xã điền."""
    from diaban.adapters.workbooks import CLASSIFICATION, save_template

    known = {CLASSIFICATION.code: CLASSIFICATION}
    if name not in known:
        _stop(say(N_("Không có mẫu “{name}”; có: {known}."), name=name, known=", ".join(known)))
    path = output or Path(f"{name}.xlsx")
    try:
        save_template(known[name], path)
    except OSError as error:
        _stop(say(N_("Không ghi được vào {name}: {why}"), name=path, why=error.strerror))
    typer.echo(f"Đã ghi {path}", err=True)


def _settings(pairs: list[str]) -> dict[str, Any]:
    """Return "key=value" pairs as settings: 1/0, true/false and whole numbers as such, the rest as text."""
    found: dict[str, Any] = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        if not sign:
            _stop(say(N_("--setting {pair}: viết dạng tên=giá trị, ví dụ reading=at_least."), pair=pair))
        words = {"true": True, "false": False}
        found[key] = words[value] if value in words else int(value) if value.isdecimal() else value
    return found


def _stop(message: Message) -> NoReturn:
    typer.echo(f"Lỗi: {message}", err=True)
    raise typer.Exit(BAD_INPUT)


def _reject(file: Path, rejected: Rejected) -> NoReturn:
    """Say everything that is wrong with the file; nothing has been written."""
    if rejected.refusal is not None:
        _stop(rejected.refusal)
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=f"{file.name}: {len(rejected.problems)} lỗi, chưa ghi gì", title_justify="left")
    for heading in ("Trang", "Dòng", "Cột", "Giá trị", "Vì sao", "Chấp nhận"):
        table.add_column(heading, overflow="fold")
    for problem in rejected.problems:
        cells = (
            problem.sheet,
            str(problem.row),
            problem.column,
            problem.value,
            str(problem.why),
            str(problem.accepted),
        )
        table.add_row(*(Text(cell) for cell in cells))
    Console(stderr=True, width=None if sys.stderr.isatty() else 160).print(table)
    raise typer.Exit(BAD_INPUT)


def _show(result: Result, summary: Message) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from diaban.core.dossier.annexes import SHORT
    from diaban.core.dossier.build import standing
    from diaban.core.rules import Reading

    table = Table(title=f"{result.ruleset.number} · {result.period.label}", title_justify="left")
    for heading in (
        "Mã",
        "Đơn vị",
        "Đúng từng chữ",
        "Mức cao gồm mức thấp",
        "Tiêu chí đạt",
        "Cần xem xét",
        "Chưa báo cáo",
    ):
        table.add_column(heading, overflow="fold")
    for unit in result.units:
        assessment = unit.assessment
        table.add_row(
            Text(unit.declared.code),
            Text(unit.declared.name),
            SHORT[standing(assessment, Reading.LITERAL)],
            SHORT[standing(assessment, Reading.AT_LEAST)],
            ", ".join(assessment.criteria_met),
            "; ".join(dict.fromkeys(finding.name for finding in assessment.conflicts)),
            str(len(assessment.missing)) if assessment.missing else "",
        )
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(table)
    console.print(Text(str(summary)))


def _write(write: Callable[[Path], tuple[list[Path], Message | None]], folder: Path) -> None:
    try:
        paths, problem = write(folder)
    except OSError as error:
        _stop(say(N_("Không ghi được vào {name}: {why}"), name=error.filename or folder, why=error.strerror))
    for path in paths:
        typer.echo(f"Đã ghi {path}", err=True)
    if problem is not None:
        typer.echo(f"Lưu ý: {problem}", err=True)
