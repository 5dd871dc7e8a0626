"""The mark by which these tests can be run alone: `pytest -m kill`."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "kill: kills processes at random moments and looks at what they leave")
