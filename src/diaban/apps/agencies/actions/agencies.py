"""Agencies: the gazetteer's, those added by hand, corrections, and the end of one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from diaban.apps.access import Permission, Person, require
from diaban.apps.agencies.actions.problems import Problem, agency_subject, stop_at
from diaban.apps.agencies.models import Agency, Post
from diaban.apps.audit import actions as audit
from diaban.catalogue.plans_loader import gazetteer
from diaban.core.messages import N_, say
from diaban.core.text import fold, sort_key

MARK: Final = "|"  # stands before and after every folded spelling in `Agency.search`: a whole name is found as a whole
LONGEST: Final = 2000


@dataclass(frozen=True, slots=True)
class Written:
    """An agency as a person or a gazetteer writes it. `others` are further spellings and abbreviations."""

    name: str
    level: str
    line: str
    short: str = ""
    others: tuple[str, ...] = ()
    valid_from: date | None = None
    reference: str = ""


ALWAYS: Final = (
    Written("Công an tỉnh", Agency.Level.PROVINCE, Agency.Line.POLICE, "CA tỉnh", ("Công an thành phố",)),
    Written("Ủy ban nhân dân tỉnh", Agency.Level.PROVINCE, Agency.Line.ADMINISTRATION, "UBND tỉnh"),
    Written("Công an cấp xã", Agency.Level.COMMUNE, Agency.Line.POLICE, "CA xã", ("Công an xã, phường, đặc khu",)),
    Written(
        "Ủy ban nhân dân cấp xã",
        Agency.Level.COMMUNE,
        Agency.Line.ADMINISTRATION,
        "UBND xã",
        ("UBND cấp xã", "UBND xã, phường, đặc khu", "Ủy ban nhân dân xã, phường, đặc khu"),
    ),
)
"""Those that every province and every commune has; a gazetteer may name them too."""


def code_of(name: str) -> str:
    """Return the code of an agency: its name folded, "so_y_te"."""
    return re.sub(r"\W+", "_", fold(name)).strip("_")[:60]


def search_of(spellings: Iterable[str]) -> str:
    """Return the search column for an agency's spellings, each whole between marks."""
    found = dict.fromkeys(folded for one in spellings if (folded := fold(one)))
    kept = MARK
    for one in found:
        if len(kept) + len(one) + 1 <= LONGEST:
            kept += one + MARK
    return kept


@transaction.atomic
def load_gazetteer(*, by: Person, at: datetime) -> int:
    """Bring in the agencies that plans speak of; return how many are new. What people corrected is left as it is."""
    require(by, Permission.OWNER_SET, at=at)
    known = {row.code: row for row in Agency.objects.all()}
    levels, lines = set(Agency.Level.values), set(Agency.Line.values)
    entries = gazetteer().agencies
    new: dict[str, Agency] = {}
    for one in entries:
        level = one.level if one.level in levels else Agency.Level.PROVINCE
        line = one.line if one.line in lines else Agency.Line.OTHER
        _note_new(new, known, Written(one.name, level, line, others=(*one.aliases, one.sector or "")), one.until)
    for given in ALWAYS:
        _note_new(new, known, given, None)
    Agency.objects.bulk_create(new.values())
    rows = {row.code: row for row in Agency.objects.all()}
    for one in entries:
        row = rows[code_of(one.name)]
        heir = rows.get(code_of(one.became)) if one.became else None
        if row.code in new and heir is not None and heir.pk != row.pk:
            Agency.objects.filter(pk=row.pk).update(successor=heir)
    if new:
        audit.record(by=by, at=at, verb="agency.load_catalogue", subject="agency:catalogue", detail={"new": len(new)})
    return len(new)


def _note_new(new: dict[str, Agency], known: dict[str, Agency], given: Written, until: date | None) -> None:
    code = code_of(given.name)
    if code in known or code in new:
        return
    new[code] = _row(given)
    new[code].valid_to = until


def _row(given: Written) -> Agency:
    return Agency(
        code=code_of(given.name),
        name=given.name.strip(),
        short=given.short.strip(),
        level=given.level,
        line=given.line,
        valid_from=given.valid_from,
        reference=given.reference.strip(),
        search=search_of((given.name, given.short, *given.others)),
        name_sort=sort_key(given.name)[:200],
    )


@transaction.atomic
def add_agency(*, by: Person, at: datetime, given: Written) -> Agency:
    """Add an agency of the province. Raises `NotDone` when one is called so already."""
    require(by, Permission.OWNER_SET, at=at)
    stop_at(_name_problems(given, None))
    row = _row(given)
    row.save()
    audit.record(by=by, at=at, verb="agency.add", subject=agency_subject(row), detail=_told(row))
    return row


@transaction.atomic
def edit_agency(*, by: Person, at: datetime, agency: Agency, given: Written) -> Agency:
    """Correct how an agency is written. Its code stays; its level stays too once it has posts."""
    require(by, Permission.OWNER_SET, at=at)
    row = Agency.objects.select_for_update().get(pk=agency.pk)
    problems = _name_problems(given, row)
    if given.level != row.level and row.posts.exists():
        problems.append(("level", say(N_("Cơ quan đã có chức danh nên không đổi cấp được."))))
    stop_at(problems)
    before = _told(row)
    row.name, row.short, row.level, row.line = given.name.strip(), given.short.strip(), given.level, given.line
    row.valid_from, row.reference = given.valid_from, given.reference.strip()
    row.search = search_of((row.name, row.short, *given.others))
    row.name_sort = sort_key(row.name)[:200]
    row.save()
    detail = {"before": before, "after": _told(row)}
    audit.record(by=by, at=at, verb="agency.edit", subject=agency_subject(row), detail=detail)
    return row


def _name_problems(given: Written, but: Agency | None) -> list[Problem]:
    found: list[Problem] = []
    folded = fold(given.name)
    if not folded:
        return [("name", say(N_("Ghi tên cơ quan.")))]
    others = Agency.objects.exclude(pk=but.pk) if but else Agency.objects.all()
    same = Q(search__contains=f"{MARK}{folded}{MARK}")
    if but is None:
        same |= Q(code=code_of(given.name))
    if (twin := others.filter(same).order_by("pk").first()) is not None:
        found.append(("name", say(N_("Đã có cơ quan mang tên này: {name}."), name=twin.name)))
    if given.level not in Agency.Level.values:
        found.append(("level", say(N_("Chọn cấp của cơ quan."))))
    if given.line not in Agency.Line.values:
        found.append(("line", say(N_("Chọn hệ của cơ quan."))))
    if but is not None and but.valid_to and given.valid_from and given.valid_from >= but.valid_to:
        found.append(("valid_from", say(N_("Ngày lập phải trước ngày kết thúc của cơ quan."))))
    return found


def _told(row: Agency) -> dict[str, str]:
    return {"name": row.name, "short": row.short, "level": row.level, "line": row.line, "reference": row.reference}


@transaction.atomic
def end_agency(
    *, by: Person, at: datetime, agency: Agency, on: date, successor: Agency | None, reference: str
) -> Agency:
    """End an agency: `on` is the first day without it. Its posts must have ended by then; plans keep its name."""
    require(by, Permission.OWNER_SET, at=at)
    row = Agency.objects.select_for_update().get(pk=agency.pk)
    problems: list[Problem] = []
    if row.valid_to is not None:
        problems.append(("", say(N_("Cơ quan này đã kết thúc từ ngày {day}."), day=f"{row.valid_to:%d/%m/%Y}")))
    if row.valid_from is not None and on <= row.valid_from:
        problems.append(("on", say(N_("Ngày kết thúc phải sau ngày lập {day}."), day=f"{row.valid_from:%d/%m/%Y}")))
    if not reference.strip():
        problems.append(("reference", say(N_("Ghi văn bản làm căn cứ."))))
    if successor is not None and (successor.pk == row.pk or _follows(successor, row)):
        problems.append(("successor", say(N_("Cơ quan kế thừa phải là một cơ quan khác, không nối vòng."))))
    left = Post.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on), agency=row).count()
    if left:
        sentence = say(N_("Cơ quan còn {n} chức danh; bàn giao và kết thúc các chức danh trước."), n=left)
        problems.append(("", sentence))
    stop_at(problems)
    row.valid_to, row.successor = on, successor
    row.reference = reference.strip()
    row.save(update_fields=["valid_to", "successor", "reference"])
    detail = {"end": on.isoformat(), "successor": successor.name if successor else "", "reference": row.reference}
    audit.record(by=by, at=at, verb="agency.end", subject=agency_subject(row), detail=detail)
    return row


def _follows(agency: Agency, earlier: Agency) -> bool:
    """Tell whether following the successors of `agency` comes to `earlier`."""
    seen: set[int] = set()
    here: Agency | None = Agency.objects.get(pk=agency.pk)
    while here is not None and here.pk not in seen:
        if here.pk == earlier.pk:
            return True
        seen.add(here.pk)
        here = here.successor
    return False
