"""Posts, who holds them, and what they answer for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from diaban.apps.accounts.models import User
from diaban.apps.agencies import actions
from diaban.apps.agencies.models import Agency, Post
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.demo.accounts import Cast, stand_in
from diaban.demo.moments import entered_on

DOCUMENT = "MP-0010/QĐ-UBND"
POLICE, COMMITTEE = "Công an cấp xã", "Ủy ban nhân dân cấp xã"
SINCE = date(2025, 7, 1)  # the first day of the communes of today

# Agency, title, whether the post heads the agency, account that holds it (empty: a post without a holder).
PROVINCIAL = (
    ("Công an tỉnh", "Trưởng phòng PC04", True, "duyetbaocao"),
    ("Công an tỉnh", "Cán bộ tổng hợp PC04", False, "canbo"),
    ("Ủy ban nhân dân tỉnh", "Phó Chủ tịch UBND tỉnh", True, "lanhdaotinh"),
    ("Sở Y tế", "Chuyên viên Sở Y tế", True, "soyte"),
    ("Sở Giáo dục và Đào tạo", "Trưởng phòng Chính trị, tư tưởng", True, ""),
)
HEADS = {POLICE: "Trưởng Công an", COMMITTEE: "Phó Chủ tịch UBND"}
OFFICERS = {
    (POLICE, "26506"): "congan.vungtau",
    (COMMITTEE, "26506"): "lanhdao.vungtau",
    (POLICE, "26526"): "congan.tamthang",
}


@dataclass(frozen=True, slots=True)
class Posts:
    """The posts that were made, by agency's name (and by commune)."""

    provincial: dict[str, Post]
    commune_heads: dict[tuple[str, int], Post]


def agency(name: str) -> Agency:
    """Return the agency of the gazetteer with this name."""
    return Agency.objects.get(name=name)


def load(*, cast: Cast, last_day: date) -> Posts:
    """Take the agencies over, make the posts, give them holders, and put communes and hot-spots in their charge."""
    by, at = cast.province, entered_on(min(SINCE, last_day))
    actions.load_gazetteer(by=by, at=at)
    posts = Posts({}, {})
    if last_day < SINCE:
        return posts
    for name, title, heads, username in PROVINCIAL:
        if not Agency.objects.filter(name=name).exists():
            continue
        post = actions.make_post(by=by, at=at, agency=agency(name), unit=None, title=title, heads=heads)
        posts.provincial.setdefault(name, post)
        if username:
            user = User.objects.get(username=username)
            actions.give_post(by=by, at=at, post=post, user=user, start=SINCE, document=DOCUMENT)
    units = Unit.objects.in_bulk([place.id for place in places.area_places(SINCE)])
    names = places.names(list(units), SINCE)
    codes = {place.id: place.code for place in places.area_places(SINCE)}
    for name, title in HEADS.items():
        for pk, unit in units.items():
            post = actions.make_post(by=by, at=at, agency=agency(name), unit=unit, title=title, heads=True)
            posts.commune_heads[name, pk] = post
            known = OFFICERS.get((name, codes[pk]))
            holder = User.objects.get(username=known) if known else stand_in(name, names[pk], codes[pk], unit.pk, at)
            actions.give_post(by=by, at=at, post=post, user=holder, start=SINCE, document=DOCUMENT)
    actions.charge_units_to_heads(
        by=by, at=at, agency=agency(POLICE), units=list(units.values()), title="", start=SINCE, document=DOCUMENT
    )
    return posts
