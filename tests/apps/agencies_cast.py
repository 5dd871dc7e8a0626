"""Agencies, posts and their holders for the tests: the commune's police, its committee, the province's police."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from cast import FAR_AWAY, HOME, NEXT_DOOR, TODAY, play
from diaban.apps.access import House
from diaban.apps.accounts.models import User
from diaban.apps.agencies import actions
from diaban.apps.agencies.models import Agency, Post
from diaban.apps.places import actions as place_actions
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit

AT = datetime(2026, 11, 23, 3, tzinfo=UTC)
HOUSE = House("test")
SINCE = date(2026, 1, 1)


@dataclass
class Offices:
    """The units by code, the people by name, the posts by a short word."""

    units: dict[str, Unit]
    cast: dict[str, User]
    posts: dict[str, Post] = field(default_factory=dict)

    def agency(self, code: str) -> Agency:
        return Agency.objects.get(code=code)


def build(*names: str) -> Offices:
    """Load units and agencies, play the people, and make four posts; Bình and An hold theirs."""
    place_actions.load_catalogue(by=HOUSE, at=AT)
    actions.load_gazetteer(by=HOUSE, at=AT)
    people = {name: play(name) for name in dict.fromkeys(("an", "binh", "lan", *names))}
    units = {code: places.unit_by_code(code, TODAY) for code in (HOME, NEXT_DOOR, FAR_AWAY)}
    offices = Offices(units, people)
    for word, code, unit, title in (
        ("chief", "cong_an_cap_xa", units[HOME], "Trưởng Công an phường"),
        ("chair", "uy_ban_nhan_dan_cap_xa", units[HOME], "Chủ tịch UBND phường"),
        ("next", "cong_an_cap_xa", units[NEXT_DOOR], "Trưởng Công an phường"),
        ("pc04", "cong_an_tinh", None, "Trưởng phòng PC04"),
    ):
        offices.posts[word] = actions.make_post(
            by=HOUSE, at=AT, agency=offices.agency(code), unit=unit, title=title, heads=True
        )
    for word, name in (("chief", "binh"), ("chair", "lan"), ("pc04", "an")):
        actions.give_post(by=HOUSE, at=AT, post=offices.posts[word], user=people[name], start=SINCE, document="1/QĐ")
    return offices
