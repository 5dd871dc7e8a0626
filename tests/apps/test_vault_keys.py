"""The ring as the web process holds it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django.fixtures import Settings

from diaban.adapters.crypto.keyring import KeyRing
from diaban.apps.vault.keys import ring

LATER = datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


def test_tests_never_touch_the_keys_of_the_person_who_runs_them() -> None:
    assert Path(settings.KEY_DIR).is_relative_to(settings.DATA_DIR)
    assert "diaban-test-" in str(settings.KEY_DIR)


def test_the_ring_is_read_once_and_again_after_a_rotation(settings: Settings, tmp_path: Path) -> None:
    settings.KEY_DIR = tmp_path / "keys"
    first = ring()
    assert ring() is first
    new = KeyRing.open(settings.KEY_DIR, create=False).rotate("seal", at=LATER)
    assert ring().active("seal") == new
    assert ring() is ring()


def test_a_ring_that_goes_missing_is_noticed(settings: Settings, tmp_path: Path) -> None:
    settings.KEY_DIR = tmp_path / "keys"
    first = ring()
    (tmp_path / "keys" / "ring.json").write_text("{}")
    with pytest.raises(Exception, match="bị hỏng"):
        ring()
    assert first.active("seal")
