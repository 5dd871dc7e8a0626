"""What a person enters to import a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diaban.adapters.workbooks import MAX_FILE_BYTES
from diaban.adapters.workbooks.protection import SHORTEST
from diaban.apps.access import Purpose
from diaban.apps.exchange.models import Batch
from diaban.apps.exchange.registry import Sheet

REASON: Final = "ly_do"
_EXTENSIONS = (".xlsx", ".csv", ".txt", ".xlsm", ".xls", ".ods")  # the last three are refused with a better sentence


class UploadForm(forms.Form):
    """One file. The sheet's own options stand before it."""

    file = forms.FileField(
        label=gettext_lazy("Tệp bảng tính"),
        help_text=gettext_lazy("Tệp .xlsx theo mẫu, hoặc .csv (UTF-8)."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_FILE_BYTES:
            raise forms.ValidationError(
                _("Tệp nặng {n} MB, quá giới hạn {limit} MB. Tách thành nhiều tệp.").format(
                    n=-(-(file.size or 0) // 2**20), limit=MAX_FILE_BYTES // 2**20
                )
            )
        if not (file.name or "").lower().endswith(_EXTENSIONS):
            raise forms.ValidationError(_("Chỉ nhận tệp .xlsx hoặc .csv."))
        return file

    def options(self) -> dict[str, str]:
        """Return the sheet's options as text."""
        return {name: str(value) for name, value in self.cleaned_data.items() if name != "file"}


def upload_form(sheet: Sheet, *args: Any) -> UploadForm:
    """Return the form of one sheet: its options, then the file."""
    form = UploadForm(*args)
    if sheet.options_form is not None:
        form.fields = {**sheet.options_form().fields, **form.fields}
    return form


class ModeForm(forms.Form):
    """How to write a batch."""

    mode = forms.ChoiceField(label=gettext_lazy("Cách ghi"), choices=Batch.Mode.choices, widget=forms.RadioSelect)

    def __init__(self, batch: Batch, *args: Any) -> None:
        super().__init__(*args)
        field = self.fields["mode"]
        assert isinstance(field, forms.ChoiceField)
        if batch.error_rows:
            field.choices = [(Batch.Mode.VALID.value, Batch.Mode.VALID.label)]
        field.initial = Batch.Mode.VALID if batch.error_rows else Batch.Mode.ALL


class ReasonForm(forms.Form):
    """Why a file is taken out: one of the purposes for which the person may look at the rows, and a reason in words."""

    muc_dich = forms.ChoiceField(label=gettext_lazy("Mục đích"))
    ly_do = forms.CharField(
        label=gettext_lazy("Lý do"),
        min_length=5,
        max_length=200,
        help_text=gettext_lazy("Ví dụ: Đối chiếu số liệu tháng 11 với các xã. Ghi vào tệp và nhật ký."),
    )

    def __init__(self, data: QueryDict | None, *, purposes: Sequence[Purpose]) -> None:
        filled = data.copy() if data is not None else None
        if filled is not None and purposes and not filled.get("muc_dich"):
            filled["muc_dich"] = purposes[0].value
        super().__init__(filled)
        offered = [(one.value, _(one.words)) for one in purposes]
        cast(forms.ChoiceField, self.fields["muc_dich"]).choices = offered

    def clean_ly_do(self) -> str:
        """Return the reason on one line."""
        return " ".join(str(self.cleaned_data[REASON]).split())


class LockForm(forms.Form):
    """The password of a workbook that holds data of persons. It is kept nowhere."""

    password = forms.CharField(
        label=gettext_lazy("Mật khẩu của tệp"),
        min_length=SHORTEST,
        max_length=128,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("Chép lại trước khi tải: phần mềm không giữ mật khẩu, quên là không mở được tệp."),
    )
