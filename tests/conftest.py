"""What every test gets. The environment of the tests is set in `django_settings.py`, which is read first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import TransactionTestCase

from diaban.apps.audit import guards


@pytest.fixture(scope="session", autouse=True)
def _tables_of_the_audit_can_be_emptied() -> Iterator[None]:
    """Lift the audit's triggers, for the emptying after a test with real transactions and for nothing else."""
    empty = TransactionTestCase._fixture_teardown

    def emptied(self: TransactionTestCase) -> None:
        with guards.lifted():
            empty(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptied)
        yield
