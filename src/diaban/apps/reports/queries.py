"""The dossier of a cycle as it would be issued now, those that were submitted, and those that were issued."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Max, OuterRef, QuerySet
from django.utils import translation

from diaban.apps.access import Permission, Rights
from diaban.apps.hotspots import queries as hotspots
from diaban.apps.localities import queries as localities
from diaban.apps.localities.models import Cycle
from diaban.apps.places import queries as places
from diaban.apps.reports.models import Issue, Submission
from diaban.apps.reports.models import Letterhead as StoredLetterhead
from diaban.apps.reports.steps import verdict
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

SPOT_READERS = (Permission.HOTSPOT_VIEW, Permission.REPORT_SUBMIT, Permission.REPORT_ISSUE)
"""What opens a dossier's list of single hot-spots: to see all of them, or to answer for what the dossier says."""
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


def dossier_of(frozen: Issue | Submission) -> Dossier:
    """Return the frozen dossier; raise `Tampered` when it is not the one that was issued or submitted."""
    dossier = read_dossier(frozen.snapshot)
    if digest(dossier) != frozen.digest:
        raise Tampered(str(frozen))
    return dossier


def changed_since(
    older: Issue | Submission | None, dossier: Dossier, *, spots: bool = True
) -> tuple[Change, ...] | None:
    """Return what `dossier` says that the older one did not; None when there is no older one.

    Without `spots`, for a reader who may not see single hot-spots, nothing is said of them.
    """
    if older is None:
        return None
    before = dossier_of(older)
    return changes(before, dossier) if spots else changes(without_spots(before), without_spots(dossier))


def without_spots(dossier: Dossier) -> Dossier:
    """Return the dossier without its list of single hot-spots; their numbers by kind stay."""
    return dossier if dossier.hotspots is None else replace(dossier, hotspots=())


def sees_spots(rights: Rights) -> bool:
    """Tell whether the list of single hot-spots in a dossier is for somebody with these rights over the whole area."""
    return any(rights.can(one).allowed for one in SPOT_READERS)


def submissions(cycle: Cycle) -> QuerySet[Submission]:
    """Return the submissions of a cycle's dossier, newest first, without their snapshots."""
    return Submission.objects.filter(cycle=cycle).defer("snapshot").order_by("-turn")


def last_submission(cycle: Cycle) -> Submission | None:
    """Return the last submission of a cycle's dossier, whatever became of it."""
    return submissions(cycle).first()


def last_submissions() -> dict[int, Submission]:
    """Return the last submission of every cycle that has one, by cycle."""
    found = Submission.objects.defer("snapshot").order_by("turn")
    return {one.cycle_id: one for one in found}


def drifted(submission: Submission, made: Dossier) -> bool:
    """Tell whether `made`, the dossier as it would be issued now, is no longer what was submitted.

    Besides what it says, that is who issues and signs it: a letterhead entered after the submission was not before the
    eyes of whoever submitted. `made` may carry another number and day.
    """
    on = made.issued_on or made.last_day
    return made.made_from != submission.content or letterhead_on(on, entered_by=submission.at) != made.letterhead


def waiting_for(rights: Rights) -> int:
    """Return how many dossiers wait for somebody with these rights: to be issued, or to be submitted again."""
    count = 0
    if rights.can(Permission.REPORT_ISSUE).allowed:
        waiting = Submission.objects.filter(state=Submission.State.WAITING).only("by", "in_name_of")
        count += sum(verdict(rights, one, "issue").allowed for one in waiting)
    if rights.can(Permission.REPORT_SUBMIT).allowed:
        newest = Submission.objects.values("cycle").annotate(turn=Max("turn")).values("turn")
        returned = Submission.objects.filter(state=Submission.State.RETURNED)
        count += returned.filter(turn__in=newest.filter(cycle=OuterRef("cycle"))).count()
    return count


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


def letterhead_row(on: date, entered_by: datetime | None = None) -> StoredLetterhead | None:
    """Return the unit's own letterhead in force on a day, the last one entered for it (`entered_by`: until then)."""
    rows = StoredLetterhead.objects.filter(effective_from__lte=on)
    if entered_by is not None:
        rows = rows.filter(at__lte=entered_by)
    return rows.order_by("-effective_from", "-at", "-pk").first()


def letterhead_on(on: date, entered_by: datetime | None = None) -> Letterhead:
    """Return the letterhead in force on a day: the unit's own, else the catalogue's for its province.

    With `entered_by`, as it stood at that moment: what was entered later is left out.
    """
    own = letterhead_row(on, entered_by)
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
    roots = places.current_roots()
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
