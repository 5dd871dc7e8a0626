"""The commands that use the database, one module per group. Importing this package sets Django up."""

from __future__ import annotations

import django
import typer

django.setup()

from diaban.commands import backup, data, demo, doctor, keys, plans, serve, users, verify, workbooks  # noqa: E402  (needs Django)


def register(app: typer.Typer) -> None:
    """Add every command of this package to `app`."""
    for module in (serve, demo, workbooks, data, users, backup, keys, plans, verify, doctor):
        module.register(app)
