"""The whole country beside the catalogue's own province."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from diaban.apps.access import House
from diaban.apps.audit.models import Event
from diaban.apps.places import queries
from diaban.apps.places.actions import import_national, load_catalogue
from diaban.apps.places.models import Lineage, Population, Spell, Unit

pytest.importorskip("vietnamadminunits")
pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


class Officer(House):
    def __init__(self) -> None:
        super().__init__("canbo")


def test_the_country_joins_the_catalogue_and_a_second_import_changes_nothing() -> None:
    load_catalogue(by=Officer(), at=AT)
    before = {one.uid: one for one in queries.area_places(TODAY)}
    people = Population.objects.count()
    steps: list[tuple[int, int]] = []
    written = import_national(by=Officer(), at=AT, progress=lambda done, total: steps.append((done, total)))
    assert steps[-1][0] == steps[-1][1]
    assert written.units == Unit.objects.count() - Event.objects.get(verb="units.load_catalogue").detail["units"]
    assert len(queries.places(TODAY)) == 3_321
    assert len(queries.places(TODAY, "province")) == 34
    assert len(queries.places(date(2025, 6, 30), "province")) == 63
    # The demonstration province is the same thirty units, now among the 168 of Thành phố Hồ Chí Minh.
    assert {one.uid: one for one in queries.area_places(TODAY)} == before
    city = queries.unit_by_code("79", TODAY, "province")
    assert len(queries.units_below(city, TODAY)) == 168
    assert Population.objects.count() == people
    _scopes_hold(city)
    _a_second_import_changes_nothing()


def _scopes_hold(city: Unit) -> None:
    assert not queries.area_unit_ids(TODAY) >= queries.scope_unit_ids(city, TODAY)
    assert queries.area_unit_ids(TODAY) <= queries.scope_unit_ids(city, TODAY)
    binh_duong = queries.unit_by_code("74", date(2025, 6, 1), "province")
    assert binh_duong.pk in queries.scope_unit_ids(city, TODAY)
    divided = Lineage.objects.filter(share_num=None).order_by("pk").select_related("source", "target").first()
    assert divided is not None
    # A divided commune lies in none of its heirs alone.
    assert divided.source_id not in queries.scope_unit_ids(divided.target, TODAY)


def _a_second_import_changes_nothing() -> None:
    counts = (Unit.objects.count(), Spell.objects.count(), Lineage.objects.count(), Event.objects.count())
    held = queries.known()
    assert not import_national(by=Officer(), at=AT)
    assert not load_catalogue(by=Officer(), at=AT)
    assert queries.known() is held
    assert counts == (
        Unit.objects.count(),
        Spell.objects.count(),
        Lineage.objects.count(),
        Event.objects.count(),
    )
