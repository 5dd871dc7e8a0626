"""The journal: every act that was recorded, newest first, with the few questions people ask of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diaban.adapters.clock import VIETNAM
from diaban.apps.accounts.queries import people
from diaban.apps.audit.models import Event
from diaban.apps.hotspots.models import Hotspot, Incident, Route
from diaban.catalogue.workflows_loader import versions
from diaban.ui.formats import day, grouped

NOUNS: Final = {
    "account": gettext_lazy("Tài khoản"),
    "area": gettext_lazy("Địa bàn làm việc"),
    "boundaries": gettext_lazy("Ranh giới"),
    "cycle": gettext_lazy("Kỳ phân loại"),
    "declaration": gettext_lazy("Số liệu khai"),
    "exchange": gettext_lazy("Nhập/xuất"),
    "hotspot": gettext_lazy("Điểm, tụ điểm"),
    "incident": gettext_lazy("Vụ việc"),
    "job": gettext_lazy("Việc chạy nền"),
    "population": gettext_lazy("Số dân"),
    "province_value": gettext_lazy("Giá trị do đơn vị đặt"),
    "reports": gettext_lazy("Hồ sơ"),
    "route": gettext_lazy("Tuyến"),
    "series": gettext_lazy("Chuỗi số liệu"),
    "standing": gettext_lazy("Phân loại xã"),
    "units": gettext_lazy("Đơn vị hành chính"),
}
ACTS: Final = {
    "add": gettext_lazy("thêm"),
    "apply": gettext_lazy("ghi lô nhập"),
    "appraise": gettext_lazy("thẩm định"),
    "appraising": gettext_lazy("chuyển sang thẩm định"),
    "cancel": gettext_lazy("dừng"),
    "closed": gettext_lazy("khóa"),
    "create": gettext_lazy("lập"),
    "decide": gettext_lazy("ghi quyết định"),
    "declare": gettext_lazy("khai"),
    "discard": gettext_lazy("bỏ lô nháp"),
    "edit": gettext_lazy("sửa"),
    "expire": gettext_lazy("bỏ lô nháp quá hạn"),
    "export": gettext_lazy("xuất tệp"),
    "import": gettext_lazy("nhập"),
    "import_csv": gettext_lazy("nhập từ CSV"),
    "import_national": gettext_lazy("nhập cả nước"),
    "issue": gettext_lazy("phát hành"),
    "load_catalogue": gettext_lazy("nạp danh mục"),
    "open": gettext_lazy("mở"),
    "password": gettext_lazy("đổi mật khẩu"),
    "propose": gettext_lazy("đề xuất đổi theo số liệu"),
    "receive": gettext_lazy("nhận tệp"),
    "recompute": gettext_lazy("tính lại"),
    "record": gettext_lazy("ghi nhận"),
    "remove": gettext_lazy("bỏ"),
    "restore": gettext_lazy("khôi phục"),
    "revert": gettext_lazy("trả lại như trước lô nhập"),
    "self_assess": gettext_lazy("xã tự đánh giá"),
    "send_back": gettext_lazy("trả lại kèm ý kiến"),
    "set": gettext_lazy("đặt"),
    "set_letterhead": gettext_lazy("đặt cơ quan ban hành"),
    "settings": gettext_lazy("đổi thiết đặt"),
    "supersede": gettext_lazy("quyết định thay thế"),
    "undo": gettext_lazy("hoàn tác"),
    "undo_batch": gettext_lazy("hoàn tác lô nhập"),
    "void": gettext_lazy("hủy ghi nhận"),
}
LONGEST = 160
ADDRESSES: Final[dict[str, tuple[str, Callable[[str], list[str]]]]] = {
    "batch": ("exchange:batch", lambda key: [key]),
    "cycle": ("localities:cycle", lambda key: [key]),
    "dossier": ("reports:detail", lambda key: key.split("/")),
    "job": ("jobs:run", lambda key: [key]),
    "standing": ("localities:standing", lambda key: key.split(":", 1)),
    "unit": ("places:detail", lambda key: [key]),
}
REGISTERS: Final[dict[str, tuple[str, Any]]] = {
    "hotspot": ("hotspots:detail", Hotspot),
    "incident": ("hotspots:incident", Incident),
    "route": ("hotspots:route", Route),
}


def act(verb: str) -> str:
    """Return a verb in words: "Phân loại xã: ghi quyết định"."""
    noun, _dot, what = verb.partition(".")
    steps = {one.verb: one.title for version in versions("hotspot") for one in version.transitions}
    said = _(steps[what]).lower() if noun == "hotspot" and what in steps else str(ACTS.get(what, what))
    return f"{NOUNS.get(noun, noun)}: {said}"


def verbs() -> list[tuple[str, str]]:
    """Return the verbs that occur in the journal, by their words."""
    found = Event.objects.order_by().values_list("verb", flat=True).distinct()
    return sorted(((verb, act(verb)) for verb in found), key=lambda one: one[1])


def actors() -> list[tuple[str, str]]:
    """Return who acted, by name."""
    found = list(Event.objects.order_by().values_list("actor", flat=True).distinct())
    return sorted(people(found).items(), key=lambda one: one[1])


def day_field(label: Any) -> forms.DateField:
    """Return a field for a day written dd/mm/yyyy."""
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%d/%m/%Y", "%Y-%m-%d"],
        widget=forms.DateInput(format="%d/%m/%Y", attrs={"inputmode": "numeric", "placeholder": "dd/mm/yyyy"}),
        error_messages={"invalid": gettext_lazy("Nhập ngày dạng dd/mm/yyyy.")},
    )


class Asked(forms.Form):
    """What the journal may be asked, as it stands in the address."""

    q = forms.CharField(label=gettext_lazy("Chữ trong nhật ký"), required=False, max_length=100)
    viec = forms.ChoiceField(label=gettext_lazy("Việc"), required=False)
    doi_tuong = forms.CharField(
        label=gettext_lazy("Đối tượng"), required=False, max_length=80, help_text=gettext_lazy("Mã, hoặc một phần mã.")
    )
    ai = forms.ChoiceField(label=gettext_lazy("Người làm"), required=False)
    tu = day_field(gettext_lazy("Từ ngày"))
    den = day_field(gettext_lazy("Đến hết ngày"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("viec", verbs()), ("ai", actors())):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", _("Tất cả")), *choices]


def _start(on: date) -> datetime:
    return datetime.combine(on, time(), VIETNAM)


def events(asked: Asked) -> QuerySet[Event]:
    """Return the events that answer `asked`, newest first. Fields that are wrong are left out."""
    asked.is_valid()
    given = asked.cleaned_data if asked.is_bound else {}
    found = Event.objects.all()
    if verb := given.get("viec"):
        found = found.filter(verb=verb)
    if subject := given.get("doi_tuong", "").strip():
        found = found.filter(subject__icontains=subject)
    if actor := given.get("ai"):
        found = found.filter(actor=actor)
    if first := given.get("tu"):
        found = found.filter(at__gte=_start(first))
    if last := given.get("den"):
        found = found.filter(at__lt=_start(last + timedelta(days=1)))
    if text := given.get("q", "").strip():
        # One database keeps the JSON as typed, the other with letters escaped: look for both.
        escaped = json.dumps(text)[1:-1]
        found = found.alias(words=Cast("detail", TextField())).filter(
            Q(subject__icontains=text) | Q(words__icontains=text) | Q(words__icontains=escaped)
        )
    return found.order_by("-at", "-pk")


@dataclass(frozen=True, slots=True)
class Line:
    """One event in words. `href` leads to what it was done to, where that has a page."""

    at: datetime
    who: str
    act: str
    subject: str
    href: str
    details: tuple[tuple[str, str], ...]


def lines(found: list[Event]) -> list[Line]:
    """Return events in words; the names and addresses they need are fetched together."""
    names = people(event.actor for event in found)
    pages = _pages(found)
    return [
        Line(
            event.at,
            names[event.actor],
            act(event.verb),
            event.subject.partition(":")[2] or event.subject,
            pages.get(event.subject, ""),
            tuple((str(key), _said(value)) for key, value in event.detail.items() if value not in ("", None, [], {})),
        )
        for event in found
    ]


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, int):
        return grouped(value)
    if isinstance(value, str):
        try:
            return day(date.fromisoformat(value)) if len(value) == 10 else value[:LONGEST]
        except ValueError:
            return value
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def _pages(found: list[Event]) -> dict[str, str]:
    """Return the address of every subject that has a page. One query a register."""
    pages: dict[str, str] = {}
    keys: dict[str, set[str]] = {}
    for event in found:
        noun, _colon, key = event.subject.partition(":")
        keys.setdefault(noun, set()).add(key)
    for noun, (name, split) in ADDRESSES.items():
        for key in keys.get(noun, ()):
            try:
                pages[f"{noun}:{key}"] = reverse(name, args=split(key))
            except NoReverseMatch:
                continue
    for noun, (name, model) in REGISTERS.items():
        if wanted := keys.get(noun):
            # A code may have been given to two records of different units; then no single page is meant.
            rows = list(model._base_manager.filter(code__in=wanted).values_list("code", "pk"))
            codes = [code for code, _pk in rows]
            pages |= {f"{noun}:{code}": reverse(name, args=[pk]) for code, pk in rows if codes.count(code) == 1}
    return pages
