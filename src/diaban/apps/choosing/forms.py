"""Forms of choosing: they parse and say what is wrong; the actions decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diaban.apps.choosing.actions import Refused
from diaban.apps.localities.forms import day_field
from diaban.core.choosing import MOST_WEIGHT, CriteriaSet

NO_NAMES = _("Chỉ nói về địa bàn. Không ghi tên người hoặc thông tin cá nhân.")


def area(label: Any, *, required: bool = True, hint: Any = NO_NAMES, rows: int = 2) -> forms.CharField:
    """A free text of a few lines, with the hint not to name anybody."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=2000,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def tell(form: forms.Form, refused: Refused) -> None:
    """Put every problem of a refusal at its field, or at the form where it has none."""
    for field, sentence in refused.problems:
        form.add_error(field if field in form.fields else None, sentence)


class WeightsForm(forms.Form):
    """A whole weight for every criterion, from a day on, by a document."""

    def __init__(self, *args: Any, criteria: CriteriaSet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes = [one.code for one in criteria.criteria]
        for one in criteria.criteria:
            self.fields[f"w_{one.code}"] = forms.IntegerField(
                label=gettext(one.title),
                min_value=0,
                max_value=MOST_WEIGHT,
                widget=forms.NumberInput(attrs={"class": "num"}),
            )
        self.fields["effective_from"] = day_field(_("Áp dụng từ ngày"))
        self.fields["document"] = forms.CharField(
            label=_("Số văn bản đặt trọng số"), max_length=200, help_text=_("Ví dụ: 45/BB-BCĐ138")
        )

    def weights(self) -> dict[str, int]:
        """Return the weights as typed."""
        return {code: self.cleaned_data[f"w_{code}"] for code in self.codes}


class ProposeForm(forms.Form):
    """What a proposal says besides the communes: title, note, reasons where it departs, comparisons."""

    def __init__(
        self,
        *args: Any,
        chosen: Sequence[tuple[str, str, bool, Sequence[tuple[str, str]]]],
        passed: Sequence[tuple[str, str]],
        supersedes: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"] = forms.CharField(label=_("Tên đợt lựa chọn"), max_length=200)
        for uid, name, deviates, others in chosen:
            label = gettext("Lý do chọn {name}").format(name=name)
            self.fields[f"reason_{uid}"] = area(label, required=deviates)
            self.fields[f"other_{uid}"] = forms.ChoiceField(
                label=gettext("So sánh {name} với").format(name=name),
                required=False,
                choices=[("", gettext("theo đề nghị")), *others],
            )
        for uid, name in passed:
            self.fields[f"passed_{uid}"] = area(gettext("Lý do không chọn {name}").format(name=name))
        if supersedes:
            self.fields["supersedes"] = forms.ChoiceField(
                label=_("Thay thế hồ sơ"), required=False, choices=[("", _("không thay hồ sơ nào")), *supersedes]
            )
        self.fields["note"] = area(_("Nhận xét chung"), required=False)


class OpinionForm(forms.Form):
    """An opinion, owed or not."""

    def __init__(self, *args: Any, owed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"] = area(_("Ý kiến, lý do"), required=owed, rows=3)


class DecideForm(forms.Form):
    number = forms.CharField(label=_("Số quyết định"), max_length=60, help_text=_("Ví dụ: 1234/QĐ-UBND"))
    date = day_field(_("Ngày quyết định"))
    note = area(_("Ý kiến khi quyết định"), required=False)
