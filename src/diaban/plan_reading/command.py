"""`diaban plan read`: the text of a plan in, its structure out, as a page for people or as JSON."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from diaban.core.messages import N_, Message, say

BAD_INPUT = 1

plans = typer.Typer(help="Kế hoạch: đọc văn bản thành mục, chỉ tiêu, nhiệm vụ.", no_args_is_help=True)


class Format(StrEnum):
    """How the result is told."""

    TEXT = "text"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the group `plan` to the command tree."""
    app.add_typer(plans, name="plan")


@plans.callback()
def about() -> None:
    """Kế hoạch: đọc văn bản thành mục, chỉ tiêu, nhiệm vụ."""


@plans.command("read")
def read(
    file: Annotated[Path, typer.Argument(help="Văn bản kế hoạch: TXT, DOCX hoặc PDF có chữ.")],
    fmt: Annotated[Format, typer.Option("--format", help="text: để đọc; json: cho máy.")] = Format.TEXT,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Ghi vào tệp này thay vì in ra.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Nêu thêm quy tắc đã dùng cho từng kết quả.")] = False,
) -> None:
    """Đọc một kế hoạch: số, ngày, căn cứ, các mục, chỉ tiêu, nhiệm vụ, cơ quan; không cần cơ sở dữ liệu."""
    from diaban.adapters.plan_files import PlanFileError, text_of
    from diaban.catalogue.plans_loader import gazetteer
    from diaban.core.plans import read_plan

    try:
        source = text_of(file.name, file.read_bytes())
    except PlanFileError as error:
        _stop(error.message)
    except OSError as error:
        _stop(say(N_("Không mở được tệp {name}: {why}"), name=file, why=error.strerror or str(error)))
    plan = read_plan(source.text, gazetteer(None))
    if fmt is Format.JSON:
        told = {**plan.as_dict(explain=explain), "file": file.name, "format": source.format}
        told["notes"] = [str(note) for note in (*source.notes, *plan.notes)]
        text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    else:
        from diaban.plan_reading.shown import shown

        text = shown(plan, source.notes, explain=explain)
    _give(text, out)


def _give(text: str, out: Path | None) -> None:
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        partial = out.with_name(f".{out.name}.part")
        partial.write_text(text, encoding="utf-8")
        partial.replace(out)
    except OSError as error:
        _stop(say(N_("Không ghi được vào {name}: {why}"), name=out, why=error.strerror or str(error)))
    typer.echo(f"Đã ghi {out}", err=True)


def _stop(message: Message) -> NoReturn:
    typer.echo(f"Lỗi: {message}", err=True)
    raise typer.Exit(BAD_INPUT)
