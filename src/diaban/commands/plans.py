"""`diaban plan load`: a plan of the catalogue, or a text, into the database; reading alone needs none."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from diaban.adapters.clock import now, today
from diaban.adapters.plan_files import PlanFileError, text_of
from diaban.apps.places.commands import CommandLine
from diaban.apps.places.models import Unit
from diaban.apps.places.queries import unit_by_code
from diaban.apps.plans import actions
from diaban.apps.plans.refusals import Refused
from diaban.catalogue import plan_catalogue
from diaban.commands import prepare
from diaban.core.units import UnitsError
from diaban.plan_reading import plans


@plans.command("load")
def load(
    what: Annotated[str, typer.Argument(help="Mã trong danh mục (ví dụ kh208-2022), hoặc tệp TXT, DOCX, PDF.")],
    unit: Annotated[str, typer.Option("--unit", help="Mã xã, phường có kế hoạch; bỏ trống: cả địa bàn.")] = "",
) -> None:
    """Đưa một kế hoạch vào hệ thống: từ danh mục thì thực hiện ngay, từ tệp thì thành bản rà soát."""
    prepare.database(lambda words: typer.echo(words, err=True))
    try:
        if what in plan_catalogue.plan_keys():
            if unit:
                _stop("kế hoạch của danh mục là của cả địa bàn: bỏ --unit.")
            plan = actions.load_from_catalogue(code=what, by=CommandLine(), at=now())
            typer.echo(f"Đã lấy {plan.name} từ danh mục.")
            return
        _from_file(Path(what), _unit(unit))
    except Refused as refused:
        _stop(str(refused))


def _from_file(path: Path, unit: Unit | None) -> None:
    if not path.is_file():
        keys = ", ".join(plan_catalogue.plan_keys())
        _stop(f"không có tệp “{path}”, cũng không có mã đó trong danh mục ({keys}).")
    data = path.read_bytes()
    try:
        found = text_of(path.name, data)
    except PlanFileError as error:
        _stop(str(error.message))
    version = actions.take_text(
        text=found.text,
        source=path.name,
        digest=hashlib.sha256(data).hexdigest(),
        notes=tuple(str(note) for note in found.notes),
        unit=unit,
        by=CommandLine(),
        at=now(),
        at_once=True,
    )
    n = version.clauses.count()
    typer.echo(f"Đã đọc {n} điều khoản; rà soát ở trang kế hoạch {version.plan.name} (mã {version.plan.code}).")


def _unit(code: str) -> Unit | None:
    if not code:
        return None
    try:
        return unit_by_code(code, today())
    except UnitsError as error:
        _stop(str(error))


def _stop(sentence: str) -> NoReturn:
    typer.echo(f"Lỗi: {sentence}", err=True)
    raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Add nothing more: the group of plans is in the tree already."""
    del app
