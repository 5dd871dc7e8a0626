"""What every test gets. The environment of the tests is set in `django_settings.py`, which is read first."""
