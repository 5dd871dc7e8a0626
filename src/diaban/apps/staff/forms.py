"""Forms of people and posts. Days are typed as the last day that counts; the rows keep the first that does not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diaban.apps.accounts.models import Assignment, User
from diaban.apps.places import queries as places
from diaban.apps.places.models import Unit
from diaban.apps.staff.actions import NotGiven, Post
from diaban.apps.staff.actions.lending import NOT_TO_THIS_ACCOUNT
from diaban.core.policy import ROLES, Line

DAY = timedelta(days=1)


def _day(label: Any, help_text: Any = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, help_text=help_text, required=required, widget=forms.DateInput(attrs={"type": "date"})
    )


def refuse(form: forms.Form, refused: NotGiven) -> None:
    """Put every reason at its field, or above the form when it has none."""
    for field, sentence in refused.problems:
        form.add_error(field if field in form.fields else None, sentence.render(_))


class Units(forms.ChoiceField):
    """A choice among the units that one looks after; empty means the whole area, where that is allowed."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label=label, required=False, **kwargs)

    def offer(self, choices: Sequence[places.Place], *, whole: bool) -> None:
        """Set what is offered."""
        empty = [("", str(gettext_lazy("Toàn địa bàn")))] if whole else [("", "—")]
        self.choices = empty + [(place.uid, place.name) for place in choices]


class PostForm(forms.Form):
    """A role, at a unit, for a span of days."""

    role = forms.ChoiceField(label=gettext_lazy("Vai trò"))
    unit = Units(gettext_lazy("Tại đơn vị"))
    line = forms.ChoiceField(
        label=gettext_lazy("Hệ"),
        required=False,
        choices=[("", "—"), *((one.value, gettext_lazy(one.words)) for one in Line)],
        help_text=gettext_lazy("Chỉ cần chọn khi vai trò có ở nhiều hệ."),
    )
    start = _day(gettext_lazy("Từ ngày"))
    last = _day(gettext_lazy("Đến hết ngày"), gettext_lazy("Để trống nếu chưa biết."), required=False)
    document = forms.CharField(
        label=gettext_lazy("Văn bản phân công"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Số và ngày của quyết định, nếu có."),
    )

    def __init__(
        self, *args: Any, offered: Sequence[str], units: Sequence[places.Place], whole: bool, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        role, unit = self.fields["role"], self.fields["unit"]
        assert isinstance(role, forms.ChoiceField)
        assert isinstance(unit, Units)
        role.choices = [(code, _(ROLES[code].title)) for code in offered]
        unit.offer(units, whole=whole)
        unit.required = not whole  # who looks after one unit gives roles there only

    def add_error(self, field: str | None, error: Any) -> None:
        """Put what the register calls `end` at the field that people typed."""
        super().add_error("last" if field == "end" else field, error)

    def post(self) -> Post:
        """Return the post that was typed."""
        given = self.cleaned_data
        return Post(
            role=given["role"],
            unit=places.unit_by_uid(given["unit"]) if given["unit"] else None,
            start=given["start"],
            end=given["last"] + DAY if given["last"] else None,
            line=given["line"],
            document=given["document"],
        )


class OfficerForm(PostForm):
    """A new officer with the first post."""

    username = forms.CharField(
        label=gettext_lazy("Tên đăng nhập"),
        max_length=60,
        help_text=gettext_lazy("Chữ thường không dấu, ví dụ nguyen.van.a; không đổi được về sau."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    full_name = forms.CharField(label=gettext_lazy("Họ và tên"), max_length=120)
    title = forms.CharField(label=gettext_lazy("Chức danh"), max_length=120, required=False)
    field_order = ("username", "full_name", "title", "role", "unit", "line", "start", "last", "document")


class DescribeForm(forms.Form):
    """Name, title and unit of an officer."""

    full_name = forms.CharField(label=gettext_lazy("Họ và tên"), max_length=120)
    title = forms.CharField(label=gettext_lazy("Chức danh"), max_length=120, required=False)
    unit = Units(gettext_lazy("Đơn vị công tác"))

    def __init__(self, *args: Any, units: Sequence[places.Place], whole: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        assert isinstance(unit, Units)
        unit.offer(units, whole=whole)

    def place(self) -> Unit | None:
        """Return the unit that was chosen."""
        uid = self.cleaned_data["unit"]
        return places.unit_by_uid(uid) if uid else None


class EndForm(forms.Form):
    """From when a post no longer holds, and why."""

    on = _day(gettext_lazy("Không còn giữ từ ngày"))
    reason = forms.CharField(label=gettext_lazy("Lý do"), max_length=300)


class HandOverForm(forms.Form):
    """Who takes over everything, from when, on what paper."""

    successor = forms.CharField(
        label=gettext_lazy("Tên đăng nhập của người nhận"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "list": "nguoi"}),
    )
    on = _day(gettext_lazy("Bàn giao từ ngày"))
    document = forms.CharField(label=gettext_lazy("Văn bản phân công"), required=False, max_length=200)
    reason = forms.CharField(label=gettext_lazy("Lý do"), max_length=300)


class LendForm(forms.Form):
    """Which post of one's own is lent to whom, for which days."""

    assignment = forms.ChoiceField(label=gettext_lazy("Vai trò của tôi"))
    receiver = forms.CharField(
        label=gettext_lazy("Tên đăng nhập của người nhận"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    start = _day(gettext_lazy("Từ ngày"))
    last = _day(gettext_lazy("Đến hết ngày"))
    reason = forms.CharField(label=gettext_lazy("Lý do"), max_length=300)

    def __init__(self, *args: Any, own: Sequence[tuple[Assignment, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = {str(row.pk): row for row, _words in own}
        field = self.fields["assignment"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(row.pk), words) for row, words in own]

    def add_error(self, field: str | None, error: Any) -> None:
        """Put what the register calls `end` at the field that people typed."""
        super().add_error("last" if field == "end" else field, error)

    def clean_receiver(self) -> User:
        """Return the account of that name. One name is asked for whole: the form lists nobody."""
        user = User.objects.filter(username=self.cleaned_data["receiver"].strip(), is_active=True).first()
        if user is None:
            raise forms.ValidationError(_(NOT_TO_THIS_ACCOUNT))
        return user

    def span(self) -> tuple[date, date]:
        """Return the half-open span of days."""
        return self.cleaned_data["start"], self.cleaned_data["last"] + DAY
