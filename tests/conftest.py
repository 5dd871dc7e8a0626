"""What every test gets: a data folder of its own; on PostgreSQL when DIABAN_TEST_DATABASE says so."""

from __future__ import annotations

import os
import tempfile

os.environ["DIABAN_DATA_DIR"] = tempfile.mkdtemp(prefix="diaban-test-")
os.environ["DIABAN_SECRET_KEY"] = "only-for-tests"
os.environ["DIABAN_DATABASE_URL"] = os.environ.get("DIABAN_TEST_DATABASE_URL", "")
