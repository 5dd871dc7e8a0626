"""Former Bà Rịa - Vũng Tàu as the catalogue states it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from importlib import resources
from typing import Any

import pytest
import yaml

from diaban.catalogue.units_loader import kind_of, load_province, read_units
from diaban.core.units import Quality, UnitsError, Weights, reexpress

E1, E2, CITY, E3 = date(2024, 12, 31), date(2025, 1, 1), date(2025, 3, 1), date(2025, 7, 1)
CENSUS = date(2019, 4, 1)

BRVT = load_province("brvt")
REGISTER = BRVT.register
POPULATION = {figure.unit: figure.value for figure in BRVT.populations}


def document() -> dict[str, Any]:
    loaded = yaml.safe_load((resources.files("diaban.catalogue") / "units" / "brvt.yaml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


@pytest.mark.parametrize(
    ("day", "provinces", "districts", "communes"),
    [
        (CENSUS, 2, 8, 82),
        (E1, 2, 8, 82),
        (E2, 2, 7, 77),
        (date(2025, 6, 30), 2, 7, 77),
        (E3, 1, 0, 30),
        (date(2026, 12, 14), 1, 0, 30),
    ],
)
def test_three_eras(day: date, provinces: int, districts: int, communes: int) -> None:
    state = REGISTER.snapshot(day)
    assert len(state.of_level("province")) == provinces
    assert len(state.of_level("district")) == districts
    assert len(state.of_level("commune")) == communes


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        (E1, {"phuong": 29, "thi_tran": 6, "xa": 47}),
        (E2, {"phuong": 28, "thi_tran": 7, "xa": 42}),
        (CITY, {"phuong": 30, "thi_tran": 7, "xa": 40}),
        (E3, {"phuong": 11, "xa": 18, "dac_khu": 1}),
    ],
)
def test_kinds_of_communes(day: date, kinds: dict[str, int]) -> None:
    assert Counter(spell.kind for spell in REGISTER.snapshot(day).of_level("commune")) == kinds


def test_districts_hold_their_communes() -> None:
    def sizes(day: date) -> dict[str, int]:
        state = REGISTER.snapshot(day)
        return {district.code: len(state.children(district.unit)) for district in state.of_level("district")}

    assert sizes(E1) == {"747": 17, "748": 11, "750": 16, "751": 13, "752": 7, "753": 8, "754": 10, "755": 0}
    assert sizes(E2) == {"747": 17, "748": 10, "750": 16, "751": 13, "753": 11, "754": 10, "755": 0}
    assert len(REGISTER.children(REGISTER.resolve("79", E3), E3)) == 30


def test_populations_are_those_of_the_census() -> None:
    assert sum(POPULATION.values()) == 1_148_313
    assert POPULATION[REGISTER.resolve("755", E1)] == 8_827
    assert POPULATION[REGISTER.resolve("26542", E1)] == 31_779
    assert {figure.as_of for figure in BRVT.populations} == {CENSUS}
    assert {figure.source for figure in BRVT.populations} == {"Tổng điều tra dân số và nhà ở 1/4/2019"}
    reporting = {s.unit for s in REGISTER.snapshot(CENSUS).of_level("commune")} | {REGISTER.resolve("755", CENSUS)}
    assert set(POPULATION) == reporting


@pytest.mark.parametrize(("day", "cells"), [(E1, 83), (E2, 78), (CITY, 78), (E3, 30)])
def test_the_census_on_the_boundaries_of_every_era_is_exact_and_whole(day: date, cells: int) -> None:
    result = reexpress(REGISTER, [(uid, 2019, persons) for uid, persons in POPULATION.items()], day)
    assert len(result.cells[2019]) == cells
    assert result.total(2019) == 1_148_313
    assert not result.unplaced
    for cell in result.cells[2019].values():
        assert (cell.quality, cell.weight, cell.missing) == (Quality.EXACT, "", ())


@pytest.mark.parametrize(
    ("code", "persons"), [("26506", 112_289), ("26662", 96_014), ("26704", 74_264), ("26732", 8_827), ("26545", 15_572)]
)
def test_census_population_of_units_of_today(code: str, persons: int) -> None:
    result = reexpress(REGISTER, [(uid, 2019, n) for uid, n in POPULATION.items()], E3)
    assert result.cells[2019][REGISTER.resolve(code, E3)].amount == persons


def test_going_back_is_not_comparable_until_weighted() -> None:
    today = REGISTER.resolve("26506", E3)
    plain = reexpress(REGISTER, [(today, 2026, 12)], E1)
    assert plain.unplaced[2026][0].amount == 12
    weighted = reexpress(REGISTER, [(today, 2026, 12)], E1, Weights("population", POPULATION), whole_numbers=True)
    assert weighted.total(2026) == 12
    assert {c.quality for c in weighted.cells[2026].values()} == {Quality.ESTIMATED}
    # Through both changes: xã Long Điền of today was four communes of 2024.
    back = reexpress(REGISTER, [(REGISTER.resolve("26659", E3), 2026, 100)], E1, Weights("population", POPULATION))
    assert {REGISTER.spell(u, E1).code for u in back.cells[2026]} == {"26659", "26665", "26668", "26671"}


def test_the_worked_example_of_the_method_page() -> None:
    today = REGISTER.resolve("26659", E3)
    parts = {code: REGISTER.resolve(code, E1) for code in ("26659", "26665", "26668", "26671")}
    persons = [(uid, 2019, POPULATION[uid]) for uid in parts.values()]
    assert reexpress(REGISTER, persons, E3).cells[2019][today].amount == 39_749
    partial = reexpress(REGISTER, persons[:3], E3).cells[2019][today]
    assert (partial.amount, partial.quality) == (35_665, Quality.EXACT)
    assert partial.missing == (parts["26671"],)
    back = reexpress(REGISTER, [(today, 2026, 100)], E1, Weights("population", POPULATION), whole_numbers=True)
    assert [back.cells[2026][uid].amount for uid in parts.values()] == [52, 20, 18, 10]


@pytest.mark.parametrize(
    ("code", "before", "after"),
    [
        ("26506", "Phường 1", "Phường Vũng Tàu"),
        ("26641", "Xã Hòa Bình", "Xã Hòa Hội"),
        ("26632", "Xã Bông Trang", "Xã Xuyên Mộc"),
        ("26526", "Phường Nguyễn An Ninh", "Phường Tam Thắng"),
        ("26689", "Xã Long Mỹ", None),
    ],
)
def test_one_code_two_territories(code: str, before: str, after: str | None) -> None:
    old = REGISTER.by_code(code, E1)
    assert old.name == before
    assert old.unit == f"{code}@2019-04-01"
    if after is not None:
        new = REGISTER.by_code(code, E3)
        assert new.name == after
        assert new.unit == f"{code}@2025-07-01"


def test_the_code_of_long_my_went_to_phuoc_hai_for_half_a_year() -> None:
    town = REGISTER.by_code("26689", E2)
    assert (town.name, town.unit) == ("Thị trấn Phước Hải", "26689@2025-01-01")
    assert {e.source for e in REGISTER.predecessors(town.unit)} == {"26689@2019-04-01", "26692@2019-04-01"}
    with pytest.raises(LookupError, match=r"thuộc Xã Phước Hải \(26686\)"):
        REGISTER.by_code("26689", E3)


def test_con_dao_changes_level_and_stays_the_same_territory() -> None:
    district, zone = REGISTER.by_code("755", E2), REGISTER.by_code("26732", E3)
    assert district.unit == zone.unit == "755@2019-04-01"
    assert (district.level, district.kind, district.name) == ("district", "huyen", "Huyện Côn Đảo")
    assert (zone.level, zone.kind, zone.name) == ("commune", "dac_khu", "Đặc khu Côn Đảo")
    series = [(district.unit, "2025-06", 3), (zone.unit, "2025-07", 4)]
    for onto in (E1, E2, E3):
        result = reexpress(REGISTER, series, onto)
        assert [c.amount for c in result.series(zone.unit).values()] == [3, 4]
        assert all(c.quality is Quality.EXACT for c in result.series(zone.unit).values())


def test_renaming_keeps_the_unit() -> None:
    assert REGISTER.resolve("26608", E1) == REGISTER.resolve("26608", E2)
    assert REGISTER.by_code("26608", E2).name == "Thị trấn Kim Long"
    assert REGISTER.resolve("754", E2) == REGISTER.resolve("754", CITY)
    assert (REGISTER.by_code("754", E2).name, REGISTER.by_code("754", CITY).name) == (
        *("Thị xã Phú Mỹ", "Thành phố Phú Mỹ"),
    )
    assert REGISTER.by_code("26707", E2).name == "Xã Tân Hoà"
    assert REGISTER.by_code("26707", CITY).name == "Phường Tân Hoà"


def test_three_communes_were_not_rearranged() -> None:
    same = {s.unit for s in REGISTER.snapshot(E1).of_level("commune")} & set(REGISTER.snapshot(E3).units)
    assert {REGISTER.spell(uid, E3).name for uid in same} == {"Xã Long Sơn", "Xã Hòa Hiệp", "Xã Bình Châu"}


def test_names_that_two_units_share_are_both_found() -> None:
    hits = REGISTER.search("phuoc hung", E1)
    assert {hit.spell.code for hit in hits if hit.closeness == "exact"} == {"26548", "26677"}
    assert [hit.spell.code for hit in REGISTER.search("Hoà Bình", E1)] == ["26641"]
    assert REGISTER.search("TP Vũng Tàu", E1)[0].spell.unit == "747@2019-04-01"
    assert REGISTER.search("P.12")[0].spell.code == "26542"


def test_every_instrument_and_identity_is_stated() -> None:
    for spell in REGISTER.spells:
        code, _, first = spell.unit.partition("@")
        own = REGISTER.spells_of(spell.unit)
        assert (own[0].code, own[0].start.isoformat()) == (code, first)
        assert spell.instrument
    assert {e.instrument.split(" ngày ")[0] for e in REGISTER.edges} == {
        "Nghị quyết số 1256/NQ-UBTVQH15",
        "Nghị quyết số 202/2025/QH15",
        "Nghị quyết số 1685/NQ-UBTVQH15",
    }


def test_points_and_areas() -> None:
    reporting = [*REGISTER.snapshot(E1).of_level("commune"), *REGISTER.snapshot(E2).of_level("commune")]
    reporting += REGISTER.snapshot(E3).of_level("commune")
    for spell in reporting:
        lon, lat = BRVT.points[spell.unit]
        assert 106.5 < lon < 107.6
        assert 8.6 < lat < 10.8
    assert {a.unit for a in BRVT.areas} == {s.unit for s in REGISTER.snapshot(E3).of_level("commune")}
    assert sum(a.km2 for a in BRVT.areas) == Decimal("1990.51")


def test_every_block_says_where_it_comes_from() -> None:
    stated = document()
    blocks = [stated["opening"], stated["points"], *stated["populations"], *stated["changes"], *stated["areas"]]
    assert all(block["reference"] and block["checked_by"] for block in blocks)


def test_a_code_that_nobody_has_is_refused() -> None:
    stated = document()
    stated["changes"][0]["retitle"]["26999"] = "Xã Không Có"
    with pytest.raises(UnitsError, match="26999"):
        read_units(stated)


def test_a_code_in_use_and_a_parent_that_is_not_are_refused() -> None:
    stated = document()
    stated["changes"][0]["merge"]["26506"] = {"name": "Xã Khác", "parent": "747", "from": ["26508", "26509"]}
    with pytest.raises(UnitsError, match="26506: mã đang thuộc 26506@2019-04-01 vào ngày 01/01/2025"):
        read_units(stated)
    stated = document()
    stated["changes"][0]["merge"]["26668"]["parent"] = "799"
    with pytest.raises(UnitsError, match="799: không có đơn vị cấp trên"):
        read_units(stated)


def test_a_district_of_old_names_the_communes_of_today() -> None:
    with pytest.raises(LookupError, match=r"Huyện Long Đất.*thuộc Xã Long Điền \(26659\)") as caught:
        REGISTER.by_code("753", E3)
    assert "Xã Phước Hải (26686)" in str(caught.value)


def test_a_name_without_title_is_refused() -> None:
    assert kind_of("Thành phố Hồ Chí Minh", "province") == "thanh_pho_tw"
    assert kind_of("Thành phố Vũng Tàu", "district") == "thanh_pho"
    with pytest.raises(UnitsError, match="Vũng Tàu"):
        kind_of("Vũng Tàu", "commune")


def test_loaded_once() -> None:
    assert load_province("brvt") is BRVT
    with pytest.raises(LookupError):
        load_province("khong-co")
