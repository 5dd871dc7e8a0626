"""Walls between databases: an app whose AppConfig says `wall = "persons"` lives in that database and nowhere else.

Its tables are made there alone, nothing outside may point to them and they point to nothing outside; what both sides
must share goes through a function call with plain keys (a unit's uid, a user's name).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core import checks
from django.db import DEFAULT_DB_ALIAS, models


class WallRouter:
    """Says where a table lives. Django asks it for every read, write, relation and migration."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str:  # noqa: ARG002
        return wall_of(model._meta.app_label)

    db_for_write = db_for_read

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool:  # noqa: ARG002
        return wall_of(one._meta.app_label) == wall_of(other._meta.app_label)

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:  # noqa: ARG002
        return db == wall_of(app_label)


def wall_of(app_label: str) -> str:
    """Return the database that an app lives in; the main one for every app without a wall."""
    config = apps.app_configs.get(app_label)
    return str(getattr(config, "wall", "") or DEFAULT_DB_ALIAS)


def check_walls(app_configs: Sequence[AppConfig] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """System check: every wall has its database, and no relation leads through one."""
    return [*_unknown_walls(), *_relations_through_walls()]


def _unknown_walls() -> Iterator[checks.CheckMessage]:
    for config in apps.get_app_configs():
        if wall_of(config.label) not in settings.DATABASES:
            yield checks.Error(
                f"{config.label}: wall {wall_of(config.label)!r} has no database.",
                hint="Known walls stand in diaban.site.databases.WALLS.",
                id="vault.E010",
            )


def _relations_through_walls() -> Iterator[checks.CheckMessage]:
    for model in apps.get_models(include_auto_created=True):
        for field in (*model._meta.local_fields, *model._meta.local_many_to_many, *model._meta.private_fields):
            here, target = wall_of(model._meta.app_label), field.related_model
            if isinstance(target, type) and issubclass(target, models.Model):
                there = wall_of(target._meta.app_label)
            elif field.is_relation:  # a generic relation: to a content type, and those are in the main database
                there = DEFAULT_DB_ALIAS
            else:
                continue
            if here != there:
                yield checks.Error(
                    f"{model._meta.label}.{field.name} leads from {here!r} through the wall to {there!r}.",
                    hint="Keep the other side's plain key instead, and ask its queries.",
                    obj=model,
                    id="vault.E011",
                )
