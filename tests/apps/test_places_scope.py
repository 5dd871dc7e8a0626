"""Where, when and on which boundaries: read from the address, with defaults that fit the user."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from diaban.apps.access import House
from diaban.apps.places import queries
from diaban.apps.places import scope as scope_module
from diaban.apps.places.actions import load_catalogue, set_area
from diaban.apps.places.models import Unit, WorkArea
from diaban.apps.places.scope import read_scope, register_period_lock

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 10)
pytestmark = pytest.mark.django_db


class Officer(House):
    def __init__(self) -> None:
        super().__init__("canbo")


@pytest.fixture(autouse=True)
def loaded(db: None) -> None:
    load_catalogue(by=Officer(), at=AT)


def unit(code: str, day: date = TODAY, level: str = "commune") -> Unit:
    return queries.unit_by_code(code, day, level)


def test_the_default_is_the_working_area_this_month_and_today() -> None:
    scope = read_scope({}, own=None, on=TODAY)
    assert scope.unit_name == "Tỉnh Bà Rịa - Vũng Tàu (cũ)"
    assert scope.unit_uid == "77@2019-04-01"
    assert (scope.period_code, scope.period_label) == ("2026-11", "Tháng 11 · 15/10–14/11/2026")
    assert (scope.period_state, scope.include_below, scope.on) == ("open", True, TODAY)
    assert (scope.boundaries_label, scope.carry, scope.problems) == ("", "", ())
    assert len(scope.communes) == 30
    assert scope.unit_ids == queries.area_unit_ids(TODAY)


def test_a_user_of_a_ward_begins_there_and_a_user_of_the_city_in_the_area() -> None:
    ward = unit("26506")
    scope = read_scope({}, own=ward, on=TODAY)
    assert (scope.unit_name, scope.unit) == ("Phường Vũng Tàu", ward)
    assert scope.unit_ids == queries.scope_unit_ids(ward, TODAY)
    assert read_scope({}, own=unit("79", TODAY, "province"), on=TODAY).unit_uid == "77@2019-04-01"
    # An officer whose ward was merged keeps the wider area reachable and starts in the former ward.
    assert read_scope({}, own=unit("26508", date(2024, 1, 1)), on=TODAY).unit_name == "Phường Thắng Tam"


def test_what_is_asked_for_wins_and_is_carried() -> None:
    asked = {"don_vi": unit("26526").uid, "cap_duoi": "0", "ky": "2026-Q1", "ngay": "2025-02-01", "page": "3"}
    scope = read_scope(asked, own=unit("26506"), on=TODAY)
    assert (scope.unit_name, scope.include_below) == ("Phường Tam Thắng", False)
    assert (scope.period_code, scope.period_state) == ("2026-Q1", "closed")
    assert scope.boundaries_label == "01/02/2025"
    assert scope.carry == "?don_vi=26526%402025-07-01&cap_duoi=0&ky=2026-Q1&ngay=2025-02-01"


def test_another_regime_cuts_the_month_elsewhere() -> None:
    scope = read_scope({"che_do": "calendar", "ky": "2026-12"}, own=None, on=TODAY)
    assert scope.period_label == "Tháng 12 · 01/12–31/12/2026"
    assert scope.period_state == "future"


def test_the_rows_of_a_day_leave_nobody_out() -> None:
    rows = read_scope({"ngay": "2023-05-01"}, own=None, on=TODAY).communes
    assert len(rows) == 83
    assert "Huyện Côn Đảo" in {one.name for one in rows}
    one_district = read_scope({"ngay": "2023-05-01", "don_vi": "747@2019-04-01"}, own=None, on=TODAY).communes
    assert len(one_district) == 17


def test_an_app_above_says_which_periods_are_locked() -> None:
    register_period_lock("test", lambda period: period.code == "2026-10")
    try:
        assert read_scope({"ky": "2026-10"}, own=None, on=TODAY).period_state_label == "đã khóa"
        assert read_scope({"ky": "2026-09"}, own=None, on=TODAY).period_state == "closed"
    finally:
        del scope_module._LOCKS["test"]


@pytest.mark.parametrize(
    "asked",
    [{"don_vi": "99999@2025-07-01"}, {"ky": "2026-13"}, {"ky": "mai"}, {"che_do": "moon"}, {"ngay": "hôm qua"}],
)
def test_what_cannot_be_used_is_named_and_left_out(asked: dict[str, str]) -> None:
    scope = read_scope(asked, own=None, on=TODAY)
    assert len(scope.problems) == 1
    assert scope.carry == ""
    assert scope.period_code == "2026-11"
    assert scope.on == TODAY


def test_the_picker_offers_the_area_its_communes_and_periods_with_their_days() -> None:
    scope = read_scope({"ky": "2023"}, own=None, on=TODAY)
    assert [choice.name for choice in scope.unit_choices][:1] == ["Tỉnh Bà Rịa - Vũng Tàu (cũ)"]
    assert len(scope.unit_choices) == 31
    assert [choice.uid for choice in scope.unit_choices if choice.current] == ["77@2019-04-01"]
    years = dict(scope.period_choices)
    assert list(years) == ["Năm 2026", "Năm 2025", "Năm 2024", "Năm 2023"]
    labels = [choice.label for choice in years["Năm 2026"]]
    assert "Tháng 11 · 15/10–14/11/2026 (đang mở)" in labels
    assert "Tháng 10 · 15/09–14/10/2026 (đã hết kỳ)" in labels
    assert not [label for label in labels if label.startswith("Tháng 12 ")]  # it has not begun
    assert [choice.code for choices in years.values() for choice in choices if choice.current] == ["2023"]
    assert [current for _id, _name, current in scope.regime_choices].count(True) == 1


def test_a_unit_outside_the_area_is_still_offered_once_chosen() -> None:
    city = unit("79", TODAY, "province")
    scope = read_scope({"don_vi": city.uid}, own=None, on=TODAY)
    assert [choice.name for choice in scope.unit_choices if choice.current] == ["Thành phố Hồ Chí Minh"]


def test_several_roots_or_none_have_no_single_unit() -> None:
    set_area(by=Officer(), at=AT, name="Hai phường", roots=[unit("26506"), unit("26526")])
    scope = read_scope({}, own=None, on=TODAY)
    assert (scope.unit_uid, scope.unit, scope.unit_name) == ("", None, "Hai phường")
    assert [one.name for one in scope.communes] == ["Phường Tam Thắng", "Phường Vũng Tàu"]
    WorkArea.objects.all().delete()
    everything = read_scope({}, own=None, on=TODAY)
    assert everything.roots == ()
    assert everything.unit_ids == frozenset(Unit.objects.values_list("pk", flat=True))
    assert len(everything.communes) == 30
