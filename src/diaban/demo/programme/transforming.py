"""Which communes were chosen to be transformed, and the plan of one of them."""

from __future__ import annotations

from datetime import date, timedelta

from diaban.apps.accounts.models import User
from diaban.apps.agencies.models import Agency
from diaban.apps.choosing import actions as choosing
from diaban.apps.choosing.models import Choice, Dossier
from diaban.apps.choosing.queries import working_of
from diaban.apps.localities.models import Cycle
from diaban.apps.places import queries as places
from diaban.apps.programme.actions import Order
from diaban.apps.transformation import actions
from diaban.apps.transformation.queries.guards import table_of
from diaban.demo.accounts import Cast
from diaban.demo.moments import entered_on

PROPOSED, APPRAISED, DECIDED = date(2026, 6, 15), date(2026, 6, 18), date(2026, 6, 22)
APPROVED, BEGUN = date(2026, 6, 26), date(2026, 7, 1)
CHOSEN_TOO = "26506"  # the commune of the demonstration's accounts
FIRST = 2  # so many of the ranking's first are chosen, the next is passed over with a reason
ANSWERS = {
    "where": "Quanh chợ và bến tàu, buổi tối; nhà trọ ngắn ngày tập trung ở hai khu phố (mô phỏng).",
    "why_here": "Nhiều lối ra, thiếu chiếu sáng, nhà trống; hai lực lượng chưa thống nhất ca tuần tra (mô phỏng).",
    "tried": "Hai đợt cao điểm trước chỉ tuần tra; sau khi rút, hoạt động trở lại trong ba tháng (mô phỏng).",
}


def load(*, cast: Cast, last_day: date) -> None:
    """Choose three communes in the usual steps, and make the plan of one, approved and under way."""
    if last_day < BEGUN:
        return
    dossier = _choose(cast)
    unit = places.unit_by_code(CHOSEN_TOO, BEGUN)
    by = cast.province
    row = actions.make(
        unit=unit, starts=BEGUN, by=by, at=entered_on(DECIDED), choice=Choice.objects.get(dossier=dossier, unit=unit)
    )
    actions.answer(transformation=row, answers=ANSWERS, by=by, at=entered_on(DECIDED))
    actions.move(
        transformation=row, verb="approve", on=APPROVED, by=cast.leader, at=entered_on(APPROVED),
        document="MP-0031/KH-UBND",
    )  # fmt: skip
    phases = {phase.code: phase for phase in row.phases.all()}
    for idea in table_of(row).ideas:
        phase = phases[idea.phase]
        order = Order(
            title=f"{idea.title} (mô phỏng)",
            lead=Agency.objects.get(name=idea.agency),
            starts=max(phase.starts, APPROVED),
            due=phase.last_day - timedelta(days=7),
            product=idea.product,
        )
        actions.give_work(transformation=row, phase=idea.phase, order=order, by=by, at=entered_on(APPROVED))
    actions.move(transformation=row, verb="begin", on=BEGUN, by=by, at=entered_on(BEGUN))


def _choose(cast: Cast) -> Dossier:
    cycle = Cycle.objects.get(year=PROPOSED.year - 1)
    own = places.unit_by_code(CHOSEN_TOO, PROPOSED).uid
    order = [line["uid"] for line in working_of(cycle, PROPOSED, FIRST + 1, [])["lines"]]
    first = [uid for uid in order if uid != own][: FIRST + 1]
    passed = dict.fromkeys(first[FIRST:], "Vừa kết thúc đợt củng cố, chờ kết quả rà soát cuối năm (mô phỏng)")
    reason = "Địa bàn trung tâm, nhiều nguồn tin của người dân; cần làm đồng bộ (mô phỏng)"
    if own in order[: FIRST + 1]:
        reason = ""
    picks = [choosing.Pick(uid) for uid in first[:FIRST]] + [choosing.Pick(own, reason=reason)]
    if not reason:
        passed = {}
    row = choosing.propose(
        cycle=cycle,
        title="Lựa chọn địa bàn cần chuyển hóa, đợt 1 năm 2026 (mô phỏng)",
        picks=picks,
        passed=passed,
        by=cast.province,
        at=entered_on(PROPOSED),
    )
    approver = User.objects.get(username="duyetbaocao")
    row = choosing.appraise(dossier=row, by=approver, at=entered_on(APPRAISED), note="Đủ căn cứ (mô phỏng)")
    return choosing.decide(dossier=row, number="MP-0030/QĐ-UBND", date=DECIDED, by=cast.leader, at=entered_on(DECIDED))
