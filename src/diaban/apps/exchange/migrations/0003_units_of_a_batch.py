from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0002_parts_and_acts"),
        ("places", "0003_area"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="units",
            field=models.ManyToManyField(related_name="+", to="places.unit"),
        ),
    ]
