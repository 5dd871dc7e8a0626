"""Forms of incidents and of what was seized."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diaban.apps.hotspots.forms.fields import (
    CoordinateField,
    HotspotCodeField,
    UnitField,
    choice_field,
    count_field,
    day_field,
    text_field,
)
from diaban.apps.hotspots.models import NO_PERSONAL_DATA, IncidentKind, PlaceType, Source
from diaban.apps.hotspots.queries import UnitIds
from diaban.apps.places.queries import Place
from diaban.catalogue.substances_loader import measures, substances


class IncidentForm(forms.Form):
    """An incident: day, place, kind, source and counts."""

    def __init__(self, *args: Any, communes: Iterable[Place], seen: UnitIds, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["unit"] = UnitField(communes)
        self.fields["hotspot"] = HotspotCodeField(_("Mã điểm, tụ điểm liên quan"), seen, required=False)
        self.order_fields(("on", "unit", "kind", "source", "place", "place_type", "hotspot"))

    on = day_field(_("Ngày xảy ra"))
    kind = choice_field(_("Loại việc"), IncidentKind.choices, empty=_("Chọn loại việc"))
    source = choice_field(_("Nguồn"), Source.choices, empty=_("Chọn nguồn"))
    place = text_field(_("Nơi xảy ra"), 300, required=False)
    place_type = choice_field(_("Loại địa điểm"), PlaceType.choices, empty=_("Chưa rõ"), required=False)
    no_suspect = forms.BooleanField(label=_("Vô chủ: tang vật không rõ người"), required=False)
    cases = count_field(_("Số vụ"))
    arrested = count_field(_("Số người bị bắt giữ trên địa bàn"))
    prosecuted = count_field(_("Số người bị khởi tố"))
    fined = count_field(_("Số người bị phạt hành chính"))
    lon = CoordinateField(_("Kinh độ"), 180)
    lat = CoordinateField(_("Vĩ độ"), 90)
    note = text_field(_("Ghi chú"), 2000, lines=3, required=False, help_text=NO_PERSONAL_DATA)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("lon") is None) != (data.get("lat") is None) and not {"lon", "lat"} & set(self.errors):
            self.add_error("lon", _("Nhập cả kinh độ và vĩ độ, hoặc để trống cả hai."))
        return data


def seizure_choices() -> list[tuple[str, str]]:
    """Return every substance with each measure it is counted in, as one choice: "heroin.g" → "Heroin (g)"."""
    return [
        (f"{code}.{measure}", f"{gettext(substance.title)} ({measures()[measure].label})")
        for code, substance in substances().items()
        for measure in substance.measures
    ]


class AmountField(forms.CharField):
    """A positive decimal number, with a comma or a point ("1.250,5" and "0.5" both read)."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value).replace(" ", "")
        if not text:
            return None
        plain = (
            text.replace(".", "").replace(",", ".") if "," in text or re.fullmatch(r"\d{1,3}(\.\d{3})+", text) else text
        )
        if not re.fullmatch(r"\d{1,12}(\.\d{1,6})?", plain):
            raise forms.ValidationError(gettext("Cần một số, ví dụ 12,5."))
        return Decimal(plain)


class SeizureForm(forms.Form):
    """One line of what was seized."""

    what = forms.ChoiceField(label=_("Tang vật (đơn vị đo)"), required=False)
    amount = AmountField(
        label=_("Lượng"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["what"].choices = [("", _("Không có")), *seizure_choices()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        what, amount = data.get("what"), data.get("amount")
        if what and amount is None and "amount" not in self.errors:
            self.add_error("amount", _("Thiếu lượng."))
        if amount is not None and not what:
            self.add_error("what", _("Chọn tang vật và đơn vị đo."))
        if what and amount is not None:
            scaled = amount * measures()[what.rpartition(".")[2]].scale
            if scaled != int(scaled) or scaled <= 0:
                self.add_error(
                    "amount", _("Lượng phải lớn hơn 0 và không nhỏ hơn đơn vị nhỏ nhất của sổ (mg, viên, ml, cây, m²).")
                )
            data["smallest"] = int(scaled)
        return data


class BaseSeizures(forms.BaseFormSet[SeizureForm]):
    """The lines of what was seized; the same substance in the same measure stands once."""

    def clean(self) -> None:
        named = [
            form.cleaned_data.get("what") for form in self.forms if form.is_valid() and form.cleaned_data.get("what")
        ]
        if len(set(named)) < len(named):
            raise forms.ValidationError(gettext("Một tang vật được ghi hai dòng; cộng lại thành một dòng."))

    def seizures(self) -> dict[tuple[str, str], int]:
        """Return (substance, measure) → amount in smallest units."""
        found = {}
        for form in self.forms:
            if what := form.cleaned_data.get("what"):
                substance, _dot, measure = what.rpartition(".")
                found[substance, measure] = form.cleaned_data["smallest"]
        return found


_SeizureFormSet = forms.formset_factory(SeizureForm, formset=BaseSeizures, extra=3, max_num=12, absolute_max=20)


def seizure_lines(data: Any = None, initial: Any = None) -> BaseSeizures:
    """Return the lines of what was seized, with three empty ones."""
    return cast(BaseSeizures, _SeizureFormSet(data or None, prefix="tang_vat", initial=initial))


class QuickIncidentForm(forms.Form):
    """The fewest words that record an incident, for a phone."""

    def __init__(self, *args: Any, communes: Iterable[Place], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["unit"] = UnitField(communes)
        self.order_fields(("unit", "kind", "source", "place", "on", "arrested"))

    kind = choice_field(_("Loại việc"), IncidentKind.choices, initial=IncidentKind.USING)
    source = choice_field(_("Nguồn"), Source.choices, initial=Source.REPORTED)
    place = text_field(_("Nơi xảy ra"), 300, required=False)
    on = day_field(_("Ngày xảy ra"))
    arrested = count_field(_("Số người bị bắt giữ"))
    no_suspect = forms.BooleanField(label=_("Vô chủ: tang vật không rõ người"), required=False)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
