"""The old table goes; triggers keep the new one from being changed."""

from django.db import migrations

from diaban.apps.audit import guards


def install(apps, schema_editor):
    """Put the triggers up."""
    guards.install(schema_editor.connection)


def remove(apps, schema_editor):
    """Take the triggers down."""
    guards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_chain")]

    operations = [migrations.DeleteModel("OldEvent"), migrations.RunPython(install, remove)]
