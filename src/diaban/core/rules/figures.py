"""The figures that a rule set judges: whole numbers, each one reported or not, each one with its origin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from types import MappingProxyType
from typing import ClassVar

from diaban.core.messages import N_, Message, say

ROUTES = ("", "intra", "inter")


class FigureError(ValueError):
    """A figure that cannot be; `figure` names it, `message` says what was given and what is accepted."""

    def __init__(self, figure: str, message: Message) -> None:
        super().__init__(str(message))
        self.figure = figure
        self.message = message


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where one figure comes from: who declared it, for which day, from which source."""

    declared_by: str = ""
    on: date | None = None
    source: str = ""


LABELS: Mapping[str, str] = MappingProxyType(
    {
        "population": N_("số nhân khẩu hiện đang cư trú"),
        "persons": N_("số người nghiện và người sử dụng trái phép có hồ sơ quản lý"),
        "persons_exempt": N_(
            "số người đang điều trị thay thế, cai nghiện tại gia đình, cộng đồng hoặc quản lý sau cai"
        ),
        "points": N_("số điểm tổ chức, chứa chấp sử dụng"),
        "arrested": N_("số đối tượng phạm tội về ma túy bị bắt giữ trên địa bàn"),
        "resident_offenders": N_("số người cư trú vi phạm pháp luật về ma túy trên địa bàn"),
        "wanted_hiding": N_("số đối tượng truy nã về ma túy lẩn trốn trên địa bàn"),
        "plants": N_("số cây có chứa chất ma túy bị phát hiện, triệt phá"),
        "plant_m2": N_("diện tích trồng cây có chứa chất ma túy bị phát hiện, triệt phá (m²)"),
        "route": N_("tuyến trọng điểm đi qua"),
        "dependent": N_("số người nghiện có hồ sơ quản lý"),
        "gatherings": N_("số tụ điểm tệ nạn ma túy"),
        "communes": N_("tổng số xã, phường, đặc khu"),
        "key_communes": N_("số xã, phường, đặc khu loại I và loại II"),
    }
)


def label(figure: str) -> Message:
    """Return the name of a figure as a person says it."""
    return say(LABELS[figure])


def _check(figures: CommuneFigures | ProvinceFigures) -> None:
    for spec in fields(figures):
        if spec.name in {"route", "sources", "within"}:
            continue
        value = getattr(figures, spec.name)
        if value is None:
            continue
        if type(value) is not int or value < 0:
            raise FigureError(
                spec.name,
                say(
                    N_("{label}: nhận số nguyên từ 0 trở lên, hoặc để trống nếu chưa báo cáo; đã nhập “{value}”."),
                    label=label(spec.name),
                    value=value,
                ),
            )
    if (figures.route or "") not in ROUTES:
        raise FigureError(
            "route",
            say(
                N_("tuyến: để trống nếu không trên tuyến, “intra” (nội tỉnh), “inter” (liên tỉnh); đã nhập “{value}”."),
                value=figures.route,
            ),
        )


@dataclass(frozen=True, slots=True)
class CommuneFigures:
    """What one commune, ward or special zone declares for one cycle. `None` means not reported, never zero.

    `persons` counts dependent persons and users with a management file, `persons_exempt` those among them whom
    QĐ 28/2025/QĐ-TTg, Điều 6 khoản 1 sets apart. `route` is None or "" (on no key route), "intra" or "inter".
    `dependent` and `gatherings` are asked for only by QĐ 3122/2010/QĐ-BCA.
    `sources` gives the origin of a figure by its name.
    """

    population: int | None = None
    persons: int | None = None
    persons_exempt: int | None = None
    points: int | None = None
    arrested: int | None = None
    resident_offenders: int | None = None
    wanted_hiding: int | None = None
    plants: int | None = None
    plant_m2: int | None = None
    route: str | None = None
    dependent: int | None = None
    gatherings: int | None = None
    sources: Mapping[str, Provenance] = field(default_factory=lambda: MappingProxyType({}))

    SUBJECT: ClassVar[str] = "commune"

    def __post_init__(self) -> None:
        _check(self)


@dataclass(frozen=True, slots=True)
class ProvinceFigures:
    """What a province declares for QĐ 28/2025/QĐ-TTg, Điều 5. `None` means not reported.

    `key_communes` counts the communes of class I and II among all `communes`.
    `within` bounds figures not known in full, by name: the least and the most (None: no limit) the figure can be, as
    the sum over the communes that have reported. A figure that is given stands; its bounds are not looked at.
    """

    population: int | None = None
    persons: int | None = None
    points: int | None = None
    arrested: int | None = None
    communes: int | None = None
    key_communes: int | None = None
    plants: int | None = None
    plant_m2: int | None = None
    route: str | None = None
    sources: Mapping[str, Provenance] = field(default_factory=lambda: MappingProxyType({}))
    within: Mapping[str, tuple[int, int | None]] = field(default_factory=lambda: MappingProxyType({}))

    SUBJECT: ClassVar[str] = "province"

    def __post_init__(self) -> None:
        _check(self)
        for name, (least, most) in self.within.items():
            if name not in LABELS or least < 0 or (most is not None and most < least):
                raise ValueError(f"bounds of {name!r}: 0 <= least <= most, got {least}, {most}")


Figures = CommuneFigures | ProvinceFigures
