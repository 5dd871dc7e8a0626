from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agencies", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="agency",
            name="search",
            field=models.CharField(blank=True, max_length=2000),
        ),
    ]
