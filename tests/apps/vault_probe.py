"""Models with sealed columns that exist only for the tests, in real tables of the database under test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, models

from diaban.apps.vault.fields import BlindIndexField, SealedModel, SealedTextField


class Probe(SealedModel):
    """A row with one column that can be found, one that cannot, and one that may be absent."""

    label = models.CharField(max_length=20, default="")
    name = SealedTextField(index="name_index", pad=64)
    name_index = BlindIndexField(of="name")
    phone = SealedTextField(index="phone_index", blank=True, max_length=20)
    phone_index = BlindIndexField(of="phone", normal="digits")
    note = SealedTextField(null=True, default=None)

    class Meta:
        app_label = "vault_probe"


class Pointer(models.Model):
    """A row that points to a sealed one."""

    probe = models.ForeignKey(Probe, on_delete=models.CASCADE)

    class Meta:
        app_label = "vault_probe"


@contextmanager
def tables() -> Iterator[None]:
    """Make the tables, and drop them at the end."""
    with connection.schema_editor() as editor:
        editor.create_model(Probe)
        editor.create_model(Pointer)
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(Pointer)
            editor.delete_model(Probe)


def everything() -> bytes:
    """Return all that the database holds: the file's bytes, or every row of every table as text."""
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        return bytes(connection.connection.serialize())
    held: list[str] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            held += [row[0] for row in cursor.fetchall()]
    return "\n".join(held).encode()


def traces(text: str) -> list[bytes]:
    """Return the ways in which a text could show in a dump."""
    raws = [text.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")]
    return [*raws, *(raw.hex().encode() for raw in raws)]
