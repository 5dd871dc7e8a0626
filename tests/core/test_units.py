"""The register of units on a small country whose every change is known."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta
from fractions import Fraction

import pytest

from diaban.core.units import (
    AmbiguousCode,
    Edge,
    InvalidRegister,
    Part,
    Register,
    Spell,
    UnknownCode,
    UnknownUnit,
    bare_name,
)

D0, D1, D2 = date(2019, 4, 1), date(2025, 1, 1), date(2025, 7, 1)
NOW = date(2026, 1, 1)
ONE = Fraction(1)


def spell(
    unit: str,
    name: str,
    code: str,
    start: date,
    end: date | None = None,
    *,
    parent: str | None = "tinh",
    level: str = "commune",
) -> Spell:
    return Spell(unit, name, code, "xa", level, parent, start, end, "")


def edge(source: str, target: str, on: date, share: Fraction | None = ONE, basis: str = "whole") -> Edge:
    return Edge(source, target, on, share, basis, "NQ")


PROVINCE = spell("tinh", "Tỉnh Thử", "1", D0, parent=None, level="province")
SPELLS = [
    PROVINCE,
    # Hòa Bình is divided on D1: a third goes to Tân Hòa (which takes its code), the rest to Phường 1.
    spell("hoabinh", "Xã Hòa Bình", "101", D0, D1),
    spell("tanhoa", "Xã Tân Hoà", "101", D1, D2),
    spell("phuong1", "Phường 1", "103", D1),
    # Bông Trang is renamed on D1 and unites with Tân Hòa on D2.
    spell("bongtrang", "Xã Bông Trang", "102", D0, D1),
    spell("bongtrang", "Thị trấn Bông Trang", "102", D1, D2),
    spell("xuyenmoc", "Xã Xuyên Mộc", "102", D2),
    # The island changes level and code, not territory.
    spell("dao", "Huyện Côn Đảo", "755", D0, D2, level="district"),
    spell("dao", "Đặc khu Côn Đảo", "104", D2),
]
EDGES = [
    edge("hoabinh", "tanhoa", D1, Fraction(1, 3), "population"),
    edge("hoabinh", "phuong1", D1, Fraction(2, 3), "population"),
    edge("tanhoa", "xuyenmoc", D2),
    edge("bongtrang", "xuyenmoc", D2),
]
REGISTER = Register(SPELLS, EDGES)


def test_snapshot_holds_what_exists_that_day() -> None:
    assert set(REGISTER.snapshot(D0).units) == {"tinh", "hoabinh", "bongtrang", "dao"}
    assert set(REGISTER.snapshot(D1).units) == {"tinh", "tanhoa", "phuong1", "bongtrang", "dao"}
    assert set(REGISTER.snapshot(NOW).units) == {"tinh", "xuyenmoc", "phuong1", "dao"}
    assert not REGISTER.snapshot(D0 - timedelta(days=1)).spells
    assert REGISTER.snapshot(D1).units["bongtrang"].name == "Thị trấn Bông Trang"
    assert REGISTER.snapshot(D1 - timedelta(days=1)).units["bongtrang"].name == "Xã Bông Trang"
    assert (REGISTER.snapshot(D1).start, REGISTER.snapshot(D1).end) == (D1, D2)
    assert REGISTER.snapshot(NOW).end is None


def test_parents_and_children() -> None:
    assert [s.unit for s in REGISTER.children("tinh", D0)] == ["hoabinh", "bongtrang", "dao"]
    assert [s.unit for s in REGISTER.descendants("tinh", NOW)] == ["xuyenmoc", "phuong1", "dao"]
    assert [s.unit for s in REGISTER.ancestors("dao", NOW)] == ["tinh"]
    assert [s.unit for s in REGISTER.children(None, NOW)] == ["tinh"]


def test_a_code_means_what_it_means_on_the_day() -> None:
    assert REGISTER.resolve("101", D0) == "hoabinh"
    assert REGISTER.resolve("101", D1) == "tanhoa"
    assert REGISTER.by_code("755", D0, level="district").name == "Huyện Côn Đảo"
    assert REGISTER.by_code("104", NOW).unit == REGISTER.by_code("755", D0).unit


def test_a_code_out_of_its_time_says_what_it_was_and_what_that_became() -> None:
    with pytest.raises(UnknownCode, match="thuộc Xã Xuyên Mộc") as caught:
        REGISTER.by_code("101", NOW)
    assert "Mã này là Xã Tân Hoà từ 01/01/2025 đến trước 01/07/2025" in str(caught.value)
    with pytest.raises(UnknownCode, match=r"Đặc khu Côn Đảo \(104\)"):
        REGISTER.by_code("755", NOW)
    with pytest.raises(UnknownCode, match="Không có đơn vị nào mang mã 999 vào ngày 01/01/2026"):
        REGISTER.by_code("999", NOW)
    with pytest.raises(UnknownCode):
        REGISTER.by_code("104", NOW, level="district")


def test_a_code_of_two_levels_needs_the_level() -> None:
    register = Register([PROVINCE, spell("xa", "Xã Một", "1", D0)])
    with pytest.raises(AmbiguousCode, match="Hãy nêu rõ cấp"):
        register.by_code("1", NOW)
    assert register.by_code("1", NOW, level="commune").unit == "xa"


def test_a_unit_out_of_its_time_says_when_it_was() -> None:
    assert REGISTER.lifetime("hoabinh") == (D0, D1)
    assert REGISTER.lifetime("dao") == (D0, None)
    assert not REGISTER.exists("hoabinh", D1)
    with pytest.raises(UnknownUnit, match="không tồn tại vào ngày 01/01/2026; đơn vị này có từ 01/04/2019 đến trước"):
        REGISTER.spell("hoabinh", NOW)
    for question in (REGISTER.spells_of, REGISTER.successors, REGISTER.predecessors, REGISTER.lineage):
        with pytest.raises(UnknownUnit):
            question("nowhere")


def test_lineage_goes_both_ways() -> None:
    assert {e.target for e in REGISTER.successors("hoabinh")} == {"tanhoa", "phuong1"}
    assert {e.source for e in REGISTER.predecessors("xuyenmoc")} == {"tanhoa", "bongtrang"}
    line = REGISTER.lineage("tanhoa")
    assert line.units == ("hoabinh", "tanhoa", "xuyenmoc")
    assert [(e.source, e.target) for e in line.edges] == [("hoabinh", "tanhoa"), ("tanhoa", "xuyenmoc")]


def test_carry_multiplies_shares_forward() -> None:
    assert REGISTER.carry("hoabinh", NOW) == (
        Part("phuong1", Fraction(2, 3), "population"),
        Part("xuyenmoc", Fraction(1, 3), "population"),
    )
    assert REGISTER.carry("bongtrang", NOW) == (Part("xuyenmoc", ONE, "whole"),)
    assert REGISTER.carry("dao", NOW) == (Part("dao", ONE, "whole"),)


def test_carry_backward_is_whole_only_from_one_unit() -> None:
    assert REGISTER.carry("phuong1", D0) == (Part("hoabinh", ONE, "whole"),)
    assert {p.unit for p in REGISTER.carry("xuyenmoc", D0)} == {"hoabinh", "bongtrang"}
    assert all(p.share is None for p in REGISTER.carry("xuyenmoc", D0))


def test_a_unit_split_and_united_again_is_whole() -> None:
    d3 = date(2025, 9, 1)
    register = Register(
        [
            PROVINCE,
            spell("a", "Xã A", "1", D0, D1),
            spell("b", "Xã B", "2", D1, d3),
            spell("c", "Xã C", "3", D1, d3),
            spell("d", "Xã D", "4", d3),
        ],
        [
            edge("a", "b", D1, Fraction(1, 4), "area"),
            edge("a", "c", D1, Fraction(3, 4), "area"),
            edge("b", "d", d3),
            edge("c", "d", d3),
        ],
    )
    assert register.carry("a", NOW) == (Part("d", ONE, "whole"),)


@pytest.mark.parametrize(
    "query",
    [
        "hoa binh",
        "Hòa Bình",
        "Hoà Bình",
        "xã hòa bình",
        "X. Hoà Bình",
        "  HÒA   BÌNH ",
        unicodedata.normalize("NFD", "Hoà Bình"),
    ],
)
def test_search_takes_any_way_of_writing(query: str) -> None:
    (hit,) = REGISTER.search(query)
    assert (hit.spell.unit, hit.closeness) == ("hoabinh", "exact")


def test_search_ranks_exact_before_prefix_before_part() -> None:
    names = ["Xã Tân Hòa", "Xã Hòa", "Xã Hòa An", "Xã Xuân Hoà", "Xã Hoàng", "Xã Choa"]
    register = Register([PROVINCE, *(spell(f"u{i}", name, str(i), D0) for i, name in enumerate(names, 10))])
    hits = register.search("hoà")
    assert [h.spell.name for h in hits] == [
        *("Xã Hòa", "Xã Hòa An", "Xã Hoàng", "Xã Tân Hòa", "Xã Xuân Hoà", "Xã Choa"),
    ]
    assert [h.closeness for h in hits] == ["exact", "prefix", "prefix", "part", "part", "part"]
    assert register.search("hoà", limit=2) == hits[:2]


def test_search_prefers_the_diacritics_as_typed() -> None:
    register = Register([PROVINCE, spell("a", "Xã Tân Hoa", "11", D0), spell("b", "Xã Tân Hòa", "12", D0)])
    assert [h.spell.unit for h in register.search("Tân Hoà")] == ["b", "a"]
    assert [h.spell.unit for h in register.search("Tân Hoa")] == ["a", "b"]


def test_search_by_former_name_code_abbreviation_and_day() -> None:
    assert [h.spell.name for h in REGISTER.search("xã bông trang")] == ["Xã Bông Trang"]
    assert [h.spell.name for h in REGISTER.search("xã bông trang", D1)] == ["Xã Bông Trang"]
    assert REGISTER.search("xã bông trang", NOW) == ()
    assert [h.spell.unit for h in REGISTER.search("huyện côn đảo", NOW)] == ["dao"]
    assert {h.spell.unit for h in REGISTER.search("101")} == {"hoabinh", "tanhoa"}
    for query in ("P1", "p. 1", "P 1", "phường 1"):
        assert [h.spell.unit for h in REGISTER.search(query) if h.closeness == "exact"] == ["phuong1"]
    assert [h.spell.unit for h in REGISTER.search("TT Bông Trang")] == ["bongtrang"]
    assert [h.spell.unit for h in REGISTER.search("đảo", level="district")] == ["dao"]
    for nothing in ("", "  ", "-", "không có nơi nào"):
        assert REGISTER.search(nothing) == ()


def test_a_number_is_no_name_without_its_title() -> None:
    assert bare_name("Phường 1") == "Phường 1"
    assert bare_name("Thành phố Vũng Tàu") == "Vũng Tàu"
    assert bare_name("Thị trấn Long Hải") == "Long Hải"
    assert bare_name("Xuyên Mộc") == "Xuyên Mộc"


def problems_of(spells: list[Spell], edges: list[Edge] = []) -> str:  # noqa: B006 never written to
    with pytest.raises(InvalidRegister) as caught:
        Register([PROVINCE, *spells], edges)
    assert len(caught.value.problems) == str(caught.value).count("\n- ")
    return str(caught.value)


def test_problems_of_time() -> None:
    assert "rỗng" in problems_of([spell("a", "Xã A", "1", D1, D1)])
    assert "chồng nhau từ ngày 01/01/2025" in problems_of(
        [spell("a", "Xã A", "1", D0, D2), spell("a", "Xã A2", "1", D1)]
    )
    assert "không được gián đoạn" in problems_of([spell("a", "Xã A", "1", D0, D1), spell("a", "Xã A", "1", D2)])


def test_problems_of_parents() -> None:
    assert "cấp trên huyen không có" in problems_of([spell("a", "Xã A", "1", D0, parent="huyen")])
    district = spell("huyen", "Huyện H", "9", D0, D1, level="district")
    assert "không tồn tại suốt khoảng" in problems_of([district, spell("a", "Xã A", "1", D0, parent="huyen")])
    circle = [spell("a", "Xã A", "1", D0, parent="b"), spell("b", "Xã B", "2", D0, parent="a")]
    assert "nằm dưới chính nó" in problems_of(circle)


def test_problems_of_codes() -> None:
    long, short, third = (
        spell("a", "Xã A", "1", D0),
        spell("b", "Xã B", "1", D0, D1),
        spell("c", "Xã C", "1", D2),
    )
    text = problems_of([long, short, third])
    assert "mã 1 thuộc cả a và b vào ngày 01/04/2019" in text
    assert "mã 1 thuộc cả a và c vào ngày 01/07/2025" in text
    Register([PROVINCE, short, third])  # one after the other is how codes are reused


def test_problems_of_edges() -> None:
    a, b = spell("a", "Xã A", "1", D0, D1), spell("b", "Xã B", "2", D1)
    c = spell("c", "Xã C", "3", D0)
    assert "không có d trong danh mục" in problems_of([a, b], [edge("a", "d", D1)])
    assert "a không kết thúc vào ngày 01/07/2025" in problems_of([a, b], [edge("a", "b", D2)])
    assert "c không bắt đầu vào ngày 01/01/2025" in problems_of([a, b, c], [edge("a", "c", D1)])
    assert "không kế tục chính nó" in problems_of([c], [edge("c", "c", D1)])
    assert "khai hai lần" in problems_of(
        [a, b], [edge("a", "b", D1, Fraction(1, 2)), edge("a", "b", D1, Fraction(1, 3))]
    )


@pytest.mark.parametrize(
    ("shares", "complaint"),
    [
        ((Fraction(2, 3), Fraction(1, 2)), "cộng lại là 7/6, quá 1"),
        ((ONE, None), "đã đủ 1 nhưng còn phần"),
        ((Fraction(0), ONE), "phải lớn hơn 0"),
        ((Fraction(3, 2), None), "không quá 1"),
    ],
)
def test_problems_of_shares(shares: tuple[Fraction | None, Fraction | None], complaint: str) -> None:
    units = [spell("a", "Xã A", "1", D0, D1), spell("b", "Xã B", "2", D1), spell("c", "Xã C", "3", D1)]
    edges = [edge("a", target, D1, share, "declared") for target, share in zip("bc", shares, strict=True)]
    assert complaint in problems_of(units, edges)


def test_all_problems_are_listed_at_once() -> None:
    text = problems_of(
        [spell("a", "Xã A", "1", D0, parent="huyen"), spell("b", "Xã B", "1", D1), spell("c", "Xã C", "3", D2, D1)],
        [edge("a", "zzz", D1)],
    )
    assert text.startswith("Danh mục đơn vị có 4 mâu thuẫn:")
