"""The product's settings, with what tests need faster or simpler.

A data folder of its own; PostgreSQL when DIABAN_TEST_DATABASE_URL says so. Set here: settings are read before
any conftest.
"""

import os
import tempfile
from pathlib import Path

os.environ["DIABAN_DATA_DIR"] = tempfile.mkdtemp(prefix="diaban-test-")
os.environ["DIABAN_SECRET_KEY"] = "only-for-tests"
os.environ["DIABAN_DATABASE_URL"] = os.environ.get("DIABAN_TEST_DATABASE_URL", "")
Path(os.environ["DIABAN_DATA_DIR"], "static").mkdir()

from diaban.site.settings import *  # noqa: E402, F403

# Hashed file names need a collected folder; the browser tests run the real thing.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
LIMIT_FACTOR = 0  # the tests of the ceilings set their own
