"""The forms of second factors and of proving oneself anew."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from diaban.apps.accounts.keys.actions import KEY_NAME_LENGTH
from diaban.apps.accounts.keys.answers import read


class CodeForm(forms.Form):
    """The code that an app shows now."""

    code = forms.CharField(
        label=gettext_lazy("Mã 6 số đang hiện trong ứng dụng"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class KeyForm(forms.Form):
    """A new key: what to call it, and whether it opens the door without the password."""

    name = forms.CharField(
        label=gettext_lazy("Tên để nhận ra khóa"),
        max_length=KEY_NAME_LENGTH,
        help_text=gettext_lazy("Ví dụ: khóa USB màu đen, điện thoại công vụ."),
    )
    passwordless = forms.BooleanField(
        label=gettext_lazy("Dùng khóa này để đăng nhập không cần mật khẩu"),
        required=False,
        help_text=gettext_lazy("Khóa sẽ hỏi vân tay, khuôn mặt hoặc mã PIN của chính nó."),
    )
    credential = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_credential(self) -> dict[str, Any]:
        return read(self.cleaned_data["credential"])
