from django.apps import AppConfig


class PersonsProbeConfig(AppConfig):
    """An app behind a wall that exists only for the tests."""

    name = "persons_probe"
    label = "persons_probe"
    default_auto_field = "django.db.models.BigAutoField"
    wall = "persons"
