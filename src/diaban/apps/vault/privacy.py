"""Which privacy class every field of every table has, and rows as somebody cleared for some classes may see them.

An app says it in its file `privacy.py`: `FIELDS = {"hotspots.Hotspot": classed(internal="code state", …)}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db.models import Field, ForeignObjectRel, Model

from diaban.apps.vault import outside
from diaban.core.privacy import MASK, PrivacyClass, mask, visible


class UnclassifiedError(LookupError):
    """A field was asked for that no `privacy.py` names: it is not shown before somebody has decided."""


@lru_cache(maxsize=1)
def declared() -> Mapping[str, Mapping[str, PrivacyClass]]:
    """Return what the apps say: the class of each field by model label ("hotspots.Hotspot")."""
    found: dict[str, Mapping[str, PrivacyClass]] = dict(outside.FIELDS)
    for config in apps.get_app_configs():
        name = f"{config.name}.privacy"
        # The vault's own file of that name is this one; it has no table of its own.
        if config.name.startswith("diaban.apps.") and name != __name__ and find_spec(name) is not None:
            found |= import_module(name).FIELDS
    return found


def class_of(model: type[Model], path: str) -> PrivacyClass:
    """Return the class of a field, also through relations ("unit__uid"). Raises `UnclassifiedError`.

    Through a relation the stricter of the two counts: who may not know whom a record is tied to may not know it by a
    harmless column of the other table either.
    """
    name, _, rest = path.partition("__")
    field = model._meta.pk if name == "pk" else model._meta.get_field(name)
    if isinstance(field, ForeignObjectRel):
        raise UnclassifiedError(f"{model._meta.label}.{path}: ask the table that holds the relation.")
    own = _own(model, field)
    if not rest:
        return own
    related = field.related_model
    if not isinstance(related, type) or not issubclass(related, Model):
        raise UnclassifiedError(f"{model._meta.label}.{path}: {name} leads to no table.")
    return max(own, class_of(related, rest), key=list(PrivacyClass).index)


def _own(model: type[Model], field: Field[object, object]) -> PrivacyClass:
    table = declared().get(model._meta.label, {})
    if field.name in table:
        return table[field.name]
    owner: Any = model._meta.auto_created
    if owner:  # the table behind a many-to-many field tells what that field tells
        for many in owner._meta.local_many_to_many:
            if many.remote_field.through is model:
                return _own(owner, many)
    raise UnclassifiedError(f"{model._meta.label}.{field.name} has no privacy class: name it in the app's privacy.py.")


def masked(
    model: type[Model],
    rows: Iterable[Mapping[str, object]],
    *,
    cleared: frozenset[PrivacyClass],
    columns: Mapping[str, str | PrivacyClass] | None = None,
) -> Iterator[dict[str, object]]:
    """Yield the rows with every value masked that the reader is not cleared for.

    The keys of a row are field paths of `model` ("address", "unit__uid"). `columns` says for other keys which field
    they show, or which class they have. A key that is neither is refused: a forgotten column must not be an open one.
    """
    classes: dict[str, PrivacyClass] = {}
    for row in rows:
        for key in row.keys() - classes.keys():
            meant = (columns or {}).get(key, key)
            classes[key] = meant if isinstance(meant, PrivacyClass) else class_of(model, meant)
        yield {key: mask(value, classes[key], cleared) for key, value in row.items()}


class Veiled:
    """A row for a page: it reads like the row, with `MASK` for every field that the reader is not cleared for.

    Nothing can be set on it, so that a mask never comes to be saved. What it leads to through a relation is veiled too.
    """

    __slots__ = ("_cleared", "_row")

    def __init__(self, row: Model, cleared: frozenset[PrivacyClass]) -> None:
        object.__setattr__(self, "_row", row)
        object.__setattr__(self, "_cleared", cleared)

    def __getattr__(self, name: str) -> Any:
        row: Model = self._row
        field = _fields(type(row)).get(name)
        if field is not None and not visible(_own(type(row), field), self._cleared):
            return MASK
        value = getattr(row, name)
        return Veiled(value, self._cleared) if isinstance(value, Model) else value

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name}: a veiled row is only read")

    def __str__(self) -> str:
        return str(self._row) if visible(holds(type(self._row)), self._cleared) else MASK


@lru_cache(maxsize=64)
def _fields(model: type[Model]) -> Mapping[str, Field[object, object]]:
    """Return the fields by every name under which a row gives their value away."""
    found: dict[str, Field[object, object]] = {}
    for field in model._meta.concrete_fields:
        found |= dict.fromkeys((field.name, field.attname, f"get_{field.name}_display"), field)
    return found


def holds(model: type[Model]) -> PrivacyClass:
    """Return the strictest class among the fields of a table, secrets aside."""
    classes = {_own(model, field) for field in (*model._meta.local_fields, *model._meta.local_many_to_many)}
    return max(classes - {PrivacyClass.SECRET} or classes, key=list(PrivacyClass).index)
