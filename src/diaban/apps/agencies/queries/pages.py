"""What the pages of agencies and posts show, for a reader: rows with names where the reader is cleared for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from diaban.apps.access import Permission, Rights
from diaban.apps.accounts.models import User
from diaban.apps.agencies.carried import Count, Kind, counts_of, kinds
from diaban.apps.agencies.models import Agency, Charge, Holding, Post
from diaban.apps.agencies.queries.holding import in_force, posts_on
from diaban.apps.hotspots.models import Hotspot
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.localities.models import Standing
from diaban.apps.places import queries as places
from diaban.core.privacy import MASK, PrivacyClass, visible
from diaban.core.text import fold, sort_key


def posts_seen(rights: Rights) -> QuerySet[Post]:
    """Return the posts that somebody sees: the province's, and those of communes within sight."""
    if not rights.holds(Permission.TASK_VIEW):
        return Post.objects.none()
    units = rights.units(Permission.TASK_VIEW)
    rows = Post.objects.select_related("agency", "unit")
    return rows if units is None else rows.filter(Q(unit__isnull=True) | Q(unit__in=units))


def officer(value: object, rights: Rights) -> str:
    """Return the name of an officer, or the mask for whoever is not cleared for it."""
    return str(value) if visible(PrivacyClass.OFFICER, rights.cleared) else MASK


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency in the list: how many posts there are within sight, how many nobody holds, what they carry."""

    agency: Agency
    posts: int
    filled: int
    units: int
    spots: int
    count: Count
    ended: bool

    @property
    def empty(self) -> int:
        """Return how many posts nobody holds."""
        return self.posts - self.filled


def agency_rows(
    rights: Rights, *, text: str = "", level: str = "", line: str = "", lacking: bool = False, ended: bool = False
) -> list[AgencyRow]:
    """Return the agencies that fit: those with posts or work first, by level (province, commune, central, district)."""
    on = rights.on
    found = Agency.objects.select_related("successor")
    gone = Q(valid_to__isnull=False, valid_to__lte=on)
    found = found if ended else found.exclude(gone)
    if wanted := fold(text):
        found = found.filter(search__contains=wanted)
    found = found.filter(level=level) if level in Agency.Level.values else found
    found = found.filter(line=line) if line in Agency.Line.values else found
    posts: dict[int, list[int]] = {}
    alive = posts_on(on).values("pk")
    for post, home in posts_seen(rights).filter(pk__in=alive).values_list("pk", "agency"):
        posts.setdefault(home, []).append(post)
    every = [one for held in posts.values() for one in held]
    filled = set(_holdings(every, on).values_list("post", flat=True))
    units, spots = _charged(every, on)
    carried = counts_of(every, on)
    rows = []
    for agency in found:
        held = posts.get(agency.pk, [])
        row = AgencyRow(
            agency,
            len(held),
            sum(one in filled for one in held),
            sum(units[one] for one in held),
            sum(spots[one] for one in held),
            _sum(carried.get(one, Count()) for one in held),
            bool(agency.valid_to and agency.valid_to <= on),
        )
        if not lacking or row.empty:
            rows.append(row)
    order = (Agency.Level.PROVINCE, Agency.Level.COMMUNE, Agency.Level.CENTRAL, Agency.Level.DISTRICT)
    ranks = {str(level): rank for rank, level in enumerate(order)}
    busy = set[int]().union(*(kind.agencies() for kind in kinds()))
    return sorted(
        rows,
        key=lambda row: (
            not (row.posts or row.agency.pk in busy),
            ranks[row.agency.level],
            row.agency.name_sort,
            row.agency.pk,
        ),
    )


def _holdings(posts: Iterable[int], on: date) -> QuerySet[Holding]:
    return Holding.objects.filter(in_force(on), post__in=list(posts), user__is_active=True)


def _charged(posts: Iterable[int], on: date) -> tuple[Counter[int], Counter[int]]:
    """Return how many communes and how many hot-spots each post answers for."""
    rows = Charge.objects.filter(in_force(on), post__in=list(posts)).values_list("post", "unit", "hotspot")
    units: Counter[int] = Counter()
    spots: Counter[int] = Counter()
    for post, unit, _spot in rows:
        (spots if unit is None else units)[post] += 1
    return units, spots


def _sum(counts: Iterable[Count]) -> Count:
    total = Count()
    for one in counts:
        total = Count(total.open + one.open, total.late + one.late, total.soon + one.soon)
    return total


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post in a list. `holder` is a name, a mask, or empty where nobody holds it."""

    post: Post
    place: str
    holder: str
    since: date | None
    units: int
    spots: int
    count: Count


def post_rows(posts: Iterable[Post], rights: Rights) -> list[PostRow]:
    """Return the posts as lists show them: heads first, then by place and title."""
    rows, on = list(posts), rights.on
    ids = [row.pk for row in rows]
    held = {one.post_id: one for one in _holdings(ids, on).select_related("user")}
    units, spots = _charged(ids, on)
    carried = counts_of(ids, on)
    names = places.names([row.unit_id for row in rows if row.unit_id is not None], on)
    made = [
        PostRow(
            row,
            names.get(row.unit_id or 0, ""),
            officer(held[row.pk].user, rights) if row.pk in held else "",
            held[row.pk].start if row.pk in held else None,
            units[row.pk],
            spots[row.pk],
            carried.get(row.pk, Count()),
        )
        for row in rows
    ]
    return sorted(made, key=lambda one: (sort_key(one.place), not one.post.heads, sort_key(one.post.title)))


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A commune in a post's charge. `shown` is false where its class is out of the reader's sight."""

    charge: Charge
    name: str
    year: int | None = None
    klass: str = ""


@dataclass(frozen=True, slots=True)
class SpotLine:
    """A hot-spot in a post's charge; `spot` is None where the reader may not see which it is."""

    charge: Charge
    spot: Hotspot | None
    name: str = ""
    place: str = ""
    state: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Portrait:
    """Everything that one post answers for, within the reader's sight."""

    post: Post
    place: str
    holder: str
    holding: Holding | None
    history: Sequence[tuple[Holding, str]]
    units: Sequence[UnitLine]
    spots: Sequence[SpotLine]
    carried: Sequence[tuple[Kind, Sequence[Any], Count]]
    count: Count = field(default_factory=Count)


def portrait(post: Post, rights: Rights) -> Portrait:
    """Return what the page of a post shows."""
    on = rights.on
    history = list(Holding.objects.filter(post=post).select_related("user").order_by("-start", "-pk"))
    now = [one for one in history if one.start <= on and (one.end is None or one.end > on)]
    charges = list(Charge.objects.filter(in_force(on), post=post).select_related("unit", "hotspot").order_by("pk"))
    lists = [
        (kind, list(kind.items(post, rights, on)), kind.counts([post.pk], on).get(post.pk, Count())) for kind in kinds()
    ]
    return Portrait(
        post,
        places.names([post.unit_id], on)[post.unit_id] if post.unit_id else "",
        officer(now[0].user, rights) if now else "",
        now[0] if now else None,
        [(one, officer(one.user, rights)) for one in history],
        unit_lines([one for one in charges if one.unit_id], rights),
        spot_lines([one for one in charges if one.hotspot_id], rights),
        lists,
        _sum(count for _kind, _items, count in lists),
    )


def unit_lines(charges: Sequence[Charge], rights: Rights) -> list[UnitLine]:
    """Return communes in a charge with their newest class within sight, by name."""
    ids = [one.unit_id for one in charges if one.unit_id is not None]
    names = places.names(ids, rights.on)
    classes = newest_classes(ids, rights)
    lines = [UnitLine(one, names[one.unit_id or 0], *classes.get(one.unit_id or 0, (None, ""))) for one in charges]
    return sorted(lines, key=lambda line: sort_key(line.name))


def newest_classes(units: Iterable[int], rights: Rights) -> Mapping[int, tuple[int, str]]:
    """Return year and class (decided, else proposed) of each unit's newest review within sight."""
    rows = rights.visible(Standing.objects.filter(unit__in=list(units)), Permission.REVIEW_VIEW)
    found: dict[int, tuple[int, str]] = {}
    for unit, year, decided, proposed in rows.order_by("cycle__year").values_list(
        "unit", "cycle__year", "decision__decided_class", "proposed_class"
    ):
        found[unit] = (year, decided or proposed)
    return found


def spot_lines(charges: Sequence[Charge], rights: Rights) -> list[SpotLine]:
    """Return hot-spots in a charge; of those out of sight only that they are there."""
    seen = rights.units(Permission.HOTSPOT_VIEW)
    titles = {one.code: _(one.title) for one in workflow_on(rights.on).states}
    names = places.names({one.hotspot.unit_id for one in charges if one.hotspot}, rights.on)
    clear = visible(PrivacyClass.PERSONAL, rights.cleared)
    lines = []
    for one in charges:
        spot = one.hotspot
        if spot is None or (seen is not None and spot.unit_id not in seen) or not rights.holds(Permission.HOTSPOT_VIEW):
            lines.append(SpotLine(one, None))
            continue
        name = spot.name if clear else MASK
        state = titles.get(spot.state, spot.state)
        lines.append(SpotLine(one, spot, name, names[spot.unit_id], state, spot.code))
    return sorted(lines, key=lambda line: (line.spot is None, line.code))


def uncharged_units(rights: Rights) -> list[tuple[places.Place, str]]:
    """Return the communes within sight that nobody answers for, worst class first, with their newest class."""
    units = rights.units(Permission.TASK_VIEW)
    area = [one for one in places.area_places(rights.on) if units is None or one.id in units]
    held = set(Charge.objects.filter(in_force(rights.on), unit__isnull=False).values_list("unit", flat=True))
    free = [one for one in area if one.id not in held]
    classes = newest_classes([one.id for one in free], rights)
    worst = {"I": 0, "II": 1, "III": 2}
    rows = [(one, classes.get(one.id, (0, ""))[1]) for one in free]
    return sorted(rows, key=lambda row: (worst.get(row[1], 3), row[0].order))


def uncharged_spots(rights: Rights) -> QuerySet[Hotspot]:
    """Return the hot-spots within sight whose life goes on and that nobody answers for."""
    done = [one.code for one in workflow_on(rights.on).states if one.final or one.code in ("removed", "unconfirmed")]
    held = Charge.objects.filter(in_force(rights.on), hotspot__isnull=False).values("hotspot")
    rows = rights.visible(Hotspot.objects.exclude(state__in=done).exclude(pk__in=held), Permission.HOTSPOT_VIEW)
    return rows.order_by("code", "pk")


def empty_posts(rights: Rights) -> list[Post]:
    """Return the posts within sight that nobody holds, most burdened first."""
    alive = posts_on(rights.on).values("pk")
    rows = list(posts_seen(rights).filter(pk__in=alive))
    held = set(_holdings([row.pk for row in rows], rights.on).values_list("post", flat=True))
    free = [row for row in rows if row.pk not in held]
    carried = counts_of([row.pk for row in free], rights.on)
    return sorted(free, key=lambda row: (-carried.get(row.pk, Count()).open, sort_key(row.title), row.pk))


def users_named(users: Iterable[User], rights: Rights) -> list[tuple[str, str]]:
    """Return the choices of a form that names officers: user name and name, with the title."""
    return [(one.username, f"{officer(one, rights)}{f' – {one.title}' if one.title else ''}") for one in users]
