"""Where, when and on which boundaries a page speaks: read from its address, the same for every page.

Address: `don_vi` = uid, `cap_duoi` = 0 or 1, `ky` = code of a period, `che_do` = its regime, `ngay` = day of the
boundaries (yyyy-mm-dd). What is not given is what one's posts reach (the working area, or one's own unit), the current
month, and today. A unit outside of one's posts is not taken from the address, but on the pages of public facts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diaban.adapters.clock import today
from diaban.apps.access import Permission, Rights, asked_of, rights_of
from diaban.apps.places import queries
from diaban.apps.places.models import Unit
from diaban.catalogue.periods_loader import DEFAULT_REGIME, regimes
from diaban.core.messages import N_, Message, say
from diaban.core.periods import Grain, Period, PeriodError, Regime
from diaban.core.units import Register, territory

UNIT, BELOW, PERIOD, REGIME, DAY = "don_vi", "cap_duoi", "ky", "che_do", "ngay"
PARAMETERS = (UNIT, BELOW, PERIOD, REGIME, DAY)
_STATES = {"open": _("đang mở"), "closed": _("đã hết kỳ"), "future": _("chưa bắt đầu"), "locked": _("đã khóa")}
_LOCKS: dict[str, Callable[[Period], bool]] = {}
_YEARS_OFFERED = 3
_UNITS_OFFERED = 400


def register_period_lock(name: str, is_locked: Callable[[Period], bool]) -> None:
    """Let an app above say which periods are locked; called once, when the app is ready."""
    _LOCKS[name] = is_locked


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """A unit that the picker offers."""

    uid: str
    name: str
    level: str
    current: bool


@dataclass(frozen=True, slots=True)
class PeriodChoice:
    """A period that the picker offers; `label` shows its actual days."""

    code: str
    label: str
    current: bool


@dataclass(frozen=True)
class Scope:
    """The three questions that every page depends on.

    `unit_uid` is empty where the scope is several roots or all units; `roots` are the uids whose territory it is.
    `posts` are the units that one's posts reach; None where they set no limit or the page shows public facts.
    `widest` is the uid and the name of the widest choice.
    `given` holds the parts of the address that a person chose; `problems` what of it could not be used.
    """

    unit_name: str
    unit_uid: str
    roots: tuple[str, ...]
    include_below: bool
    regime: Regime
    period: Period
    on: date
    today: date
    given: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Message, ...] = ()
    posts: frozenset[int] | None = None
    widest: tuple[str, str] = ("", "")

    picker_template = "places/scope_picker.html"

    @property
    def period_code(self) -> str:
        """Return the period's code, "2026-11"."""
        return self.period.code

    @property
    def period_label(self) -> str:
        """Return the period with its actual days: "Tháng 11 · 15/10–14/11/2026"."""
        return self.period.label.render(gettext)

    @property
    def period_state(self) -> str:
        """Return locked, or else open, closed or future: whether today lies in, after or before the period."""
        return _state_of(self.period, self.today)

    @property
    def period_state_label(self) -> str:
        """Return the state in words."""
        return str(_STATES[self.period_state])

    @property
    def boundaries_label(self) -> str:
        """Return the day of the boundaries when it is not today, else nothing."""
        return "" if self.on == self.today else f"{self.on:%d/%m/%Y}"

    @property
    def carry(self) -> str:
        """Return the chosen parts as a query to put behind an address, "?ky=2026-10" or nothing."""
        return f"?{urlencode(self.given)}" if self.given else ""

    @cached_property
    def unit(self) -> Unit | None:
        """Return the unit's row; nothing where the scope is several roots or all units."""
        return queries.unit_by_uid(self.unit_uid) if self.unit_uid else None

    @cached_property
    def unit_ids(self) -> frozenset[int]:
        """Return the ids of all units, of any date, whose territory lies in the scope."""
        held = queries.known()
        if not self.roots:
            return frozenset(held.uids)
        return queries.lying_in(held, self.roots, self.on, include_below=self.include_below)

    @cached_property
    def communes(self) -> list[queries.Place]:
        """Return the lowest units of day `on` in the scope, by name: the rows of a table that leaves nobody out.

        They are the communes, and a district that has none (Côn Đảo until 30/6/2025).
        """
        held = queries.known()
        snapshot = held.register.snapshot(self.on)
        inside = territory.territory(held.register, self.roots, self.on) if self.roots else snapshot.units
        found = [
            queries.place_of(held, spell)
            for spell in snapshot.spells
            if spell.unit in inside and spell.level != territory.PROVINCE and not snapshot.children(spell.unit)
        ]
        return sorted(found, key=lambda one: (one.order, one.code))

    @cached_property
    def unit_choices(self) -> list[UnitChoice]:
        """Return what the posts reach (the working area) and its communes; without them when they are too many."""
        uid, name = self.widest
        found = [UnitChoice(uid, name, "area", uid == self.unit_uid)]
        communes = [
            one
            for one in queries.area_places(self.on)
            if one.uid != uid and (self.posts is None or one.id in self.posts)
        ]
        if len(communes) <= _UNITS_OFFERED:
            found += [UnitChoice(one.uid, one.name, one.level, one.uid == self.unit_uid) for one in communes]
        if self.unit_uid and not any(choice.current for choice in found):
            found.insert(0, UnitChoice(self.unit_uid, self.unit_name, "", True))
        return found

    @cached_property
    def period_choices(self) -> list[tuple[str, list[PeriodChoice]]]:
        """Return the periods that have begun, newest year first, each year's months to its whole, with their days."""
        latest = self.regime.year_of(self.today)
        years = sorted({*range(latest, latest - _YEARS_OFFERED, -1), self.period.year}, reverse=True)
        found: list[tuple[str, list[PeriodChoice]]] = []
        for year in years:
            periods = [one for grain in Grain for one in _periods(self.regime, year, grain)]
            begun = [one for one in periods if one.start <= self.today or one == self.period]
            choices = [PeriodChoice(one.code, _told(one, self.today), one == self.period) for one in begun]
            found.append((gettext("Năm %(year)s") % {"year": year}, choices))
        return found

    @property
    def regime_choices(self) -> list[tuple[str, str, bool]]:
        """Return the ways of cutting the year: id, name, whether it is the one in use."""
        return [(one.id, gettext(one.name), one.id == self.regime.id) for one in regimes().values()]


def _state_of(period: Period, today: date) -> str:
    if any(is_locked(period) for _name, is_locked in sorted(_LOCKS.items())):
        return "locked"
    if today < period.start:
        return "future"
    return "open" if today < period.end else "closed"


def _told(period: Period, today: date) -> str:
    """Return the period with its days and its state: "Tháng 11 · 15/10–14/11/2026 (đã đóng)"."""
    return f"{period.label.render(gettext)} ({_STATES[_state_of(period, today)]})"


def _periods(regime: Regime, year: int, grain: Grain) -> tuple[Period, ...]:
    return regime.periods(year, grain) if grain in regime.grains else ()


def _area_choice() -> tuple[str, str, tuple[str, ...]]:
    """Return the area as a choice with its roots: its only root, or (several, or no area) the choice of everything."""
    area = queries.current_area()
    if area is None:
        return "", gettext("Tất cả đơn vị"), ()
    roots = queries.area_roots(area)
    return (roots[0] if len(roots) == 1 else ""), area.name, roots


def _whole(posts: frozenset[int] | None, on: date) -> tuple[str, str, tuple[str, ...]]:
    """Return the widest choice on `on`: uid (empty: several units), name and roots."""
    if posts is None:
        return _area_choice()
    roots = _roots_of(posts, on)
    if len(roots) != 1:
        return "", gettext("Phạm vi được giao"), roots
    register = queries.register()
    return roots[0], register.spell(roots[0], territory.nearest_day(register, roots[0], on)).name, roots


def _roots_of(posts: frozenset[int], on: date) -> tuple[str, ...]:
    """Return the highest units of the posts that exist on `on`; all of them where none does any more."""
    held = queries.known()
    uids = {held.uids[one] for one in posts if one in held.uids and held.uids[one] in held.register}
    standing = [held.register.spell(uid, on) for uid in uids if held.register.exists(uid, on)]
    return tuple(sorted(spell.unit for spell in standing if spell.parent not in uids)) or tuple(sorted(uids))


def posts_of(rights: Rights) -> frozenset[int] | None:
    """Return the units that somebody's posts reach; None where a post covers the whole area, or there is no post.

    It says what is offered, not what is seen: who has no post sees nothing that a scope could narrow.
    """
    held = [one.units for one in rights.actor.assignments if one.in_force(rights.on)]
    if None in held or not held:
        return None
    return frozenset(unit for units in held for unit in units or () if isinstance(unit, int))


def _shows_public_facts(request: HttpRequest) -> bool:
    match = request.resolver_match
    asked = asked_of(match.func) if match is not None else None
    return asked is not None and Permission.UNIT_VIEW in asked.permissions


def scope_of(request: HttpRequest) -> Scope:
    """Return the scope of the request, worked out once."""
    kept = vars(request)
    if "_scope" not in kept:
        user = getattr(request, "user", None)
        posts = None
        if hasattr(user, "rights") and not _shows_public_facts(request):
            posts = posts_of(rights_of(request))
        kept["_scope"] = read_scope(request.GET, own=getattr(user, "unit", None), on=today(), posts=posts)
    found: Scope = kept["_scope"]
    return found


def context(request: HttpRequest) -> dict[str, object]:
    """Context processor: `scope`, worked out when a template first asks for it."""
    return {"scope": SimpleLazyObject(lambda: scope_of(request))}


def read_scope(
    query: QueryDict | Mapping[str, str], *, own: Unit | None, on: date, posts: frozenset[int] | None = None
) -> Scope:
    """Return the scope that `query` asks for on the day `on` (today), for a user who serves in `own`.

    `posts` are the units that the user's posts reach (None: no limit). A part that cannot be used is left at its
    default and named in `problems`: an old bookmark still opens the page.
    """
    given = {name: str(query.get(name)) for name in PARAMETERS if query.get(name)}
    problems: list[Message] = []
    day = _day(given, on, problems)
    regime = regimes().get(given.get(REGIME, DEFAULT_REGIME))
    if regime is None:
        problems.append(say(N_("Không có chế độ kỳ “{regime}”."), regime=given.pop(REGIME)))
        regime = regimes()[DEFAULT_REGIME]
    period = _period(given, regime, on, problems)
    widest = _whole(posts, on)
    uid, name, roots = _unit(given, own, posts, widest, day, problems)
    return Scope(
        unit_name=name,
        unit_uid=uid,
        roots=roots,
        include_below=given.get(BELOW, "1") != "0",
        regime=regime,
        period=period,
        on=day,
        today=on,
        given=given,
        problems=tuple(problems),
        posts=posts,
        widest=widest[:2],
    )


def _day(given: dict[str, str], on: date, problems: list[Message]) -> date:
    text = given.get(DAY)
    if text is None:
        return on
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.append(say(N_("Ngày ranh giới “{text}” không đọc được; viết năm-tháng-ngày."), text=given.pop(DAY)))
        return on


def _period(given: dict[str, str], regime: Regime, on: date, problems: list[Message]) -> Period:
    code = given.get(PERIOD)
    if code is not None:
        try:
            return regime.period(code)
        except PeriodError as wrong:
            problems.append(wrong.message)
            del given[PERIOD]
    return regime.containing(on, Grain.MONTH)


def _unit(
    given: dict[str, str],
    own: Unit | None,
    posts: frozenset[int] | None,
    widest: tuple[str, str, tuple[str, ...]],
    day: date,
    problems: list[Message],
) -> tuple[str, str, tuple[str, ...]]:
    """Return the uid, the name and the roots of the scope; `day` is the day of the boundaries."""
    register = queries.register()
    whole, name, roots = widest
    asked = given.get(UNIT)
    if asked is not None and asked not in register:
        problems.append(say(N_("Không có đơn vị {uid} trong danh mục."), uid=given.pop(UNIT)))
        asked = None
    if asked is not None and posts is not None and queries.known().ids[asked] not in posts:
        named = register.spell(asked, territory.nearest_day(register, asked, day)).name
        problems.append(say(N_("{unit} ngoài phạm vi được giao; trang này chỉ có phần được giao."), unit=named))
        del given[UNIT]
        asked = None
    if asked is None and posts is None and own is not None and _narrower(register, own.uid, roots, day):
        asked = own.uid
    if asked is not None and (asked,) != roots:
        spell = register.spell(asked, territory.nearest_day(register, asked, day))
        return asked, spell.name, (asked,)
    return whole, name, roots


def _narrower(register: Register, uid: str, roots: tuple[str, ...], day: date) -> bool:
    """Say whether the user's unit is only a part of the working area; a unit that contains the area sees the area."""
    if uid not in register:
        return False
    if not roots:
        return True
    own = territory.territory(register, [uid], day)
    area = territory.territory(register, roots, day)
    return not area <= own
