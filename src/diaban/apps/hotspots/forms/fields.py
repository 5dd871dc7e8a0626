"""Fields that the forms of the registers share, and how a refusal reaches them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diaban.apps.hotspots import queries
from diaban.apps.hotspots.models import Hotspot
from diaban.apps.places.models import Unit
from diaban.apps.places.queries import Place
from diaban.core.lifecycle import StepRefused
from diaban.core.messages import Message

DAY_FORMATS: Final = ["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y"]
UNIT: Final = _("Xã, phường, đặc khu")
Label = Any  # str, or a lazy translation


def day_field(label: Label, **options: Any) -> forms.DateField:
    """A day."""
    return forms.DateField(
        label=label,
        input_formats=DAY_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Cần một ngày viết dd/mm/yyyy, ví dụ 14/12/2026.")},
        **options,
    )


def text_field(label: Label, length: int, *, lines: int = 0, **options: Any) -> forms.CharField:
    """A line of text, or a box of `lines`."""
    widget = forms.Textarea(attrs={"rows": lines}) if lines else forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=length, widget=widget, **options)


def choice_field(label: Label, choices: Iterable[tuple[str, Any]], *, empty: Label = "", **options: Any) -> Any:
    """A choice; with `empty` words for none chosen yet."""
    offered = [("", empty), *choices] if empty else list(choices)
    return forms.ChoiceField(label=label, choices=offered, **options)


def count_field(label: Label) -> forms.IntegerField:
    """A count that may be left empty: not reported, which is not zero."""
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=1_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num", "autocomplete": "off"}),
    )


class CoordinateField(forms.FloatField):
    """Degrees; a decimal comma is as good as a point."""

    def __init__(self, label: Label, limit: int) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label=label, required=False, min_value=-limit, max_value=limit, widget=widget)

    def to_python(self, value: Any) -> Any:
        text = value.strip().replace(",", ".") if isinstance(value, str) else value
        return super().to_python(text)


class UnitField(forms.ChoiceField):
    """One of the communes of the page's boundaries, by name; cleaned to the `Unit`. The only one is chosen already."""

    def __init__(self, communes: Iterable[Place], label: Label = UNIT, **options: Any) -> None:
        choices: list[tuple[str, Any]] = [(place.uid, place.name) for place in communes]
        if len(choices) != 1:
            choices.insert(0, ("", _("Chọn đơn vị")))
        super().__init__(label=label, choices=choices, **options)

    def clean(self, value: Any) -> Any:
        uid = super().clean(value)
        return Unit.objects.get(uid=uid) if uid else None


class HotspotCodeField(forms.CharField):
    """The code of a hot-spot in the register, with its unit where two carry it; cleaned to the `Hotspot`.

    Only hot-spots of the units `seen` are found (None = all); whoever makes the form says which.
    """

    def __init__(self, label: Label, seen: queries.UnitIds = frozenset(), **options: Any) -> None:
        self.seen = seen
        widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
        super().__init__(label=label, max_length=300, widget=widget, **options)

    def prepare_value(self, value: Any) -> Any:
        return queries.reference(value, self.seen) if isinstance(value, Hotspot) else value

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        if not code:
            return None
        found = queries.find_spot(code, self.seen)
        if isinstance(found, Message):
            raise forms.ValidationError(found.render(gettext))
        return found


def refuse(form: forms.Form, refusal: StepRefused, names: Mapping[str, str] | None = None) -> None:
    """Put the reasons of a refusal beside the fields they speak of."""
    for problem in refusal.problems:
        name = (names or {}).get(problem.field, problem.field)
        form.add_error(name if name in form.fields else None, problem.message.render(gettext))
