"""What leaves the house in a file: asked why, marked with who, when and why, locked where persons are in it, noted.

Every export of every app goes through `hand_out`; the command line, which has no page to ask on, through `write_out`.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import IO, Any, Final, cast

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from diaban.adapters.clock import now
from diaban.adapters.workbooks import Mark, SheetSpec, new_password, protect, stream_csv, write_xlsx
from diaban.apps.access import Permission, Person, Purpose, Rights, rights_at, rights_of
from diaban.apps.accounts.models import User
from diaban.apps.audit.actions import record
from diaban.apps.audit.models import Kind
from diaban.apps.audit.requests import address_of
from diaban.apps.audit.seals import fingerprint
from diaban.apps.exchange.forms import REASON, LockForm, ReasonForm
from diaban.apps.exchange.registry import Sheet
from diaban.apps.places.scope import Scope
from diaban.core.privacy import PrivacyClass, visible
from diaban.ui.formats import moment

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"
FORMS: Final = ("xlsx", "csv")
_LONGEST_QUERY: Final = 1000
_NOT_OF_THE_CHOICE: Final = (REASON, "muc_dich", "page")


@dataclass(frozen=True)
class HandOut:
    """What would leave: `rows` of `spec` under the name `stem`, from a `register` ("hotspots") that `permission` opens.

    `rows` are already narrowed to what the person sees. `personal` holds the codes of the columns with data of persons
    (`core.privacy.PERSONAL_DATA`) with their classes: a workbook is then locked with a password, a CSV comes without
    those columns; a column of a class that the person is not cleared for is in neither. `back` is the page of the list.
    """

    register: str
    spec: SheetSpec
    rows: Iterable[Mapping[str, Any]]
    stem: str
    permission: Permission
    personal: Mapping[str, PrivacyClass] = field(default_factory=dict)
    back: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """Why it is taken out: the purpose, the reason in the person's words, the filters that chose the rows."""

    purpose: Purpose
    reason: str
    query: str = ""


@dataclass(slots=True)
class _Counted:
    """Rows that are counted as they pass."""

    rows: Iterable[Mapping[str, Any]]
    number: int = field(default=0)

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        for row in self.rows:
            self.number += 1
            yield row


def sheet_out(sheet: Sheet, query: QueryDict, *, scope: Scope, rights: Rights, on: date) -> HandOut:
    """Return the rows of a register under the query of its list page, as somebody with these rights sees them."""
    return HandOut(
        register=sheet.spec.code,
        spec=sheet.spec,
        rows=sheet.export_rows(query, scope, rights),
        stem="-".join(filter(None, (sheet.spec.slug, sheet.period({name: query.get(name, "") for name in query}, on)))),
        permission=sheet.shows,
        personal=sheet.personal,
    )


def purposes_of(rights: Rights, permission: Permission) -> list[Purpose]:
    """Return the purposes for which somebody with these rights may open what `permission` opens."""
    return [one for one in Purpose if one in permission.purposes and rights.holds(permission, one)]


def mark_of(spec: SheetSpec, why: Why, *, by: Person, at: datetime, left_out: Sequence[str] = ()) -> Mark:
    """Return the mark of a file: who took it out, when, why, what was chosen, which columns are not in it."""
    who = by.get_username()
    if isinstance(by, User):
        who = ", ".join(filter(None, (f"{by} ({by.username})", by.title)))
    return Mark(
        sheet=_("Về tệp này"),
        lines=(
            (_("Nội dung"), spec.title),
            (_("Người xuất"), who),
            (_("Lúc"), moment(at)),
            (_("Mục đích"), _(why.purpose.words)),
            (_("Lý do"), why.reason),
            (_("Bộ lọc"), why.query or _("không")),
            *([(_("Cột không xuất"), ", ".join(left_out))] if left_out else []),
            (_("Lưu ý"), _("Chỉ dùng cho mục đích trên. Việc xuất tệp này đã được ghi vào nhật ký.")),
        ),
        count_label=_("Số dòng"),
        author=who,
        when=at,
        why=f"{_(why.purpose.words)}: {why.reason}",
    )


def write_out(
    out: HandOut, why: Why, *, extension: str, by: Person, at: datetime, password: str = "", address: str = ""
) -> IO[bytes]:
    """Return the marked file, open at its start, after writing down that it was taken out.

    Raises `ValueError` when a workbook with data of persons would leave without a password.
    """
    if out.personal and extension == "xlsx" and not password:
        raise ValueError(f"{out.register} holds data of persons: its workbook needs a password")
    # Left out, not masked: a mask in a file would come back as a value when the file is imported.
    cleared = rights_at(by, at).cleared
    away = {code for code, held in out.personal.items() if extension == "csv" or not visible(held, cleared)}
    spec = replace(out.spec, columns=tuple(column for column in out.spec.columns if column.code not in away))
    left_out = [column.title for column in out.spec.columns if column not in spec.columns]
    mark = mark_of(spec, why, by=by, at=at, left_out=left_out)
    counted = _Counted(out.rows)
    if extension == "csv":
        made: IO[bytes] = tempfile.TemporaryFile(suffix=".csv")  # noqa: SIM115 - the caller sends it and closes it
        made.writelines(stream_csv(spec, counted, mark))
        made.seek(0)
    else:
        made = write_xlsx(spec, counted, mark)
    if password:
        made = protect(made, password)
    digest = hashlib.file_digest(made, "sha256").hexdigest()  # type: ignore[arg-type]
    made.seek(0)
    detail = {
        "rows": counted.number,
        "form": extension,
        **_chosen(why.query, out.personal),
        "reason": why.reason,
        "columns": [column.code for column in spec.columns],
        "sha256": digest,
        "locked": bool(password),
        "address": address,
    }
    record(
        by=by, at=at, verb=f"{out.register}.export", subject=f"{out.register}:list", detail=detail, kind=Kind.EXPORT,
        purpose=why.purpose,
    )  # fmt: skip
    return made


def _chosen(query: str, personal: Mapping[str, PrivacyClass]) -> dict[str, Any]:
    """Return the filters as the journal keeps them: what was typed to find a person or a home, as a fingerprint."""
    kept = QueryDict(query, mutable=True)
    typed = kept.pop("q", []) if personal else []
    prints = {"prints": {"q": fingerprint(str(typed[-1]))}} if typed and typed[-1] else {}
    return {"query": kept.urlencode()[:_LONGEST_QUERY]} | prints


def hand_out(request: HttpRequest, out: HandOut, extension: str) -> HttpResponseBase:
    """Ask why, once (the answer stays in the address as `ly_do`), then send the marked file.

    A workbook with data of persons is sent only in answer to a form (POST) with a password: such a view lets GET and
    POST pass.
    """
    if extension not in FORMS:
        raise Http404(_("Chỉ xuất được .xlsx hoặc .csv."))
    purposes = purposes_of(rights_of(request), out.permission)
    query = request.GET.copy()
    lock = (
        LockForm(request.POST or None, initial={"password": new_password()})
        if out.personal and extension == "xlsx"
        else None
    )
    given = request.POST if lock is not None else query
    form = ReasonForm(given if REASON in given else None, purposes=purposes)
    for name in _NOT_OF_THE_CHOICE:
        query.pop(name, None)
    ready = form.is_valid() and (lock is None or (request.method == "POST" and lock.is_valid()))
    if not ready:
        return _asked(request, out, extension, form, lock, query)
    password = str(lock.cleaned_data["password"]) if lock is not None else ""
    why = Why(Purpose(form.cleaned_data["muc_dich"]), form.cleaned_data[REASON], query.urlencode())
    at = now()
    made = write_out(
        out,
        why,
        extension=extension,
        by=cast(User, request.user),
        at=at,
        password=password,
        address=address_of(request),
    )
    name = f"{out.stem}-{at:%Y-%m-%d}.{extension}"
    kind = XLSX if extension == "xlsx" else CSV
    return FileResponse(made, as_attachment=True, filename=name, content_type=kind)


def _asked(
    request: HttpRequest, out: HandOut, extension: str, form: ReasonForm, lock: LockForm | None, query: QueryDict
) -> HttpResponse:
    context = {
        "out": out,
        "extension": extension,
        "form": form,
        "lock": lock,
        "kept": [(name, value) for name, values in query.lists() for value in values],
        "personal": [column.title for column in out.spec.columns if column.code in out.personal],
    }
    wrong = any(one is not None and one.is_bound and not one.is_valid() for one in (form, lock))
    return render(request, "exchange/reason.html", context, status=422 if wrong else 200)
