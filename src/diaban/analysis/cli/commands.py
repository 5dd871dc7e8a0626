"""The six questions as commands."""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from diaban.analysis.cli import options
from diaban.analysis.cli.options import Common, Step, with_common
from diaban.analysis.cli.running import run

if TYPE_CHECKING:
    from diaban.analysis.settings import Circle

analyse = typer.Typer(
    help="Phân tích một tệp sự kiện: ở đâu đang nổi lên, đang trở lại, việc đã làm có tác dụng không.",
    no_args_is_help=True,
)


Cell = Annotated[
    float | None,
    typer.Option("--cell", parser=options.metres, metavar="500|1km", help="Đếm hay gộp điểm trong ô vuông cạnh này."),
]
Alpha = Annotated[float, typer.Option("--alpha", help="Mức ý nghĩa.")]
Distance = Annotated[
    float | None, typer.Option("--distance", parser=options.metres, metavar="500|3km", help="Lân cận trong khoảng này.")
]
Near = Annotated[str, typer.Option("--neighbours", help="distance, nearest hoặc contiguity.")]
Nearest = Annotated[int, typer.Option("--nearest", help="Số nơi gần nhất là lân cận.")]
StepOption = Annotated[Step, typer.Option("--step", help="Bước thời gian, tính lùi từ ngày cuối của số liệu.")]


class ScanModel(StrEnum):
    """What is compared with what."""

    STP = "stp"
    POISSON = "poisson"
    BERNOULLI = "bernoulli"


def register(app: typer.Typer) -> None:
    """Add the group `analyse` to the command tree."""
    app.add_typer(analyse, name="analyse")


@analyse.callback()
def about() -> None:
    """Phân tích một tệp sự kiện; không cần cơ sở dữ liệu."""


@with_common
def scan(
    common: Common,
    model: Annotated[
        ScanModel,
        typer.Option("--model", help="stp: chỉ cần các vụ; poisson: so với số dân; bernoulli: so với đối chứng."),
    ] = ScanModel.STP,
    time: Annotated[
        str, typer.Option("--time", help="space_time: nơi và lúc; space: cả kỳ một lúc; time: cả địa bàn một lúc.")
    ] = "space_time",
    prospective: Annotated[
        bool, typer.Option("--prospective", help="Chỉ tìm cụm còn đang diễn ra ở bước cuối.")
    ] = False,
    max_radius: Annotated[
        float | None, typer.Option("--max-radius", parser=options.metres, metavar="500|3km", help="Bán kính lớn nhất.")
    ] = None,
    max_population_share: Annotated[
        float, typer.Option("--max-population-share", help="Phần lớn nhất của số vụ hoặc số dân trong một cụm (0–0,5).")
    ] = 0.5,
    max_duration: Annotated[
        str | None, typer.Option("--max-duration", metavar="8|28d", help="Cụm dài nhất: số bước, hoặc 28d, 4w, 2m.")
    ] = None,
    step: StepOption = Step.WEEK,
    window: Annotated[str, typer.Option("--window", help="Hình của cụm: circle, ellipse hoặc flexible.")] = "circle",
    low: Annotated[bool, typer.Option("--low", help="Tìm nơi ít hẳn đi thay vì nhiều lên.")] = False,
    replicates: Annotated[int, typer.Option("--replicates", help="Số lần lặp ngẫu nhiên.")] = 999,
    early_stop: Annotated[
        bool, typer.Option("--early-stop/--no-early-stop", help="Dừng sớm khi đã rõ là do ngẫu nhiên.")
    ] = True,
    secondary: Annotated[int, typer.Option("--secondary", help="Nêu nhiều nhất bao nhiêu cụm sau cụm mạnh nhất.")] = 9,
    first_look: Annotated[
        dt.date | None,
        typer.Option("--first-look", parser=options.day, metavar="NGÀY", help="Bắt đầu xem đều đặn từ ngày nào."),
    ] = None,
    cell: Cell = None,
    alpha: Alpha = 0.05,
) -> None:
    """Ở đâu, từ khi nào có nhiều vụ hơn mức ngẫu nhiên (quét không gian – thời gian)."""
    from diaban.analysis.settings import ScanSettings

    run(
        common,
        lambda _geodesic: ScanSettings(
            model="permutation" if model is ScanModel.STP else model.value,
            time=time,
            prospective=prospective,
            max_radius=max_radius,
            max_share=max_population_share,
            max_duration=None if max_duration is None else options.duration(max_duration, step),
            step=step.value,
            window=window,
            low=low,
            replicates=replicates,
            early_stop=early_stop,
            secondary=secondary,
            first_look=first_look,
            cell=cell,
            alpha=alpha,
        ),
    )


@with_common
def gi(
    common: Common,
    statistic: Annotated[str, typer.Option("--statistic", help="gi_star, gi hoặc moran.")] = "gi_star",
    cell: Cell = None,
    neighbours: Near = "distance",
    distance: Distance = None,
    nearest: Nearest = 8,
    per_population: Annotated[bool, typer.Option("--per-population", help="Tính theo số dân thay vì số vụ.")] = False,
    permutations: Annotated[int, typer.Option("--permutations", help="Số lần lặp ngẫu nhiên.")] = 9_999,
    alpha: Alpha = 0.05,
    false_discovery: Annotated[
        bool, typer.Option("--false-discovery/--no-false-discovery", help="Hạn chế phát hiện sai khi xét nhiều nơi.")
    ] = True,
) -> None:
    """Nơi nào nóng hoặc lạnh hơn hẳn so với cả địa bàn (Getis-Ord Gi*, Moran)."""
    from diaban.analysis.settings import GiSettings

    run(
        common,
        lambda _geodesic: GiSettings(
            statistic=statistic,
            cell=cell,
            neighbours=neighbours,
            distance=distance,
            nearest=nearest,
            per_population=per_population,
            permutations=permutations,
            alpha=alpha,
            false_discovery=false_discovery,
        ),
    )


@with_common
def emerging(
    common: Common,
    cell: Cell = None,
    step: StepOption = Step.MONTH,
    neighbours: Near = "distance",
    distance: Distance = None,
    nearest: Nearest = 8,
    earlier: Annotated[int, typer.Option("--earlier", help="Bao nhiêu bước trước cũng là lân cận.")] = 1,
    against: Annotated[str, typer.Option("--against", help="So với: cube, neighbourhood_step hoặc step.")] = "cube",
    version: Annotated[str, typer.Option("--version-of", help="Định nghĩa 17 loại: pro hoặc arcmap.")] = "pro",
    alpha: Alpha = 0.05,
) -> None:
    """Nơi nào mới nóng, nóng lâu, đang nóng lên hay nguội đi (17 loại điểm nóng đang nổi)."""
    from diaban.analysis.settings import EmergingSettings

    run(
        common,
        lambda _geodesic: EmergingSettings(
            cell=cell,
            step=step.value,
            neighbours=neighbours,
            distance=distance,
            nearest=nearest,
            earlier=earlier,
            against=against,
            version=version,
            alpha=alpha,
        ),
    )


@with_common
def knox(
    common: Common,
    distances: Annotated[str, typer.Option("--distances", help="Các mức khoảng cách (m), tăng dần.")] = "0,200,400,600",
    days: Annotated[str, typer.Option("--days", help="Các mức số ngày, tăng dần.")] = "0,3,7,14",
    metric: Annotated[str, typer.Option("--metric", help="straight: đường thẳng; manhattan: theo ô phố.")] = "straight",
    replicates: Annotated[int, typer.Option("--replicates", help="Số lần lặp ngẫu nhiên.")] = 999,
    alpha: Alpha = 0.05,
) -> None:
    """Vụ việc có kéo theo vụ khác gần đó, ngay sau đó không (Knox)."""
    from diaban.analysis.settings import KnoxSettings

    run(
        common,
        lambda _geodesic: KnoxSettings(
            distances=options.numbers(distances, float),
            days=options.numbers(days, int),
            metric=metric,
            replicates=replicates,
            alpha=alpha,
        ),
    )


@with_common
def watch(
    common: Common,
    place: Annotated[str | None, typer.Option("--place", metavar="VĨ_ĐỘ,KINH_ĐỘ", help="Điểm đã triệt xóa.")] = None,
    radius: Annotated[
        float, typer.Option("--radius", parser=options.metres, metavar="500|3km", help="Theo dõi quanh điểm.")
    ] = 500.0,
    unit: Annotated[list[str] | None, typer.Option("--unit", help="Mã đơn vị đã làm xong; nêu được nhiều lần.")] = None,
    resolved: Annotated[
        dt.date | None, typer.Option("--resolved", parser=options.day, metavar="NGÀY", help="Ngày triệt xóa.")
    ] = None,
    step: StepOption = Step.WEEK,
    cell: Cell = None,
    false_alarms_per_year: Annotated[
        float | None,
        typer.Option(help="Nhiều nhất bao nhiêu báo động sai mỗi năm. Mặc định: 1 cho cả tệp, 0,05 cho một nơi."),
    ] = None,
    method: Annotated[str, typer.Option("--method", help="auto, farrington, cusum hoặc ears.")] = "auto",
    last: Annotated[int, typer.Option("--last", help="Xét bao nhiêu bước cuối.")] = 1,
) -> None:
    """Điểm đã triệt xóa có trở lại không; ở đâu có điều bất thường (có mức báo động sai định trước)."""
    from diaban.analysis.settings import Circle, WatchSettings

    run(
        common,
        lambda geodesic: WatchSettings(
            place=None if place is None else Circle(*options.point(place, geodesic=geodesic), radius),
            units=tuple(unit or ()),
            resolved=resolved,
            step=step.value,
            cell=cell,
            false_alarms_per_year=false_alarms_per_year or (1.0 if resolved is None else 0.05),
            method=method,
            last=last,
        ),
    )


@with_common
def evaluate(
    common: Common,
    treated: Annotated[
        str,
        typer.Option(
            "--treated", metavar="MÃ,MÃ|VĨ_ĐỘ,KINH_ĐỘ,BÁN_KÍNH", help="Nơi đã làm: mã đơn vị, hoặc điểm và bán kính."
        ),
    ],
    start: Annotated[dt.date, typer.Option("--start", parser=options.day, metavar="NGÀY", help="Ngày bắt đầu làm.")],
    months: Annotated[int, typer.Option("--months", help="So bao nhiêu tháng trước với bấy nhiêu tháng sau.")] = 12,
    controls: Annotated[
        str, typer.Option("--controls", help="Mã các nơi so sánh, hoặc auto để tự chọn nơi giống nhất.")
    ] = "auto",
    rings: Annotated[
        str, typer.Option("--rings", help="Các vòng quanh nơi đã làm (m), xem có chuyển sang không.")
    ] = "1000",
    step: StepOption = Step.MONTH,
    done: Annotated[
        float | None, typer.Option("--done", help="Phần việc trong kế hoạch đã làm (0–1), nếu biết.")
    ] = None,
    enough_done: Annotated[
        float, typer.Option("--enough-done", help="Làm dưới mức này thì chưa nói đến tác dụng (do đơn vị đặt).")
    ] = 0.8,
    alpha: Alpha = 0.05,
) -> None:
    """Việc đã làm có tác dụng, hay chỉ đẩy sang nơi khác."""
    from diaban.analysis.settings import EvaluateSettings

    def settings(geodesic: bool) -> EvaluateSettings:
        place, units = _treated(treated, geodesic)
        return EvaluateSettings(
            place=place,
            units=units,
            start=start,
            months=months,
            controls=() if controls.strip().lower() == "auto" else tuple(re.split(r"[,;\s]+", controls.strip())),
            rings=options.numbers(rings, options.metres),
            step=step.value,
            done=done,
            enough_done=enough_done,
            alpha=alpha,
        )

    run(common, settings)


def _treated(text: str, geodesic: bool) -> tuple[Circle | None, tuple[str, ...]]:
    from diaban.analysis.settings import Circle

    parts = [part for part in re.split(r"[,;\s]+", text.strip()) if part]
    if len(parts) == 3 and all(re.fullmatch(r"-?\d+\.\d+", part) for part in parts[:2]):
        return Circle(*options.point(",".join(parts[:2]), geodesic=geodesic), options.metres(parts[2])), ()
    return None, tuple(parts)


for _command in (scan, gi, emerging, knox, watch, evaluate):
    analyse.command()(_command)
