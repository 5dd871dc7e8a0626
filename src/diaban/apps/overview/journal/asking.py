"""The questions that the journal answers: the form, and the events that fit it."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diaban.adapters.clock import VIETNAM
from diaban.apps.accounts.queries import people
from diaban.apps.audit.models import Event, Kind
from diaban.apps.audit.queries import distinct
from diaban.apps.overview.journal.classes import readable
from diaban.apps.overview.journal.words import NOUNS, act, purpose
from diaban.apps.places.queries import search
from diaban.core.privacy import PrivacyClass
from diaban.core.text import sort_key

MOST_UNITS: Final = 20


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

    doi_tuong = forms.CharField(
        label=gettext_lazy("Đối tượng"), required=False, max_length=80, help_text=gettext_lazy("Mã, hoặc một phần mã.")
    )
    nguoi = forms.ChoiceField(label=gettext_lazy("Người làm"), required=False)
    tu = day_field(gettext_lazy("Từ ngày"))
    den = day_field(gettext_lazy("Đến hết ngày"))
    loai = forms.ChoiceField(label=gettext_lazy("Loại"), required=False)
    viec = forms.ChoiceField(label=gettext_lazy("Việc"), required=False)
    muc_dich = forms.ChoiceField(label=gettext_lazy("Mục đích"), required=False)
    don_vi = forms.CharField(label=gettext_lazy("Tên đơn vị"), required=False, max_length=80)
    q = forms.CharField(label=gettext_lazy("Chữ trong nhật ký"), required=False, max_length=100)

    def __init__(self, *args: Any, cleared: frozenset[PrivacyClass], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cleared = cleared
        kinds = [(one.value, str(one.label)) for one in Kind]
        offered = {"nguoi": _actors(cleared), "loai": kinds, "viec": _verbs(), "muc_dich": _purposes()}
        for name, choices in offered.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = [("", _("Tất cả")), *choices]

    @property
    def given(self) -> dict[str, Any]:
        """Return what was asked for; fields that are wrong or empty are left out."""
        self.is_valid()
        found = self.cleaned_data if self.is_bound else {}
        return {name: value for name, value in found.items() if value}

    @property
    def words(self) -> dict[str, str]:
        """Return what was asked for as text, for the event that tells of the search."""
        return {name: str(value) for name, value in self.given.items()}

    @property
    def subjects(self) -> list[str]:
        """Return the one record that is asked for, whole: with its noun, or by its code under every noun."""
        asked = str(self.given.get("doi_tuong", "")).strip()
        if not asked:
            return []
        return [asked] if ":" in asked else [f"{noun}:{asked}" for noun in NOUNS]


def _actors(cleared: frozenset[PrivacyClass]) -> list[tuple[str, str]]:
    return sorted(people(distinct("actor"), cleared=cleared).items(), key=lambda one: sort_key(one[1]))


def _verbs() -> list[tuple[str, str]]:
    return sorted(((verb, act(verb)) for verb in distinct("verb")), key=lambda one: sort_key(one[1]))


def _purposes() -> list[tuple[str, str]]:
    return [(code, purpose(code)) for code in distinct("purpose") if code]


def _start(on: date) -> datetime:
    return datetime.combine(on, time(), VIETNAM)


def events(asked: Asked) -> QuerySet[Event]:
    """Return the events that answer `asked`, in no order yet."""
    given = asked.given
    found = Event.objects.all()
    for name, column in (("viec", "verb"), ("nguoi", "actor"), ("loai", "kind"), ("muc_dich", "purpose")):
        if value := given.get(name):
            found = found.filter(**{column: value})
    if first := given.get("tu"):
        found = found.filter(at__gte=_start(first))
    if last := given.get("den"):
        found = found.filter(at__lt=_start(last + timedelta(days=1)))
    if asked.subjects:
        # A whole code is in the index; only a part of one has to be looked for in every subject.
        whole = Q(subject__in=asked.subjects)
        known = Event.objects.filter(whole).exists()
        found = found.filter(whole if known else Q(subject__icontains=given["doi_tuong"].strip()))
    if units := given.get("don_vi"):
        found = found.filter(_of_units(units))
    if text := given.get("q", "").strip():
        found = found.filter(Q(subject__icontains=text) | (Q(detail__icontains=text) & readable(asked.cleared)))
    return found


def _of_units(text: str) -> Q:
    """Return what holds for events about units of a fitting name: their code or uid is in the subject or the detail."""
    wanted = Q(pk__in=[])
    hits = search(text, limit=MOST_UNITS)
    for uid in {hit.spell.unit for hit in hits}:
        wanted |= Q(subject__contains=uid) | Q(detail__contains=uid)
    for code in {hit.spell.code for hit in hits}:
        wanted |= Q(subject__contains=f"-{code}-")
    return wanted
