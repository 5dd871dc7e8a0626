"""Who serves where, in which role; what a role may do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext

from diaban.apps.access import Permission, Purpose, Rights
from diaban.apps.accounts.models import Assignment, Delegation, User
from diaban.apps.places import queries as places
from diaban.core.policy import EVERYBODY, PERMISSIONS, ROLES, Reach, Role
from diaban.core.privacy import MEANINGS, TITLES, PrivacyClass
from diaban.core.text import fold, name_key


@dataclass(frozen=True, slots=True)
class PostLine:
    """A post as a page shows it."""

    row: Assignment
    role: str
    line: str
    unit: str
    now: bool
    future: bool


@dataclass(frozen=True, slots=True)
class PersonRow:
    """An officer as the list shows them."""

    user: User
    unit: str
    posts: tuple[PostLine, ...]
    state: str


def people(rights: Rights) -> QuerySet[User]:
    """Return the officers within sight: who serves, or holds a post, in a unit that one looks after."""
    ids = rights.units(Permission.ACCOUNT_VIEW)
    rows = User.objects.all()
    if ids is None:
        return rows
    open_post = Q(assignments__unit__in=ids) & (Q(assignments__end__isnull=True) | Q(assignments__end__gt=rights.on))
    return rows.filter(Q(unit__in=ids) | open_post).distinct()


def found(rights: Rights, *, text: str = "", role: str = "", state: str = "") -> list[PersonRow]:
    """Return the officers that fit, by given name as Vietnamese lists are kept."""
    rows = people(rights).prefetch_related(Prefetch("assignments", Assignment.objects.select_related("unit")))
    if state == "da-ngung":
        rows = rows.filter(is_active=False)
    elif state:
        rows = rows.filter(is_active=True)
    units = {row.unit_id for row in rows} | {post.unit_id for row in rows for post in row.assignments.all()}
    names = places.names([unit for unit in units if unit is not None], rights.on)
    wanted, listed = fold(text.strip()), []
    for user in rows:
        posts = tuple(line for line in lines_of(user.assignments.all(), rights.on, names) if line.now or line.future)
        row = PersonRow(user, names.get(user.unit_id or 0, ""), posts, state_of(user))
        if state == "chua-kich-hoat" and row.state != "new":
            continue
        if role and not any(line.row.role == role for line in posts):
            continue
        if wanted and wanted not in fold(f"{user.full_name} {user.username} {user.title} {row.unit}"):
            continue
        listed.append(row)
    return sorted(listed, key=lambda row: (name_key(row.user.full_name or row.user.username), row.user.username))


def state_of(user: User) -> str:
    """Return closed, new (no password was ever set) or open."""
    if not user.is_active:
        return "closed"
    return "open" if user.has_usable_password() or user.last_login else "new"


def lines_of(rows: Iterable[Assignment], on: date, names: Mapping[int, str] | None = None) -> list[PostLine]:
    """Return posts in words, those in force on `on` first, then the coming, then the past, newest first."""
    rows = list(rows)
    if names is None:
        names = places.names([row.unit_id for row in rows if row.unit_id is not None], on)
    lines = [
        PostLine(
            row=row,
            role=gettext(ROLES[row.role].title),
            line=str(row.get_line_display()),
            unit=names[row.unit_id] if row.unit_id is not None else gettext("Toàn địa bàn"),
            now=row.in_force(on),
            future=on < row.start and (row.end is None or row.start < row.end),
        )
        for row in rows
    ]
    newest = sorted(lines, key=lambda line: line.row.start, reverse=True)
    return sorted(newest, key=lambda line: (not line.now, not line.future))


def person(rights: Rights, username: str) -> User | None:
    """Return the officer, or None when there is none within sight."""
    return people(rights).filter(username=username).first()


def lent_by(user: User, on: date) -> QuerySet[Delegation]:
    """Return what `user` has lent or will have, not yet over."""
    rows = Delegation.objects.filter(assignment__user=user, end__gt=on)
    return rows.select_related("assignment__unit", "receiver").order_by("start", "pk")


def lent_to(user: User, on: date) -> QuerySet[Delegation]:
    """Return what is or will be lent to `user`, not yet over."""
    rows = Delegation.objects.filter(receiver=user, end__gt=on)
    return rows.select_related("assignment__unit", "assignment__user", "receiver").order_by("start", "pk")


@dataclass(frozen=True, slots=True)
class PermissionLine:
    """One permission under one role: `reach` is "house", "unit", "everybody" or nothing."""

    code: str
    words: str
    reach: str


@dataclass(frozen=True, slots=True)
class PurposeGroup:
    """The permissions of one purpose, and what each role may do of them."""

    code: str
    words: str
    lines: tuple[PermissionLine, ...]


def reach_of_role(role: Role, permission: Permission) -> str:
    """Return how far a role carries a permission, as a word for pages and for the printed matrix."""
    if permission in EVERYBODY:
        return "everybody"
    reaches = [found for purpose in permission.purposes if (found := role.reach(permission, purpose)) is not None]
    if not reaches:
        return ""
    return "house" if max(reaches) is Reach.HOUSE or role.whole_area else "unit"


def role_groups(role: Role) -> list[PurposeGroup]:
    """Return everything that can be done at all, by purpose, with how far `role` reaches in it."""
    groups = []
    for purpose in Purpose:
        lines = tuple(
            PermissionLine(
                code=str(one),
                words=gettext(one.words),
                reach=reach_of_role(role, one),
            )
            for one in PERMISSIONS
            if first_purpose(one) is purpose
        )
        if lines:
            groups.append(PurposeGroup(str(purpose), gettext(purpose.words), lines))
    return groups


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One class of data, and whether a role sees it in clear."""

    words: str
    what: str
    clear: bool


def class_lines(role: Role) -> list[ClassLine]:
    """Return every class of data with whether `role` sees it in clear, from open to secret."""
    open_to_all = PrivacyClass.PUBLIC
    return [
        ClassLine(gettext(TITLES[one]), gettext(MEANINGS[one]), one is open_to_all or one in role.clears)
        for one in PrivacyClass
    ]


def first_purpose(permission: Permission) -> Purpose:
    """Return the purpose under which a permission is listed."""
    return next(purpose for purpose in Purpose if purpose in permission.purposes)


def matrix(roles: Sequence[Role]) -> list[tuple[PurposeGroup, list[tuple[PermissionLine, list[str]]]]]:
    """Return every permission that roles give, by purpose, with the reach of each of `roles` in a row."""
    table = []
    for group in role_groups(roles[0]):
        if group.code == Purpose.COMMON:
            continue
        rows = [(line, [reach_of_role(role, Permission(line.code)) for role in roles]) for line in group.lines]
        table.append((group, rows))
    return table


def common() -> list[str]:
    """Return, in words, what every account may do whatever its roles."""
    return [gettext(one.words) for one in PERMISSIONS if one in EVERYBODY]
