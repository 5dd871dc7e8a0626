"""Triggers by which the database itself refuses to change or delete what the audit holds.

All raw SQL of the audit's protection is here. It stops mistakes and everybody who has only the product's statements;
whoever owns the database can lift a trigger, and is found by the chain (docs/methods/audit-chain.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

KEPT: Final = ("audit_log", "audit_checkpoint")
HEAD: Final = "audit_head"
FUNCTION: Final = "audit_refuse"
_BODY: Final = (
    "BEGIN RAISE EXCEPTION 'audit: % on % is refused', TG_OP, TG_TABLE_NAME"
    " USING ERRCODE = 'integrity_constraint_violation'; END"
)


def _sqlite() -> dict[str, str]:
    """Return name → statement of the triggers on SQLite."""
    refuse = "BEGIN SELECT RAISE(ABORT, 'audit: {what} on {table} is refused'); END"
    made = {}
    for table, key in (("audit_log", "seq"), ("audit_checkpoint", "number")):
        for what in ("update", "delete"):
            made[f"{table}_no_{what}"] = f"BEFORE {what.upper()} ON {table} " + refuse.format(what=what, table=table)
        # INSERT OR REPLACE deletes the row that stands in its way without firing a trigger on deletes.
        standing = f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608  (names of this module)
        made[f"{table}_no_replace"] = f"BEFORE INSERT ON {table} WHEN {standing} " + refuse.format(
            what="replace", table=table
        )
    made[f"{HEAD}_no_delete"] = f"BEFORE DELETE ON {HEAD} " + refuse.format(what="delete", table=HEAD)
    made[f"{HEAD}_no_return"] = f"BEFORE UPDATE ON {HEAD} WHEN NEW.seq <= OLD.seq " + refuse.format(
        what="return", table=HEAD
    )
    return {name: f"CREATE TRIGGER {name} {rest}" for name, rest in made.items()}


def _postgres() -> dict[str, tuple[str, str]]:
    """Return name → (table, statement) of the triggers on PostgreSQL."""
    whole = f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
    made = {f"{table}_keep": (table, f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} {whole}") for table in KEPT}
    made[f"{HEAD}_keep"] = (HEAD, f"BEFORE DELETE OR TRUNCATE ON {HEAD} {whole}")
    made[f"{HEAD}_onward"] = (
        HEAD,
        f"BEFORE UPDATE ON {HEAD} FOR EACH ROW WHEN (NEW.seq <= OLD.seq) EXECUTE FUNCTION {FUNCTION}()",
    )
    return {name: (table, f"CREATE TRIGGER {name} {rest}") for name, (table, rest) in made.items()}


def install(using: BaseDatabaseWrapper = connection) -> None:
    """Put the triggers up; those that stand already are made anew."""
    remove(using)
    with using.cursor() as cursor:
        if using.vendor == "sqlite":
            for statement in _sqlite().values():
                cursor.execute(statement)
            return
        cursor.execute(f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $${_BODY}$$")
        for name, (table, statement) in _postgres().items():
            cursor.execute(statement)
            # ALWAYS: a session that says it is a replica passes over the ordinary ones.
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def remove(using: BaseDatabaseWrapper = connection) -> None:
    """Take the triggers down."""
    with using.cursor() as cursor:
        if using.vendor == "sqlite":
            for name in _sqlite():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            for name, (table, _statement) in _postgres().items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            cursor.execute(f"DROP FUNCTION IF EXISTS {FUNCTION}()")


def missing(using: BaseDatabaseWrapper = connection) -> list[str]:
    """Return the triggers that are gone, switched off or not as they were put up."""
    with using.cursor() as cursor:
        if using.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            here = dict(cursor.fetchall())
            return sorted(name for name, statement in _sqlite().items() if here.get(name) != statement)
        cursor.execute(
            "SELECT t.tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgenabled = 'A' AND p.prosrc = %s"
            " AND c.relnamespace = current_schema()::regnamespace",
            [_BODY],
        )
        standing = {name for (name,) in cursor.fetchall()}
        return sorted(_postgres().keys() - standing)


@contextmanager
def lifted() -> Iterator[None]:
    """Take the triggers down for the block, to empty a demonstration or a test or to load a backup; they always return.

    The statements in between run outside any transaction of ours, so only one process may work on the database.
    """
    with transaction.atomic():
        remove()
    try:
        yield
    finally:
        with transaction.atomic():
            install()
