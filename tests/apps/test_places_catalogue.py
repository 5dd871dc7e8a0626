"""The tables hold what the catalogue says, and answer as it does, on any day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diaban.apps.access import House
from diaban.apps.audit.models import Event
from diaban.apps.places import queries
from diaban.apps.places.actions import declare_population, load_catalogue, set_area
from diaban.apps.places.models import Boundary, Population, Spell, Unit, WorkArea
from diaban.catalogue.units_loader import load_province
from diaban.core.units import UnknownCode

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)
IN_2023 = date(2023, 5, 1)


class Officer(House):
    def __init__(self) -> None:
        super().__init__("canbo")


@pytest.fixture
def loaded(db: None) -> None:
    load_catalogue(by=Officer(), at=AT)


def uid(code: str, on: date, level: str | None = "commune") -> str:
    return queries.unit_by_code(code, on, level).uid


def test_the_register_from_the_tables_is_the_catalogues(loaded: None) -> None:
    told = load_province("brvt")
    assert queries.register().spells == told.register.spells
    assert queries.register().edges == told.register.edges
    for spell in told.register.spells:
        assert queries.known().points.get((spell.unit, spell.start)) == told.points.get(spell.unit)


def test_a_second_load_changes_nothing(loaded: None) -> None:
    stamp, events = queries.known(), Event.objects.count()
    assert not load_catalogue(by=Officer(), at=AT)
    assert queries.known() is stamp
    assert Event.objects.count() == events


def test_a_load_repairs_what_was_changed_by_hand(loaded: None) -> None:
    Spell.objects.filter(code="26506").update(name="Sai")
    written = load_catalogue(by=Officer(), at=AT)
    assert written.spells == Spell.objects.filter(code="26506").count()
    assert not Spell.objects.filter(name="Sai").exists()
    assert queries.register().spells == load_province("brvt").register.spells


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(day=st.dates(date(2019, 3, 1), date(2027, 12, 31)))
def test_as_of_any_day_the_tables_say_what_the_catalogue_says(loaded: None, day: date) -> None:
    told = load_province("brvt").register.snapshot(day)
    assert queries.register().snapshot(day).spells == told.spells
    stored = Spell.objects.filter(valid_from__lte=day).exclude(valid_to__lte=day)
    assert sorted(stored.values_list("unit__uid", "code", "name")) == sorted(
        (spell.unit, spell.code, spell.name) for spell in told.spells
    )


@pytest.mark.parametrize(("day", "count"), [(IN_2023, 82), (date(2025, 3, 5), 77), (TODAY, 30)])
def test_the_working_area_has_the_communes_of_each_era(loaded: None, day: date, count: int) -> None:
    communes = queries.area_places(day)
    assert len(communes) == count
    assert communes == sorted(communes, key=lambda one: one.order)
    area = queries.current_area()
    assert area is not None
    assert "Bà Rịa - Vũng Tàu" in area.name


def test_a_code_means_another_unit_on_another_day(loaded: None) -> None:
    assert uid("26506", IN_2023) != uid("26506", TODAY)
    assert queries.names([queries.unit_by_code("26506", IN_2023).pk], IN_2023) == {
        queries.unit_by_code("26506", IN_2023).pk: "Phường 1"
    }
    with pytest.raises(UnknownCode, match="Phường Thắng Tam"):
        queries.unit_by_code("26508", TODAY)


def test_what_was_listed_under_a_former_unit_is_in_the_scope_of_its_heir(loaded: None) -> None:
    heir = queries.unit_by_code("26506", TODAY)
    former = queries.unit_by_code("26506", IN_2023)
    other = queries.unit_by_code("26524", IN_2023)
    scope = queries.scope_unit_ids(heir, TODAY)
    assert {heir.pk, former.pk} <= scope
    assert other.pk not in scope
    assert len(scope) == 8  # itself and the seven it was made of
    assert queries.scope_unit_ids(former, IN_2023) == {former.pk}


def test_the_former_district_scope_on_its_own_day_and_today(loaded: None) -> None:
    district = queries.unit_by_code("747", IN_2023, "district")
    assert len(queries.units_below(district, IN_2023)) == 17
    assert {one.name for one in queries.units_below(district, TODAY)} == {
        "Phường Vũng Tàu",
        "Phường Tam Thắng",
        "Phường Rạch Dừa",
        "Phường Phước Thắng",
        "Xã Long Sơn",
    }
    scope = queries.scope_unit_ids(district, TODAY)
    assert {queries.unit_by_code(code, IN_2023).pk for code in ("26506", "26545", "26542")} <= scope
    assert queries.unit_by_code("26548", IN_2023).pk not in scope


def test_every_unit_of_the_three_eras_lies_in_the_area(loaded: None) -> None:
    ids = queries.area_unit_ids(TODAY)
    names = set(queries.names(ids, TODAY).values())
    assert {"Phường Vũng Tàu", "Phường Thắng Tam", "Đặc khu Côn Đảo", "Huyện Châu Đức", "Xã Tam Phước"} <= names
    outside = set(Unit.objects.exclude(pk__in=ids).values_list("uid", flat=True))
    assert {one.split("@")[0] for one in outside} == {"79"}


def test_con_dao_is_one_unit_under_two_codes(loaded: None) -> None:
    island = queries.unit_by_code("26732", TODAY)
    assert island == queries.unit_by_code("755", IN_2023, "district")
    assert queries.units_below(island, TODAY)[0].name == "Đặc khu Côn Đảo"


def test_population_of_a_new_unit_is_the_sum_of_its_parts(loaded: None) -> None:
    ward = queries.unit_by_code("26506", TODAY)
    figure = queries.population([ward.pk], TODAY)[ward.pk]
    assert figure.value == 7372 + 17967 + 14471 + 18878 + 16473 + 14836 + 22292
    assert (figure.as_of, figure.source_kind, figure.parts) == (date(2019, 4, 1), "census", 7)
    everyone = queries.area_places(TODAY)
    figures = queries.population([one.id for one in everyone], TODAY)
    assert sum(one.value for one in figures.values()) == 1_148_313  # the census count of the whole province


def test_a_partial_sum_is_no_population(loaded: None) -> None:
    ward = queries.unit_by_code("26506", TODAY)
    Population.objects.filter(unit=queries.unit_by_code("26508", IN_2023)).delete()
    assert queries.population([ward.pk], TODAY) == {}
    province = queries.unit_by_code("79", TODAY, "province")
    assert queries.population([province.pk], TODAY) == {}


def test_a_province_of_which_only_a_part_is_listed_has_no_sum(loaded: None) -> None:
    city = queries.unit_by_code("79", TODAY, "province")
    assert len(queries.units_below(city, TODAY)) == 30  # of 168: the others come with the whole country
    assert queries.population([city.pk], TODAY) == {}
    former = queries.unit_by_code("77", IN_2023, "province")
    assert queries.population([former.pk], IN_2023)[former.pk].value == 1_148_313


def test_a_declared_figure_comes_before_a_sum_and_only_from_its_day(loaded: None) -> None:
    ward = queries.unit_by_code("26506", TODAY)
    for value in (117_000, 117_400):
        declare_population(
            by=Officer(), at=AT, unit=ward, as_of=date(2025, 7, 1), value=value, source="Công an phường khai"
        )
    assert queries.population([ward.pk], TODAY)[ward.pk].value == 117_400
    assert queries.population([ward.pk], TODAY)[ward.pk].parts == 0
    assert queries.population([ward.pk], date(2025, 6, 30))[ward.pk].parts == 7
    event = Event.objects.filter(verb="population.declare").order_by("pk").last()
    assert event is not None
    assert event.detail["before"] == 117_000
    with pytest.raises(ValueError, match="negative"):
        declare_population(by=Officer(), at=AT, unit=ward, as_of=TODAY, value=-1, source="")


def test_every_unit_has_an_outline_that_says_it_is_a_sketch(loaded: None) -> None:
    for day in (IN_2023, TODAY):
        ids = [one.id for one in queries.area_places(day)]
        drawn = queries.outlines(ids, day)
        assert drawn.keys() == set(ids)
        assert {one.quality for one in drawn.values()} == {"schematic"}
    district = queries.unit_by_code("747", IN_2023, "district")
    assert queries.outlines([district.pk], IN_2023)[district.pk].quality == "schematic"


def test_a_boundary_takes_the_place_of_the_sketch_while_it_is_valid(loaded: None) -> None:
    ward = queries.unit_by_code("26506", TODAY)
    shape = {"type": "Polygon", "coordinates": [[[107, 10.3], [107.1, 10.3], [107.1, 10.4], [107, 10.3]]]}
    Boundary.objects.create(
        unit=ward,
        valid_from=date(2026, 1, 1),
        geometry=shape,
        display={"type": "Polygon", "coordinates": []},
        min_lon=107,
        min_lat=10.3,
        max_lon=107.1,
        max_lat=10.4,
        quality="official",
        source="Bản đồ",
    )
    assert queries.outlines([ward.pk], date(2025, 12, 31))[ward.pk].quality == "schematic"
    drawn = queries.outlines([ward.pk], TODAY)[ward.pk]
    assert (drawn.quality, drawn.source, drawn.geometry["coordinates"]) == ("official", "Bản đồ", [])
    assert queries.outlines([ward.pk], TODAY, exact=True)[ward.pk].geometry == shape


def test_the_area_may_be_set_to_other_units(loaded: None) -> None:
    communes = [queries.unit_by_code(code, TODAY) for code in ("26506", "26526")]
    set_area(by=Officer(), at=AT, name="Hai phường", roots=communes)
    assert [one.name for one in queries.area_places(TODAY)] == ["Phường Tam Thắng", "Phường Vũng Tàu"]
    assert len(queries.area_places(IN_2023)) == 7 + 4
    assert WorkArea.objects.filter(is_current=True).count() == 1
    load_catalogue(by=Officer(), at=AT)
    area = queries.current_area()
    assert area is not None
    assert area.name == "Hai phường"
    with pytest.raises(ValueError, match="at least one"):
        set_area(by=Officer(), at=AT, name="Không", roots=[])


def test_search_finds_a_name_of_any_day_however_it_is_typed(loaded: None) -> None:
    for typed in ("Hoà Long", "Hòa Long", "hoa long", "xã hòa long", "26572"):
        assert "Xã Hoà Long" in {hit.spell.name for hit in queries.search(typed)}
    assert {hit.spell.name for hit in queries.search("thắng tam", TODAY)} == set()


def test_the_register_follows_the_tables(loaded: None) -> None:
    before = queries.register()
    assert queries.register() is before
    spell = Spell.objects.get(code="26506", valid_to=None)
    set_later = TODAY + timedelta(days=1)
    Spell.objects.filter(pk=spell.pk).update(valid_to=set_later)
    Spell.objects.create(
        unit=spell.unit,
        name="Phường Vũng Tàu mới",
        name_folded="phuong vung tau moi",
        code="26506",
        kind="phuong",
        level="commune",
        parent=spell.parent,
        valid_from=set_later,
    )
    assert queries.names([spell.unit_id], set_later) == {spell.unit_id: "Phường Vũng Tàu mới"}


def test_users_can_be_tied_to_a_unit(loaded: None) -> None:
    user = get_user_model().objects.create_user("canbo", unit=queries.unit_by_code("26506", TODAY))
    assert user.unit is not None
    assert user.unit.uid == uid("26506", TODAY)


@pytest.mark.parametrize("day", [IN_2023, date(2025, 2, 1), TODAY])
def test_the_scopes_of_a_days_communes_hold_every_former_commune_exactly_once(loaded: None, day: date) -> None:
    """Every merger of this province was whole, so looking back from its last day nothing is lost or counted twice."""
    register = queries.register()
    homes: dict[str, int] = {}
    for commune in queries.area_places(day):
        for unit_id in queries.scope_unit_ids(Unit.objects.get(pk=commune.id), day):
            one = queries.known().uids[unit_id]
            homes[one] = homes.get(one, 0) + 1
    earlier = {spell.unit for spell in register.spells if spell.level == "commune" and spell.start <= day}
    assert all(homes.get(one) == 1 for one in earlier)
    assert set(homes.values()) == {1}
