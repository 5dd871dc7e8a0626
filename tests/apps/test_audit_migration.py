"""Events of before the chain are taken into it: every value as it was, in the order in which they were written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from diaban.adapters.crypto.keyring import KeyRing
from diaban.apps.accounts.models import User
from diaban.apps.audit.actions import record
from diaban.apps.audit.models import Event
from diaban.apps.audit.verification import verify_database

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
ROWS = 2_003  # over one portion of the migration


@pytest.mark.django_db(transaction=True)
def test_old_events_are_chained() -> None:
    executor = MigrationExecutor(connection)
    before = executor.migrate([("audit", "0001_initial")]).apps
    old = before.get_model("audit", "Event")
    old.objects.bulk_create(
        old(
            at=AT - timedelta(minutes=n),
            actor="canbo",
            verb="hotspot.export" if n == 7 else "hotspot.edit",
            subject=f"hotspot:Đ-{n}",
            detail={"tên": f"Hẻm {n}", "before": None, "a": [1, {"b": 2}]},
        )
        for n in range(ROWS)
    )
    MigrationExecutor(connection).migrate([("audit", "0003_guards")])
    events = list(Event.objects.order_by("seq"))
    assert [event.subject for event in events] == [f"hotspot:Đ-{n}" for n in range(ROWS)]
    assert events[3].detail == {"tên": "Hẻm 3", "before": None, "a": [1, {"b": 2}]}
    assert events[3].at == AT - timedelta(minutes=3) and (events[7].kind, events[8].kind) == ("export", "act")
    record(by=User(username="canbo"), at=AT, verb="a.b", subject="a:1")
    keys = KeyRing.open(Path(settings.KEY_DIR), create=False)
    report = verify_database(keys=keys, witness=None)
    assert report.passed and report.events == ROWS + 1
