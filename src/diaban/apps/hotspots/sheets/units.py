"""From the unit that a row names by code (and name) to the unit itself. A code alone names nothing: it needs a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from diaban.apps.places import queries as places
from diaban.apps.places.models import Level
from diaban.core.messages import N_, Message, say
from diaban.core.text import fold
from diaban.core.units import UnitsError
from diaban.core.units.territory import nearest_day

# As people write them in a list, folded; the catalogue's own titles are among them.
_TITLES = ("phuong", "p", "xa", "x", "thi tran", "tt", "dac khu", "dk", "huyen", "h", "thanh pho", "tp")


class Units:
    """Resolves codes against the register as it stands now; keeps what it found."""

    def __init__(self) -> None:
        self.held = places.known()
        self._found: dict[tuple[str, date], int | Message] = {}

    def by_code(self, code: str, day: date) -> int | Message:
        """Return the id of the lowest unit with `code` on `day`, or the sentence why there is none.

        That is a commune, or a district that has none (Côn Đảo until 30/6/2025, code 755). A commune's code that came
        as a number has lost its leading zeros.
        """
        key = (code, day)
        if key not in self._found:
            district = self._bare_district(code, day)
            try:
                uid = district or self.held.register.resolve(code.zfill(5), day, Level.COMMUNE.value)
                self._found[key] = self.held.ids[uid]
            except UnitsError as error:
                self._found[key] = error.message
        return self._found[key]

    def _bare_district(self, code: str, day: date) -> str | None:
        if len(code) != 3:
            return None
        try:
            uid = self.held.register.resolve(code, day, Level.DISTRICT.value)
        except UnitsError:
            return None
        return None if self.held.register.snapshot(day).children(uid) else uid

    def code_and_name(self, unit_id: int, day: date) -> tuple[str, str]:
        """Return what the unit was called on `day`, or on its nearest day."""
        register, uid = self.held.register, self.held.uids[unit_id]
        spell = register.spell(uid, nearest_day(register, uid, day))
        return spell.code, spell.name

    def named(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return stored rows with the code and the latest name of the unit that `unit` (its uid) means."""
        found = []
        for row in rows:
            spell = self.held.register.spells_of(row["unit"])[-1] if row.get("unit") else None
            found.append(dict(row) | ({"unit_code": spell.code, "unit_name": spell.name} if spell else {}))
        return found

    def has_code(self, unit_id: int, code: str) -> bool:
        """Say whether the unit ever had this code."""
        return any(spell.code == code for spell in self.held.register.spells_of(self.held.uids[unit_id]))

    def other_name(self, unit_id: int, name: str, day: date) -> Message | None:
        """Return the objection that `name` is not the unit's, on any day; None when it is, or nothing was written."""
        if not name or _plain(name) in {_plain(s.name) for s in self.held.register.spells_of(self.held.uids[unit_id])}:
            return None
        code, own = self.code_and_name(unit_id, day)
        return say(N_("Mã {code} vào ngày {day} là {name}"), code=code, day=f"{day:%d/%m/%Y}", name=own)


def _plain(name: str) -> str:
    """Return the name without title and diacritics: "Phường Một", "P. Một" and "một" are the same."""
    folded = fold(name)
    for title in _TITLES:
        if folded.startswith(f"{title} "):
            return folded.removeprefix(f"{title} ")
    return folded
