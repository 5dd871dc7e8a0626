"""The demonstration province goes in through the actions, whole, and says what was planted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from diaban.adapters.clock import now
from diaban.apps.accounts.models import User
from diaban.apps.hotspots import queries as hotspots
from diaban.apps.hotspots.models import Hotspot, Incident
from diaban.apps.localities.models import Cycle, Stage, Standing
from diaban.apps.places import actions as places
from diaban.commands.prepare import Installer
from diaban.demo import accounts, loader
from diaban.demo.moments import entered_on
from diaban.engine import synthetic

LAST_DAY = date(2026, 2, 10)


@pytest.fixture
def planted(db: None, monkeypatch: pytest.MonkeyPatch) -> synthetic.Planted:
    """A small province: every seventh commune is drawn on, all are declared."""
    places.load_catalogue(by=Installer(), at=now())
    few = loader.synthetic_places()[::7]
    monkeypatch.setattr(loader, "synthetic_places", lambda: few)
    return loader.load(cast=accounts.create(at=now(), on=LAST_DAY), last_day=LAST_DAY, say=lambda line: None, seed=11)


def test_registers_hold_what_was_drawn(planted: synthetic.Planted) -> None:
    province = synthetic.generate(loader.synthetic_places(), last_day=LAST_DAY, seed=11)
    assert Hotspot.objects.count() == len(province.spots)
    assert Incident.objects.count() == len(province.incidents)
    reformed = {int(name.split()[3]) for name in _names(reformed_count__gt=0)}
    assert reformed == set(planted.reforming_spots)


def _names(**filters: object) -> list[str]:
    return list(Hotspot.objects.filter(**filters).values_list("name", flat=True))


def test_flow_identity_holds_for_every_year(planted: synthetic.Planted) -> None:
    day = synthetic.FIRST_DAY
    while day <= LAST_DAY:
        end = min(day + timedelta(days=365), LAST_DAY + timedelta(days=1))
        flow = hotspots.flow_total(day, end)
        assert flow.closing == flow.opening + flow.new + flow.reformed + flow.moved_in - (
            flow.eliminated + flow.removed + flow.moved_out + flow.merged
        )
        day = end


def test_cycles_before_are_decided_and_the_running_one_is_not(planted: synthetic.Planted) -> None:
    assert list(Cycle.objects.order_by("year").values_list("year", "state")) == [
        (2024, "closed"),
        (2025, "closed"),
        (2026, "open"),
    ]
    assert set(Standing.objects.filter(cycle__year=2025).values_list("stage", flat=True)) == {Stage.DECIDED}
    assert Standing.objects.filter(cycle__year=2024).count() == 82
    assert set(Standing.objects.filter(cycle__year=2024).values_list("proposed_class", flat=True)) <= {
        "I",
        "II",
        "III",
        "none",
    }
    assert Standing.objects.filter(cycle__year=2025).count() == 30
    running = Standing.objects.filter(cycle__year=2026)
    assert running.filter(proposed_class="unknown").count() >= 3
    assert not running.filter(stage=Stage.DECIDED).exists()


def test_nothing_is_logged_before_it_happened() -> None:
    today = now().date()
    assert entered_on(today) <= now()
    assert entered_on(date(2026, 2, 10)).date() == date(2026, 2, 10)


def test_every_name_says_that_it_is_made_up(planted: synthetic.Planted) -> None:
    assert all("mô phỏng" in name for name in _names())
    assert all("mô phỏng" in place for place in Incident.objects.values_list("place", flat=True))


def test_a_database_in_use_is_never_touched(db: None) -> None:
    from typer.testing import CliRunner

    from diaban.cli import build

    accounts.mark().unlink(missing_ok=True)
    User.objects.create_user("that", password="khong-phai-mo-phong")
    result = CliRunner().invoke(build(stateless=False), ["demo", "--reset"])
    assert result.exit_code == 1
    assert "đã có tài khoản" in result.stderr
    assert User.objects.count() == 1
    assert not accounts.present()
    call_command("check")
