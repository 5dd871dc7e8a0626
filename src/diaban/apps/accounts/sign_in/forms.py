"""The form of the one-time code."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from diaban.apps.accounts.forms import NewPasswordForm


class ActivationForm(NewPasswordForm):
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
    field_order = ("username", "code", "new", "again")
