"""Forms of what people decide: a proposal, a step of an alert, how many false alarms are put up with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from diaban.apps.analyses.forms.asking import number_field
from diaban.apps.hotspots.forms.fields import CoordinateField, UnitField, choice_field, day_field, text_field
from diaban.apps.hotspots.models import NO_PERSONAL_DATA, Kind, Source
from diaban.apps.places.queries import Place


class ProposeForm(forms.Form):
    """What a person says of the place when they put it into the register."""

    name = text_field(
        gettext_lazy("Tên gọi"), 200, help_text=gettext_lazy("Tên nơi chốn hoặc phương tiện, không ghi tên người.")
    )
    kind = choice_field(gettext_lazy("Loại"), Kind.choices, initial=Kind.AT_RISK)
    address = text_field(gettext_lazy("Địa chỉ, vị trí"), 300, required=False)
    on = day_field(gettext_lazy("Ngày phát hiện"))
    document = text_field(gettext_lazy("Số văn bản, số sổ"), 200)
    decider = text_field(gettext_lazy("Người quyết định (chức vụ, cơ quan)"), 200)
    lon = CoordinateField(gettext_lazy("Kinh độ"), 180)
    lat = CoordinateField(gettext_lazy("Vĩ độ"), 90)
    note = text_field(gettext_lazy("Ghi chú"), 2000, lines=3, required=False, help_text=NO_PERSONAL_DATA)

    def __init__(self, *args: Any, communes: Sequence[Place], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["unit"] = UnitField(communes)
        self.order_fields(("name", "kind", "unit", "address", "on", "document", "decider"))


class AlertStepForm(forms.Form):
    """The words that a step of an alert asks for."""

    words = text_field(
        gettext_lazy("Đã kiểm tra gì, thấy gì; hoặc lý do"), 2000, lines=5, required=False, help_text=NO_PERSONAL_DATA
    )


class RateForm(forms.Form):
    """How many false alarms the area puts up with."""

    false_alarms_per_year = number_field(
        gettext_lazy("Nhiều nhất bao nhiêu báo động sai mỗi năm, cả địa bàn"),
        0.1,
        52,
        help_text=gettext_lazy("Càng nhỏ thì càng ít báo sai, và càng báo muộn. Do đơn vị đặt."),
    )
    sources = forms.MultipleChoiceField(
        label=gettext_lazy("Nguồn của vụ việc"),
        choices=Source.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nên chỉ lấy tin báo và hòm thư: nguồn tuần tra tăng khi tuần tra tăng."),
    )
    document = text_field(gettext_lazy("Số văn bản"), 200, required=False)
