"""Sealed columns of models: plain text in Python, an envelope in the database, a blind index for look-ups.

    class Person(SealedModel):
        phone = SealedTextField(index="phone_index")
        phone_index = BlindIndexField(of="phone", normal="digits")

    Person.objects.filter(phone="0901 234 567")     # goes through the index

A row is opened only when somebody reads the attribute; lists, counts and `values()` meet `Sealed` and never the text.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

from django import forms
from django.core import checks
from django.core.exceptions import FieldError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.expressions import Col, F, OrderBy
from django.db.models.lookups import IsNull, Lookup
from django.db.models.query_utils import DeferredAttribute

from diaban.adapters.crypto import blind, sealing
from diaban.adapters.crypto.blind import INDEX_LENGTH, Normal
from diaban.adapters.crypto.sealing import Place
from diaban.apps.vault.keys import ring

ROW = "row_uid"
DEFAULT_PAD = 32
LONGEST = 4000


class Sealed:
    """An envelope as the database holds it. It says nothing of what is inside."""

    __slots__ = ("envelope",)

    def __init__(self, envelope: bytes) -> None:
        self.envelope = envelope

    def __str__(self) -> str:
        return "‹niêm phong›"

    __repr__ = __str__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and self.envelope == other.envelope

    def __hash__(self) -> int:
        return hash(self.envelope)


class SealedAttribute(DeferredAttribute):
    """Opens the envelope when the attribute is read, and keeps the text with the instance."""

    field: SealedTextField

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        if not isinstance(value, Sealed) or getattr(instance._state, "keep_sealed", False):
            return value
        text = self.field.open(value, instance)
        instance.__dict__[self.field.attname] = text
        return text

    def __set__(self, instance: Any, value: Any) -> None:
        # A data descriptor: Python would otherwise find the envelope in the instance and never ask `__get__`.
        instance.__dict__[self.field.attname] = value


class _Refused(Lookup[Any]):
    """Every look-up that ciphertext cannot answer."""

    lookup_name = "refused"

    def __init__(self, lhs: Any, rhs: Any) -> None:  # noqa: ARG002
        raise FieldError(_refusal(lhs.output_field))


class _ByIndex(Lookup[Any]):
    """Equality on a sealed column or its index: the index is one of those that the value may lie under."""

    lookup_name = "exact"
    prepare_rhs = False

    def __init__(self, lhs: Any, rhs: Any) -> None:
        given = [rhs] if self.lookup_name == "exact" or hasattr(rhs, "resolve_expression") else list(rhs)
        if not isinstance(lhs, Col) or any(hasattr(value, "resolve_expression") for value in given):
            raise FieldError(_refusal(lhs.output_field))
        super().__init__(lhs, rhs if self.lookup_name == "exact" else given)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[str | int, ...]]:  # noqa: ARG002
        given = [self.rhs] if self.lookup_name == "exact" else self.rhs
        field = self.lhs.output_field
        indexed = field if isinstance(field, BlindIndexField) else field.model._meta.get_field(field.index)
        column, params = compiler.compile(Col(self.lhs.alias, indexed))
        wanted = [index for value in given for index in indexed.candidates(value)]
        if not wanted:
            return "0 = 1", ()
        return f"{column} IN ({', '.join(['%s'] * len(wanted))})", (*params, *wanted)


class _ByIndexes(_ByIndex):
    lookup_name = "in"


def _refusal(field: Any) -> str:
    name = f"{field.model._meta.label}.{field.name}"
    if isinstance(field, BlindIndexField):
        return f"{name} is a blind index: only exact, in and isnull with plain values can be asked of it."
    if field.index:
        return f"{name} is sealed: only exact and in with plain values (by its blind index) and isnull can be asked."
    return f"{name} is sealed without a blind index: only isnull can be asked. A BlindIndexField would find rows by it."


class SealedTextField(models.Field[str, str]):
    """Text that the database holds only sealed. `index` names the `BlindIndexField` that finds it.

    `pad` is the block in bytes that the length is rounded up to. `place` ("table.column") is set when the table or the
    column was renamed after values had been sealed: they stay bound to the names of their first day.
    """

    description = "Sealed text"
    descriptor_class = SealedAttribute
    empty_strings_allowed = True

    def __init__(
        self,
        *args: Any,
        index: str = "",
        pad: int = DEFAULT_PAD,
        place: str = "",
        max_length: int = 4000,
        **kwargs: Any,
    ) -> None:
        self.index, self.pad, self.place = index, pad, place
        super().__init__(*args, **{**kwargs, "max_length": max_length})
        self.validators = [*self.validators, MaxLengthValidator(max_length)]

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for key, value, default in (
            ("index", self.index, ""),
            ("pad", self.pad, DEFAULT_PAD),
            ("place", self.place, ""),
            ("max_length", self.max_length, LONGEST),
        ):
            kwargs.pop(key, None)
            if value != default:
                kwargs[key] = value
        return name, path, args, kwargs

    def get_internal_type(self) -> str:
        return "BinaryField"

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        return [*super().check(**kwargs), *self._check_place()]

    def _check_place(self) -> Iterable[checks.CheckMessage]:
        if not issubclass(self.model, SealedModel):
            yield checks.Error("A model with a sealed column must inherit SealedModel.", obj=self, id="vault.E001")
        if self.unique or getattr(self, "db_index", False):
            yield checks.Error(
                "A sealed column can be neither key nor index: each sealing gives another value.",
                hint="Find rows by a BlindIndexField.",
                obj=self,
                id="vault.E002",
            )
        if self.index:
            named = next((field for field in self.model._meta.fields if field.name == self.index), None)
            if not isinstance(named, BlindIndexField) or named.of != self.name:
                yield checks.Error(
                    f"index={self.index!r} is no BlindIndexField(of={self.name!r}) of this model.",
                    obj=self,
                    id="vault.E003",
                )

    def where(self, row: object) -> Place:
        """Return the place that a value of this column in the row `row` is bound to."""
        table, _, column = (self.place or f"{self.model._meta.db_table}.{self.column}").partition(".")
        return Place(table, column, str(row))

    def seal(self, text: str, row: object) -> Sealed:
        """Seal `text` for the row with this uid."""
        return Sealed(sealing.seal(ring(), text.encode(), self.where(row), pad=self.pad))

    def open(self, value: Sealed, instance: models.Model) -> str:
        """Return the text of an envelope found in the row of `instance`. Raises `sealing.SealError`."""
        return sealing.unseal(ring(), value.envelope, self.where(getattr(instance, ROW))).decode()

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:  # noqa: ARG002
        return None if value is None else Sealed(bytes(value))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: ARG002
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, Sealed):
            row = getattr(model_instance, ROW)
            fresh = sealing.key_id(value.envelope) == ring().active("seal").id
            if fresh and sealing.is_for(value.envelope, self.where(row)):
                return value
            value = self.open(value, model_instance)  # never opened since it was read, and its key is old by now
        return None if value is None else self.seal(self.to_python(value) or "", getattr(model_instance, ROW))

    def to_python(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str | Sealed) else str(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: ARG002
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise FieldError(
                f"{self.model._meta.label}.{self.name} is sealed row by row: set it on the object, then save() or "
                "bulk_update(); update() cannot seal."
            )
        return connection.Database.Binary(value.envelope)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return IsNull
        if self.index and lookup_name in ("exact", "in"):
            return _ByIndex if lookup_name == "exact" else _ByIndexes
        return _Refused

    def get_transform(self, lookup_name: str) -> Any:  # noqa: ARG002
        return None

    def value_to_string(self, obj: models.Model) -> str:  # noqa: ARG002
        raise FieldError(
            f"{self.model._meta.label}.{self.name} is sealed and leaves only by a backup, not by dumpdata."
        )

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": forms.CharField, "max_length": self.max_length, **kwargs})


class BlindIndexField(models.CharField[str, str]):
    """The look-up index of the sealed column `of`, kept in step by every save. "" stands for an empty value."""

    description = "Blind index"

    def __init__(self, *args: Any, of: str, normal: Normal = "words", **kwargs: Any) -> None:
        self.of, self.normal = of, normal
        kwargs |= {"max_length": INDEX_LENGTH, "editable": False, "blank": True, "default": "", "db_index": True}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "editable", "blank", "default", "db_index"):
            kwargs.pop(fixed, None)
        return name, path, args, {**kwargs, "of": self.of, "normal": self.normal}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:  # noqa: ARG002
        return self.computed(model_instance)

    def computed(self, instance: models.Model) -> str:
        """Return the index of what the sealed column of `instance` holds, under the active key, and set it."""
        value = getattr(instance, self.of)
        found = "" if value is None else blind.index(ring(), *self._domain(), str(value), normal=self.normal)
        setattr(instance, self.attname, found)
        return found

    def candidates(self, value: object) -> list[str]:
        """Return the indexes under which rows with this value may lie; none for None."""
        return [] if value is None else blind.candidates(ring(), *self._domain(), str(value), normal=self.normal)

    def _domain(self) -> tuple[str, str]:
        sealed = self.model._meta.get_field(self.of)
        assert isinstance(sealed, SealedTextField)
        place = sealed.where("")
        return place.table, place.column

    def get_lookup(self, lookup_name: str) -> Any:
        return {"exact": _ByIndex, "in": _ByIndexes, "isnull": IsNull}.get(lookup_name, _Refused)

    def get_transform(self, lookup_name: str) -> Any:  # noqa: ARG002
        return None


class SealedQuerySet(models.QuerySet[Any]):
    """Seals in bulk, keeps the indexes in step, and refuses an order that would mean nothing."""

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> int:
        rows = tuple(objs)
        names = _with_indexes(self.model, fields)
        with _sealed(rows, [field for field in sealed_fields(self.model) if field.name in names]):
            return super().bulk_update(rows, names, batch_size=batch_size)

    def bulk_create(
        self,
        objs: Iterable[Any],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        update_fields: Collection[str] | None = None,
        unique_fields: Collection[str] | None = None,
    ) -> list[Any]:
        sealed = {field.name for field in sealed_fields(self.model)}
        if update_conflicts and sealed & set(update_fields or ()) and ROW not in (unique_fields or ()):
            raise FieldError(
                f"{self.model._meta.label}: an upsert would put values sealed for a new row into an old one."
            )
        return super().bulk_create(objs, batch_size, ignore_conflicts, update_conflicts, update_fields, unique_fields)

    def order_by(self, *field_names: Any) -> Self:
        closed = {field.name for field in sealed_fields(self.model)}
        for name in field_names:
            inner = name.expression if isinstance(name, OrderBy) else name
            asked = getattr(inner, "name", "") if isinstance(inner, F) else inner
            if isinstance(asked, str) and asked.lstrip("-") in closed:
                raise FieldError(f"{self.model._meta.label}.{asked.lstrip('-')} is sealed: its order says nothing.")
        return super().order_by(*field_names)


class SealedModel(models.Model):
    """Base of every model with sealed columns: gives the row the name that its envelopes are bound to."""

    row_uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = models.Manager.from_queryset(SealedQuerySet)()

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is not None:
            update_fields = _with_indexes(type(self), update_fields)
        super().save(*args, update_fields=update_fields, **kwargs)


def sealed_fields(model: type[models.Model]) -> Sequence[SealedTextField]:
    """Return the sealed columns of a model."""
    return [field for field in model._meta.concrete_fields if isinstance(field, SealedTextField)]


def index_fields(model: type[models.Model]) -> Sequence[BlindIndexField]:
    """Return the blind indexes of a model."""
    return [field for field in model._meta.concrete_fields if isinstance(field, BlindIndexField)]


def _with_indexes(model: type[models.Model], names: Iterable[str]) -> list[str]:
    wanted = list(names)
    return wanted + [field.name for field in index_fields(model) if field.of in wanted and field.name not in wanted]


@contextmanager
def _sealed(rows: Sequence[models.Model], fields: Sequence[SealedTextField]) -> Iterator[None]:
    """Let the attributes give envelopes instead of text, for the one Django method that reads values off instances."""
    kept = [{field.attname: getattr(row, field.attname) for field in fields} for row in rows]
    for row in rows:
        for index in index_fields(type(row)):
            if index.of in {field.name for field in fields}:
                index.computed(row)
    try:
        for row in rows:
            row._state.keep_sealed = True  # type: ignore[attr-defined]
            for field in fields:
                setattr(row, field.attname, field.pre_save(row, add=False))
        yield
    finally:
        for row, values in zip(rows, kept, strict=True):
            row._state.keep_sealed = False  # type: ignore[attr-defined]
            for name, value in values.items():
                setattr(row, name, value)
