"""Forms of the pages of tasks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diaban.apps.agencies.models import Agency, Post
from diaban.apps.hotspots.forms.fields import HotspotCodeField, choice_field, day_field, text_field
from diaban.apps.hotspots.queries import UnitIds
from diaban.apps.places.models import Unit
from diaban.apps.places.queries import Place
from diaban.apps.programme.models import Evidence, Task
from diaban.catalogue.periods_loader import regimes
from diaban.core.text import sort_key

NO_NAMES: Final = _("Không ghi tên người; ghi chức danh hoặc cơ quan.")
GRAINS: Final = (
    ("", _("một lần, theo ngày hạn")),
    ("month", _("hằng tháng")),
    ("quarter", _("hằng quý")),
    ("half", _("6 tháng một lần")),
    ("year", _("hằng năm")),
)


class MoneyField(forms.IntegerField):
    """Đồng; dots and spaces between the thousands are taken away."""

    def __init__(self, label: Any, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "num", "autocomplete": "off"})
        super().__init__(label=label, required=False, min_value=0, max_value=10**15, widget=widget, **options)

    def to_python(self, value: Any) -> Any:
        text = "".join(value.replace(".", "").split()) if isinstance(value, str) else value
        return super().to_python(text)


class AgencyField(forms.ModelChoiceField[Agency]):
    """An agency in force, by level and name."""

    def __init__(self, label: Any, offered: Sequence[Agency], **options: Any) -> None:
        super().__init__(
            queryset=Agency.objects.filter(pk__in=[one.pk for one in offered]), label=label, to_field_name="code",
            empty_label=_("Chọn cơ quan"), **options,
        )  # fmt: skip
        self.choices = [("", _("Chọn cơ quan")), *grouped_agencies(offered)]


class AgenciesField(forms.ModelMultipleChoiceField[Agency]):
    """Several agencies in force."""

    def __init__(self, label: Any, offered: Sequence[Agency], **options: Any) -> None:
        super().__init__(
            queryset=Agency.objects.filter(pk__in=[one.pk for one in offered]), label=label, to_field_name="code",
            required=False, widget=forms.SelectMultiple(attrs={"size": 6}), **options,
        )  # fmt: skip
        self.choices = grouped_agencies(offered)


class UnitsField(forms.MultipleChoiceField):
    """Several communes, each with a box; cleaned to units in the order offered."""

    def __init__(self, label: Any, communes: Iterable[Place], **options: Any) -> None:
        self.offered = [(place.uid, place.name) for place in communes]
        super().__init__(label=label, choices=self.offered, widget=forms.CheckboxSelectMultiple, **options)

    def clean(self, value: Any) -> list[Unit]:
        wanted = set(super().clean(value))
        order = [uid for uid, _name in self.offered if uid in wanted]
        found = {unit.uid: unit for unit in Unit.objects.filter(uid__in=order)}
        return [found[uid] for uid in order]


def grouped_agencies(offered: Sequence[Agency]) -> list[tuple[Any, list[tuple[str, str]]]]:
    """Return the agencies as choices, in groups by level."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in sorted(offered, key=lambda one: sort_key(one.name)):
        groups.setdefault(one.level, []).append((one.code, one.name))
    return [(label, groups[level]) for level, label in Agency.Level.choices if level in groups]


class StepForm(forms.Form):
    """What one step asks: the fields depend on the verb."""

    def __init__(self, *args: Any, verb: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if verb in ("send_back", "drop", "reopen"):
            self.fields["reason"] = text_field(_("Lý do"), 1000, lines=3, help_text=NO_NAMES)
            return
        if verb == "progress":
            self.fields["percent"] = forms.IntegerField(
                label=_("Đã làm được bao nhiêu phần trăm"), required=False, min_value=0, max_value=100,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num", "autocomplete": "off"}),
            )  # fmt: skip
        label = _("Ý kiến") if verb == "confirm" else _("Kết quả, việc đã làm")
        self.fields["words"] = text_field(label, 2000, lines=4, required=False, help_text=NO_NAMES)
        if verb in ("progress", "report"):
            self.fields["spent"] = MoneyField(_("Kinh phí chi thêm từ lần ghi trước (đồng)"))
            self.fields["document"] = text_field(_("Văn bản kèm theo (số, ký hiệu)"), 200, required=False)


class EvidenceForm(forms.Form):
    """One piece of evidence; which fields count depends on its kind."""

    kind = forms.ChoiceField(label=_("Loại minh chứng"), choices=Evidence.Kind.choices, initial="document")
    words = text_field(_("Minh chứng này cho thấy điều gì"), 400, help_text=NO_NAMES)
    document = text_field(_("Văn bản: số, ký hiệu"), 200, required=False)
    document_on = day_field(_("Văn bản: ngày"), required=False)
    file = forms.FileField(
        label=_("Tệp"), required=False, max_length=200,
        help_text=_(
            "PDF, Word .docx, Excel .xlsx, ảnh JPEG, PNG, văn bản .txt, .csv; đến 10 MB. Vị trí chụp trong ảnh được "
            "bỏ. Tệp PDF, Word giữ nguyên, kể cả tên người soạn ghi trong tệp."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.docx,.xlsx,.jpg,.jpeg,.png,.txt,.csv"}),
    )  # fmt: skip
    amount = forms.DecimalField(
        label=_("Số liệu: con số"), required=False, max_digits=16, decimal_places=4, localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "num", "autocomplete": "off"}),
    )  # fmt: skip
    measure = text_field(_("Số liệu: đơn vị tính"), 40, required=False)

    def __init__(self, *args: Any, spots: UnitIds = frozenset(), shows_spots: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if shows_spots:
            self.fields["hotspot"] = HotspotCodeField(_("Điểm, tụ điểm: mã trong sổ"), spots, required=False)
        else:
            kinds = [one for one in Evidence.Kind.choices if one[0] != Evidence.Kind.HOTSPOT]
            self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """A reason alone."""

    reason = text_field(_("Lý do"), 300, lines=3, help_text=NO_NAMES)


class ExtensionForm(forms.Form):
    """More time asked for."""

    until = day_field(_("Xin làm đến hết ngày"))
    reason = text_field(_("Lý do"), 500, lines=3, help_text=NO_NAMES)


class DecideForm(forms.Form):
    """What is decided about more time."""

    grant = forms.ChoiceField(
        label=_("Quyết định"), choices=[("yes", _("Đồng ý")), ("no", _("Không đồng ý"))], widget=forms.RadioSelect
    )
    until = day_field(
        _("Gia hạn đến hết ngày"), required=False, help_text=_("Có thể ngắn hơn ngày được xin; khi đó ghi lý do.")
    )
    reason = text_field(_("Lý do"), 500, lines=3, required=False, help_text=NO_NAMES)


class PostForm(forms.Form):
    """Which post answers for a task."""

    def __init__(self, *args: Any, posts: Sequence[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["post"] = forms.ModelChoiceField(
            queryset=Post.objects.filter(pk__in=[one.pk for one in posts]).order_by("title"),
            label=_("Chức danh chịu trách nhiệm"), required=False, empty_label=_("chưa có chức danh"),
        )  # fmt: skip


class CascadeForm(forms.Form):
    """The communes' part of a task."""

    def __init__(self, *args: Any, communes: Sequence[Place], agencies: Sequence[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"] = AgencyField(_("Cơ quan cấp xã thực hiện"), agencies)
        self.fields["words"] = text_field(
            _("Hướng dẫn thực hiện"), 4000, lines=5, required=False, help_text=_("Làm gì, làm thế nào, báo cáo ra sao.")
        )
        self.fields["due"] = day_field(_("Hạn của cấp xã"), required=False)
        self.fields["units"] = UnitsField(_("Đơn vị thực hiện"), communes)


class TaskForm(forms.Form):
    """A piece of work: what, by whom, by when or how often, with which product and money."""

    title = text_field(_("Việc phải làm"), 400, lines=2, help_text=NO_NAMES)
    words = text_field(_("Hướng dẫn thực hiện"), 4000, lines=4, required=False)
    product = text_field(
        _("Sản phẩm phải có"), 300, required=False,
        help_text=_("Có ghi thì báo cáo hoàn thành phải kèm minh chứng. Ví dụ: báo cáo, danh sách, kế hoạch."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, agencies: Sequence[Agency], communes: Sequence[Place] = (), recurring: bool | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        """`recurring` None: a new task, which may be either; otherwise a task that is (not) and stays so."""
        super().__init__(*args, **kwargs)
        self.fields["kind"] = choice_field(_("Loại"), Task.Kind.choices)
        self.fields["lead"] = AgencyField(_("Cơ quan chủ trì"), agencies)
        self.fields["others"] = AgenciesField(
            _("Cơ quan phối hợp"), agencies, help_text=_("Giữ Ctrl để chọn nhiều cơ quan.")
        )
        if recurring is None:
            self.fields["units"] = UnitsField(
                _("Xã, phường, đặc khu thực hiện"), communes, required=False,
                help_text=_("Không chọn: nhiệm vụ của cấp tỉnh. Chọn nhiều: mỗi đơn vị một nhiệm vụ giống nhau."),
            )  # fmt: skip
            self.fields["starts"] = day_field(_("Giao từ ngày"))
            self.fields["grain"] = choice_field(_("Lặp lại"), GRAINS, required=False)
            names = [(code, gettext(one.name)) for code, one in regimes().items()]
            self.fields["regime"] = choice_field(_("Kỳ tính theo"), names, required=False)
        if not recurring:
            self.fields["due"] = day_field(_("Hạn (việc một lần)"), required=False)
        if recurring is not False:
            self.fields["grace_days"] = forms.IntegerField(
                label=_("Số ngày sau khi hết kỳ (việc lặp lại)"), required=False, min_value=0, max_value=366,
                help_text=_("Mỗi lần đến hạn sau ngày cuối kỳ bấy nhiêu ngày."),
            )  # fmt: skip
            self.fields["ends"] = day_field(_("Thôi lặp lại sau ngày"), required=False)
        self.fields["budget"] = MoneyField(_("Kinh phí giao (đồng)"))

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if "grain" in self.fields and not found.get("grain"):
            found["regime"] = ""
        if "grace_days" in self.fields:
            found["grace_days"] = found.get("grace_days") or 0
        return found
