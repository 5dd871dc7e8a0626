"""Tasks: those of plan 208, and some that follow up shortcomings and training."""

from __future__ import annotations

from datetime import date, timedelta

from diaban.apps.places import queries as places
from diaban.apps.plans.models import Clause, Duty, Plan, Version
from diaban.apps.programme import actions
from diaban.apps.programme.actions import Order
from diaban.apps.programme.models import Task
from diaban.demo.accounts import Cast
from diaban.demo.moments import entered_on
from diaban.demo.programme.plans import LAST_DAY
from diaban.demo.programme.responsible import POLICE, agency

GIVEN_ON = date(2026, 6, 15)
GRACE_DAYS = 3
# Two duties of the plan that nobody was given yet, so that the demonstration has clauses without anybody.
NOT_GIVEN = ("Phối hợp ngăn chặn nguồn ma túy", "Khai thác Cơ sở dữ liệu quốc gia")
MILLION = 1_000_000


def load(plan: Plan, *, cast: Cast, last_day: date) -> int:
    """Give the tasks and open their turns month by month; return how many tasks there are."""
    if last_day < GIVEN_ON:
        return 0
    by, at = cast.province, entered_on(GIVEN_ON)
    version = plan.versions.get(state=Version.State.IN_FORCE)
    duties = [duty for duty in Duty.objects.filter(clause__version=version) if not duty.title.startswith(NOT_GIVEN)]
    actions.make_from_duties(
        duties=duties, by=by, at=at, guide=agency("Công an tỉnh"), starts=GIVEN_ON, grace_days=GRACE_DAYS
    )
    _further(plan, version, cast, last_day)
    day = GIVEN_ON
    while day <= last_day:
        actions.open_turns(on=day, by=by, at=entered_on(day))
        day += timedelta(days=30)
    actions.open_turns(on=last_day, by=by, at=entered_on(last_day))
    return Task.objects.count()


def _further(plan: Plan, version: Version, cast: Cast, last_day: date) -> None:
    """Give what is no sentence's own task: training by a department, shortcomings of the years before."""
    clauses = {clause.path: clause for clause in Clause.objects.filter(version=version)}
    by, at = cast.province, entered_on(min(GIVEN_ON, last_day))
    for order in (*_of_health(plan, clauses), _late_lists(plan, clauses)):
        actions.give_task(order=order, by=by, at=at)
    unit = places.unit_by_code("26506", GIVEN_ON)
    actions.give_task(order=_thin_files(plan, clauses), unit=unit, by=by, at=at)


def _of_health(plan: Plan, clauses: dict[str, Clause]) -> tuple[Order, Order]:
    police = agency("Công an tỉnh")
    return (
        Order(
            title="Tập huấn nhận biết, hỗ trợ người có biểu hiện loạn thần cho trạm y tế xã, phường (mô phỏng)",
            lead=agency("Sở Y tế"),
            starts=GIVEN_ON,
            due=date(2026, 9, 30),
            product="Báo cáo kết quả tập huấn",
            budget=180 * MILLION,
            kind=Task.Kind.TRAINING,
            plan=plan,
            others=(police,),
            clauses=(clauses["II.1.-5"],),
        ),
        Order(
            title="Cung cấp số liệu tổng hợp dịch vụ tư vấn, điều trị theo quý, không nêu tên (mô phỏng)",
            lead=agency("Sở Y tế"),
            starts=GIVEN_ON,
            regime="nd09",
            grain="quarter",
            grace_days=GRACE_DAYS,
            ends=LAST_DAY,
            product="Bảng số liệu tổng hợp",
            plan=plan,
            others=(police,),
            clauses=(clauses["I.2.-4"],),
        ),
    )


def _late_lists(plan: Plan, clauses: dict[str, Clause]) -> Order:
    return Order(
        title="Khắc phục việc chậm cập nhật danh sách điểm, tụ điểm của giai đoạn trước (mô phỏng)",
        lead=agency("Công an tỉnh"),
        starts=GIVEN_ON,
        due=date(2026, 10, 31),
        product="Báo cáo kết quả khắc phục",
        kind=Task.Kind.SHORTCOMING,
        plan=plan,
        clauses=(clauses["I.1.-6"],),
    )


def _thin_files(plan: Plan, clauses: dict[str, Clause]) -> Order:
    return Order(
        title="Khắc phục hồ sơ điểm, tụ điểm thiếu văn bản của từng bước (mô phỏng)",
        lead=agency(POLICE),
        starts=GIVEN_ON,
        due=date(2026, 12, 5),
        product="Danh mục hồ sơ đã bổ sung",
        kind=Task.Kind.SHORTCOMING,
        plan=plan,
        clauses=(clauses["I.1.-6"],),
    )
