"""The auditor's page, and the file of what it shows. Looking is written down like everything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from diaban.adapters.clock import VIETNAM, now
from diaban.adapters.workbooks import ColumnSpec, SheetSpec
from diaban.apps.access import Permission, Purpose, guard, rights_of
from diaban.apps.audit import actions as audit
from diaban.apps.audit import queries
from diaban.apps.audit.models import Event, Kind
from diaban.apps.exchange.marks import HandOut, hand_out
from diaban.apps.overview.journal.asking import Asked, events
from diaban.apps.overview.journal.classes import detail_for
from diaban.apps.overview.journal.lines import lines, who_touched
from diaban.apps.overview.journal.words import act, key, purpose, said
from diaban.core.privacy import PrivacyClass

PAGE: Final = 40
_CHUNK: Final = 2_000
COLUMNS: Final = (
    ColumnSpec("seq", "Số thứ tự"),
    ColumnSpec("at", "Lúc", width=22),
    ColumnSpec("actor", "Người làm", width=24),
    ColumnSpec("kind", "Loại"),
    ColumnSpec("act", "Việc", width=36),
    ColumnSpec("subject", "Đối tượng", width=32),
    ColumnSpec("purpose", "Mục đích", width=24),
    ColumnSpec("detail", "Nội dung", width=60),
    ColumnSpec("hash", "Mã băm", width=66),
)
SHEET: Final = SheetSpec("audit", "Nhật ký", COLUMNS, ("seq",))


@guard(Permission.AUDIT_VIEW, purpose=Purpose.AUDIT)
@require_safe
def journal(request: HttpRequest) -> HttpResponse:
    """Show who did, saw, exported or was refused what, newest first; and whether the chain stands."""
    cleared = rights_of(request).cleared
    asked = Asked(request.GET or None, cleared=cleared)
    found = events(asked)
    page = queries.page(
        found,
        PAGE,
        before=queries.read_place(request.GET.get("cu_hon", "")),
        after=queries.read_place(request.GET.get("moi_hon", "")),
    )
    given = asked.given
    state = queries.chain_state()
    count = queries.count(found) if given else state.events if state else 0
    context = {
        "form": asked,
        "lines": lines(page.events, rights_of(request)),
        "older": queries.place_text(page.older),
        "newer": queries.place_text(page.newer),
        "count": min(count, queries.COUNTED) if given else count,
        "many": bool(given) and count > queries.COUNTED,
        "filtered": bool(given),
        "state": state,
        "touched": who_touched(asked.subjects, cleared=cleared) if asked.subjects else [],
    }
    reply = render(request, "overview/journal.html", context)
    audit.searched(by=_by(request), at=now(), register="audit", purpose=Purpose.AUDIT, found=count, terms=asked.words)
    return reply


@guard(Permission.AUDIT_EXPORT, purpose=Purpose.AUDIT)
@require_safe
def export(request: HttpRequest, extension: str) -> HttpResponseBase:
    """Send the events that answer the filters as a marked file, after asking why."""
    cleared = rights_of(request).cleared
    out = HandOut(
        register=SHEET.code,
        spec=SHEET,
        rows=_rows(events(Asked(request.GET or None, cleared=cleared)), cleared),
        stem=SHEET.slug,
        permission=Permission.AUDIT_EXPORT,
        back=reverse("overview:journal"),
    )
    return hand_out(request, out, extension)


def _by(request: HttpRequest) -> audit.Actor:
    user: Any = request.user
    return user  # type: ignore[no-any-return]


def _rows(found: QuerySet[Event], cleared: frozenset[PrivacyClass]) -> Iterator[Mapping[str, Any]]:
    words = dict(Kind.choices)
    for event in found.order_by("-at", "-seq").iterator(chunk_size=_CHUNK):
        yield {
            "seq": str(event.seq),
            "at": event.at.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S"),
            "actor": event.actor,
            "kind": str(words.get(event.kind, event.kind)),
            "act": act(event.verb),
            "subject": event.subject,
            "purpose": purpose(event.purpose),
            "detail": "; ".join(f"{key(name)}: {said(one, name)}" for name, one in detail_for(event, cleared).items()),
            "hash": event.hash,
        }
