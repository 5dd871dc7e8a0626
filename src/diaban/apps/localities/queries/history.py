"""Where each declared figure came from, and everything that was done to a standing, newest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from diaban.apps.accounts.queries import people
from diaban.apps.audit.models import Event
from diaban.apps.localities.figures import BY_CODE
from diaban.apps.localities.models import (
    Cycle,
    Decision,
    Declaration,
    DeclarationChange,
    Origin,
    RouteKind,
    Standing,
)
from diaban.apps.localities.queries.rules import class_label, law_of
from diaban.apps.vault.privacy import masked
from diaban.core.privacy import MASK, PrivacyClass, visible
from diaban.core.rules import RuleSet


def class_words(code: str | None, law: RuleSet) -> str:
    """Return a class in the words of a rule set; "–" for none given."""
    return class_label(code, law) if code else "–"


@dataclass(frozen=True, slots=True)
class Source:
    """The last change of one figure: who declared it, how, when, under which document."""

    declared_by: str
    origin: str
    document: str
    at: datetime
    by: str
    reason: str
    adjustment: bool


def sources(
    cycle: Cycle, unit_ids: Iterable[int] | None = None, *, cleared: frozenset[PrivacyClass]
) -> dict[int, dict[str, Source]]:
    """Return, by unit and figure, where the present value came from, as far as somebody is cleared. One query."""
    changes = DeclarationChange.objects.filter(declaration__cycle=cycle)
    if unit_ids is not None:
        changes = changes.filter(declaration__unit__in=list(unit_ids))
    found: dict[int, dict[str, Source]] = defaultdict(dict)
    rows = changes.order_by("at", "pk").values(
        "declaration__unit_id", "figure", "declared_by", "origin", "document", "at", "by", "reason", "adjustment"
    )
    known = {"declaration__unit_id": PrivacyClass.INTERNAL}
    shown: Iterable[dict[str, Any]] = masked(
        DeclarationChange, rows.iterator(chunk_size=2000), cleared=cleared, columns=known
    )
    for row in shown:
        unit_id, figure, origin = row.pop("declaration__unit_id"), row.pop("figure"), row.pop("origin")
        found[unit_id][figure] = Source(origin=str(Origin(origin).label), **row)
    return dict(found)


def shown(figure: str, value: Any) -> str:
    """Return a stored value as people read it; "chưa báo cáo" for none."""
    if value is None:
        return _("chưa báo cáo")
    if figure == "route":
        return str(RouteKind(value).label)
    if isinstance(value, int):
        return f"{value:,}".replace(",", ".")
    if BY_CODE[figure].kind == "day":
        return f"{str(value)[8:10]}/{str(value)[5:7]}/{str(value)[:4]}"
    return str(value)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline. `lines` says what changed; `tone` is "act" or "again" for a correction.

    `in_name_of` is who had delegated the act, empty where it was one's own.
    """

    at: datetime
    by: str
    title: str
    lines: tuple[str, ...]
    tone: str = "act"
    in_name_of: str = ""


def timeline(standing: Standing, *, cleared: frozenset[PrivacyClass]) -> list[Entry]:
    """Return what was done to the standing and its figures, newest first, as far as somebody is cleared. Three queries.

    To whoever is not cleared for notes each act shows the same masked one, whether or not something was noted.
    """
    # Figures before the acts of the same moment; the order in which they were written breaks the other ties.
    entries = sorted([*_declarations(standing, cleared), *_acts(standing, cleared)], key=lambda entry: entry.at)
    names = people((name for entry in entries for name in (entry.by, entry.in_name_of) if name), cleared=cleared)
    return [replace(entry, by=names[entry.by], in_name_of=names.get(entry.in_name_of, "")) for entry in entries[::-1]]


def _declarations(standing: Standing, cleared: frozenset[PrivacyClass]) -> list[Entry]:
    changes = DeclarationChange.objects.filter(
        declaration__cycle_id=standing.cycle_id, declaration__unit_id=standing.unit_id
    ).order_by("at", "pk")
    grouped: dict[tuple[datetime, str, str, str, str], list[DeclarationChange]] = defaultdict(list)
    for change in changes:
        grouped[change.at, change.by, change.declared_by, change.document, change.reason].append(change)
    found = []
    for (at, by, declared_by, document, reason), rows in grouped.items():
        again = any(row.adjustment for row in rows)
        lines = [
            f"{BY_CODE[row.figure].title}: {shown(row.figure, row.before)} → {shown(row.figure, row.after)}"
            if row.before is not None
            else f"{BY_CODE[row.figure].title}: {shown(row.figure, row.after)}"
            for row in rows
        ]
        who = declared_by if visible(PrivacyClass.OFFICER, cleared) else MASK
        lines.append(_("Người khai: {who} ({how})").format(who=who, how=Origin(rows[0].origin).label))
        if document:
            lines.append(_("Văn bản: {number}").format(number=document))
        if told := reason if visible(PrivacyClass.SENSITIVE, cleared) else MASK:
            lines.append(_("Lý do: {reason}").format(reason=told))
        title = _("Điều chỉnh số liệu") if again else _("Khai số liệu")
        found.append(Entry(at, by, title, tuple(lines), "again" if again else "act"))
    return found


def _noted(detail: Mapping[str, Any], key: str = "note") -> list[str]:
    return [_("Lý do, nhận xét: {note}").format(note=detail[key])] if detail.get(key) else []


def _self_assessed(detail: Mapping[str, Any], law: RuleSet) -> tuple[str, list[str]]:
    return _("Xã tự đánh giá"), [class_words(detail.get("class"), law), *_noted(detail)]


def _appraised(detail: Mapping[str, Any], law: RuleSet) -> tuple[str, list[str]]:
    return _("Tỉnh thẩm định"), [class_words(detail.get("class"), law), *_noted(detail)]


def _sent_back(detail: Mapping[str, Any], _law: RuleSet) -> tuple[str, list[str]]:
    return _("Trả lại kèm ý kiến"), _noted(detail)


def _numbered(detail: Mapping[str, Any], law: RuleSet) -> list[str]:
    day = str(detail.get("date", ""))
    number = _("Số {number} ngày {day}").format(number=detail.get("number"), day=f"{day[8:10]}/{day[5:7]}/{day[:4]}")
    listing = detail.get("listing")
    return [
        number,
        class_words(detail.get("class"), law),
        *([str(Decision.Listing(listing).label)] if listing else []),
        *_noted(detail, "reason"),
    ]


def _decided(detail: Mapping[str, Any], law: RuleSet) -> tuple[str, list[str]]:
    return _("Quyết định"), _numbered(detail, law)


def _superseded(detail: Mapping[str, Any], law: RuleSet) -> tuple[str, list[str]]:
    replaced = _("Thay quyết định số {number} ({words})").format(
        number=detail.get("supersedes"), words=class_words(detail.get("before"), law)
    )
    return _("Quyết định thay thế"), [*_numbered(detail, law), replaced]


def _computed(detail: Mapping[str, Any], law: RuleSet) -> tuple[str, list[str]]:
    before, after = class_words(detail.get("before"), law), class_words(detail.get("after"), law)
    return _("Đề xuất đổi theo số liệu"), [f"{before} → {after}"]


TELLERS: Final[dict[str, Callable[[Mapping[str, Any], RuleSet], tuple[str, list[str]]]]] = {
    "standing.self_assess": _self_assessed,
    "standing.appraise": _appraised,
    "standing.send_back": _sent_back,
    "standing.decide": _decided,
    "standing.supersede": _superseded,
    "standing.propose": _computed,
}


def _acts(standing: Standing, cleared: frozenset[PrivacyClass]) -> list[Entry]:
    subject = f"standing:{standing.cycle.year}:{standing.unit.uid}"
    law = law_of(standing.cycle)
    found = []
    for event in Event.objects.filter(subject=subject, verb__in=TELLERS).order_by("at", "pk"):
        hidden = {} if visible(PrivacyClass.SENSITIVE, cleared) else dict.fromkeys(("note", "reason"), MASK)
        title, lines = TELLERS[event.verb](event.detail | hidden, law)
        tone = "again" if event.verb in ("standing.supersede", "standing.send_back") else "act"
        giver = event.detail.get("in_name_of", "")
        found.append(Entry(event.at, event.actor, title, tuple(lines), tone, giver))
    return found


def declaration_of(standing: Standing) -> Declaration | None:
    """Return the declared figures of the standing's unit, if any."""
    return Declaration.objects.filter(cycle_id=standing.cycle_id, unit_id=standing.unit_id).first()
