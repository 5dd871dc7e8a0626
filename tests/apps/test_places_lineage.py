"""The picture of a lineage: every unit once, every passing drawn from left to right, nothing on top of another."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import combinations

import pytest

from diaban.apps.places.lineage_picture import BOX_HEIGHT, BOX_WIDTH, Picture, draw
from diaban.catalogue.units_loader import load_province
from diaban.core.units import Edge, Register, Spell

REGISTER = load_province("brvt").register
D0, D1, D2 = date(2020, 1, 1), date(2025, 1, 1), date(2025, 7, 1)


def check(picture: Picture) -> None:
    boxes = picture.boxes
    assert len({box.uid for box in boxes}) == len(boxes)
    for one, other in combinations(boxes, 2):
        assert abs(one.x - other.x) >= BOX_WIDTH or abs(one.y - other.y) >= BOX_HEIGHT
    assert all(box.x >= 0 and box.x + BOX_WIDTH <= picture.width for box in boxes)
    assert all(box.y >= 0 and box.y + BOX_HEIGHT <= picture.height for box in boxes)
    assert all(link.source.x + BOX_WIDTH < link.target.x for link in picture.links)
    assert [box.current for box in boxes].count(True) == 1


@pytest.mark.parametrize("uid", REGISTER.units)
def test_every_unit_of_the_catalogue_can_be_drawn(uid: str) -> None:
    lineage = REGISTER.lineage(uid)
    picture = draw(REGISTER, lineage)
    check(picture)
    assert len(picture.boxes) == len(lineage.units)
    assert [(link.source.uid, link.target.uid) for link in picture.links] == [
        (edge.source, edge.target) for edge in lineage.edges
    ]


def spell(uid: str, name: str, start: date, end: date | None) -> Spell:
    return Spell(uid, name, uid[:5], "xa", "commune", None, start, end, "NQ")


def test_a_division_and_a_skipped_generation_are_drawn_with_their_shares() -> None:
    register = Register(
        [
            spell("00001@a", "Xã Một có một cái tên rất là dài", D0, D2),
            spell("00002@a", "Xã Hai", D0, D1),
            spell("00003@b", "Xã Ba", D1, D2),
            spell("00004@c", "Xã Bốn", D2, None),
            spell("00005@c", "Xã Năm", D2, None),
        ],
        [
            Edge("00002@a", "00003@b", D1, Fraction(1), "whole", "NQ"),
            Edge("00003@b", "00004@c", D2, Fraction(1), "whole", "NQ"),
            Edge("00001@a", "00004@c", D2, Fraction(1, 4), "population", "NQ"),
            Edge("00001@a", "00005@c", D2, None, "", "NQ"),
        ],
    )
    picture = draw(register, register.lineage("00004@c"))
    check(picture)
    told = {link.source.code: (link.is_whole, link.percent) for link in picture.links if link.target.code == "00004"}
    assert told == {"00003": (True, 1.0), "00001": (False, 0.25)}
    named = {box.code: box for box in picture.boxes}
    assert named["00001"].short_name.endswith("…")
    assert (named["00002"].founded, named["00003"].founded) == (False, True)
    assert (named["00002"].last_day, named["00004"].last_day) == (date(2024, 12, 31), None)
    alone = draw(register, register.lineage("00005@c"))
    assert [link.percent for link in alone.links] == [None]


def test_few_lines_cross_in_a_merger_of_mergers() -> None:
    uid = REGISTER.resolve("26560", date(2026, 1, 1))  # Phường Bà Rịa: two generations of mergers
    picture = draw(REGISTER, REGISTER.lineage(uid))
    crossings = sum(
        (a.source.y - b.source.y) * (a.target.y - b.target.y) < 0
        for a, b in combinations(picture.links, 2)
        if a.source.x == b.source.x and a.target.x == b.target.x
    )
    assert len(picture.links) == 6
    assert crossings == 0
