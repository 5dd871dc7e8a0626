"""The English catalogue is complete: every sentence of the interface has its English, with the same places."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_catalogue_is_complete_and_compiled() -> None:
    if shutil.which("xgettext") is None and os.environ.get("DIABAN_REQUIRE") != "1":
        pytest.skip("xgettext is not on this machine (Debian, Ubuntu: apt install gettext)")
    result = subprocess.run(
        [sys.executable, "tools/messages.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
