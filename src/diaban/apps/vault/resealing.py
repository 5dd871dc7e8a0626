"""Bring stored values under the active keys, and say which keys stored values are under."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.apps import apps
from django.db import connections, models, router, transaction
from django.db.models import BinaryField, Count, F, Func, Q

from diaban.adapters.crypto.keyring import KeyRing, Use
from diaban.adapters.crypto.sealing import SealError
from diaban.apps.vault.fields import BlindIndexField, SealedQuerySet, SealedTextField, index_fields, sealed_fields
from diaban.apps.vault.keys import ring

BATCH: Final = 200
_USES: Final[tuple[Use, Use]] = ("seal", "index")


@dataclass(slots=True)
class Progress:
    """How far the renewal of one model is. `unreadable` names rows that did not open, with the reason."""

    model: str
    total: int
    done: int = 0
    unreadable: list[str] = field(default_factory=list)


def reseal(*, batch: int = BATCH) -> Iterator[Progress]:
    """Renew every row that lies under an older key; yield after each batch.

    Each batch is one short transaction with its rows locked, so the work may be killed at any moment and started
    again: rows already renewed are not read again. A row that does not open is left as it is and named.
    """
    for model in models_with_seals():
        stale = _stale(model)
        progress = Progress(model._meta.label, stale.count())
        names = [column.name for column in (*sealed_fields(model), *index_fields(model))]
        last: Any = None
        while True:
            with transaction.atomic(using=stale.db):
                rest = stale if last is None else stale.filter(pk__gt=last)
                rows = list(rest.select_for_update().order_by("pk")[:batch])
                if not rows:
                    break
                readable = [row for row in rows if _opens(row, progress)]
                _rows(model).bulk_update(readable, names)
            last = rows[-1].pk
            progress.done += len(rows)
            yield progress


def under() -> Counter[str]:
    """Return how many stored values are under each key, by key id."""
    found: Counter[str] = Counter()
    for model in models_with_seals():
        everything = _rows(model)
        columns: list[SealedTextField | BlindIndexField] = [*sealed_fields(model), *index_fields(model)]
        for column in columns:
            counted = everything.annotate(under=_key_of(column)).order_by().values_list("under").annotate(n=Count("pk"))
            for key, number in counted:
                if key:
                    found[key if isinstance(key, str) else bytes(key).hex()] += number
    return found


def retire_unused() -> list[str]:
    """Retire the old keys that no stored value is under; return their ids."""
    keys, used = KeyRing.open(ring().folder, create=False), under()
    done = [key.id for use in _USES for key in keys.every(use) if key.state == "old" and not used[key.id]]
    for key_id in done:
        keys.retire(key_id)
    return done


def models_with_seals() -> list[type[models.Model]]:
    """Return the models that have sealed columns and whose tables are there."""
    found = []
    for model in apps.get_models():
        if sealed_fields(model) and not model._meta.proxy:
            connection = connections[router.db_for_write(model)]
            if model._meta.db_table in connection.introspection.table_names():
                found.append(model)
    return found


def _rows(model: type[models.Model]) -> SealedQuerySet:
    """Return every row, also those that the model's own manager hides."""
    return SealedQuerySet(model, using=router.db_for_write(model))


def _stale(model: type[models.Model]) -> models.QuerySet[Any]:
    """Return the rows with a value that is not under the active key."""
    active = {use: ring().active(use).id for use in _USES}
    wanted = Q()
    rows = _rows(model)
    for column in sealed_fields(model):
        rows = rows.alias(**{f"under_{column.name}": _key_of(column)})
        wanted |= ~Q(**{f"under_{column.name}": bytes.fromhex(active["seal"])}) & Q(**{f"{column.name}__isnull": False})
    for index in index_fields(model):
        rows = rows.alias(**{f"under_{index.name}": _key_of(index)})
        wanted |= ~Q(**{f"under_{index.name}__in": [active["index"], ""]})
    return rows.filter(wanted)


def _key_of(column: SealedTextField | BlindIndexField) -> Func:
    """Return the key id that a stored value begins with: four bytes after the version, or eight digits."""
    if isinstance(column, BlindIndexField):
        return Func(F(column.name), 1, 8, function="SUBSTR", output_field=models.CharField())
    return Func(F(column.name), 2, 4, function="SUBSTR", output_field=BinaryField())


def _opens(row: models.Model, progress: Progress) -> bool:
    try:
        for column in sealed_fields(type(row)):
            getattr(row, column.attname)
    except SealError as error:
        progress.unreadable.append(f"{progress.model} {row.pk}: {error}")
        return False
    return True
