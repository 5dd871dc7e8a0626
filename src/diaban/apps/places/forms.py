"""What people type about places."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diaban.adapters.geometry.read import MAX_BYTES
from diaban.adapters.uploads import Kind, Refusal, check
from diaban.apps.places import queries
from diaban.apps.places.changes.read import MAX_BYTES as CSV_MAX_BYTES
from diaban.apps.places.kept_files import keep, kept
from diaban.apps.places.models import Boundary, Population, Unit
from diaban.core.units import UnitsError


class DayInput(forms.DateInput):
    """A day, written in the way that browsers read."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class TriedFileForm(forms.Form):
    """A file, or the name under which the file tried before is kept. `cleaned_data` gets `data` and `tried`."""

    max_bytes = 0
    too_big = _("Tệp quá lớn.")
    kinds: tuple[Kind, ...] = ()

    file = forms.FileField(label=_("Tệp"))
    tried = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = kept(str(self.data.get("tried", "")))
        self.fields["file"].required = self.kept is None
        self.fields["file"].error_messages["required"] = str(_("Chọn tệp cần nhập."))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file = cleaned.get("file")
        if file is None:
            cleaned["data"] = self.kept
        elif file.size > self.max_bytes:
            self.add_error("file", self.too_big)
        else:
            self._take(file.read(), cleaned)
        return cleaned

    def _take(self, data: bytes, cleaned: dict[str, Any]) -> None:
        try:
            check(data, allowed=self.kinds)
        except Refusal as refusal:
            self.add_error("file", refusal.message.render(gettext))
        else:
            cleaned["data"], cleaned["tried"] = data, keep(data)


class BoundariesForm(TriedFileForm):
    """A boundary file and what is to be known about it."""

    max_bytes = MAX_BYTES
    kinds = (Kind.GEOJSON,)
    too_big = _("Tệp nặng quá 40 MB. Đơn giản hóa đường ranh hoặc chia tệp rồi nhập lại.")

    valid_from = forms.DateField(
        label=_("Có hiệu lực từ ngày"),
        widget=DayInput,
        help_text=_("Mã trong tệp được hiểu theo danh mục đơn vị của ngày này."),
    )
    code_property = forms.CharField(label=_("Thuộc tính chứa mã đơn vị"), initial="code", max_length=80)
    name_property = forms.CharField(label=_("Thuộc tính chứa tên"), required=False, max_length=80)
    quality = forms.ChoiceField(label=_("Mức tin cậy"), choices=Boundary.Quality.choices, initial="indicative")
    source = forms.CharField(label=_("Nguồn"), max_length=300, help_text=_("Ai lập, ngày nào, tỷ lệ bản đồ nào."))
    accept_warnings = forms.BooleanField(label=_("Vẫn nhập dù có cảnh báo"), required=False)


class UnitsCsvForm(TriedFileForm):
    """A file of changes."""

    max_bytes = CSV_MAX_BYTES
    kinds = (Kind.TEXT,)
    too_big = _("Tệp nặng quá 20 MB.")


class PopulationForm(forms.Form):
    """A declared number of residents."""

    as_of = forms.DateField(label=_("Tính đến ngày"), widget=DayInput)
    value = forms.IntegerField(label=_("Số người"), min_value=0, max_value=200_000_000)
    source_kind = forms.ChoiceField(label=_("Loại số liệu"), choices=Population.Source.choices, initial="resident")
    source = forms.CharField(label=_("Nguồn"), max_length=300, help_text=_("Số, ngày của văn bản hoặc báo cáo."))


class WorkAreaForm(forms.Form):
    """The units whose territory this installation works on."""

    name = forms.CharField(label=_("Tên địa bàn"), max_length=120)
    on = forms.DateField(
        label=_("Mã của ngày"),
        widget=DayInput,
        help_text=_("Có thể chọn ngày trước sắp xếp: mã 77 vào 30/06/2025 là tỉnh Bà Rịa - Vũng Tàu."),
    )
    codes = forms.CharField(
        label=_("Mã đơn vị"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Một tỉnh, một huyện cũ hoặc nhiều xã; cách nhau bằng dấu cách, dấu phẩy hoặc xuống dòng."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        on, codes = cleaned.get("on"), cleaned.get("codes")
        if on and codes:
            cleaned["roots"] = self._roots(str(codes).replace(",", " ").replace(";", " ").split(), on)
        return cleaned

    def _roots(self, codes: list[str], on: date) -> list[Unit]:
        uids: list[str] = []
        for code in dict.fromkeys(codes):
            try:
                uids.append(queries.register().resolve(code, on))
            except UnitsError as unknown:
                self.add_error("codes", str(unknown.message))
        return list(Unit.objects.filter(uid__in=uids).order_by("uid"))
