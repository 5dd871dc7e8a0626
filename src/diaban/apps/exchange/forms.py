"""What a person enters to import a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diaban.adapters.workbooks import MAX_FILE_BYTES
from diaban.apps.exchange.models import Batch
from diaban.apps.exchange.registry import Sheet

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
