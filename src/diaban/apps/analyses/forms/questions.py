"""Forms of the five questions: few choices, each with what usually stands; the rest is folded away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diaban.apps.analyses.forms.asking import LEAST_METRES, MOST_KM, AskForm, number_field, whole_field
from diaban.apps.analyses.models import Counted, Question
from diaban.apps.hotspots.forms.fields import HotspotCodeField, choice_field, day_field, text_field
from diaban.apps.hotspots.models import Hotspot
from diaban.apps.places.queries import Place

LEAST_BETWEEN_COMMUNES: Final = 10_000.0  # metres: neighbours' middles lie about so far apart


class ScanForm(AskForm):
    """What is emerging, and where."""

    question = Question.SCAN
    advanced = ("counted", "max_radius", "max_duration", "step", "replicates", "secondary", "kinds", "seed")
    field_order = ("unit", "time", "first", "last", "sources", *advanced)

    time = choice_field(
        gettext_lazy("Tìm gì"),
        [
            ("now", gettext_lazy("Cụm đang diễn ra đến ngày cuối")),
            ("any", gettext_lazy("Mọi cụm trong kỳ, đã qua hay đang diễn ra")),
        ],
        widget=forms.RadioSelect,
        initial="now",
    )
    counted = choice_field(
        gettext_lazy("Tính theo"),
        [
            (Counted.POINTS, gettext_lazy("Tọa độ từng vụ, so với chính nhịp thường lệ của nơi đó")),
            (Counted.COMMUNES, gettext_lazy("Số vụ từng xã, so với dân số")),
        ],
        initial=Counted.POINTS,
    )
    max_radius = number_field(gettext_lazy("Bán kính lớn nhất (km)"), 0.05, MOST_KM, initial=5)
    max_duration = whole_field(gettext_lazy("Dài nhất (số bước)"), 1, 520, initial=8)
    step = choice_field(
        gettext_lazy("Bước thời gian"),
        [("day", gettext_lazy("Ngày")), ("week", gettext_lazy("Tuần")), ("month", gettext_lazy("Tháng"))],
        initial="week",
    )
    replicates = whole_field(gettext_lazy("Số lần xáo trộn"), 99, 99_999, initial=999)
    secondary = whole_field(gettext_lazy("Số cụm kể thêm"), 0, 20, initial=5)

    def chosen(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the scan's settings."""
        areas = data["counted"] == Counted.COMMUNES
        return {
            "question": "scan",
            "model": "poisson" if areas else "permutation",
            "prospective": data["time"] == "now",
            "max_radius": None if areas else data["max_radius"] * 1000,
            "max_duration": data["max_duration"],
            "step": data["step"],
            "replicates": data["replicates"],
            "secondary": data["secondary"],
        }


class HeatForm(AskForm):
    """Where it is hotter than around."""

    question = Question.HEAT
    advanced = ("counted", "distance", "permutations", "kinds", "seed")
    field_order = ("unit", "manner", "first", "last", "sources", *advanced)

    manner = choice_field(
        gettext_lazy("Tìm gì"),
        [
            ("now", gettext_lazy("Nơi nóng, nơi lạnh trong cả kỳ")),
            ("trend", gettext_lazy("Nóng lên, nguội đi qua từng tháng (17 nhóm)")),
        ],
        widget=forms.RadioSelect,
        initial="now",
    )
    counted = choice_field(
        gettext_lazy("Đếm theo"),
        [(Counted.POINTS, gettext_lazy("Ô vuông")), (Counted.COMMUNES, gettext_lazy("Xã, phường, đặc khu"))],
        initial=Counted.POINTS,
    )
    distance = number_field(gettext_lazy("Lân cận trong vòng (km)"), 0.05, MOST_KM, required=False)
    permutations = whole_field(gettext_lazy("Số lần xáo trộn"), 99, 99_999, initial=9_999)

    def chosen(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings of Gi* or of the emerging hot spots."""
        distance = data["distance"] * 1000 if data["distance"] else None
        if data["manner"] == "trend":
            return {"question": "emerging", "distance": distance}
        return {"question": "gi", "distance": distance, "permutations": data["permutations"]}


class KnoxForm(AskForm):
    """Whether an event draws others near it."""

    question = Question.KNOX
    advanced = ("distances", "days", "replicates", "kinds", "seed")

    distances = text_field(gettext_lazy("Các mức khoảng cách (m)"), 200, initial="0, 200, 400, 600")
    days = text_field(gettext_lazy("Các mức số ngày"), 200, initial="0, 3, 7, 14")
    replicates = whole_field(gettext_lazy("Số lần xáo trộn"), 99, 99_999, initial=999)

    def clean_distances(self) -> list[float]:
        """Return the bounds in metres."""
        return [float(one) for one in _numbers(self.cleaned_data["distances"])]

    def clean_days(self) -> list[int]:
        """Return the bounds in days."""
        return _numbers(self.cleaned_data["days"])

    def chosen(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return Knox's settings."""
        return {
            "question": "knox",
            "distances": data["distances"],
            "days": data["days"],
            "replicates": data["replicates"],
        }


def _numbers(text: str) -> list[int]:
    try:
        return [int(part) for part in text.replace(";", ",").split(",") if part.strip()]
    except ValueError:
        raise forms.ValidationError(_("Cần các số nguyên cách nhau bằng dấu phẩy, ví dụ 0, 200, 400.")) from None


def _placed(form: AskForm) -> Hotspot | None:
    """Return the hot-spot if one can look around it; put the reason beside its field when one cannot."""
    spot: Hotspot | None = form.cleaned_data.get("hotspot")
    if spot is not None and (spot.lon is None or spot.lat is None):
        form.add_error("hotspot", _("Điểm này chưa có tọa độ; ghi tọa độ ở trang của điểm rồi hỏi lại."))
        return None
    return spot


class WatchForm(AskForm):
    """Whether a resolved hot-spot comes back."""

    question = Question.WATCH
    history = timedelta(days=3 * 365)
    advanced = ("radius", "rate", "kinds", "seed")
    field_order = ("hotspot", "unit", "first", "last", "sources", *advanced)

    hotspot = HotspotCodeField(gettext_lazy("Mã điểm đã triệt xóa"))
    radius = number_field(gettext_lazy("Xung quanh điểm (m)"), LEAST_METRES, 20_000, initial=500)
    rate = number_field(
        gettext_lazy("Chịu được bao nhiêu báo động sai mỗi năm ở điểm này"),
        0.01,
        52,
        help_text=gettext_lazy("Càng nhỏ thì càng ít báo sai, và càng báo muộn."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for a resolved hot-spot with a place."""
        spot = _placed(self)
        if spot is not None and spot.eliminated_on is None:
            self.add_error("hotspot", _("Điểm này chưa ghi triệt xóa nên chưa có gì để trở lại."))
        return super().clean()

    def chosen(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings of a recurrence watch."""
        spot = data["hotspot"]
        return {
            "question": "watch",
            "place": {"x": spot.lon, "y": spot.lat, "radius": data["radius"]},
            "resolved": spot.eliminated_on.isoformat(),
            "false_alarms_per_year": data["rate"],
        }


class EvaluateForm(AskForm):
    """Whether the work helped, or only moved the problem."""

    question = Question.EVALUATE
    history = timedelta(days=3 * 365)
    advanced = ("radius", "ring", "months", "done", "kinds", "seed")
    field_order = ("hotspot", "treated", "start", "unit", "first", "last", "sources", *advanced)

    hotspot = HotspotCodeField(
        gettext_lazy("Mã điểm đã làm"), required=False, help_text=gettext_lazy("Hoặc chọn cả một xã ở dưới.")
    )
    treated = forms.ChoiceField(label=gettext_lazy("Hoặc xã đã làm (địa bàn chuyển hóa)"), required=False)
    start = day_field(
        gettext_lazy("Bắt đầu làm từ ngày"),
        required=False,
        help_text=gettext_lazy("Để trống: ngày triệt xóa của điểm."),
    )
    radius = number_field(gettext_lazy("Xung quanh điểm (m)"), LEAST_METRES, 20_000, initial=500)
    ring = number_field(gettext_lazy("Vành đai bên ngoài, rộng (m)"), LEAST_METRES, 50_000, initial=1_000)
    months = whole_field(gettext_lazy("So bao nhiêu tháng mỗi bên"), 1, 36, initial=6)
    done = number_field(
        gettext_lazy("Phần việc đã làm theo kế hoạch (%)"),
        0,
        100,
        required=False,
        help_text=gettext_lazy("Việc chưa làm đủ thì chưa nói đến tác dụng. Để trống: chưa biết."),
    )

    def __init__(self, *args: Any, communes: Sequence[Place], **options: Any) -> None:
        super().__init__(*args, communes=communes, **options)
        field = self.fields["treated"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *((one.uid, one.name) for one in communes)]

    def counted(self, data: Mapping[str, Any]) -> str:
        """Count by commune where a commune was worked on."""
        return Counted.COMMUNES if data["treated"] else Counted.POINTS

    def clean(self) -> dict[str, Any]:
        """Ask for a place, and for the day from which work was done."""
        data, spot = self.cleaned_data, _placed(self)
        if "hotspot" not in self.errors and bool(data.get("hotspot")) == bool(data.get("treated")):
            self.add_error("hotspot", _("Ghi mã điểm đã làm, hoặc chọn xã đã làm (một trong hai)."))
        if not data.get("start") and "start" not in self.errors and (spot is None or spot.eliminated_on is None):
            self.add_error("start", _("Ghi ngày bắt đầu làm (điểm chưa ghi triệt xóa thì máy không tự biết)."))
        return super().clean()

    def chosen(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings of an evaluation."""
        spot, shared = data["hotspot"], {"question": "evaluate", "months": data["months"]}
        shared["done"] = None if data["done"] is None else data["done"] / 100
        if data["treated"]:
            ring = max(data["ring"], LEAST_BETWEEN_COMMUNES)
            return shared | {"units": [data["treated"]], "start": data["start"].isoformat(), "rings": [ring]}
        start = data["start"] or spot.eliminated_on
        place = {"x": spot.lon, "y": spot.lat, "radius": data["radius"]}
        return shared | {"place": place, "start": start.isoformat(), "rings": [data["ring"]]}


FORMS: Final[Mapping[str, type[AskForm]]] = {
    str(one.question): one for one in (ScanForm, HeatForm, KnoxForm, WatchForm, EvaluateForm)
}
