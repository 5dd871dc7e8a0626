"""What the forms of all questions share: where, when, which events; numbers as people type them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diaban.analysis.settings import SettingsError, from_dict
from diaban.apps.analyses.actions import Order
from diaban.apps.analyses.models import Counted
from diaban.apps.hotspots.forms.fields import (
    HotspotCodeField,
    day_field,
)
from diaban.apps.hotspots.models import IncidentKind, Source
from diaban.apps.hotspots.queries import UnitIds
from diaban.apps.places.models import Unit
from diaban.apps.places.queries import Place
from diaban.core.lifecycle import StepRefused

WHOLE: Final = "*"
SOURCES_WHY: Final = gettext_lazy(
    "Phải chọn. Vụ do tuần tra phát hiện tăng khi tuần tra tăng; gộp với tin báo thì nơi nhiều công an sẽ “nóng” lên. "
    "Hỏi riêng từng nguồn; nếu gộp, kết quả ghi rõ là gộp."
)
LEAST_METRES, MOST_KM = 10, 200


def refuse(form: forms.Form, refused: StepRefused) -> None:
    """Put every reason at its field, or above the form when it has none."""
    for problem in refused.problems:
        form.add_error(problem.field if problem.field in form.fields else None, problem.message.render(_))


def number_field(label: Any, low: float, high: float, **options: Any) -> Any:
    """A number between two others; a decimal comma is as good as a point."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "num", "autocomplete": "off"})
    return NumberField(label=label, min_value=low, max_value=high, widget=widget, **options)


def whole_field(label: Any, low: int, high: int, **options: Any) -> Any:
    """A whole number between two others."""
    widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "num", "autocomplete": "off"})
    return forms.IntegerField(label=label, min_value=low, max_value=high, widget=widget, **options)


class NumberField(forms.FloatField):
    """A number that may be typed with a decimal comma."""

    def to_python(self, value: Any) -> Any:
        text = value.strip().replace(",", ".") if isinstance(value, str) else value
        return super().to_python(text)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:g}".replace(".", ",") if isinstance(value, int | float) else value


class AskForm(forms.Form):
    """What every question asks: where, when, which events. `advanced` names the fields that are folded away."""

    question: str = ""
    history = timedelta(days=364)
    advanced: tuple[str, ...] = ("kinds", "seed")

    unit = forms.ChoiceField(label=gettext_lazy("Ở đâu"))
    first = day_field(gettext_lazy("Từ ngày"))
    last = day_field(gettext_lazy("Đến hết ngày"))
    sources = forms.MultipleChoiceField(
        label=gettext_lazy("Nguồn của vụ việc"),
        choices=Source.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=SOURCES_WHY,
        error_messages={"required": gettext_lazy("Chọn ít nhất một nguồn.")},
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Loại việc"),
        choices=IncidentKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Để trống: mọi loại."),
    )
    seed = forms.IntegerField(
        label=gettext_lazy("Hạt giống"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("Để trống: máy tự chọn và ghi lại. Cùng hạt giống thì cùng kết quả đến từng chữ số."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num", "autocomplete": "off"}),
    )

    def __init__(
        self,
        *args: Any,
        communes: Sequence[Place],
        whole: str,
        seen: UnitIds,
        on: date,
        rate: float = 1.0,
        **options: Any,
    ) -> None:
        given = options.pop("initial", None) or {}
        last = on - timedelta(days=1)
        usual = {"rate": rate} if "rate" in self.base_fields else {}
        initial = {"first": last - self.history + timedelta(days=1), "last": last, **usual, **given}
        options["initial"] = initial
        super().__init__(*args, **options)
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)
        begin = [(WHOLE, whole)] if whole else [] if len(communes) == 1 else [("", _("Chọn đơn vị"))]
        field.choices = [*begin, *((one.uid, one.name) for one in communes)]
        if (spot := self.fields.get("hotspot")) is not None:
            assert isinstance(spot, HotspotCodeField)
            spot.seen = seen

    def chosen(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings of `diaban.analysis` that were chosen, with the engine's question."""
        raise NotImplementedError

    def counted(self, data: Mapping[str, Any]) -> str:
        """Return how events are counted."""
        return str(data.get("counted") or Counted.POINTS)

    def clean(self) -> dict[str, Any]:
        """Ask the settings themselves what they do not allow, and put it beside the fields."""
        data = super().clean() or {}
        if not self.errors:
            try:
                data["settings"] = from_dict(self.chosen(data)).to_dict()
            except SettingsError as error:
                for name, message in error.where.items():
                    self.add_error(name if name in self.fields else None, message.render(_))
        return data

    def order(self) -> Order:
        """Return the question as the action takes it."""
        data = self.cleaned_data
        return Order(
            question=self.question,
            unit=None if data["unit"] == WHOLE else Unit.objects.get(uid=data["unit"]),
            first=data["first"],
            last=data["last"],
            sources=data["sources"],
            settings=data["settings"],
            kinds=data["kinds"],
            counted=self.counted(data),
            hotspot=data.get("hotspot"),
            seed=data["seed"],
        )

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """Return the fields that everybody fills in."""
        return [bound for bound in self if bound.name not in self.advanced]

    @property
    def advanced_fields(self) -> list[forms.BoundField]:
        """Return the fields that are folded away."""
        return [bound for bound in self if bound.name in self.advanced]
