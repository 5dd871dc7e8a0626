"""Sealed columns: text in Python, envelopes in the database, found only by their blind index."""

from __future__ import annotations

import pickle
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.db import connection, models, transaction
from django.db.migrations.writer import MigrationWriter
from django.db.models import F
from django.forms import modelform_factory
from django.test.utils import CaptureQueriesContext, isolate_apps
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker
from vault_probe import Pointer, Probe, everything, tables, traces

from diaban.adapters.crypto import sealing
from diaban.adapters.crypto.keyring import KeyRing
from diaban.apps.vault.fields import BlindIndexField, Sealed, SealedModel, SealedTextField
from diaban.apps.vault.keys import ring

LATER = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
NAME, PHONE, NOTE = "Trần Thị Bích Hoà", "0901 234 567", "Chim hoàng yến trong hầm mỏ"


@pytest.fixture(scope="module", autouse=True)
def _tables(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), tables():
        yield


@pytest.fixture(autouse=True)
def _own_ring(settings: Settings, tmp_path: Path, db: None) -> None:
    settings.KEY_DIR = tmp_path / "keys"


def made(**values: str | None) -> Probe:
    probe: Probe = Probe.objects.create(**{"name": NAME, "phone": PHONE, "note": NOTE, **values})
    return probe


def raw(probe: Probe, column: str) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM vault_probe_probe WHERE id = %s", [probe.pk])
        return bytes(cursor.fetchone()[0])


def put(probe: Probe, column: str, value: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE vault_probe_probe SET {column} = %s WHERE id = %s", [value, probe.pk])


def test_what_was_saved_is_read_back() -> None:
    probe = made()
    found = Probe.objects.get(pk=probe.pk)
    assert (found.name, found.phone, found.note) == (NAME, PHONE, NOTE)
    assert made(phone="", note=None).phone == ""
    assert Probe.objects.get(note__isnull=True).note is None


def test_the_database_holds_no_plaintext() -> None:
    probe = made(label="Nhãn mở")
    probe.note = NOTE + " rồi"
    probe.save()
    Probe.objects.bulk_create([Probe(name=NAME, phone=PHONE, note=NOTE) for _ in range(3)])
    held = everything()
    assert any(trace in held for trace in traces("Nhãn mở")), "the dump must show what is not sealed"
    for secret in (NAME, PHONE, NOTE, "0901234567", "tran thi bich hoa", NOTE[:12]):
        assert not any(trace in held for trace in traces(secret)), secret
    assert not any(key.secret in held or key.secret.hex().encode() in held for key in ring().every())


def test_envelopes_open_in_no_other_row_or_column() -> None:
    one, two = made(), made(name="Lê Văn Cừ")
    put(two, "name", raw(one, "name"))
    put(one, "phone", raw(one, "name"))
    put(one, "note", raw(one, "note")[:-1] + b"\0")
    with pytest.raises(sealing.WrongRowError):
        _ = Probe.objects.get(pk=two.pk).name
    with pytest.raises(sealing.WrongColumnError):
        _ = Probe.objects.get(pk=one.pk).phone
    with pytest.raises(sealing.DamagedError):
        _ = Probe.objects.get(pk=one.pk).note


def test_rows_are_found_by_the_blind_index_in_any_spelling() -> None:
    probe, other = made(), made(name="Lê Văn Cừ", phone="0902 000 111")
    assert Probe.objects.get(name="tran thi BÍCH hòa") == probe
    assert Probe.objects.get(phone="0901234567") == probe
    assert Probe.objects.get(name_index="le van cu") == other
    assert set(Probe.objects.filter(phone__in=["0902.000.111", "0901-234-567", None])) == {probe, other}
    assert Probe.objects.exclude(phone="0901234567").get() == other
    assert not Probe.objects.filter(name="Trần").exists()
    assert not Probe.objects.filter(name__in=[]).exists()
    Pointer.objects.create(probe=probe)
    assert Pointer.objects.get(probe__name=NAME).probe == probe
    with CaptureQueriesContext(
        connection,
    ) as queries:
        list(Probe.objects.filter(name=NAME))
    assert not any(trace.decode("utf-8", "ignore") in str(queries.captured_queries) for trace in traces(NAME)[:1])


@pytest.mark.parametrize(
    "ask",
    [
        lambda: Probe.objects.filter(name__icontains="Hoà"),
        lambda: Probe.objects.filter(name__startswith="T"),
        lambda: Probe.objects.filter(name__gt="A"),
        lambda: Probe.objects.filter(name__lower="x"),
        lambda: Probe.objects.filter(name=F("label")),
        lambda: Probe.objects.filter(name_index__startswith="ab"),
        lambda: Probe.objects.filter(note="có gì"),
        lambda: Pointer.objects.filter(probe__note__contains="có gì"),
        lambda: Probe.objects.order_by("name"),
        lambda: Probe.objects.order_by("-note"),
        lambda: Probe.objects.order_by(F("name").desc()),
        lambda: Probe.objects.update(name="Mới"),
        lambda: Probe.objects.bulk_create(
            [Probe(name="x")], update_conflicts=True, update_fields=["name"], unique_fields=["id"]
        ),
    ],
)
def test_what_ciphertext_cannot_answer_is_refused_with_the_reason(ask: object) -> None:
    with pytest.raises(FieldError, match=r"vault_probe\.Probe(\.(name|note|name_index))?.*(sealed|blind index)"):
        ask()  # type: ignore[operator]


def test_no_error_repeats_the_value_asked_for() -> None:
    for ask in (lambda: Probe.objects.update(name=NAME), lambda: Probe.objects.filter(note=NOTE)):
        with pytest.raises(FieldError) as caught:
            ask()
        assert NAME not in str(caught.value) and NOTE not in str(caught.value)


def test_values_and_lists_never_open() -> None:
    probe = made()
    (row,) = Probe.objects.values("name", "note")
    assert isinstance(row["name"], Sealed) and str(row) == "{'name': ‹niêm phong›, 'note': ‹niêm phong›}"
    assert f"{Probe.objects.values_list('phone', flat=True)[0]}" == "‹niêm phong›"
    field = Probe._meta.get_field("name")
    assert field.open(row["name"], probe) == NAME
    assert NAME.encode() not in pickle.dumps(Probe.objects.get().__dict__["name"].envelope)


def test_deferred_columns_open_when_they_are_asked_for() -> None:
    probe = made()
    found = Probe.objects.defer("note").get()
    assert "note" in found.get_deferred_fields()
    assert found.note == NOTE
    found = Probe.objects.only("label").get()
    assert found.name == NAME
    found.refresh_from_db()
    assert found.phone == PHONE
    assert probe.name == NAME


def test_saving_part_of_a_row_keeps_its_index_in_step() -> None:
    made()
    found = Probe.objects.get()
    found.phone = "0999 888 777"
    found.save(update_fields=["phone"])
    assert Probe.objects.get(phone="0999888777").name == NAME
    assert not Probe.objects.filter(phone=PHONE).exists()


def test_an_unopened_row_is_saved_as_it_lay() -> None:
    probe = made()
    before = raw(probe, "note")
    found = Probe.objects.get()
    found.label = "đổi"
    found.save()
    assert raw(probe, "note") == before
    assert Probe.objects.get(phone=PHONE).note == NOTE


def test_a_row_saved_after_a_rotation_comes_under_the_new_key() -> None:
    probe = made()
    found = Probe.objects.get()
    new, index = (KeyRing.open(ring().folder, create=False).rotate(use, at=LATER) for use in ("seal", "index"))
    assert Probe.objects.get(name=NAME) == probe
    found.save()
    assert sealing.key_id(raw(probe, "note")) == new.id
    found.refresh_from_db()
    assert found.note == NOTE and found.name_index.startswith(index.id)
    assert Probe.objects.get(name=NAME) == probe


def test_a_copied_row_opens_under_its_own_name() -> None:
    probe = made()
    twin = Probe.objects.get()
    assert twin.name == NAME
    twin.pk, twin.row_uid, twin._state.adding = None, uuid.uuid4(), True
    with pytest.raises(sealing.WrongRowError), transaction.atomic():  # two columns were never opened: nothing is lost
        twin.save()
    twin.phone, twin.note = probe.phone, probe.note
    twin.save()
    assert Probe.objects.get(pk=twin.pk).note == NOTE


def test_many_rows_at_once() -> None:
    Probe.objects.bulk_create([Probe(name=f"Người {number}", phone=f"09{number:08}") for number in range(50)])
    rows = list(Probe.objects.all())
    for row in rows:
        row.name, row.note = f"{row.name} mới", None if row.phone.endswith("1") else row.phone
    assert Probe.objects.bulk_update(rows, ["name", "note"]) == 50
    assert rows[3].name.endswith("mới"), "the objects themselves still give their text"
    found = Probe.objects.get(name="nguoi 7 moi")
    assert (found.name, found.phone, found.note) == ("Người 7 mới", "0900000007", "0900000007")
    assert Probe.objects.filter(note__isnull=True).count() == 5
    with pytest.raises(FieldError, match="sealed row by row"):
        models.QuerySet(Probe).bulk_update(rows, ["name"])


def test_forms_and_validation_see_text() -> None:
    form = modelform_factory(Probe, fields=["name", "phone"])({"name": NAME, "phone": "1" * 21})
    assert "phone" in form.errors
    form = modelform_factory(Probe, fields=["name", "phone"])({"name": NAME, "phone": PHONE})
    probe = form.save()
    assert Probe.objects.get(name=NAME) == probe
    assert modelform_factory(Probe, fields=["name"])(instance=Probe.objects.get()).initial == {"name": NAME}
    with pytest.raises(ValidationError):
        Probe(name="").full_clean()


def test_a_dump_of_objects_is_refused() -> None:
    with pytest.raises(FieldError, match="sealed"):
        Probe._meta.get_field("name").value_to_string(made())


def test_migrations_carry_what_matters() -> None:
    name, index = Probe._meta.get_field("name"), Probe._meta.get_field("name_index")
    for field, wanted in ((name, {"index": "name_index", "pad": 64}), (index, {"of": "name", "normal": "words"})):
        _, path, args, kwargs = field.deconstruct()
        assert (args, kwargs) == ([], wanted)
        assert path.startswith("diaban.apps.vault.fields.")
        clone = field.clone()
        assert clone.deconstruct()[1:] == field.deconstruct()[1:]
        assert "diaban.apps.vault.fields" in MigrationWriter.serialize(field)[0]


@isolate_apps()
def test_wrong_declarations_are_found_by_the_system_check() -> None:
    class Loose(models.Model):
        a = SealedTextField()

        class Meta:
            app_label = "vault_probe"

    class Keyed(SealedModel):
        a = SealedTextField(unique=True)
        b = SealedTextField(index="c")
        c = BlindIndexField(of="a")

        class Meta:
            app_label = "vault_probe"

    found = [(type_.__name__, error.id) for type_ in (Loose, Keyed) for error in type_.check(databases=["default"])]
    assert found == [("Loose", "vault.E001"), ("Keyed", "vault.E002"), ("Keyed", "vault.E003")]


def test_a_renamed_column_keeps_its_first_place() -> None:
    probe = made()
    field = Probe._meta.get_field("name").clone()
    field.place = "vault_probe_probe.name"
    field.set_attributes_from_name("full_name")
    field.model = Probe
    assert field.open(Sealed(raw(probe, "name")), probe) == NAME
    assert field.deconstruct()[3]["place"] == "vault_probe_probe.name"
