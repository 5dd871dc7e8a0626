"""Replay the events of a units CSV over a register."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import groupby

from diaban.apps.places.changes.read import Event, Row, RowProblem
from diaban.catalogue.units_loader import kind_of
from diaban.core.messages import N_, Message, say
from diaban.core.units import WHOLE, Edge, InvalidRegister, Register, Spell

_LOWEST_FIRST = ("commune", "district", "province")


@dataclass(frozen=True)
class Outcome:
    """The register after the file. `populations` pairs a population row with the uid it is about.

    `touched` are the uids whose spells changed; `done_before` is how many rows said what was known already.
    """

    register: Register | None
    touched: frozenset[str]
    points: dict[str, tuple[float, float]]
    populations: tuple[tuple[Row, str], ...]
    done_before: int
    problems: tuple[RowProblem, ...]


def replay(register: Register, rows: Sequence[Row]) -> Outcome:
    """Return what the rows make of `register`; with problems, every one of them and no register.

    Days are taken in order, so one file may hold several resolutions. Old codes are those in use the day before the
    event, parents those in use from that day on.
    """
    book = _Book(register)
    changes = [row for row in rows if row.event is not Event.POPULATION]
    for day, group in groupby(sorted(changes, key=lambda row: (row.on, row.row)), key=lambda row: row.on):
        book.apply(day, list(group))
    populations: list[tuple[Row, str]] = []
    for row in rows:
        if row.event is Event.POPULATION:
            uid = book.find(row.old_code, row.on, row.level)
            if uid is None:
                book.wrong(row, "old_code", row.old_code, _no_such(row.old_code, row.on))
            else:
                populations.append((row, uid))
    made: Register | None = None
    if not book.problems:
        try:
            made = Register([spell for own in book.spells.values() for spell in own], book.edges)
        except InvalidRegister as contradiction:
            book.problems += [RowProblem(0, "", "", problem) for problem in contradiction.problems]
    return Outcome(
        made,
        frozenset(book.touched),
        book.points,
        tuple(populations),
        book.done_before,
        tuple(sorted(book.problems, key=lambda problem: problem.row)),
    )


def _no_such(code: str, day: date) -> Message:
    return say(N_("Không có đơn vị nào mang mã {code} vào ngày {day}."), code=code, day=f"{day:%d/%m/%Y}")


class _Book:
    """Spells and edges while the events are applied."""

    def __init__(self, register: Register) -> None:
        self.spells: dict[str, list[Spell]] = {uid: list(register.spells_of(uid)) for uid in register.units}
        self.edges: list[Edge] = list(register.edges)
        self.by_code: dict[str, set[str]] = defaultdict(set)
        for spell in register.spells:
            self.by_code[spell.code].add(spell.unit)
        self.touched: set[str] = set()
        self.points: dict[str, tuple[float, float]] = {}
        self.problems: list[RowProblem] = []
        self.done_before = 0

    def wrong(self, row: Row, column: str, value: str, message: Message) -> None:
        self.problems.append(RowProblem(row.row, column, value, message))

    def spell(self, uid: str, day: date) -> Spell | None:
        return next((spell for spell in self.spells[uid] if spell.covers(day)), None)

    def find(self, code: str, day: date, level: str = "") -> str | None:
        """Return the unit with `code` on `day`, the lowest level first when none is named."""
        found = [
            (_LOWEST_FIRST.index(spell.level), uid)
            for uid in self.by_code.get(code, ())
            for spell in self.spells[uid]
            if spell.covers(day) and spell.code == code and level in ("", spell.level)
        ]
        return min(found)[1] if found else None

    def apply(self, day: date, rows: list[Row]) -> None:
        """Apply the events of one day: territory first, then names, codes and parents."""
        eve = day - timedelta(days=1)
        old = {row.row: self.find(row.old_code, eve, "") for row in rows if row.old_code}
        rows = [row for row in rows if not self._known_already(row, day)]
        for row in rows:
            if row.old_code and old[row.row] is None:
                self.wrong(row, "old_code", row.old_code, _no_such(row.old_code, eve))
        rows = [row for row in rows if not row.old_code or old[row.row] is not None]
        sources = {row.row: uid for row in rows if (uid := old.get(row.row)) is not None}
        self._merge([row for row in rows if row.event is Event.MERGE], day, sources)
        created = [row for row in rows if row.event is Event.CREATE]
        for row in sorted(created, key=lambda row: -_LOWEST_FIRST.index(row.level)):
            self._begin(row, day, [row])
        said: dict[tuple[str, str], str] = {}
        for row in rows:
            if row.event in (Event.RENAME, Event.RECODE, Event.MOVE):
                if self._agrees(row, sources[row.row], said):
                    self._restate(row, day, sources[row.row])
            elif row.event is Event.ABOLISH:
                self._close(row, sources[row.row], day)

    def _known_already(self, row: Row, day: date) -> bool:
        """Say whether the tables hold this event, so that importing a file twice changes nothing."""
        born = f"{row.new_code}@{day.isoformat()}" if row.new_code else ""
        known = False
        if row.event is Event.MERGE:
            known = any(
                edge.target == born and edge.on == day and self._had_code(edge.source, row.old_code, day)
                for edge in self.edges
                if edge.target == born
            )
        elif row.event is Event.CREATE:
            known = born in self.spells and self.spells[born][0].level == row.level
        elif row.event is Event.ABOLISH:
            known = any(
                self._had_code(uid, row.old_code, day) and self.spells[uid][-1].end == day
                for uid in self.by_code.get(row.old_code, ())
            )
        else:
            known = self._restated_already(row, day)
        self.done_before += known
        return known

    def _had_code(self, uid: str, code: str, day: date) -> bool:
        before = self.spell(uid, day - timedelta(days=1))
        return before is not None and before.code == code

    def _restated_already(self, row: Row, day: date) -> bool:
        for uid in self.by_code.get(row.old_code, ()):
            spell = self.spell(uid, day)
            if spell is None or spell.start != day or not self._had_code(uid, row.old_code, day):
                continue
            parent = self.spell(spell.parent, day) if spell.parent is not None else None
            if (
                row.name in ("", spell.name)
                and row.new_code in ("", spell.code)
                and row.level in ("", spell.level)
                and (not row.parent_code or (parent is not None and parent.code == row.parent_code))
            ):
                return True
        return False

    def _close(self, row: Row, uid: str, day: date) -> bool:
        """End the unit's last spell on `day`; it must still run."""
        last = self.spells[uid][-1]
        if last.end == day:
            return True
        if last.end is not None or last.start >= day:
            message = say(N_("{name} đã có thay đổi sau ngày này; không sửa lùi được."), name=last.name)
            self.wrong(row, "on", f"{day:%d/%m/%Y}", message)
            return False
        self.spells[uid][-1] = replace(last, end=day)
        self.touched.add(uid)
        return True

    def _merge(self, rows: list[Row], day: date, sources: dict[int, str]) -> None:
        for row in rows:
            self._close(row, sources[row.row], day)
        leaving: dict[str, int] = defaultdict(int)
        targets: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            leaving[sources[row.row]] += 1
            targets[row.new_code].append(row)
        # A province made the same day must stand before the communes under it, whatever the order of the rows.
        ranked = sorted(targets.values(), key=lambda own: -max(self._rank(row, sources) for row in own))
        for own in ranked:
            uid = self._begin(own[0], day, own, like=self.spells[sources[own[0].row]][-1])
            if uid is None:
                continue
            for row in own:
                source = sources[row.row]
                share = row.share if row.share is not None or leaving[source] > 1 else Fraction(1)
                basis = row.basis or (WHOLE if share == 1 else "declared" if share is not None else "")
                self.edges.append(Edge(source, uid, day, share, basis, row.instrument))

    def _rank(self, row: Row, sources: dict[int, str]) -> int:
        level = row.level or self.spells[sources[row.row]][-1].level
        return _LOWEST_FIRST.index(level)

    def _begin(self, row: Row, day: date, own: Sequence[Row], like: Spell | None = None) -> str | None:
        """Open a new unit from the rows that name it; what no row says is as the first source had it."""
        uid = f"{row.new_code}@{day.isoformat()}"
        name = self._agreed(own, "name") or (like.name if like else "")
        level = self._agreed(own, "level") or (like.level if like else "")
        parent_code = self._agreed(own, "parent_code")
        if uid in self.spells:
            self.wrong(row, "new_code", row.new_code, say(N_("Đơn vị {uid} đã có."), uid=uid))
            return None
        parent = like.parent if like and not parent_code else None
        if parent_code:
            parent = self.find(parent_code, day)
            if parent is None:
                self.wrong(row, "parent_code", parent_code, _no_such(parent_code, day))
        self.spells[uid] = [
            Spell(uid, name, row.new_code, kind_of(name, level), level, parent, day, None, row.instrument)
        ]
        self.by_code[row.new_code].add(uid)
        self.touched.add(uid)
        point = next((one.point for one in own if one.point is not None), None)
        if point is not None:
            self.points[uid] = point
        return uid

    def _agreed(self, rows: Sequence[Row], column: str) -> str:
        """Return what the rows of one new unit say in a column; they may leave it out but not differ."""
        values = {str(getattr(row, column)): row for row in rows if getattr(row, column)}
        if len(values) > 1:
            said = " / ".join(sorted(values))
            message = say(N_("Các dòng lập đơn vị {code} ghi khác nhau: {said}."), code=rows[0].new_code, said=said)
            self.wrong(rows[-1], column, str(getattr(rows[-1], column)), message)
        return next(iter(values), "")

    def _agrees(self, row: Row, uid: str, said: dict[tuple[str, str], str]) -> bool:
        """Say whether the row states nothing of the unit that an earlier row of the same day states otherwise."""
        agreed = True
        for column in ("name", "new_code", "level", "parent_code"):
            value = str(getattr(row, column))
            before = said.setdefault((uid, column), value) if value else value
            if before != value:
                message = say(N_("Dòng khác cùng ngày ghi “{before}” cho đơn vị này."), before=before)
                self.wrong(row, column, value, message)
                agreed = False
        return agreed

    def _restate(self, row: Row, day: date, uid: str) -> None:
        """Begin a new spell of the same unit with another name, code, level or parent."""
        before = self.spell(uid, day)
        if before is None:
            self.wrong(row, "old_code", row.old_code, _no_such(row.old_code, day))
            return
        parent = before.parent
        if row.parent_code:
            parent = self.find(row.parent_code, day)
            if parent is None:
                self.wrong(row, "parent_code", row.parent_code, _no_such(row.parent_code, day))
                return
        level = row.level or before.level
        name = row.name or before.name
        after = replace(
            before,
            name=name,
            code=row.new_code or before.code,
            level=level,
            kind=kind_of(name, level),
            parent=parent,
            start=day,
            instrument=row.instrument,
        )
        position = self.spells[uid].index(before)
        kept = [replace(before, end=day)] if before.start < day else []
        self.spells[uid][position : position + 1] = [*kept, after]
        self.by_code[after.code].add(uid)
        self.touched.add(uid)
        if row.point is not None:
            self.points[uid] = row.point
