"""What is typed to submit, return and issue a dossier, and to set the letterhead."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diaban.apps.reports.models import Letterhead
from diaban.core.dossier import Letterhead as CoreLetterhead

DAY_INPUTS = ["%d/%m/%Y", "%Y-%m-%d"]
FIELDS = tuple(CoreLetterhead.__dataclass_fields__)


def day_field(label: Any, help_text: Any = "", required: bool = False) -> forms.DateField:
    """Return a field for a day written dd/mm/yyyy."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        input_formats=DAY_INPUTS,
        widget=forms.DateInput(format="%d/%m/%Y", attrs={"inputmode": "numeric", "placeholder": "dd/mm/yyyy"}),
        error_messages={"invalid": _("Nhập ngày dạng dd/mm/yyyy.")},
    )


class SubmitForm(forms.Form):
    """What the submitter says with a draft, and why a dossier is to be issued again."""

    note = forms.CharField(
        label=_("Lời trình"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Điều người duyệt cần biết. Không ghi tên người hay thông tin cá nhân."),
    )
    reason = forms.CharField(
        label=_("Lý do phát hành lại"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Không ghi tên người hay thông tin cá nhân."),
    )

    def __init__(self, *args: Any, again: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not again:
            del self.fields["reason"]


class ReturnForm(forms.Form):
    """Why a submission is returned."""

    remark = forms.CharField(
        label=_("Ý kiến trả lại"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Người trình cần sửa hoặc làm rõ điều gì. Không ghi tên người hay thông tin cá nhân."),
    )


class IssueForm(forms.Form):
    """Number and day from the document register."""

    number = forms.IntegerField(
        label=_("Số văn bản"),
        min_value=1,
        max_value=99_999,
        required=False,
        help_text=_("Chưa lấy số thì để trống: văn bản chừa chỗ để ghi."),
    )
    issued_on = day_field(_("Ngày văn bản"), _("Chưa ký thì để trống."))


class LetterheadForm(forms.ModelForm):  # type: ignore[type-arg]
    """The letterhead from a day on."""

    effective_from = day_field(_("Áp dụng từ ngày"), required=True)

    class Meta:
        model = Letterhead
        fields = ("effective_from", *FIELDS)
        widgets = {
            "issuer": forms.Textarea(attrs={"rows": 2}),
            "recipients": forms.Textarea(attrs={"rows": 5}),
        }
        help_texts = {
            "issuer": _("Xuống dòng ở chỗ muốn ngắt tên trên văn bản."),
            "recipients": _("Mỗi nơi một dòng, không ghi dòng “Lưu”."),
            "symbol": _("Ví dụ CAT: số văn bản thành “05/BC-CAT”."),
            "authority": _("Ví dụ TM. ỦY BAN NHÂN DÂN, KT. GIÁM ĐỐC; để trống nếu ký trực tiếp."),
        }
