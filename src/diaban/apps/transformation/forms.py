"""Forms of transformation: they parse and say what is wrong; the actions decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diaban.apps.agencies.models import Agency
from diaban.apps.localities.forms import day_field
from diaban.core.lifecycle import StepRefused
from diaban.core.transformation import Move, Need, PlanTable

NO_NAMES = _("Chỉ nói về địa bàn và việc. Không ghi tên người hoặc thông tin cá nhân.")


def tell(form: forms.Form, refusal: StepRefused) -> None:
    """Put every reason of a refusal at its field, or at the form where it has none."""
    for problem in refusal.problems:
        field = problem.field if problem.field in form.fields else None
        form.add_error(field, problem.message.render(gettext))


class MakeForm(forms.Form):
    starts = day_field(_("Ngày bắt đầu"), help_text=_("Các giai đoạn được đặt theo độ dài thường dùng, sửa được sau."))


class AnswersForm(forms.Form):
    """The questions of the plan, each a text."""

    def __init__(self, *args: Any, table: PlanTable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts: dict[str, list[str]] = {}
        for one in table.prompts:
            self.fields[one.code] = forms.CharField(
                label=gettext(one.title),
                required=False,
                max_length=4000,
                help_text=gettext(one.ask),
                widget=forms.Textarea(attrs={"rows": 4}),
            )
            self.parts.setdefault(one.part, []).append(one.code)


class PhasesForm(forms.Form):
    """First and last day of every phase."""

    def __init__(self, *args: Any, table: PlanTable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [one.code for one in table.phases]
        for one in table.phases:
            title = gettext(one.title)
            self.fields[f"{one.code}_first"] = day_field(gettext("{name}: từ ngày").format(name=title))
            self.fields[f"{one.code}_last"] = day_field(gettext("{name}: đến hết ngày").format(name=title))

    def days(self) -> Mapping[str, tuple[date, date]]:
        """Return the days as typed."""
        return {code: (self.cleaned_data[f"{code}_first"], self.cleaned_data[f"{code}_last"]) for code in self.codes}


class WorkForm(forms.Form):
    """A task for a phase."""

    phase = forms.ChoiceField(label=_("Giai đoạn"))
    title = forms.CharField(label=_("Việc phải làm"), max_length=400, help_text=NO_NAMES)
    lead = forms.ModelChoiceField(label=_("Cơ quan chủ trì"), queryset=Agency.objects.none())
    others = forms.ModelMultipleChoiceField(label=_("Cơ quan phối hợp"), queryset=Agency.objects.none(), required=False)
    starts = day_field(_("Từ ngày"))
    due = day_field(_("Hạn"), required=False, help_text=_("Để trống khi việc lặp lại theo kỳ."))
    grain = forms.ChoiceField(
        label=_("Lặp lại"),
        required=False,
        choices=[("", _("làm một lần")), ("month", _("hằng tháng (15–14)")), ("quarter", _("hằng quý (15–14)"))],
    )
    ends = day_field(_("Thôi lặp lại sau ngày"), required=False)
    product = forms.CharField(label=_("Sản phẩm"), max_length=300, required=False)
    words = forms.CharField(
        label=_("Hướng dẫn"),
        required=False,
        max_length=4000,
        help_text=NO_NAMES,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, phases: Sequence[tuple[str, str]], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = Agency.objects.exclude(level=Agency.Level.CENTRAL).exclude(valid_to__lte=on).order_by("name_sort")
        for name in ("lead", "others"):
            field = self.fields[name]
            if isinstance(field, forms.ModelChoiceField):
                field.queryset = there
        phase = self.fields["phase"]
        if isinstance(phase, forms.ChoiceField):
            phase.choices = list(phases)


class StepForm(forms.Form):
    """The day of a step, with the document and the reason that it owes."""

    on = day_field(_("Ngày"))

    def __init__(self, *args: Any, step: Move, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if Need.DOCUMENT in step.needs:
            self.fields["document"] = forms.CharField(
                label=_("Số văn bản"), max_length=200, help_text=_("Ví dụ: 12/KH-UBND")
            )
        if Need.REASON in step.needs:
            self.fields["reason"] = forms.CharField(
                label=_("Lý do"), max_length=2000, help_text=NO_NAMES, widget=forms.Textarea(attrs={"rows": 3})
            )
