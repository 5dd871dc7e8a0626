"""What can be chosen for each question, with what stands when nobody chooses, and what may not be chosen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from diaban.analysis.settings.base import Checks, Circle, Settings
from diaban.core.messages import N_, Message, say

STEPS = ("day", "week", "month")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanSettings(Settings):
    """Where, and since when, there is more than chance puts there.

    - `model`: permutation (only cases, "stp"), poisson (against population), bernoulli (cases among controls).
    - `time`: space_time, space (the whole period at once) or time (the whole area at once).
    - `prospective`: only what is still going on in the last step; otherwise any time of the period.
    - `max_radius` (metres; None: no bound), `max_share` (part of the cases or of the population in a window, ≤ 0.5).
    - `max_duration` (steps; None: half of the period).
    - `window`: circle, ellipse or flexible. `first_look`: the day of the first of the regular looks, to adjust for
      those already made (prospective). `low`: look for too few instead of too many.
    - `secondary`: how many further clusters at most. `early_stop`: stop drawing once the answer is plainly "chance".
    - `cell` (metres): gather points into squares of this side; None keeps them, or chooses a side when there are very
      many and no radius is set (the answer then says so).
    - `alpha`: up to this p-value the headline speaks of a cluster.
    """

    question: ClassVar[str] = "scan"
    model: str = "permutation"
    time: str = "space_time"
    prospective: bool = False
    max_radius: float | None = None
    max_share: float = 0.5
    max_duration: int | None = None
    step: str = "week"
    window: str = "circle"
    low: bool = False
    replicates: int = 999
    early_stop: bool = True
    secondary: int = 9
    first_look: dt.date | None = None
    cell: float | None = None
    alpha: float = 0.05

    def faults(self) -> dict[str, Message]:
        """Return what is wrong, by field."""
        checks = Checks()
        checks.within("cell", say(N_("Cạnh ô (m)")), self.cell, 1, 1_000_000)
        checks.one_of("model", say(N_("Mô hình")), self.model, ("permutation", "poisson", "bernoulli"))
        checks.one_of("time", say(N_("Thời gian")), self.time, ("space_time", "space", "time"))
        checks.one_of("step", say(N_("Bước thời gian")), self.step, STEPS)
        checks.one_of("window", say(N_("Hình cửa sổ")), self.window, ("circle", "ellipse", "flexible"))
        checks.within("max_radius", say(N_("Bán kính lớn nhất (m)")), self.max_radius, 1, 20_040_000)
        checks.within("max_share", say(N_("Phần lớn nhất trong một cửa sổ")), self.max_share, 0.0001, 0.5)
        checks.whole("max_duration", say(N_("Số bước dài nhất")), self.max_duration, 1, 100_000)
        checks.whole("replicates", say(N_("Số lần lặp")), self.replicates, 9, 999_999)
        checks.whole("secondary", say(N_("Số cụm thêm")), self.secondary, 0, 100)
        checks.within("alpha", say(N_("Mức ý nghĩa")), self.alpha, 0.0001, 0.5)
        if self.model == "permutation" and self.time != "space_time":
            checks.found["time"] = say(
                N_("Thời gian: mô hình hoán vị chỉ trả lời được về không gian và thời gian cùng lúc.")
            )
        if self.prospective and self.time == "space":
            checks.found["prospective"] = say(N_("Đang diễn ra: cần có thời gian trong cửa sổ."))
        if self.first_look is not None and not self.prospective:
            checks.found["first_look"] = say(N_("Ngày xem đầu tiên chỉ có nghĩa khi tìm cụm đang diễn ra."))
        return checks.found


@dataclass(frozen=True, slots=True, kw_only=True)
class GiSettings(Settings):
    """Which places stand out against the whole: Getis-Ord Gi*, Gi, or local Moran.

    `cell` (metres): points are counted in squares of this side; None chooses one. `neighbours`: distance, nearest or
    contiguity; `distance` (metres; None chooses one), `nearest` (k). `per_population`: rates instead of counts.
    """

    question: ClassVar[str] = "gi"
    statistic: str = "gi_star"
    cell: float | None = None
    neighbours: str = "distance"
    distance: float | None = None
    nearest: int = 8
    per_population: bool = False
    permutations: int = 9_999
    alpha: float = 0.05
    false_discovery: bool = True

    def faults(self) -> dict[str, Message]:
        """Return what is wrong, by field."""
        checks = Checks()
        checks.one_of("statistic", say(N_("Thống kê")), self.statistic, ("gi_star", "gi", "moran"))
        known = ("distance", "nearest", "contiguity")
        checks.one_of("neighbours", say(N_("Lân cận")), self.neighbours, known)
        checks.within("cell", say(N_("Cạnh ô (m)")), self.cell, 1, 1_000_000)
        checks.within("distance", say(N_("Khoảng cách lân cận (m)")), self.distance, 1, 20_040_000)
        checks.whole("nearest", say(N_("Số lân cận gần nhất")), self.nearest, 1, 1_000)
        checks.whole("permutations", say(N_("Số lần lặp")), self.permutations, 99, 999_999)
        checks.within("alpha", say(N_("Mức ý nghĩa")), self.alpha, 0.0001, 0.5)
        return checks.found


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergingSettings(Settings):
    """How each place's heat moves over time: the 17 categories of emerging hot spots.

    `earlier` steps before the own one count as neighbours. `against`: cube (the whole), neighbourhood_step or step.
    `version`: pro (ArcGIS Pro's current text) or arcmap (ArcMap 10's).
    """

    question: ClassVar[str] = "emerging"
    cell: float | None = None
    step: str = "month"
    neighbours: str = "distance"
    distance: float | None = None
    nearest: int = 8
    earlier: int = 1
    against: str = "cube"
    version: str = "pro"
    alpha: float = 0.05

    def faults(self) -> dict[str, Message]:
        """Return what is wrong, by field."""
        checks = Checks()
        checks.one_of("step", say(N_("Bước thời gian")), self.step, STEPS)
        known = ("distance", "nearest", "contiguity")
        checks.one_of("neighbours", say(N_("Lân cận")), self.neighbours, known)
        checks.one_of("against", say(N_("So với")), self.against, ("cube", "neighbourhood_step", "step"))
        checks.one_of("version", say(N_("Phiên bản định nghĩa")), self.version, ("pro", "arcmap"))
        checks.within("cell", say(N_("Cạnh ô (m)")), self.cell, 1, 1_000_000)
        checks.within("distance", say(N_("Khoảng cách lân cận (m)")), self.distance, 1, 20_040_000)
        checks.whole("nearest", say(N_("Số lân cận gần nhất")), self.nearest, 1, 1_000)
        checks.whole("earlier", say(N_("Số bước trước")), self.earlier, 0, 100)
        checks.within("alpha", say(N_("Mức ý nghĩa")), self.alpha, 0.0001, 0.5)
        return checks.found


@dataclass(frozen=True, slots=True, kw_only=True)
class KnoxSettings(Settings):
    """Does one event draw others near it soon after: Knox's table of pairs, near repeats.

    `distances` (metres) and `days`: upper bounds of the bands, climbing; 0 first for the same place or the same day.
    """

    question: ClassVar[str] = "knox"
    distances: tuple[float, ...] = (0, 200, 400, 600)
    days: tuple[int, ...] = (0, 3, 7, 14)
    metric: str = "straight"
    replicates: int = 999
    alpha: float = 0.05

    def faults(self) -> dict[str, Message]:
        """Return what is wrong, by field."""
        checks = Checks()
        checks.climbing("distances", say(N_("Các mức khoảng cách (m)")), self.distances, 20)
        checks.climbing("days", say(N_("Các mức số ngày")), self.days, 20)
        checks.one_of("metric", say(N_("Cách đo khoảng cách")), self.metric, ("straight", "manhattan"))
        checks.whole("replicates", say(N_("Số lần lặp")), self.replicates, 9, 999_999)
        checks.within("alpha", say(N_("Mức ý nghĩa")), self.alpha, 0.0001, 0.5)
        return checks.found


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings(Settings):
    """Is it coming back: an alarm over time with a stated rate of false alarms.

    With `place` and `resolved`: the surroundings of one resolved spot since that day (recurrence watch). With `units`
    and `resolved`: the same for areas. Without either: every area, or every square of points, for anything new.
    `false_alarms_per_year`: at most so many over the whole table. `last` steps are judged when nothing is resolved.
    """

    question: ClassVar[str] = "watch"
    place: Circle | None = None
    units: tuple[str, ...] = ()
    resolved: dt.date | None = None
    step: str = "week"
    cell: float | None = None
    false_alarms_per_year: float = 1.0
    method: str = "auto"
    last: int = 1

    def faults(self) -> dict[str, Message]:
        """Return what is wrong, by field."""
        checks = Checks()
        checks.one_of("step", say(N_("Bước thời gian")), self.step, STEPS)
        known = ("auto", "farrington", "cusum", "ears")
        checks.one_of("method", say(N_("Phương pháp")), self.method, known)
        checks.within("cell", say(N_("Cạnh ô (m)")), self.cell, 1, 1_000_000)
        checks.within(
            "false_alarms_per_year", say(N_("Số báo động sai mỗi năm")), self.false_alarms_per_year, 0.01, 365
        )
        checks.whole("last", say(N_("Số bước được xét")), self.last, 1, 1_000)
        checks.circle("place", say(N_("Bán kính quanh điểm (m)")), self.place)
        if self.place is not None and self.units:
            checks.found["units"] = say(N_("Chỉ chọn một trong hai: điểm kèm bán kính, hoặc đơn vị."))
        if (self.place is not None or self.units) and self.resolved is None:
            checks.found["resolved"] = say(N_("Cần ngày triệt xóa để biết theo dõi từ khi nào."))
        if self.resolved is not None and self.place is None and not self.units:
            checks.found["place"] = say(N_("Cần nơi đã triệt xóa: điểm kèm bán kính, hoặc mã đơn vị."))
        return checks.found


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateSettings(Settings):
    """Did the work help, or only move the problem?

    `treated`: circles (points) or `units`: codes (areas); `start`: the day the work began; `months`: how much before
    and after is compared. `controls`: codes, or empty to have comparable ones chosen from before. `rings` (metres):
    around the treated place, for displacement. `done`: part of the planned tasks that were done, None when unknown.
    `enough_done`: below it no effect is spoken of (set by the unit).
    """

    question: ClassVar[str] = "evaluate"
    place: Circle | None = None
    units: tuple[str, ...] = ()
    start: dt.date | None = None
    months: int = 12
    controls: tuple[str, ...] = ()
    rings: tuple[float, ...] = (1_000.0,)
    step: str = "month"
    done: float | None = None
    enough_done: float = 0.8
    alpha: float = 0.05

    def faults(self) -> dict[str, Message]:
        """Return what is wrong, by field."""
        checks = Checks()
        checks.one_of("step", say(N_("Bước thời gian")), self.step, STEPS)
        checks.whole("months", say(N_("Số tháng mỗi bên")), self.months, 1, 120)
        checks.climbing("rings", say(N_("Các vòng xung quanh (m)")), self.rings, 5)
        checks.within("done", say(N_("Phần việc đã làm")), self.done, 0, 1)
        checks.within("enough_done", say(N_("Phần việc cần có")), self.enough_done, 0, 1)
        checks.within("alpha", say(N_("Mức ý nghĩa")), self.alpha, 0.0001, 0.5)
        checks.circle("place", say(N_("Bán kính quanh điểm (m)")), self.place)
        if (self.place is None) == (not self.units):
            checks.found["units"] = say(N_("Cần nơi đã làm: điểm kèm bán kính, hoặc mã đơn vị (một trong hai)."))
        if self.start is None:
            checks.found["start"] = say(N_("Cần ngày bắt đầu làm."))
        return checks.found
