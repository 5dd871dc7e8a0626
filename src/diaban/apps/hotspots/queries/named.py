"""Which hot-spot a person means by a code. Two may carry one code (two registers that came together): never guessed.

Only hot-spots that the person sees are meant, named and told apart: a code out of sight is one that does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from diaban.adapters.clock import today
from diaban.apps.hotspots.models import Hotspot
from diaban.apps.hotspots.queries.lives import workflow_on
from diaban.apps.hotspots.queries.sight import UnitIds, of_units
from diaban.apps.places import queries as places
from diaban.core.messages import N_, Message, say
from diaban.core.text import fold

MARK: Final = " · "
MOST_NAMED: Final = 5


def code_of(text: str) -> str:
    """Return the code in "code · unit", which is the whole text when nothing follows it."""
    return text.partition(MARK.strip())[0].strip()


def find_spot(text: str, within: UnitIds) -> Hotspot | Message:
    """Return the one hot-spot that `text` means ("code" or "code · unit code, unit name or name of the spot").

    The sentence why there is none, or which ones carry the code, otherwise. `within`: the units whose hot-spots the
    person sees, None = all.
    """
    return choose(_carrying(code_of(text), within), text)


def _carrying(code: str, within: UnitIds) -> list[Hotspot]:
    return list(Hotspot.objects.filter(of_units(within), code__iexact=code).order_by("pk"))


def choose(carrying: Sequence[Hotspot], text: str) -> Hotspot | Message:
    """Return the one of the hot-spots `carrying` the code of `text` that `text` means, or the sentence why not."""
    voided = workflow_on(today()).voided_state
    code, _mark, rest = (part.strip() for part in text.partition(MARK.strip()))
    standing = [spot for spot in carrying if spot.state != voided]
    if not standing:
        if carrying:
            return say(N_("Điểm mang mã {code} đã hủy ghi nhận; khôi phục hồ sơ đó trước."), code=code)
        return say(N_("Không có điểm mang mã {code} trong phạm vi được xem; xem lại mã ở danh sách."), code=code)
    meant = [spot for spot in standing if fold(rest) in _words(spot)] if rest else standing
    if len(meant) == 1:
        return meant[0]
    if not meant and len(standing) == 1:
        return say(N_("Mã {code} là: {spots}; xem lại đơn vị."), code=code, spots=_told(standing))
    return say(
        N_("Mã {code} có ở {n} điểm: {spots}. Ghi thêm sau mã, ví dụ «{example}»."),
        code=code,
        n=len(standing),
        spots=_told(standing),
        example=_told_apart(standing[-1], standing),
    )


def reference(spot: Hotspot, within: UnitIds) -> str:
    """Return what `find_spot` reads as this hot-spot and no other: its code, with its unit when others carry it."""
    carrying = _carrying(spot.code, within)
    return spot.code if len(carrying) == 1 else _told_apart(spot, carrying)


def _words(spot: Hotspot) -> list[str]:
    return [fold(word) for word in _tellers(spot)]


def _tellers(spot: Hotspot) -> Iterator[str]:
    """Yield what tells a spot apart, the shortest first: codes and names of its unit, its own name, the unit's uid."""
    held = places.known()
    uid = held.uids[spot.unit_id]
    spells = held.register.spells_of(uid)
    yield from dict.fromkeys(spell.code for spell in spells)
    yield from dict.fromkeys(spell.name for spell in spells)
    yield spot.name
    yield uid


def _told_apart(spot: Hotspot, among: Sequence[Hotspot]) -> str:
    others = {word for other in among if other.pk != spot.pk for word in _words(other)}
    own = next((word for word in _tellers(spot) if fold(word) not in others), "")
    return f"{spot.code}{MARK}{own}" if own else spot.code


def _told(spots: Sequence[Hotspot]) -> str:
    """Return "code · name · unit · state" of each."""
    workflow = workflow_on(today())
    held = places.known()
    lines = []
    for spot in spots[:MOST_NAMED]:
        spell = held.register.spells_of(held.uids[spot.unit_id])[-1]
        lines.append(MARK.join((spot.code, spot.name, spell.name, workflow.state(spot.state).title)))
    return "; ".join(lines) + (" …" if len(spots) > MOST_NAMED else "")
