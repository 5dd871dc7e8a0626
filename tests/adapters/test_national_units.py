"""The whole country from the package, as one register with the catalogue's province in it."""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Mapping
from datetime import date
from importlib.machinery import ModuleSpec
from typing import Any

import pytest

from diaban.adapters import national_units
from diaban.adapters.national_units import LISTED, REFORM, MissingPackage, National, read_national
from diaban.catalogue.units_loader import load_province
from diaban.core.text import detect_legacy
from diaban.core.units import Quality, Register, UnitsError, reexpress

EVE = date(2025, 6, 30)
installed = pytest.mark.skipif(importlib.util.find_spec(national_units.PACKAGE) is None, reason="needs the units extra")


@pytest.fixture(scope="module")
def national() -> National:
    return read_national()


@pytest.fixture(scope="module")
def register(national: National) -> Register:
    return Register(national.spells, national.edges)


def levels(register: Register, day: date) -> dict[str, int]:
    return dict(Counter(spell.level for spell in register.snapshot(day).spells))


@installed
def test_the_two_states(register: Register) -> None:
    # 10,035 communes and five island districts that had none: the 10,040 units that report.
    assert levels(register, EVE) == {"province": 63, "district": 696, "commune": 10_035}
    assert levels(register, REFORM) == {"province": 34, "commune": 3_321}


@installed
def test_most_codes_of_the_new_communes_named_another_territory(register: Register) -> None:
    old = {spell.code: spell.unit for spell in register.snapshot(EVE).of_level("commune")}
    new = register.snapshot(REFORM).of_level("commune")
    reused = [spell for spell in new if spell.code in old and old[spell.code] != spell.unit]
    assert len(reused) > 3_100
    assert len({spell.code for spell in new}) == 3_321


@installed
def test_every_old_unit_goes_somewhere_and_every_new_one_comes_from_somewhere(register: Register) -> None:
    before, after = register.snapshot(EVE), register.snapshot(REFORM)
    reporting = [s for s in before.spells if s.level == "commune" or not before.children(s.unit)]
    assert len(reporting) == 10_040
    reached: set[str] = set()
    divided = 0
    for spell in reporting:
        parts = register.carry(spell.unit, REFORM)
        assert parts, spell
        assert all(part.is_whole for part in parts) or (len(parts) > 1 and all(p.share is None for p in parts))
        divided += len(parts) > 1
        reached |= {part.unit for part in parts}
    assert reached == {s.unit for s in after.of_level("commune")}
    assert 400 < divided < 500


@installed
@pytest.mark.parametrize(
    ("old", "new"),
    [("25462", "25459"), ("27691", "27694"), ("28252", "28249"), ("31714", "31726"), ("31246", "31246")],
)
def test_communes_of_one_name_do_not_share_their_heirs(register: Register, old: str, new: str) -> None:
    # Phường 4 of Tây Ninh and Phường 4 of Tân An, 60 km apart, are in one province now.
    (part,) = register.carry(register.resolve(old, EVE), REFORM)
    assert part.is_whole
    assert part.unit == register.resolve(new, REFORM)


def test_a_part_owed_to_a_name_alone_is_taken_off() -> None:
    def parts(main: str, *others: str) -> list[Mapping[str, Any]]:
        return [{"newWardKey": key, "isDefaultNewWard": key == main} for key in (main, *others)]

    whole = {"p": {"north": ["a_x_ward4"], "south": ["b_y_ward5"]}}
    divided = {"p": {"b_y_ward4": parts("south", "north"), "b_y_ward6": parts("south", "north")}}
    left = national_units._untangled(whole, divided)["p"]
    assert [part["newWardKey"] for part in left["b_y_ward4"]] == ["south"]
    assert [part["newWardKey"] for part in left["b_y_ward6"]] == ["south", "north"]


@installed
def test_the_catalogue_is_in_it_unchanged(national: National, register: Register) -> None:
    catalogue = load_province("brvt")
    spells = set(national.spells)
    assert set(catalogue.register.spells) <= spells
    assert set(catalogue.register.edges) <= set(national.edges)
    assert all(national.points[uid] == point for uid, point in catalogue.points.items())
    city = register.by_code("79", REFORM)
    assert {e.source for e in register.predecessors(city.unit)} == {
        *("77@2019-04-01", "79@2019-04-01", f"74@{LISTED.isoformat()}"),
    }
    assert len(register.children(city.unit, REFORM)) == 168
    assert len(register.descendants(register.resolve("77", EVE), EVE)) == 7 + 77
    assert levels(register, date(2024, 12, 31)) == levels(catalogue.register, date(2024, 12, 31))


@installed
def test_a_district_without_communes_becomes_a_special_zone(register: Register) -> None:
    for name in ("Lý Sơn", "Côn Đảo", "Cồn Cỏ", "Bạch Long Vĩ", "Hoàng Sa"):
        (hit,) = [h for h in register.search(name, EVE, level="district") if h.closeness == "exact"]
        (part,) = register.carry(hit.spell.unit, REFORM)
        assert part.is_whole
        assert register.spell(part.unit, REFORM).name == f"Đặc khu {name}"


@installed
def test_a_count_of_the_whole_country_is_conserved(register: Register) -> None:
    before = register.snapshot(EVE)
    series = [
        (s.unit, 1, 1 + i % 7)
        for i, s in enumerate(before.spells)
        if s.level == "commune" or not before.children(s.unit)
    ]
    result = reexpress(register, series, REFORM)
    assert result.total(1) == sum(count for _, _, count in series)
    qualities = Counter(cell.quality for cell in result.cells[1].values())
    assert sum(qualities.values()) == 3_321
    assert qualities[Quality.ESTIMATED] == 0, "the package gives no shares, so nothing can be estimated"
    assert qualities[Quality.NOT_COMPARABLE] > 0
    assert not any(cell.missing for cell in result.cells[1].values())


@installed
def test_points_lie_in_the_country_and_names_are_clean(national: National) -> None:
    for lon, lat in national.points.values():
        assert 102 < lon < 118
        assert 7 < lat < 24
    # The catalogue's districts and provinces are not drawn.
    catalogued = set(load_province("brvt").register.units)
    assert {s.unit for s in national.spells if s.unit not in catalogued or s.level == "commune"} <= set(national.points)
    for spell in national.spells:
        assert spell.name == " ".join(spell.name.split())
        assert detect_legacy(spell.name) is None
        assert "Thành Phố" not in spell.name


@installed
def test_days_are_checked() -> None:
    other = read_national(before=EVE)
    assert {s.start for s in other.spells if s.unit.startswith("00001@")} == {EVE}
    with pytest.raises(UnitsError, match="phải trước"):
        read_national(before=REFORM)
    with pytest.raises(UnitsError, match="hãy dùng 01/07/2025"):
        read_national(after=date(2025, 7, 2))


def test_without_the_package_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(name: str) -> ModuleSpec | None:
        return None

    monkeypatch.setattr(national_units, "find_spec", nothing)
    with pytest.raises(MissingPackage, match=r'pip install "diaban\[units\]"'):
        read_national()
