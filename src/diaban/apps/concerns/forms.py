"""Forms of issues: raising one, taking a step, choosing a span of days."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diaban.apps.agencies.models import Agency
from diaban.apps.concerns.models import NO_NAMES, Topic
from diaban.apps.places.queries import Place
from diaban.core.concerns import Asks, Move
from diaban.core.lifecycle import StepRefused


def refuse(form: forms.Form, refused: StepRefused) -> None:
    """Put every reason at its field, or above the form when it has none."""
    for problem in refused.problems:
        form.add_error(problem.field if problem.field in form.fields else None, problem.message.render(_))


def _offer(form: forms.Form, agencies: Any) -> None:
    field = form.fields["addressed"]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = agencies


class RaiseForm(forms.Form):
    """An issue as it is raised."""

    unit = forms.ChoiceField(label=gettext_lazy("Đơn vị nêu"), required=False)
    addressed = forms.ModelChoiceField(label=gettext_lazy("Cơ quan cần trả lời"), queryset=Agency.objects.none())
    topic = forms.ChoiceField(label=gettext_lazy("Nhóm vấn đề"), choices=[("", "—"), *Topic.choices])
    subject = forms.CharField(label=gettext_lazy("Vướng mắc, một câu"), max_length=200, help_text=NO_NAMES)
    words = forms.CharField(
        label=gettext_lazy("Nội dung và kiến nghị"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=NO_NAMES,
    )
    document = forms.CharField(
        label=gettext_lazy("Văn bản kèm theo"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Số và ngày, nếu có."),
    )
    task = forms.CharField(
        label=gettext_lazy("Mã nhiệm vụ liên quan"),
        max_length=24,
        required=False,
        help_text=gettext_lazy("Ví dụ NV-000123; để trống nếu không liên quan một nhiệm vụ."),
    )

    def __init__(self, *args: Any, units: Sequence[Place], whole: bool, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)
        empty = [("", _("Cơ quan cấp tỉnh của tài khoản này"))] if whole else []
        field.choices = [*empty, *((one.uid, one.name) for one in units)]
        field.required = not whole
        _offer(self, agencies)


class StepForm(forms.Form):
    """What a step brings along; it has the fields that the step asks for."""

    addressed = forms.ModelChoiceField(label=gettext_lazy("Chuyển cho"), queryset=Agency.objects.none(), required=False)
    words = forms.CharField(
        label=gettext_lazy("Nội dung"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=NO_NAMES,
    )
    document = forms.CharField(label=gettext_lazy("Văn bản"), max_length=200, required=False)

    def __init__(self, *args: Any, move: Move, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = _("Nội dung trả lời") if move.verb == "answer" else _("Lý do, ý kiến")
        if Asks.AGENCY in move.asks:
            _offer(self, agencies)
        else:
            del self.fields["addressed"]


class SpanForm(forms.Form):
    """From which day to which issues were raised."""

    tu = forms.DateField(label=gettext_lazy("Từ ngày"), widget=forms.DateInput(attrs={"type": "date"}))
    den = forms.DateField(label=gettext_lazy("Đến hết ngày"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        """Refuse a span that ends before it begins."""
        given = super().clean() or {}
        if given.get("tu") and given.get("den") and given["den"] < given["tu"]:
            self.add_error("den", _("Ngày cuối phải từ ngày đầu trở đi."))
        return given
