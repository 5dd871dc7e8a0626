"""Forms of key routes and of the values that the province sets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diaban.apps.hotspots.forms.fields import choice_field, day_field, text_field
from diaban.apps.hotspots.models import NO_PERSONAL_DATA, ProvinceValue, Route
from diaban.apps.places.models import Unit
from diaban.apps.places.queries import Place


class RouteForm(forms.Form):
    """A key route, the units it crosses and its line."""

    name = text_field(_("Tên tuyến"), 200)
    reach = choice_field(_("Phạm vi"), Route.Reach.choices, widget=forms.RadioSelect, initial=Route.Reach.INTRA)
    mode = choice_field(_("Loại đường"), Route.Mode.choices, initial=Route.Mode.ROAD)
    decision_number = text_field(_("Số quyết định phê duyệt"), 100, required=False)
    decision_on = day_field(_("Ngày quyết định"), required=False)
    valid_from = day_field(_("Có hiệu lực từ"))
    valid_to = day_field(_("Hết hiệu lực từ ngày"), required=False)
    line = text_field(
        _("Các điểm trên tuyến"), 20_000, lines=5, required=False,
        help_text=_("Mỗi dòng một điểm: kinh độ, vĩ độ. Ví dụ: 107.084, 10.346"),
    )  # fmt: skip
    note = text_field(_("Ghi chú"), 2000, lines=2, required=False, help_text=NO_PERSONAL_DATA)

    def __init__(self, *args: Any, communes: Iterable[Place], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["units"] = forms.MultipleChoiceField(
            label=_("Đi qua các đơn vị"),
            choices=[(place.uid, place.name) for place in communes],
            widget=forms.CheckboxSelectMultiple,
            error_messages={
                "required": _("Chưa chọn đơn vị nào; tuyến phải đi qua ít nhất một xã, phường."),
            },
        )

    def clean_line(self) -> list[list[float]]:
        points = []
        for number, row in enumerate(filter(None, map(str.strip, self.cleaned_data["line"].splitlines())), start=1):
            match = re.fullmatch(r"(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)", row)
            if not match or not (abs(float(match[1])) <= 180 and abs(float(match[2])) <= 90):
                message = gettext("Dòng %(number)s không phải «kinh độ, vĩ độ»: %(row)s")
                raise forms.ValidationError(message % {"number": number, "row": row[:60]})
            points.append([float(match[1]), float(match[2])])
        if len(points) == 1:
            raise forms.ValidationError(gettext("Một đường cần ít nhất hai điểm."))
        return points

    def clean_units(self) -> list[Unit]:
        by_uid = {unit.uid: unit for unit in Unit.objects.filter(uid__in=self.cleaned_data["units"])}
        return [by_uid[uid] for uid in self.cleaned_data["units"]]


class ValueForm(forms.Form):
    """A value "do đơn vị đặt"."""

    key = choice_field(_("Giá trị"), ProvinceValue.Key.choices)
    value = text_field(_("Nội dung"), 2000, lines=2, required=False, help_text=_("Để trống là thôi không đặt nữa."))
    effective_from = day_field(_("Áp dụng từ ngày"))
    document = text_field(_("Số văn bản của đơn vị"), 200)
