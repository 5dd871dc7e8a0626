"""From what the reader found (`core.plans`) to the draft that a person looks through."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, Final

from django.utils.translation import gettext as _

from diaban.apps.agencies.models import Agency
from diaban.apps.plans.drafts import label_of
from diaban.apps.plans.models import Target
from diaban.apps.plans.naming import agencies_named
from diaban.apps.plans.spans import spans
from diaban.catalogue.plans_loader import gazetteer
from diaban.core import drafting
from diaban.core.drafting import Draft, Piece
from diaban.core.plans import Clause, PlanText, Reading, Task, read_plan
from diaban.core.plans import Target as Found
from diaban.core.text import fold

REGIME: Final = "nd09"
GRAINS: Final = (
    (re.compile(r"6 thang|sau thang|nua nam"), "half"),
    (re.compile(r"\bquy\b"), "quarter"),
    (re.compile(r"\bthang\b"), "month"),
    (re.compile(r"\bnam\b"), "year"),
)
OPS: Final = {
    ">=": Target.Kind.FLOOR,
    ">": Target.Kind.FLOOR_STRICT,
    "<=": Target.Kind.CEILING,
    "<": Target.Kind.CEILING_STRICT,
    "=": Target.Kind.FLOOR,
}
YEARS: Final = re.compile(r"\b(20\d\d)\b")


def read(text: str) -> PlanText:
    """Read a text by the rules of the reader and the agencies of the catalogue."""
    return read_plan(text, gazetteer())


def tidy(text: str) -> str:
    """Return the text in the one form in which it is kept: composed letters, one kind of line end, no odd signs."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""))
    return text.strip("\ufeff")


def draft_from(found: PlanText, text: str) -> Draft:
    """Return the draft: clauses with their place in the text, and everything found in them, nothing looked at yet."""
    return _Making(found, text).draft()


def head_of(found: PlanText) -> dict[str, Any]:
    """Return the values of a version that the reader found; what it did not find stays empty."""
    return {
        "number": (found.number or "")[:80],
        "date": found.date,
        "effective": found.effective,
        "issuer": (found.issuer or "")[:200],
        "signer": (found.signer or "")[:120],
        "field": (found.field or "")[:120],
        "title": found.title or "",
        "bases": [
            {
                "kind": base.kind,
                "number": base.number,
                "date": base.date.isoformat() if base.date else None,
                "issuer": base.issuer,
                "title": base.title,
                "words": base.words,
            }
            for base in found.bases
        ],
        "notes": [note.render(_) for note in found.notes],
    }


def years_of(title: str, day: date | None) -> tuple[date | None, date | None]:
    """Return the first and last day that a title tells ("giai đoạn 2022-2025"); a plan begins with its own date."""
    years = sorted({int(year) for year in YEARS.findall(title)})
    if not years:
        return day, None
    first = date(years[0], 1, 1)
    return max(first, day) if day and day.year == first.year else first, date(years[-1], 12, 31)


class _Making:
    """One draft in the making."""

    def __init__(self, found: PlanText, text: str) -> None:
        self.found, self.text = found, text
        self.ids = count(1)
        self.numbers = {clause.path: -next(self.ids) for clause in found.clauses}
        names = {name for clause in found.clauses for name in clause.agencies}
        names |= {name for task in found.tasks for name in (task.lead, *task.coordinating) if name}
        self.canonical: Mapping[str, str] = {one.name: one.canonical for one in found.agencies}
        spelt = agencies_named(names | {self.canonical.get(name, name) for name in names})
        self.agency: Callable[[str], Agency | None] = lambda name: (
            spelt.get(name) or spelt.get(self.canonical.get(name, name))
        )
        self.targets = _by_clause(found.targets)
        self.tasks = _by_clause(found.tasks)

    def draft(self) -> Draft:
        starts = [0]
        for line in self.text.split("\n"):
            starts.append(starts[-1] + len(line) + 1)
        places = [starts[min(max(clause.line - 1, 0), len(starts) - 1)] for clause in self.found.clauses]
        found = spans(self.text, [clause.text for clause in self.found.clauses], places)
        return Draft(tuple(self._piece(clause, span) for clause, span in zip(self.found.clauses, found, strict=True)))

    def _piece(self, clause: Clause, span: tuple[int, int] | None) -> Piece:
        parent = clause.path.rpartition(".")[0] if clause.parent is None else clause.parent
        above = self.numbers.get(parent)
        targets: list[Found] = self.targets.get(clause.path, [])
        readings = tuple(
            drafting.Reading(str(turn), _("Cách đọc {n}").format(n=turn), one.text)
            for target in targets
            for turn, one in enumerate(target.readings, start=1)
        )
        return Piece(
            id=self.numbers[clause.path],
            parent=above,
            label=label_of(clause.path, parent if above is not None else ""),
            text=clause.text,
            mark=clause.mark[:20],
            heading=clause.heading,
            uncertain=clause.uncertain,
            why=(clause.why or "")[:300],
            readings=readings,
            first=span[0] if span else None,
            last=span[1] if span else None,
            named=self._named(clause),
            goals=tuple(goal for target in targets for goal in self._goals(target)),
            duties=tuple(self._duty(task, clause) for task in self.tasks.get(clause.path, [])),
        )

    def _named(self, clause: Clause) -> tuple[drafting.Named, ...]:
        found: list[drafting.Named] = []
        for name in dict.fromkeys(clause.agencies):
            agency = self.agency(name)
            if agency is not None and agency.pk in {one.agency for one in found}:
                continue
            words = name[:200] if name in clause.text else ""
            shown = agency.name if agency else name[:200]
            found.append(drafting.Named(agency.pk if agency else None, shown, words, -next(self.ids)))
        return tuple(found)

    def _goals(self, target: Found) -> Iterable[drafting.Goal]:
        readings: tuple[Reading | None, ...] = target.readings or (None,)
        for turn, reading in enumerate(readings, start=1):
            low, high = _range(reading.value if reading else target.value)
            yield drafting.Goal(
                id=-next(self.ids),
                kind=kind_of(target),
                words=target.words,
                op=target.op[:8],
                value=low,
                upper=high,
                measure=(target.unit or "")[:40],
                against=(target.against or "")[:120],
                by=_when(target.by or "")[:120],
                reading=str(turn) if reading else "",
                uncertain=target.uncertain,
            )

    def _duty(self, task: Task, clause: Clause) -> drafting.Duty:
        lead = self.agency(task.lead) if task.lead else None
        others = {name: self.agency(name) for name in task.coordinating}
        due = _day(task.deadline)
        grain = grain_of(task.recurrence or "")
        return drafting.Duty(
            id=-next(self.ids),
            title=_title(task.words or clause.text),
            words=task.words,
            lead=lead.pk if lead else None,
            lead_name="" if lead else (task.lead or "")[:200],
            others=tuple(dict.fromkeys(one.pk for one in others.values() if one)),
            other_names=tuple(name for name, one in others.items() if one is None),
            level="commune" if lead is not None and lead.level == Agency.Level.COMMUNE else "province",
            due=due if not grain else None,
            deadline=(task.deadline or task.recurrence or "")[:200],
            regime=REGIME if grain else "",
            grain=grain,
            product=(task.product or "")[:300],
            uncertain=task.uncertain,
        )


def _when(by: str) -> str:
    """Return a day as people write it; other words ("hằng năm", "2025") as they are."""
    day = _day(by)
    return f"{day:%d/%m/%Y}" if day else by


def _by_clause(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.clause, []).append(row)
    return found


def kind_of(target: Found) -> str:
    """Return the kind of target that the reader's comparison means."""
    low, _high = _range(target.value)
    rises, falls = "increase" in (target.direction, target.op), "decrease" in (target.direction, target.op)
    if low is None and (rises or falls):
        return str(Target.Kind.MUST_FALL if falls else Target.Kind.MUST_RISE)
    grows = rises or "gia tăng" in target.words or "tốc độ tăng" in target.words
    if target.op in ("<", "<=") and target.against and grows and not falls:
        return str(Target.Kind.GROWTH_CAP)
    if target.op == "=" and low == 0:
        return str(Target.Kind.ZERO)
    if target.op == "=" and low == 100 and target.unit == "%":
        return str(Target.Kind.COVERAGE)
    if low is None:
        return str({">": Target.Kind.MUST_RISE, "<": Target.Kind.MUST_FALL}.get(target.op, Target.Kind.DONE))
    return str(OPS.get(target.op, Target.Kind.FLOOR))


def grain_of(words: str) -> str:
    """Return the grain of a recurrence in words ("hằng tháng", "mỗi quý"); empty for none that recurs by periods."""
    folded = fold(words)
    return next((grain for pattern, grain in GRAINS if pattern.search(folded)), "")


def _range(value: float | tuple[float, float] | None) -> tuple[Decimal | None, Decimal | None]:
    if value is None:
        return None, None
    low, high = value if isinstance(value, tuple) else (value, None)
    return _decimal(low), _decimal(high) if high is not None else None


def _decimal(value: float) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.0001")) if abs(value) < 10**9 else Decimal(10**9)


def _day(words: str | None) -> date | None:
    try:
        return date.fromisoformat(words or "")
    except ValueError:
        return None


def _title(words: str) -> str:
    """Return the words as a title: whole when they are short, else up to the first place to breathe."""
    words = " ".join(words.split()).rstrip(".;,")
    if len(words) <= 160:
        return words
    for sign in (". ", "; ", ", "):
        at = words.find(sign, 40)
        if 0 < at <= 200:
            return words[:at]
    return words[: words.rfind(" ", 0, 160)] + "…"
