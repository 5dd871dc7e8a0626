"""Forms of the plan pages: they parse what was typed; the acts decide whether it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from diaban.apps.agencies.models import Agency
from diaban.apps.hotspots.forms.fields import choice_field, day_field, text_field
from diaban.apps.plans.models import Indicator, Plan, Target
from diaban.core.text import sort_key

GROUPED: Final = re.compile(r"-?\d{1,3}(\.\d{3})+")
MOST_BYTES: Final = 10 * 2**20
EXTENSIONS: Final = (".txt", ".docx", ".pdf")
NO_NAMES: Final = _("Không ghi tên người hoặc thông tin cá nhân.")
GRAINS: Final = (
    ("month", _("Hằng tháng (15→14)")),
    ("quarter", _("Hằng quý")),
    ("half", _("6 tháng một lần")),
    ("year", _("Hằng năm")),
)
LEVELS: Final = (("province", _("Cấp tỉnh")), ("commune", _("Từng xã, phường, đặc khu")))


def agency_choices() -> list[tuple[str, str]]:
    """Return the agencies of the register by name."""
    rows = sorted(Agency.objects.values_list("pk", "name"), key=lambda row: sort_key(row[1]))
    return [(str(pk), name) for pk, name in rows]


class DecimalField(forms.DecimalField):
    """A number as people write it here: "1.234,5"; "1.234" is over a thousand, "82.5" is not."""

    def __init__(self, label: Any, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "num", "autocomplete": "off"})
        super().__init__(label=label, max_digits=14, decimal_places=4, widget=widget, localize=False, **options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            return f"{value.normalize():f}".replace(".", ",")
        return value

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip().replace("\u00a0", "").replace(" ", "")
        if "," in text or GROUPED.fullmatch(text):
            text = text.replace(".", "").replace(",", ".")
        return super().to_python(text)


class ReadForm(forms.Form):
    """The text of a plan: a file, or pasted."""

    file = forms.FileField(
        label=_("Tệp kế hoạch"),
        required=False,
        help_text=_("Tệp .docx, .pdf có lớp chữ, hoặc .txt; nhiều nhất 10 MB. Chỉ giữ lại phần chữ."),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(EXTENSIONS)}),
    )
    text = forms.CharField(
        label=_("Hoặc dán nội dung"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=_("Dán cả phần đầu văn bản: số, ngày, trích yếu."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file = data.get("file")
        if file is not None and (file.size or 0) > MOST_BYTES:
            self.add_error("file", _("Tệp nặng quá 10 MB: tách tệp, hoặc dán phần chữ."))
        if file is not None and not (file.name or "").lower().endswith(EXTENSIONS):
            self.add_error("file", _("Chỉ nhận tệp .docx, .pdf hoặc .txt; tệp .doc cũ thì lưu lại thành .docx."))
        if not self.errors and file is None and not (data.get("text") or "").strip():
            self.add_error("file", _("Chọn một tệp, hoặc dán nội dung vào ô bên dưới."))
        return data


class NewPlanForm(ReadForm):
    """A new plan: whose it is, then its text."""

    def __init__(self, *args: Any, units: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["unit"] = forms.ChoiceField(label=_("Kế hoạch của"), choices=list(units))
        self.order_fields(("unit", "file", "text"))


class AmendForm(ReadForm):
    """The next version: why, and its text; without a text it begins as a copy of the one in force."""

    reason = text_field(
        _("Căn cứ, lý do sửa đổi, bổ sung"), 500, lines=2, help_text=_("Ví dụ: Kế hoạch số 90/KH-UBND ngày 01/7/2026.")
    )
    field_order = ("reason", "file", "text")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "copy" in self.data:
            for name in ("file", "text"):
                self.errors.pop(name, None)
        return data


class HeadForm(forms.Form):
    """What stands at the head of a document, and what lists call the plan."""

    name = text_field(_("Tên gọi trong danh sách"), 200)
    kind = choice_field(_("Loại"), Plan.Kind.choices)
    number = text_field(_("Số, ký hiệu"), 80, required=False)
    date = day_field(_("Ngày ban hành"), required=False)
    effective = day_field(_("Ngày có hiệu lực"), required=False)
    issuer = text_field(_("Cơ quan ban hành"), 200, required=False)
    signer = text_field(_("Người ký"), 120, required=False)
    field = text_field(_("Lĩnh vực"), 120, required=False)
    title = text_field(_("Trích yếu"), 2000, lines=3, required=False)
    starts = day_field(_("Thực hiện từ ngày"), required=False)
    ends = day_field(_("đến hết ngày"), required=False)


class ClauseForm(forms.Form):
    """A clause written anew."""

    text = text_field(_("Câu của điều khoản"), 20_000, lines=6, help_text=NO_NAMES)
    mark = text_field(
        _("Dấu đầu dòng"), 20, required=False, help_text=_("Ví dụ: I.  1.  a)  -  +. Đổi dấu thì đường dẫn đổi theo.")
    )
    heading = forms.BooleanField(label=_("Là đề mục: chỉ gọi tên phần bên dưới"), required=False)
    agencies = forms.MultipleChoiceField(
        label=_("Cơ quan được nêu"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _offer(self, "agencies", agency_choices())


class AddForm(forms.Form):
    """A clause that the reader missed."""

    text = text_field(_("Câu của điều khoản"), 20_000, lines=4, help_text=NO_NAMES)
    mark = text_field(_("Dấu đầu dòng"), 20, required=False)
    heading = forms.BooleanField(label=_("Là đề mục"), required=False)


class GoalForm(forms.Form):
    """A target: which figure, how it compares, in which words of the clause."""

    indicator = choice_field(_("Chỉ số"), (), empty=_("Chưa gắn chỉ số"), required=False)
    kind = choice_field(_("So sánh"), Target.Kind.choices)
    value = DecimalField(_("Mức"), required=False)
    upper = DecimalField(_("đến mức (nếu là khoảng)"), required=False)
    measure = text_field(_("Đơn vị tính"), 40, required=False)
    against = text_field(_("So với"), 120, required=False, help_text=_("Ví dụ: năm trước."))
    by = text_field(_("Thời hạn"), 120, required=False, help_text=_("Ví dụ: hằng năm, đến năm 2025."))
    words = text_field(_("Chữ trong câu"), 4000, lines=3)
    reading = text_field(_("Theo cách đọc"), 300, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = Indicator.objects.values_list("pk", "code", "title")
        _offer(self, "indicator", [("", _("Chưa gắn chỉ số")), *_indicators(rows)])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        needs = {"floor", "floor_strict", "ceiling", "ceiling_strict", "growth_cap"}
        if data.get("kind") in needs and data.get("value") is None and "value" not in self.errors:
            self.add_error("value", _("Cách so sánh này cần một mức; nếu văn bản không nêu, chọn “Theo dõi”."))
        if data.get("upper") is not None and data.get("value") is not None and data["upper"] < data["value"]:
            self.add_error("upper", _("Đầu trên của khoảng không nhỏ hơn đầu dưới."))
        return data


def _indicators(rows: Iterable[tuple[int, str, str]]) -> list[tuple[str, str]]:
    return [(str(pk), f"{code} · {title}") for pk, code, title in sorted(rows, key=lambda row: _natural(row[1]))]


def _natural(code: str) -> tuple[str, int, str]:
    letters = code.rstrip("0123456789")
    digits = code[len(letters) :]
    return letters, int(digits or 0), code


class DutyForm(forms.Form):
    """A task: what, who leads, who helps, at which level, by when."""

    title = text_field(_("Việc phải làm"), 400, help_text=NO_NAMES)
    words = text_field(_("Chữ trong câu"), 4000, lines=3)
    lead = choice_field(_("Cơ quan chủ trì"), (), required=False)
    others = forms.MultipleChoiceField(label=_("Cơ quan phối hợp"), required=False, widget=forms.CheckboxSelectMultiple)
    level = choice_field(_("Ai thực hiện"), LEVELS)
    grain = choice_field(_("Lặp lại"), GRAINS, empty=_("Không lặp lại"), required=False)
    due = day_field(_("Hạn"), required=False)
    deadline = text_field(_("Hạn theo chữ của văn bản"), 200, required=False)
    product = text_field(_("Sản phẩm"), 300, required=False)
    also = forms.MultipleChoiceField(
        label=_("Cùng thực hiện điều khoản khác"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, clauses: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        agencies = agency_choices()
        _offer(self, "lead", [("", _("Chưa có cơ quan chủ trì")), *agencies])
        _offer(self, "others", agencies)
        _offer(self, "also", list(clauses))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("grain") and data.get("due"):
            self.add_error("due", _("Việc lặp lại không có một hạn duy nhất: bỏ hạn, hoặc bỏ lặp lại."))
        return data


def _offer(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    """Set the choices of a field; of a long list with several answers, those that are given stand first."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    if isinstance(field, forms.MultipleChoiceField):
        given = set(form.initial.get(name) or ())
        choices = sorted(choices, key=lambda one: one[0] not in given)
    field.choices = choices


class ForceForm(forms.Form):
    """From when a plan is carried out."""

    day = day_field(_("Thực hiện từ ngày"), required=False)
    reason = text_field(
        _("Ghi chú, lý do"), 500, lines=2, required=False, help_text=_("Cần khi văn bản chưa có số hoặc ngày.")
    )


class EndForm(forms.Form):
    """The end of a plan."""

    on = day_field(_("Thôi thực hiện từ ngày"))
    reason = text_field(_("Lý do, văn bản kết thúc"), 500, lines=2)


class DeclareForm(forms.Form):
    """A figure of one period."""

    period = choice_field(_("Kỳ"), ())
    numerator = DecimalField(_("Số liệu"))
    denominator = DecimalField(_("Trên tổng số"), required=False)
    document = text_field(_("Số văn bản, báo cáo"), 200)

    def __init__(self, *args: Any, indicator: Indicator, periods: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        _offer(self, "period", list(periods))
        self.fields["numerator"].help_text = indicator.numerator
        self.fields["denominator"].help_text = indicator.denominator
        if not indicator.denominator:
            del self.fields["denominator"]
