"""Find a PostgreSQL in which tests and benchmarks may make databases of their own."""

from __future__ import annotations

import os

import psycopg


def postgres_url() -> str | None:
    """Return the address of a PostgreSQL in which databases can be made, or None."""
    candidates = [os.environ.get("DIABAN_TEST_POSTGRES_URL") or ""]
    user = os.environ.get("USER") or "postgres"
    candidates += [f"postgresql://{name}@127.0.0.1:5432/postgres" for name in dict.fromkeys((user, "root", "postgres"))]
    for url in filter(None, candidates):
        try:
            with psycopg.connect(url, connect_timeout=3) as link:
                row = link.execute(
                    "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
                ).fetchone()
        except psycopg.Error:
            continue
        if row and row[0]:
            return url
    return None
