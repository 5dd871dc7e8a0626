"""Every column of every table has a privacy class, and no declaration outlives its column."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import Model

from diaban.apps.exchange.registry import sheet_by_code
from diaban.apps.vault import privacy
from diaban.apps.vault.fields import SealedTextField
from diaban.core.privacy import PrivacyClass

ROOT = Path(__file__).parents[2]
MODELS = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}


def columns(model: type[Model]) -> list[str]:
    return [field.name for field in (*model._meta.concrete_fields, *model._meta.local_many_to_many)]


@pytest.mark.parametrize("label", sorted(MODELS))
def test_every_field_has_a_class(label: str) -> None:
    missing = []
    for name in columns(MODELS[label]):
        try:
            privacy.class_of(MODELS[label], name)
        except privacy.UnclassifiedError as error:
            missing.append(str(error))
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("label", sorted(set(privacy.declared()) & set(MODELS)))
def test_nothing_is_declared_that_is_not_there(label: str) -> None:
    assert set(privacy.declared()[label]) <= set(columns(MODELS[label]))


def test_no_table_of_ours_is_declared_that_is_not_there() -> None:
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("diaban.")}
    assert {label for label in privacy.declared() if label.split(".")[0] in ours} <= set(MODELS)


@pytest.mark.parametrize("word", ["password", "secret", "token", "session_key", "session_data", "digest_of_code"])
def test_what_opens_a_door_is_secret(word: str) -> None:
    for label, model in MODELS.items():
        for name in columns(model):
            if word == name or (word in ("password", "secret") and name.endswith(word)):
                if (label, name) == ("places.RegisterStamp", "token"):  # a stamp of the catalogue's state
                    continue
                held = privacy.class_of(model, name)
                boolean = model._meta.get_field(name).get_internal_type() == "BooleanField"
                assert boolean or held is PrivacyClass.SECRET, f"{label}.{name} is {held}"


def test_free_text_is_never_less_than_what_it_may_hold() -> None:
    """Long free text beside a record may tell of a person: somebody has to have decided otherwise by name."""
    decided = {
        "reports.Letterhead.recipients",
        "reports.Issue.reason",
        "hotspots.ProvinceValue.value",
        "jobs.Run.message",
        # Issues are of rules, means and co-operation, for every agency to read: the forms say that no person is named.
        "concerns.Concern.words",
        "concerns.ConcernStep.words",
        # A plan is a published document: its sentences are those of the text that was signed and issued.
        "plans.Plan.search",
        "plans.Version.title",
        "plans.Version.text",
        "plans.Version.reason",
        "plans.Clause.text",
        "plans.Target.words",
        "plans.Duty.words",
        "plans.Indicator.note",
        # So is the plan to transform a locality: it answers questions about the place, told beside each field.
        "transformation.Answer.text",
        # Work is given to agencies and posts; the hint beside each field says to write no names.
        "programme.Task.words",
        "programme.Task.search",
        "programme.Step.words",
        "programme.Extension.reason",
        "accounts.Delegation.reason",
        "django_tasks_database.DBTaskResult.task_path",
        "django_tasks_database.DBTaskResult.exception_class_path",
    }
    loose = {
        f"{label}.{field.name}"
        for label, model in MODELS.items()
        for field in model._meta.concrete_fields
        if field.get_internal_type() == "TextField" or field.name in ("note", "reason", "evidence")
        if privacy.class_of(model, field.name) not in (PrivacyClass.SENSITIVE, PrivacyClass.SECRET)
    }
    assert loose <= decided, sorted(loose - decided)


def test_what_is_sealed_is_personal() -> None:
    for model in MODELS.values():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedTextField):
                held = privacy.class_of(model, field.name)
                assert held in (PrivacyClass.PERSONAL, PrivacyClass.SENSITIVE, PrivacyClass.SECRET)


REGISTERS = {
    "hotspots": ("hotspots.Hotspot", "hotspots.HotspotStep"),
    "incidents": ("hotspots.Incident",),
    "routes": ("hotspots.Route",),
    "declarations": ("localities.Declaration",),
}


@pytest.mark.parametrize("code", sorted(REGISTERS))
def test_an_export_locks_every_column_that_tells_of_a_person(code: str) -> None:
    """`Sheet.personal` says the same as the classes of the fields that its columns show."""
    sheet = sheet_by_code(code)
    told = {
        column.code
        for column in sheet.spec.columns
        for label in REGISTERS[code]
        if column.code in privacy.declared()[label]
        and privacy.class_of(MODELS[label], column.code) in (PrivacyClass.PERSONAL, PrivacyClass.SENSITIVE)
    }
    assert told <= sheet.personal.keys()


def test_the_page_tells_what_the_apps_declare() -> None:
    result = subprocess.run(
        [sys.executable, "tools/privacy.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
