"""The forms of the inbox."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class MailForm(forms.Form):
    """The address to which one e-mail a day may go."""

    address = forms.EmailField(
        label=gettext_lazy("Địa chỉ thư công vụ"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_address(self) -> str:
        """Return the address when e-mail may go to its domain."""
        address: str = self.cleaned_data["address"]
        allowed = settings.MAIL_DOMAINS
        if allowed and address.rpartition("@")[2].lower() not in allowed:
            raise forms.ValidationError(
                _("Thư chỉ gửi tới địa chỉ thuộc: {domains}.").format(domains=", ".join(allowed))
            )
        return address
