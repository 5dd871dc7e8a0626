"""The dossier of a cycle as it would be issued now, and those that were issued."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import translation

from diaban.apps.hotspots import queries as hotspots
from diaban.apps.localities import queries as localities
from diaban.apps.localities.models import Cycle
from diaban.apps.places import queries as places
from diaban.apps.reports.models import Issue
from diaban.apps.reports.models import Letterhead as StoredLetterhead
from diaban.catalogue.letterheads_loader import letterhead_for
from diaban.core.dossier import (
    ClassRow,
    Dossier,
    Letterhead,
    ProvinceAssessment,
    Standing,
    Working,
    digest,
    read_dossier,
)
from diaban.core.dossier.build import rule_ref
from diaban.core.dossier.changes import Change, changes
from diaban.core.dossier.figures import to_review
from diaban.core.rules import RuleSet
from diaban.ui.context import is_demo

PART_OF_A_PROVINCE = "Địa bàn không phải là toàn bộ một tỉnh hiện có nên không tự đánh giá theo tiêu chí cấp tỉnh."


class Tampered(Exception):
    """A stored snapshot whose bytes are not those that were issued."""


def issues(cycle: Cycle | None = None) -> QuerySet[Issue]:
    """Return the issues, newest first, without their snapshots."""
    found = Issue.objects.select_related("cycle").defer("snapshot").order_by("-cycle__year", "-issue")
    return found.filter(cycle=cycle) if cycle is not None else found


def latest(cycle: Cycle) -> Issue | None:
    """Return the last issue of a cycle's dossier."""
    return Issue.objects.filter(cycle=cycle).order_by("-issue").first()


def before(issue: Issue) -> Issue | None:
    """Return the issue that this one took the place of."""
    return Issue.objects.filter(cycle=issue.cycle_id, issue__lt=issue.issue).order_by("-issue").first()


def dossier_of(issue: Issue) -> Dossier:
    """Return the frozen dossier; raise `Tampered` when it is not the one that was issued."""
    dossier = read_dossier(issue.snapshot)
    if digest(dossier) != issue.digest:
        raise Tampered(str(issue))
    return dossier


def changed_since(older: Issue | None, dossier: Dossier) -> tuple[Change, ...] | None:
    """Return what `dossier` says that the older issue did not; None when there is no older one."""
    return changes(dossier_of(older), dossier) if older is not None else None


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """What a person must know before a dossier is frozen. Names are those of communes."""

    units: int
    reported: int
    asked: int
    incomplete: tuple[str, ...]  # communes with a figure not reported
    undecided: tuple[str, ...]
    unresolved: tuple[str, ...]  # communes without a decision whose proposal a person must look at
    undetermined: tuple[str, ...]
    hotspots: int
    unbalanced: tuple[str, ...]  # kinds of hot-spots whose flow does not add up

    @property
    def decided(self) -> int:
        """Return how many communes have a decision."""
        return self.units - len(self.undecided)


def to_confirm(dossier: Dossier) -> ToConfirm:
    """Return what `dossier` would freeze: how complete, what is not decided, what is not resolved."""
    open_rows = [row for row in dossier.classes if row.approved is None]
    return ToConfirm(
        units=len(dossier.classes),
        reported=sum(one.reported for one in dossier.completeness),
        asked=sum(one.total for one in dossier.completeness),
        incomplete=tuple(row.unit_name for row in dossier.classes if row.missing),
        undecided=tuple(row.unit_name for row in open_rows),
        unresolved=tuple(row.unit_name for row in to_review(open_rows)),
        undetermined=tuple(row.unit_name for row in open_rows if Standing.UNDETERMINED in (row.literal, row.at_least)),
        hotspots=len(dossier.hotspots or ()),
        unbalanced=tuple(flow.kind for flow in dossier.flows if not flow.balanced),
    )


def letterhead_row(on: date) -> StoredLetterhead | None:
    """Return the unit's own letterhead in force on a day, the last one entered for it."""
    return StoredLetterhead.objects.filter(effective_from__lte=on).order_by("-effective_from", "-at", "-pk").first()


def letterhead_on(on: date) -> Letterhead:
    """Return the letterhead in force on a day: the unit's own, else the catalogue's for its province."""
    own = letterhead_row(on)
    if own is None:
        return letterhead_for(_province_code(on), on)
    return Letterhead(
        parent=own.parent,
        issuer=own.issuer.replace("\r\n", "\n"),
        issuer_short=own.issuer_short,
        symbol=own.symbol,
        place=own.place,
        addressee=own.addressee,
        recipients=tuple(line.strip() for line in own.recipients.splitlines() if line.strip()),
        archive=own.archive,
        authority=own.authority,
        position=own.position,
        signer=own.signer,
        approver=own.approver,
    )


def _province_code(on: date) -> str:
    """Return the code of the one province in which the working area lies on a day, or nothing."""
    register = places.register()
    found = set()
    for place in places.area_places(on):
        found |= {item.code for item in register.ancestors(place.uid, on) if item.level == "province"}
    return found.pop() if len(found) == 1 else ""


@translation.override("vi")
def draft(cycle: Cycle, *, issue: int = 1, number: int | None = None, issued_on: date | None = None) -> Dossier:
    """Return the dossier as the registers stand now, with nothing frozen yet.

    An official document is Vietnamese whoever asks for it: its digest must not depend on the reader's language.
    """
    rows = localities.standings(cycle)
    law = localities.law_of(cycle)
    classes = _by_code(localities.rows_for_annex(cycle, rows))
    end = cycle.last_day + timedelta(days=1)
    units = [row.standing.unit_id for row in rows]
    area = places.area_name(places.current_area())
    territory = f"địa bàn {_in_sentence(area)}" if area else "địa bàn các xã, phường, đặc khu nêu tại Phụ lục II"
    province = _province(cycle, territory)
    dossier = Dossier(
        cycle=cycle.year,
        first_day=cycle.first_day,
        last_day=cycle.last_day,
        period_label=str(localities.period_of_year(cycle.year).label),
        territory=territory,
        title=f"Kết quả phân loại xã, phường, đặc khu trọng điểm phức tạp về ma túy năm {cycle.year}",
        letterhead=letterhead_on(issued_on or cycle.last_day),
        rule=rule_ref(law, cycle.settings),
        classes=classes,
        workings=_shorter(localities.workings(cycle, rows), law),
        completeness=localities.completeness_for_annex(cycle, rows),
        hotspots=tuple(hotspots.rows_for_annex(cycle.first_day, end, unit_ids=units)),
        flows=tuple(hotspots.flow_rows_for_annex(cycle.first_day, end, unit_ids=units)),
        province=province,
        number=number,
        issued_on=issued_on,
        issue=issue,
        notes=() if province or law.province is None else (PART_OF_A_PROVINCE,),
        synthetic=is_demo(),
    )
    return replace(dossier, made_from=content_digest(dossier))


def _in_sentence(name: str) -> str:
    return f"tỉnh {name.removeprefix('Tỉnh ')}" if name.startswith("Tỉnh ") else name


def _by_code(rows: tuple[ClassRow, ...]) -> tuple[ClassRow, ...]:
    return tuple(sorted(rows, key=lambda row: row.unit_code))


def _shorter(workings: tuple[Working, ...], law: RuleSet) -> tuple[Working, ...]:
    """Return the workings by code, each criterion under the short name of what it measures.

    The law's full sentence stands in the article named beside it; printed for every commune it makes hundreds of pages.
    """
    measures = {measure.key: measure.title for measure in law.commune.measures}
    titles = {item.code: measures[item.measure] for item in law.commune.criteria if item.measure}
    return tuple(
        replace(
            working, rows=tuple(replace(row, criterion=titles.get(row.code, row.criterion)) for row in working.rows)
        )
        for working in sorted(workings, key=lambda working: working.unit_code)
    )


def _province(cycle: Cycle, territory: str) -> ProvinceAssessment | None:
    """Return the province's self-assessment where the working area is one whole province of the cycle's last day."""
    roots = places.area_roots(places.current_area())
    register = places.register()
    if len(roots) != 1 or not register.exists(roots[0], cycle.last_day):
        return None
    if register.spell(roots[0], cycle.last_day).level != "province":
        return None
    return localities.province_for_annex(cycle, territory)


def content_digest(dossier: Dossier) -> str:
    """Return the SHA-256 of what a dossier says, whoever signs it and whatever its number and day."""
    bare = replace(dossier, letterhead=Letterhead(), number=None, issued_on=None, issue=1, made_from="")
    return digest(bare)
