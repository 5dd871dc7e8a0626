"""Forms of the classification pages: they parse and say what is wrong; the actions decide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diaban.apps.localities import figures
from diaban.apps.localities.models import Decision, LocalityClass, RouteKind
from diaban.apps.localities.queries.rules import class_choices
from diaban.core.rules import RuleSet

DAY_FORMATS = ["%d/%m/%Y", "%d/%m/%y", "%Y-%m-%d"]


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day typed as dd/mm/yyyy; a browser's own picker would follow the machine's language, not the page's."""
    widget = forms.DateInput(
        format="%d/%m/%Y", attrs={"placeholder": "dd/mm/yyyy", "inputmode": "numeric", "autocomplete": "off"}
    )
    return forms.DateField(
        label=label,
        input_formats=DAY_FORMATS,
        widget=widget,
        error_messages={"invalid": _("Cần một ngày viết dd/mm/yyyy, ví dụ 14/12/2026.")},
        **options,
    )


def set_choices(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    """Give a field its choices under an empty first one."""
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = [("", _("Chọn loại")), *choices]


class FigureField(forms.CharField):
    """One whole number; empty stays "not reported". Thousand dots are welcome, fractions are not."""

    def __init__(self, code: str, **options: Any) -> None:
        self.code = code
        attrs = {"inputmode": "numeric", "autocomplete": "off", "class": "num"}
        super().__init__(required=False, max_length=20, widget=forms.TextInput(attrs=attrs), **options)

    def clean(self, value: Any) -> Any:
        try:
            return figures.clean(self.code, super().clean(value))
        except figures.BadFigure as error:
            raise forms.ValidationError(str(error)) from error


def figure_field(figure: figures.Figure) -> forms.Field:
    """Return the field in which a figure is typed."""
    title: Any = figure.title
    if figure.kind == "route":
        choices = [("", _("chưa báo cáo")), *RouteKind.choices]
        return forms.ChoiceField(label=title, choices=choices, required=False)
    if figure.kind == "day":
        return day_field(title, required=False)
    if figure.kind == "text":
        return forms.CharField(label=title, required=False, max_length=200)
    return FigureField(figure.code, label=title)


class FiguresForm(forms.Form):
    """The declared figures asked for by the cycle's rule set."""

    def __init__(self, *args: Any, codes: tuple[str, ...] = figures.CODES, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = codes
        for code in codes:
            self.fields[code] = figure_field(figures.BY_CODE[code])

    def values(self) -> dict[str, Any]:
        """Return the figures as typed; None where left empty."""
        return {
            code: self.cleaned_data.get(code) or None if self.cleaned_data.get(code) != 0 else 0 for code in self.codes
        }

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Return the bound fields under the headings of the page."""
        headings: list[tuple[Any, tuple[str, ...]]] = [
            (_("Dân số"), ("population", "population_as_of", "population_source")),
            (_("Người có hồ sơ quản lý"), ("persons_dependent", "persons_using", "persons")),
            (
                _("Trong đó thuộc diện trừ"),
                ("exempt_substitution", "exempt_rehab", "exempt_post_rehab", "persons_exempt"),
            ),
            (_("Điểm, tụ điểm"), ("points", "gatherings")),
            (_("Vi phạm trong kỳ"), ("arrested", "resident_offenders", "wanted_hiding")),
            (_("Cây có chứa chất ma túy trong kỳ"), ("plants", "plant_m2")),
            (_("Tuyến"), ("route",)),
        ]
        return [
            (title, [self[code] for code in codes if code in self.fields])
            for title, codes in headings
            if any(code in self.fields for code in codes)
        ]


class DeclareForm(FiguresForm):
    """Figures with who declares them and why."""

    declared_by = forms.CharField(
        label=_("Đơn vị hoặc chức danh khai số liệu"),
        max_length=200,
        help_text=_("Ví dụ: Công an phường Vũng Tàu. Ghi đơn vị hoặc chức danh, không ghi tên người."),
    )
    document = forms.CharField(label=_("Số văn bản"), max_length=120, required=False)
    reason = forms.CharField(
        label=_("Lý do sửa"),
        max_length=500,
        required=False,
        help_text=_("Cần khi sửa số liệu đã báo cáo sau ngày chốt hoặc sau khi có quyết định."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class AssessForm(forms.Form):
    """A class with its note: self-assessment and appraisal."""

    chosen = forms.ChoiceField(label=_("Loại"))
    note = forms.CharField(
        label=_("Nhận xét, lý do"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Cần khi khác đề xuất. Không ghi tên người hoặc thông tin cá nhân."),
    )

    def __init__(self, *args: Any, law: RuleSet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "chosen", class_choices(law))


class SendBackForm(forms.Form):
    note = forms.CharField(
        label=_("Ý kiến trả lại"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Xã cần sửa hoặc làm rõ điều gì. Không ghi tên người hoặc thông tin cá nhân."),
    )


class NumberForm(forms.Form):
    """Number, date and reason of a decision that covers a selection."""

    number = forms.CharField(label=_("Số quyết định"), max_length=60, help_text=_("Ví dụ: 1234/QĐ-UBND"))
    date = day_field(_("Ngày quyết định"))
    reason = forms.CharField(
        label=_("Lý do"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Cần khi loại quyết định khác đề xuất, hoặc quyết định ban hành trước ngày chốt số liệu."),
    )


class DecideForm(NumberForm):
    """A decision on one unit."""

    chosen = forms.ChoiceField(label=_("Loại quyết định"))
    listing = forms.ChoiceField(
        label=_("Danh sách địa bàn trọng điểm"),
        required=False,
        choices=[("", _("Theo loại và danh sách năm trước")), *Decision.Listing.choices],
    )
    field_order = ["number", "date", "chosen", "listing", "reason"]

    def __init__(self, *args: Any, law: RuleSet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        set_choices(self, "chosen", [one for one in class_choices(law) if one[0] != LocalityClass.UNKNOWN])


class OpenCycleForm(forms.Form):
    year = forms.IntegerField(
        label=_("Năm"),
        min_value=2000,
        max_value=2100,
        help_text=_("Kỳ của năm N: từ 15/12 năm trước đến 14/12 năm N."),
    )


class SettingsForm(forms.Form):
    """The choices that the text of a rule set leaves open; each is the province's own."""

    def __init__(self, *args: Any, settings: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for setting in settings:
            self.fields[setting.key] = setting_field(setting)


def setting_field(setting: Any) -> forms.Field:
    """Return the field for one open choice of a rule set (`diaban.core.rules` Setting)."""
    options: dict[str, Any] = {"label": _(setting.label), "help_text": _(setting.note) if setting.note else ""}
    if setting.kind == "flag":
        return forms.BooleanField(required=False, **options)
    if setting.kind == "choice":
        choices: Mapping[str, str] = setting.choices
        return forms.ChoiceField(choices=[(key, _(words)) for key, words in choices.items()], **options)
    return forms.IntegerField(min_value=1, required=False, **options)
