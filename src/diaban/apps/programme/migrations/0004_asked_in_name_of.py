from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programme", "0003_ref")]

    operations = [
        migrations.AddField(
            "extension",
            "asked_in_name_of",
            models.CharField(blank=True, default="", max_length=150),
            preserve_default=False,
        ),
    ]
