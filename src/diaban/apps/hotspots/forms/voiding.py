"""The form that declares a record a mistake, or takes that back."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from diaban.apps.hotspots.forms.fields import day_field, text_field
from diaban.apps.hotspots.models import NO_PERSONAL_DATA


class VoidForm(forms.Form):
    """The dated adjustment: why, by which document, who decided."""

    on = day_field(_("Ngày điều chỉnh"))
    reason = text_field(_("Lý do"), 2000, lines=3, help_text=NO_PERSONAL_DATA)
    document = text_field(_("Số văn bản"), 200)
    decider = text_field(_("Người quyết định (chức vụ, cơ quan)"), 200)
