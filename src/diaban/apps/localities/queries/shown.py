"""A kept working as a page shows it: sentences in the language of the screen, figures by their names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diaban.apps.localities.figures import BY_CODE
from diaban.apps.localities.models import LocalityClass
from diaban.apps.localities.queries.history import shown as shown_value
from diaban.apps.localities.queries.messages import told
from diaban.apps.localities.queries.province import Province
from diaban.apps.localities.queries.rules import class_label
from diaban.catalogue.rulesets_loader import ruleset
from diaban.core.rules import Reading


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion or condition. `met` is under the reading set; `literal` and `at_least` under each."""

    code: str
    klass: str
    text: str
    value: str
    threshold: str
    article: str
    met: bool | None
    literal: bool | None
    at_least: bool | None

    @property
    def short_article(self) -> str:
        """Return the article without the number of the text, which the page names once."""
        return self.article.rpartition(", ")[2]

    @property
    def readings_differ(self) -> bool:
        """Return whether the two readings disagree on it."""
        return self.literal != self.at_least

    @property
    def other(self) -> bool | None:
        """Return the result under the reading that is not the one set, where the two disagree."""
        return self.at_least if self.met == self.literal else self.literal


@dataclass(frozen=True, slots=True)
class ClassGroup:
    """The criteria of one class, how many are met under the reading set and how many it needs."""

    klass: str
    label: str
    needs: int
    total: int
    met: int
    article: str
    lines: tuple[CriterionLine, ...]

    @property
    def short_article(self) -> str:
        """Return the article without the number of the text."""
        return self.article.rpartition(", ")[2]


@dataclass(frozen=True, slots=True)
class Segment:
    """A band of a position bar, in units of the drawing. `tone` names the fill, "" where the value is in no band."""

    x: float
    width: float
    tone: str
    label: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Position:
    """Where a figure stands between the thresholds of the classes."""

    figure: str
    title: str
    value: str
    segments: tuple[Segment, ...]
    marker: float

    @property
    def words(self) -> str:
        """Return the position for those who do not see the drawing."""
        here = next((one for one in self.segments if one.holds), None)
        where = here.tone.removeprefix("class-") if here else ""
        if where in ("", "none"):
            return _("{title}: {value}, chưa tới mức của loại nào").format(title=self.title, value=self.value)
        return _("{title}: {value}, ở mức loại {klass}").format(title=self.title, value=self.value, klass=where)


@dataclass(frozen=True, slots=True)
class Finding:
    """A gap or overlap of the text seen in this unit."""

    code: str
    name: str
    text: str
    handling: str


@dataclass(frozen=True, slots=True)
class MissingLine:
    """A figure nobody reported and what it could still change."""

    title: str
    effect: str


@dataclass(frozen=True, slots=True)
class DistanceLine:
    """The way to another class in whole units; `reading` is empty where both readings agree."""

    klass: str
    text: str
    reading: str


@dataclass(frozen=True)
class Working:
    """A whole working, ready to be shown."""

    shot: Mapping[str, Any]

    @property
    def reading(self) -> str:
        """Return the reading that the province has set."""
        return str(self.shot["settings"].get("reading", "literal"))

    @property
    def proposed(self) -> str:
        """Return the class proposed."""
        return str(self.shot["proposed"])

    @property
    def literal(self) -> str:
        """Return the class with the bands read as written."""
        return str(self.shot["literal"])

    @property
    def at_least(self) -> str:
        """Return the class where a higher band also meets the lower one."""
        return str(self.shot["at_least"])

    @property
    def groups(self) -> list[ClassGroup]:
        """Return the criteria class by class, heaviest first."""
        return [
            ClassGroup(
                one["class"],
                _(one["label"]),
                one["needs"],
                one["total"],
                one[self.reading],
                one["article"],
                tuple(self._line(row) for row in self.shot["criteria"] if row["class"] == one["class"]),
            )
            for one in self.shot["classes"]
        ]

    def _line(self, row: Mapping[str, Any]) -> CriterionLine:
        return CriterionLine(
            row["code"],
            row["class"],
            row["text"],
            told(row["value"]),
            told(row["threshold"]),
            row["article"],
            row[self.reading],
            row["literal"],
            row["at_least"],
        )

    @property
    def conditions(self) -> list[CriterionLine]:
        """Return the conditions of "không ma túy"."""
        return [
            CriterionLine(
                row["code"],
                "free",
                row["text"],
                self._condition_value(row),
                _("bằng 0"),
                row["article"],
                row["met"],
                row["met"],
                row["met"],
            )
            for row in self.shot["conditions"]
        ]

    @property
    def conditions_met(self) -> int:
        """Return how many conditions of "không ma túy" hold; an open one does not."""
        return sum(row["met"] is True for row in self.shot["conditions"])

    def _condition_value(self, row: Mapping[str, Any]) -> str:
        """Return why the condition fails or is open, else the figures that make it hold."""
        figures = self.shot["figures"]
        return told(row["because"]) or "; ".join(
            f"{BY_CODE[name].title}: {shown_value(name, figures.get(name))}" for name in row["figures"]
        )

    @property
    def conflicts(self) -> list[Finding]:
        """Return what the reviewer must resolve."""
        return self._findings("conflict")

    @property
    def notes(self) -> list[Finding]:
        """Return what is only said."""
        return self._findings("note")

    def _findings(self, kind: str) -> list[Finding]:
        return [
            Finding(one["code"], _(one["name"]), told(one["text"]), _(one["handling"]))
            for one in self.shot["findings"]
            if one["kind"] == kind
        ]

    @property
    def missing(self) -> list[MissingLine]:
        """Return the figures not reported, those that decide first."""
        lines = []
        for one in sorted(self.shot["missing"], key=lambda one: not one["class"]):
            parts = [_("có thể làm đổi loại")] if one["class"] else []
            parts += [_("cần để xét “không ma túy”")] if one["drug_free"] else []
            effect = "; ".join(parts) or _("không làm đổi loại")
            lines.append(MissingLine(str(BY_CODE[_declared(one["figure"])].title), effect))
        return lines

    @property
    def distances(self) -> list[DistanceLine]:
        """Return the way to each other class, said once where both readings agree."""
        by_reading = {
            name: {one["class"]: told(one["text"]) for one in self.shot["distance"].get(name, ())}
            for name in ("literal", "at_least")
        }
        lines = []
        for name, found in by_reading.items():
            other = by_reading["at_least" if name == "literal" else "literal"]
            for klass, text in found.items():
                same = other.get(klass) == text
                if not (same and name == "at_least"):
                    lines.append(DistanceLine(klass, text, "" if same else str(READINGS[name])))
        return lines

    @property
    def positions(self) -> list[Position]:
        """Return, for each figure, where it stands between the thresholds."""
        return [position(one) for one in self.shot["ladders"]]

    @property
    def settings(self) -> Mapping[str, Any]:
        """Return the province's choices with which it was worked out."""
        found: Mapping[str, Any] = self.shot["settings"]
        return found

    @property
    def sentence(self) -> str:
        """Return the result as the heading of a page."""
        proposed = self.proposed
        group = next((one for one in self.groups if one.klass == proposed), None)
        if group is not None:
            return _("Đề xuất loại {klass}: đạt {met} trên {total} tiêu chí loại {klass}").format(
                klass=proposed, met=group.met, total=group.total
            )
        if proposed == LocalityClass.FREE:
            return _("Đề xuất không ma túy: đạt cả {n} điều kiện").format(n=len(self.shot["conditions"]))
        if proposed == LocalityClass.NONE:
            return class_label(proposed, ruleset(self.shot["ruleset"]))
        n = len(self.shot["missing"])
        if n:
            return _("Chưa xác định được loại: còn {n} số liệu chưa báo cáo").format(n=n)
        return _("Chưa xác định được loại")


READINGS: Final = {
    "literal": gettext_lazy("đọc đúng từng chữ"),
    "at_least": gettext_lazy("đạt mức cao thì coi như đạt mức thấp"),
}
WIDTH: Final = 300.0


def _declared(figure: str) -> str:
    return "persons_dependent" if figure == "dependent" else figure


def _span(low: int, high: int | None) -> str:
    if high is None:
        return _("từ {n}").format(n=shown_value("persons", low))
    if low == high:
        return shown_value("persons", low)
    return f"{shown_value('persons', low)}–{shown_value('persons', high)}"


def position(ladder: Mapping[str, Any]) -> Position:
    """Return a bar of equal bands with a mark where the value stands inside its own band."""
    steps: list[list[Any]] = ladder["steps"]
    value: int | None = ladder["value"]
    width = WIDTH / len(steps)
    segments, marker = [], -1.0
    for index, (low, high, klass) in enumerate(steps):
        holds = value is not None and low <= value and (high is None or value <= high)
        if holds and value is not None:
            # The open last band has no end: twice its start fills it.
            span = (high - low + 1) if high is not None else max(low, 1)
            marker = index * width + width * min((value - low + 0.5) / span, 0.94)
        tone = f"class-{klass}" if klass else "class-none"
        segments.append(Segment(round(index * width, 1), round(width, 1), tone, _span(low, high), holds))
    figure = _declared(ladder["figure"])
    return Position(figure, str(BY_CODE[figure].title), shown_value(figure, value), tuple(segments), round(marker, 1))


def working(shot: Mapping[str, Any]) -> Working | None:
    """Return the working of a snapshot; nothing for a standing not yet worked out."""
    return Working(shot) if shot else None


def setting_words(settings: Iterable[Any], chosen: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    """Return each open choice of a rule set: its question, the value in force, whether the province set it."""
    lines = []
    for setting in settings:
        value = chosen.get(setting.key, setting.default)
        if setting.kind == "flag":
            words = _("có") if value else _("không")
        elif setting.kind == "choice":
            words = _(setting.choices[value])
        else:
            words = _("chưa đặt") if value is None else str(value)
        lines.append((_(setting.label), words, setting.key in chosen))
    return lines


def province_lines(province: Province) -> list[CriterionLine]:
    """Return the province's criteria as lines of the same table."""
    return [
        CriterionLine(
            one.code,
            "",
            one.text,
            one.value.render(_),
            one.threshold.render(_),
            one.article,
            one.met(Reading(str(province.assessment.settings.get("reading", Reading.LITERAL)))),
            one.literal,
            one.at_least,
        )
        for one in province.assessment.criteria
    ]
