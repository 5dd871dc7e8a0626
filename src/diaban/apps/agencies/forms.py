"""Forms of agencies, posts, holders and charges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diaban.apps.agencies.actions.agencies import MARK, Written
from diaban.apps.agencies.actions.problems import NotDone
from diaban.apps.agencies.models import Agency, Post
from diaban.apps.places.queries import Place

DOCUMENT = gettext_lazy("Số và ngày của quyết định, thông báo phân công.")


def day_field(label: Any, help_text: Any = "", *, required: bool = True) -> forms.DateField:
    """Return a field for a day."""
    return forms.DateField(
        label=label, help_text=help_text, required=required, widget=forms.DateInput(attrs={"type": "date"})
    )


def refuse(form: forms.Form, refused: NotDone) -> None:
    """Put every reason at its field, or above the form when it has none."""
    for name, sentence in refused.problems:
        form.add_error(name if name in form.fields else None, sentence.render(_))


class AgencyForm(forms.Form):
    """How an agency is written."""

    name = forms.CharField(label=gettext_lazy("Tên cơ quan"), max_length=160)
    short = forms.CharField(label=gettext_lazy("Tên viết tắt"), max_length=60, required=False)
    level = forms.ChoiceField(label=gettext_lazy("Cấp"), choices=Agency.Level.choices)
    line = forms.ChoiceField(label=gettext_lazy("Hệ"), choices=Agency.Line.choices)
    others = forms.CharField(
        label=gettext_lazy("Cách viết khác"),
        max_length=1200,
        required=False,
        help_text=gettext_lazy("Cách nhau bằng dấu chấm phẩy; dùng khi tìm và khi đọc kế hoạch."),
    )
    valid_from = day_field(gettext_lazy("Lập từ ngày"), required=False)
    reference = forms.CharField(label=gettext_lazy("Căn cứ"), max_length=200, required=False)

    def written(self) -> Written:
        """Return the agency as typed."""
        given = self.cleaned_data
        others = tuple(part.strip() for part in given["others"].split(";") if part.strip())
        names = {name: given[name] for name in ("name", "level", "line", "short", "valid_from", "reference")}
        return Written(**names, others=others)

    @staticmethod
    def initial_of(agency: Agency) -> dict[str, Any]:
        """Return what the form begins with for an agency that is there."""
        values = {name: getattr(agency, name) for name in ("name", "short", "level", "line", "valid_from", "reference")}
        return values | {"others": "; ".join(part for part in agency.search.split(MARK) if part)}


class EndAgencyForm(forms.Form):
    """From when an agency is no more, and who follows it."""

    on = day_field(gettext_lazy("Không còn từ ngày"))
    successor = forms.ModelChoiceField(
        label=gettext_lazy("Cơ quan kế thừa"), queryset=Agency.objects.none(), required=False
    )
    reference = forms.CharField(label=gettext_lazy("Căn cứ"), max_length=200)

    def __init__(self, *args: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["successor"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = agencies


class PostForm(forms.Form):
    """A post: where, how it is called, whether it heads."""

    unit = forms.ChoiceField(label=gettext_lazy("Xã"))
    title = forms.CharField(
        label=gettext_lazy("Chức danh"),
        max_length=160,
        help_text=gettext_lazy("Ví dụ: Phó Chủ tịch UBND phường. Không ghi tên người; người giữ được giao sau."),
    )
    heads = forms.BooleanField(
        label=gettext_lazy("Đứng đầu cơ quan"),
        required=False,
        help_text=gettext_lazy("Việc trễ hạn của cơ quan được nhắc tới chức danh này."),
    )

    def __init__(self, *args: Any, communes: Sequence[Place] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if communes is None:
            del self.fields["unit"]
            return
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *((place.uid, place.name) for place in communes)]


class HolderForm(forms.Form):
    """Who holds a post from when."""

    user = forms.ChoiceField(label=gettext_lazy("Người giữ"))
    on = day_field(gettext_lazy("Từ ngày"))
    document = forms.CharField(
        label=gettext_lazy("Văn bản phân công"), max_length=200, required=False, help_text=DOCUMENT
    )

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["user"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *people]

    def add_error(self, field: str | None, error: Any) -> None:
        """Put what the register calls `start` at the field that people typed."""
        super().add_error("on" if field == "start" else field, error)


class EndForm(forms.Form):
    """From when something no longer holds, by which document."""

    on = day_field(gettext_lazy("Không còn từ ngày"))
    document = forms.CharField(label=gettext_lazy("Văn bản"), max_length=200, required=False, help_text=DOCUMENT)


class TargetForm(forms.Form):
    """To which post, from when, by which document."""

    target = forms.ModelChoiceField(label=gettext_lazy("Chức danh nhận"), queryset=Post.objects.none())
    on = day_field(gettext_lazy("Từ ngày"))
    document = forms.CharField(label=gettext_lazy("Văn bản phân công"), max_length=200, help_text=DOCUMENT)

    def __init__(self, *args: Any, posts: Any, names: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["target"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = posts
        field.label_from_instance = lambda obj: named(obj, names)  # type: ignore[method-assign]

    def add_error(self, field: str | None, error: Any) -> None:
        """Put what the register calls `start` or `post` at the field that people filled."""
        super().add_error({"start": "on", "post": "target"}.get(field or "", field), error)


def named(post: Post, names: dict[int, str]) -> str:
    """Return a post with its agency and, in an agency of the communes, the commune."""
    where = names.get(post.unit_id or 0, "")
    return f"{post.title} – {post.agency.name}{f' ({where})' if where else ''}"


class AssignForm(TargetForm):
    """Who answers for chosen communes: the head of an agency in each of them, or one post."""

    agency = forms.ModelChoiceField(
        label=gettext_lazy("Giao cho chức danh đứng đầu, ở từng xã, của"),
        queryset=Agency.objects.none(),
        required=False,
        help_text=gettext_lazy("Mỗi xã được giao cho chức danh đứng đầu của cơ quan này ở chính xã đó."),
    )
    title = forms.CharField(
        label=gettext_lazy("Tên chức danh đứng đầu, nếu xã chưa có"),
        max_length=160,
        required=False,
        help_text=gettext_lazy("Ví dụ: Trưởng Công an xã. Chức danh được lập ở những xã chưa có."),
    )
    field_order = ("agency", "title", "target", "on", "document")

    def __init__(self, *args: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["agency"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = agencies
        self.fields["target"].required = False
        self.fields["target"].label = _("Hoặc giao tất cả cho một chức danh")
        self.fields["document"].required = False

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two ways, and not both."""
        given = super().clean() or {}
        if bool(given.get("agency")) == bool(given.get("target")) and not self.errors:
            self.add_error("agency", _("Chọn một trong hai: cơ quan cấp xã, hoặc một chức danh."))
        return given
