"""The form of the one-time code."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diaban.apps.accounts.forms import password_field


class ActivationForm(forms.Form):
    """User name, code, and the new password twice. The password is judged first, whoever asks."""

    username = forms.CharField(
        label=gettext_lazy("Tên đăng nhập"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=gettext_lazy("Mã dùng một lần"),
        max_length=40,
        help_text=gettext_lazy("16 chữ cái do người quản trị của đơn vị giao, có hoặc không có dấu gạch."),
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    new = password_field(
        gettext_lazy("Mật khẩu mới"), "new-password", gettext_lazy("Ít nhất 10 ký tự, không dùng mật khẩu dễ đoán.")
    )
    again = password_field(gettext_lazy("Nhập lại mật khẩu mới"), "new-password")

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        validate_password(new)
        return new

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("new") and given.get("again") and given["new"] != given["again"]:
            self.add_error("again", _("Hai lần nhập mật khẩu mới không giống nhau."))
        return given
