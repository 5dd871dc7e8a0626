"""How plans are called, and which agency of the register a name means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from django.utils.text import slugify

from diaban.apps.agencies.models import Agency
from diaban.apps.plans.models import Plan
from diaban.core.text import fold

SPELLING = "|"  # stands between the folded spellings in `Agency.search`


def agencies_named(names: Iterable[str]) -> dict[str, Agency]:
    """Return the agencies of the register by the names given; a name that it does not know is left out.

    Diacritics and capitals do not matter; the other spellings that the register keeps count as names.
    """
    by_fold: dict[str, Agency] = {}
    agencies = list(Agency.objects.order_by("pk"))
    for agency in agencies:
        for spelling in filter(None, agency.search.split(SPELLING)):
            by_fold.setdefault(spelling, agency)
    by_fold |= {fold(agency.name): agency for agency in agencies}
    return {name: by_fold[fold(name)] for name in names if fold(name) in by_fold}


def short_name(number: str, starts: date | None, ends: date | None) -> str:
    """Return what a list calls a plan: its number and its years."""
    years = sorted({day.year for day in (starts, ends) if day})
    span = "–".join(str(year) for year in years)
    return f"{number[:180]} ({span})" if span else number[:200]


def free_code(number: str, year: int | None) -> str:
    """Return a code for addresses out of a document's number ("208/KH-UBND" of 2022: "kh-ubnd-208-2022")."""
    digits, _, kind = number.partition("/")
    parts = [slugify(fold(kind)), slugify(fold(digits)), str(year or "")]
    stem = re.sub(r"-{2,}", "-", "-".join(filter(None, parts)))[:50] or "ke-hoach"
    code, turn = stem, 2
    while Plan.objects.filter(code=code).exists():
        code, turn = f"{stem}-{turn}", turn + 1
    return code
