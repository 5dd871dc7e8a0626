"""Indexes that searches read whole; on PostgreSQL also trigrams, where the database may have them."""

from django.db import DatabaseError, migrations, models, transaction

TRIGRAMS = {
    "hotspots_hotspot_search_trigram": "hotspots_hotspot",
    "hotspots_incident_search_trigram": "hotspots_incident",
}


def add_trigrams(apps, schema_editor):
    """Without the extension (not installed, or not permitted) searches read the table: slower, not wrong."""
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            for name, table in TRIGRAMS.items():
                cursor.execute(f'CREATE INDEX IF NOT EXISTS "{name}" ON "{table}" USING gin ("search" gin_trgm_ops)')
    except DatabaseError:
        return


def drop_trigrams(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in TRIGRAMS:
            schema_editor.execute(f'DROP INDEX IF EXISTS "{name}"')


class Migration(migrations.Migration):

    dependencies = [
        ('hotspots', '0001_initial'),
        ('places', '0003_area'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='incident',
            name='hotspots_in_on_2d15f0_idx',
        ),
        migrations.AddIndex(
            model_name='hotspot',
            index=models.Index(fields=['state', 'search'], name='hotspots_ho_state_a1e150_idx'),
        ),
        migrations.AddIndex(
            model_name='incident',
            index=models.Index(fields=['on', 'id', 'arrested'], name='hotspots_in_on_4d1073_idx'),
        ),
        migrations.AddIndex(
            model_name='incident',
            index=models.Index(fields=['search', 'arrested'], name='hotspots_in_search_d870b6_idx'),
        ),
        migrations.RunPython(add_trigrams, drop_trigrams),
    ]
