"""Forms of hot-spots: describe, open, take a step, take a step back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diaban.apps.hotspots.forms.fields import (
    CoordinateField,
    HotspotCodeField,
    UnitField,
    choice_field,
    day_field,
    text_field,
)
from diaban.apps.hotspots.forms.outline import OUTLINE_HELP, OutlineField
from diaban.apps.hotspots.models import NO_PERSONAL_DATA, Agency, Behaviour, Form, Grade, Kind
from diaban.apps.hotspots.queries import UnitIds
from diaban.apps.places.queries import Place
from diaban.core.lifecycle import Requirement, Transition


class PlaceForm(forms.Form):
    """What describes a hot-spot, without what its steps decide."""

    name = text_field(_("Tên gọi"), 200, help_text=_("Tên nơi chốn hoặc phương tiện, không ghi tên người."))
    form = choice_field(_("Hình thức"), Form.choices, initial=Form.PLACE)
    address = text_field(_("Địa chỉ, vị trí"), 300, required=False)
    behaviours = forms.MultipleChoiceField(
        label=_("Hành vi"), choices=Behaviour.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    lead_agency = choice_field(_("Cơ quan chủ trì"), Agency.choices, empty=_("Chưa phân công"), required=False)
    lon = CoordinateField(_("Kinh độ"), 180)
    lat = CoordinateField(_("Vĩ độ"), 90)
    outline = OutlineField(_("Đường bao khu vực"), help_text=OUTLINE_HELP)
    note = text_field(_("Ghi chú"), 2000, lines=3, required=False, help_text=NO_PERSONAL_DATA)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("lon") is None) != (data.get("lat") is None) and not {"lon", "lat"} & set(self.errors):
            self.add_error("lon", _("Nhập cả kinh độ và vĩ độ, hoặc để trống cả hai."))
        if data.get("outline") and data.get("form") and data["form"] != Form.AREA:
            self.add_error("outline", _("Chỉ khu vực có đường bao; đổi hình thức thành khu vực hoặc để trống ô này."))
        return data

    def described(self) -> dict[str, Any]:
        """Return the descriptive values as the actions take them."""
        return {name: self.cleaned_data[name] for name in PlaceForm.base_fields}


class HotspotForm(PlaceForm):
    """A new hot-spot: what it is, and the step that opens it."""

    field_order = ("verb", "name", "kind", "grade", "unit", "on", "document", "decider")

    def __init__(self, *args: Any, communes: Iterable[Place], openings: Iterable[Transition], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["verb"] = choice_field(
            _("Cách mở hồ sơ"),
            [(t.verb, gettext(t.title)) for t in openings],
            widget=forms.RadioSelect,
            initial="detect",
        )
        self.fields["kind"] = choice_field(_("Loại"), Kind.choices, empty=_("Chọn loại"))
        self.fields["grade"] = choice_field(_("Mức căn cứ"), Grade.choices, initial=Grade.SUSPECTED)
        self.fields["unit"] = UnitField(communes)
        self.fields["on"] = day_field(_("Ngày"))
        self.fields["document"] = text_field(_("Số văn bản, số sổ"), 200)
        self.fields["decider"] = text_field(_("Người quyết định (chức vụ, cơ quan)"), 200)
        self.order_fields(self.field_order)


class StepForm(forms.Form):
    """One step of the lifecycle; the fields are those that the transition asks for."""

    def __init__(
        self, *args: Any, transition: Transition, communes: Iterable[Place], seen: UnitIds, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        asked = transition.requires
        self.fields["on"] = day_field(_("Ngày"))
        self.fields["document"] = text_field(
            _("Số văn bản"), 200, help_text=_("Số, ký hiệu quyết định, kế hoạch, biên bản hoặc sổ.")
        )
        self.fields["decider"] = text_field(_("Người quyết định (chức vụ, cơ quan)"), 200)
        if Requirement.UNIT in asked:
            self.fields["unit"] = UnitField(communes, _("Chuyển đến"))
        if Requirement.KIND in asked:
            self.fields["kind"] = choice_field(_("Loại mới"), Kind.choices, empty=_("Chọn loại"))
        if Requirement.TARGET in asked:
            self.fields["target"] = HotspotCodeField(_("Mã điểm nhận"), seen)
        if Requirement.EVIDENCE in asked:
            self.fields["evidence"] = text_field(
                _("Căn cứ triệt xóa"), 2000, lines=3,
                help_text=_("Tài liệu xác định: bản án, kết luận, biên bản. Không ghi tên người."),
            )  # fmt: skip
        if Requirement.GRADE in asked or Requirement.CONFIRMED in asked:
            empty = _("Chọn mức") if Requirement.GRADE in asked else _("Giữ như sổ")
            self.fields["grade"] = choice_field(_("Mức căn cứ"), Grade.choices, empty=empty, required=False)
        if Requirement.REASON in asked or Requirement.WATCH_OVER in asked:
            self.fields["reason"] = text_field(
                _("Lý do"), 2000, lines=3, required=Requirement.REASON in asked, help_text=NO_PERSONAL_DATA
            )  # fmt: skip


class UndoForm(forms.Form):
    """The dated adjustment that takes the last step back."""

    on = day_field(_("Ngày điều chỉnh"))
    reason = text_field(_("Lý do hoàn tác"), 2000, lines=3, help_text=NO_PERSONAL_DATA)
    document = text_field(_("Số văn bản"), 200)
    decider = text_field(_("Người quyết định (chức vụ, cơ quan)"), 200)


class QuickSpotForm(forms.Form):
    """The fewest words that open a hot-spot, for a phone."""

    def __init__(self, *args: Any, communes: Iterable[Place], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["unit"] = UnitField(communes)
        self.order_fields(("unit", "name", "kind", "address", "on", "document", "decider"))

    name = text_field(_("Tên gọi"), 200, help_text=_("Tên nơi chốn hoặc phương tiện, không ghi tên người."))
    kind = choice_field(_("Loại"), Kind.choices, initial=Kind.AT_RISK)
    address = text_field(_("Địa chỉ, vị trí"), 300, required=False)
    on = day_field(_("Ngày phát hiện"))
    document = text_field(_("Số sổ, số văn bản"), 200)
    decider = text_field(_("Người ghi nhận (chức vụ, cơ quan)"), 200)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
