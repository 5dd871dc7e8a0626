"""The password form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diaban.apps.accounts.models import User


def password_field(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    """Return a field that does not show what is typed."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=128, widget=widget, help_text=help_text)


class NewPasswordForm(forms.Form):
    """A new password, twice. `user`: whose it becomes, where that is known."""

    user: User | None = None
    new = password_field(
        gettext_lazy("Mật khẩu mới"), "new-password", gettext_lazy("Ít nhất 10 ký tự, không dùng mật khẩu dễ đoán.")
    )
    again = password_field(gettext_lazy("Nhập lại mật khẩu mới"), "new-password")

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        validate_password(new, self.user)
        return new

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("new") and given.get("again") and given["new"] != given["again"]:
            self.add_error("again", _("Hai lần nhập mật khẩu mới không giống nhau."))
        return given


class PasswordForm(NewPasswordForm):
    """The present password, and the new one twice."""

    old = password_field(gettext_lazy("Mật khẩu đang dùng"), "current-password")
    field_order = ("old", "new", "again")
    user: User

    def __init__(self, *args: Any, user: User, early: bool = False, **kwargs: Any) -> None:
        """`early`: the last wrong tries ask for a wait, so that even the right one is not taken now."""
        super().__init__(*args, **kwargs)
        self.user, self.early = user, early

    def clean_old(self) -> str:
        old: str = self.cleaned_data["old"]
        if not self.user.check_password(old) or self.early:
            raise forms.ValidationError(_("Mật khẩu đang dùng không đúng."))
        return old
