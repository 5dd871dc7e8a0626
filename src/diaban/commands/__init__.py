"""The commands that use the database, one module per group. Importing this package sets Django up."""

from __future__ import annotations

import django
import typer

django.setup()

from diaban.commands import backup, data, demo, doctor, serve, users, workbooks  # noqa: E402  (models need Django set up)


def register(app: typer.Typer) -> None:
    """Add every command of this package to `app`."""
    for module in (serve, demo, workbooks, data, users, backup, doctor):
        module.register(app)
