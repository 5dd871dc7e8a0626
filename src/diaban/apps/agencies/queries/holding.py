"""Who holds which post on a day, which post answers for what: one question at a time, or for many rows at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from diaban.apps.access import Person
from diaban.apps.accounts.models import User
from diaban.apps.agencies.models import Agency, Charge, Holding, Post
from diaban.apps.hotspots.models import Hotspot
from diaban.apps.places.models import Unit


def in_force(on: date, prefix: str = "") -> Q:
    """Return the condition that a holding or a charge holds on `on`: `start <= on < end`."""
    still = Q(**{f"{prefix}end__isnull": True}) | Q(**{f"{prefix}end__gt": on})
    return still & Q(**{f"{prefix}start__lte": on})


def posts_on(on: date) -> QuerySet[Post]:
    """Return the posts that exist on `on`, in agencies that exist then."""
    there = Q(ended_on__isnull=True) | Q(ended_on__gt=on)
    began = Q(agency__valid_from__isnull=True) | Q(agency__valid_from__lte=on)
    lasts = Q(agency__valid_to__isnull=True) | Q(agency__valid_to__gt=on)
    return Post.objects.filter(there, began, lasts)


def posts_of(user: User, on: date) -> frozenset[int]:
    """Return the ids of the posts that `user` holds on `on`. A role alone, without a holding, gives none."""
    held = Holding.objects.filter(in_force(on), user=user).values("post")
    return frozenset(posts_on(on).filter(pk__in=held).values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Seats:
    """The agencies for which somebody speaks: of the province, and of a commune there (agency id, unit id)."""

    everywhere: frozenset[int] = frozenset()
    local: frozenset[tuple[int, int]] = frozenset()

    def among(self, agency_ids: Iterable[int], unit_id: int | None) -> bool:
        """Say whether one of the agencies, as it stands in the unit, is one of the seats."""
        asked = set(agency_ids)
        return bool(asked & self.everywhere) or any((agency, unit_id) in self.local for agency in asked)


def seats_of(person: Person, on: date) -> Seats:
    """Return the seats that somebody's posts give on `on`; the house itself has none."""
    if not isinstance(person, User):
        return Seats()
    held = Holding.objects.filter(in_force(on), user=person).values("post")
    rows = list(posts_on(on).filter(pk__in=held).values_list("agency", "unit"))
    return Seats(
        frozenset(agency for agency, unit in rows if unit is None),
        frozenset((agency, unit) for agency, unit in rows if unit is not None),
    )


def agencies_of(user: User, on: date) -> frozenset[int]:
    """Return the ids of the agencies in which `user` holds a post on `on`.

    An agency of the communes stands for itself in every commune: who holds a post there acts for it in the post's unit
    alone, so ask the unit as well where the agency's level is that of the commune.
    """
    held = Holding.objects.filter(in_force(on), user=user).values("post")
    return frozenset(posts_on(on).filter(pk__in=held).values_list("agency", flat=True))


def head_of(agency: Agency, unit: Unit | None, on: date) -> Post | None:
    """Return the post that answers for `agency` on `on`; in `unit` when it is an agency of the communes."""
    return heads_of([(agency.pk, unit.pk if unit else None)], on).get((agency.pk, unit.pk if unit else None))


def heads_of(pairs: Iterable[tuple[int, int | None]], on: date) -> dict[tuple[int, int | None], Post]:
    """Return the head post of each (agency id, unit id) that has one on `on`; of several, the one made first.

    The unit of a pair counts where the agency is of the communes, and is left aside where it is the province's.
    """
    wanted = set(pairs)
    found: dict[tuple[int, int | None], Post] = {}
    rows = posts_on(on).filter(heads=True, agency__in={agency for agency, _unit in wanted})
    for post in rows.select_related("agency", "unit").order_by("-pk"):
        found[post.agency_id, post.unit_id] = post
    answers: dict[tuple[int, int | None], Post] = {}
    for pair in wanted:
        own, whole = found.get(pair), found.get((pair[0], None))
        if own is None and whole is not None and whole.agency.level != Agency.Level.COMMUNE:
            own = whole
        if own is not None:
            answers[pair] = own
    return answers


def holder_of(post: Post, on: date) -> User | None:
    """Return who holds the post on `on`; None when nobody does, or when the holder's account is closed."""
    return holders_of([post.pk], on).get(post.pk)


def holders_of(posts: Iterable[int], on: date) -> dict[int, User]:
    """Return the holder of each post (by id) that has one with an open account on `on`."""
    rows = Holding.objects.filter(in_force(on), post__in=set(posts), user__is_active=True).select_related("user")
    return {row.post_id: row.user for row in rows}


def owner_of_unit(unit: Unit, on: date) -> Post | None:
    """Return the post that answers for the commune on `on`, or None."""
    return owners_of_units([unit.pk], on).get(unit.pk)


def owners_of_units(units: Iterable[int], on: date) -> dict[int, Post]:
    """Return the post that answers for each unit (by id) that has one on `on`."""
    rows = Charge.objects.filter(in_force(on), unit__in=set(units)).select_related("post__agency", "post__unit")
    return {row.unit_id: row.post for row in rows if row.unit_id is not None}


def owner_of_hotspot(hotspot: Hotspot, on: date) -> Post | None:
    """Return the post that answers for the hot-spot on `on`, or None."""
    return owners_of_hotspots([hotspot.pk], on).get(hotspot.pk)


def owners_of_hotspots(hotspots: Iterable[int], on: date) -> dict[int, Post]:
    """Return the post that answers for each hot-spot (by id) that has one on `on`."""
    rows = Charge.objects.filter(in_force(on), hotspot__in=set(hotspots)).select_related("post__agency", "post__unit")
    return {row.hotspot_id: row.post for row in rows if row.hotspot_id is not None}
