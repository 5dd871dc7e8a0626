"""The one command, `diaban`.

`classify`, the template of its workbook, the reading of a plan, the analysis of a file of events and the check of an
exported audit are stateless and must start fast on an old PC, so Django is loaded only for the other commands.
"""

from __future__ import annotations

import importlib
import os
import sys

import typer

from diaban import __version__, classify, plan_reading, verify_file
from diaban.analysis import cli as analysis


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"diaban {__version__}")
        raise typer.Exit


def build(*, stateless: bool) -> typer.Typer:
    """Return the command tree; with `stateless` only the commands that need neither Django nor a database."""
    app = typer.Typer(
        name="diaban",
        help="Địa bàn: điểm, tụ điểm và phân loại địa bàn về ma túy.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def options(
        version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="In phiên bản."),
    ) -> None:
        """Read the options that stand before the command."""

    classify.register(app)
    plan_reading.register(app)
    analysis.register(app)
    verify_file.register(app)
    if not stateless:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "diaban.site.settings")
        importlib.import_module("diaban.commands").register(app)
    return app


def _is_stateless(words: list[str]) -> bool:
    """Say whether the command line asks for work that needs no database."""
    command, *rest = words or [""]
    if command == "verify":
        # A file is checked without a database; `verify` without one looks at the database of this machine.
        valued = ("--public-key", "--witness")
        return any(
            not word.startswith("-") and before not in valued
            for before, word in zip([command, *rest], rest, strict=False)
        )
    if command == "plan":
        return rest[:1] == ["read"]
    return command in ("classify", "analyse") or (command == "template" and "classification" in rest)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # Old Windows consoles default to a code page without Vietnamese letters.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    build(stateless=_is_stateless(sys.argv[1:]))()
