"""Columns whose stored bytes are under a hash."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from diaban.core.chain import canonical_json


class Number(models.BigIntegerField[int, int]):
    """A number given by us. On SQLite its column is the row's own place, so that reading in order needs no index."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """Return the type of the column."""
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


class CanonicalJSON(models.TextField[dict[str, Any], dict[str, Any]]):
    """A dict kept as canonical JSON text: unlike a JSON column, the bytes stay the same on every database."""

    def from_db_value(self, value: str, *_rest: object) -> Any:
        """Return the dict; text that is no JSON (somebody changed it) comes as it stands under "?"."""
        try:
            return json.loads(value)
        except ValueError:
            return {"?": value}

    def get_prep_value(self, value: Any) -> str:
        """Return the text to store; text, as in a search, stays as it is."""
        return value if isinstance(value, str) else canonical_json(value)

    def to_python(self, value: Any) -> Any:
        """Return the dict of a text."""
        return json.loads(value) if isinstance(value, str) else value
