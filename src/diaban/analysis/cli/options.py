"""The options that every question has, and the words that people may write for distances, durations and places."""

from __future__ import annotations

import datetime as dt
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

_LENGTH = re.compile(r"(\d+(?:[.,]\d+)?)\s*(m|km)?", re.IGNORECASE)
_DURATION = re.compile(r"(\d+)\s*(d|w|m|ngày|tuần|tháng)?", re.IGNORECASE)
_DAYS = {"d": 1, "ngày": 1, "w": 7, "tuần": 7, "m": 30.4375, "tháng": 30.4375}
_STEP_DAYS = {"day": 1, "week": 7, "month": 30.4375}
PLACE = "vĩ_độ,kinh_độ"


class Format(StrEnum):
    """How the answer is told."""

    TEXT = "text"
    JSON = "json"
    GEOJSON = "geojson"
    XLSX = "xlsx"


class Workers(StrEnum):
    """Who does the work."""

    SERIAL = "serial"
    THREADS = "threads"
    PROCESSES = "processes"
    DASK = "dask"


class Step(StrEnum):
    """A step of time."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def day(text: str | dt.date) -> dt.date:
    """Read "2024-01-31" or "31/01/2024"."""
    if isinstance(text, dt.date):
        return text
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007 – a day, not a moment
        except ValueError:
            continue
    raise typer.BadParameter(f"“{text}” không phải ngày; viết 2024-01-31 hoặc 31/01/2024.")


def metres(text: str | float) -> float:
    """Read "500", "500m" or "3km" as metres."""
    if isinstance(text, int | float):  # a default that the command line hands through its parser
        return float(text)
    found = _LENGTH.fullmatch(text.strip())
    if not found:
        raise typer.BadParameter(f"“{text}” không phải khoảng cách; viết 500, 500m hoặc 3km.")
    return float(found[1].replace(",", ".")) * (1000 if (found[2] or "").lower() == "km" else 1)


def duration(text: str, step: str) -> int:
    """Read "8" (steps), "28d", "4w" or "2m" as a number of steps."""
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise typer.BadParameter(f"“{text}” không phải khoảng thời gian; viết số bước (8), 28d, 4w hoặc 2m.")
    if not found[2]:
        return int(found[1])
    return max(1, round(int(found[1]) * _DAYS[found[2].lower()] / _STEP_DAYS[step]))


def numbers(text: str, kind: Callable[[str], Any]) -> tuple[Any, ...]:
    """Read "0,200,400"."""
    try:
        return tuple(kind(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise typer.BadParameter(f"“{text}”: viết các số cách nhau bằng dấu phẩy, ví dụ 0,200,400.") from None


def point(text: str, *, geodesic: bool) -> tuple[float, float]:
    """Read "lat,lon" (or "x,y" in metres) as x and y."""
    parts = re.split(r"[,;\s]+", text.strip())
    try:
        first, second = (float(part) for part in parts)
    except ValueError:
        raise typer.BadParameter(
            f"“{text}”: viết vĩ độ,kinh độ (10.41,107.13), hoặc x,y khi tệp tính bằng mét."
        ) from None
    if geodesic and not (-90 <= first <= 90 and -180 <= second <= 180):
        raise typer.BadParameter(f"“{text}”: vĩ độ đứng trước, từ −90 đến 90; rồi kinh độ, từ −180 đến 180.")
    return (second, first) if geodesic else (first, second)


@dataclass(frozen=True, slots=True)
class Common:
    """What every question takes."""

    file: Annotated[
        Path,
        typer.Argument(help="Tệp sự kiện CSV hoặc XLSX (có thể nén .gz): date, lat, lon | x, y | unit_code, count."),
    ]
    units: Annotated[
        Path | None,
        typer.Option(
            "--units", help="Tệp đơn vị: unit_code, lat, lon | x, y, population. Bắt buộc với số vụ theo đơn vị."
        ),
    ] = None
    since: Annotated[
        dt.date | None, typer.Option("--from", parser=day, metavar="NGÀY", help="Chỉ xét từ ngày này.")
    ] = None
    until: Annotated[
        dt.date | None, typer.Option("--to", parser=day, metavar="NGÀY", help="Chỉ xét đến hết ngày này.")
    ] = None
    category: Annotated[list[str] | None, typer.Option("--category", help="Chỉ xét loại này; nêu được nhiều lần.")] = (
        None
    )
    source: Annotated[list[str] | None, typer.Option("--source", help="Chỉ xét nguồn tin này; nêu được nhiều lần.")] = (
        None
    )
    column: Annotated[
        list[str] | None, typer.Option("--column", metavar="VAI=TÊN", help="Cột nào là gì, ví dụ date=OCCURRED.")
    ] = None
    date_format: Annotated[str | None, typer.Option("--date-format", help="dmy, mdy, ymd, hoặc mẫu như %d-%b-%Y.")] = (
        None
    )
    skip_bad_rows: Annotated[bool, typer.Option("--skip-bad-rows", help="Bỏ các dòng có lỗi thay vì dừng.")] = False
    fmt: Annotated[Format, typer.Option("--format", help="text: để đọc; json, geojson: cho máy; xlsx: bảng tính.")] = (
        Format.TEXT
    )
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Ghi vào tệp này thay vì in ra.")] = None
    pictures: Annotated[Path | None, typer.Option("--pictures", help="Thư mục để ghi bản đồ và biểu đồ (SVG).")] = None
    seed: Annotated[
        int | None,
        typer.Option("--seed", min=0, max=2**53 - 1, help="Hạt giống ngẫu nhiên; cùng hạt giống cho cùng kết quả."),
    ] = None
    threads: Annotated[
        int, typer.Option("--threads", min=0, max=1024, help="Số luồng hoặc tiến trình; 0: mọi bộ xử lý.")
    ] = 0
    executor: Annotated[
        Workers, typer.Option("--executor", help="Ai tính: một luồng, nhiều luồng, tiến trình, hay cụm Dask.")
    ] = Workers.THREADS
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="Địa chỉ bộ điều phối Dask, ví dụ tcp://10.0.0.5:8786.")
    ] = None


def with_common(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `Common` before its own; it receives them as its first argument."""
    shared = get_type_hints(Common, include_extras=True)
    own = inspect.signature(command, eval_str=True)
    names = [one.name for one in fields(Common)]

    def called(**given: Any) -> None:
        command(Common(**{name: given.pop(name) for name in names}), **given)

    blank = inspect.Parameter.empty
    kind = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter(
            one.name, kind, default=blank if one.name == "file" else one.default, annotation=shared[one.name]
        )
        for one in fields(Common)
    ]
    rest = list(own.parameters.values())[1:]
    parameters = [parameters[0], *(one.replace(kind=kind) for one in rest), *parameters[1:]]
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {one.name: one.annotation for one in parameters}
    called.__doc__, called.__name__ = command.__doc__, command.__name__
    return called
