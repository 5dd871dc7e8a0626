"""Plan 208 as it was issued, its made-up prolongation to 2026, the targets to 2030, and one commune's own plan."""

from __future__ import annotations

from datetime import date

from diaban.apps.places import queries as places
from diaban.apps.plans import actions
from diaban.apps.plans.models import Plan
from diaban.demo.accounts import Cast
from diaban.demo.moments import entered_on

PLAN = "kh208-2022"
TARGETS = "nq163-2024"
SIGNED = date(2022, 11, 7)
PROLONGED = date(2026, 6, 12)
LAST_DAY = date(2026, 12, 31)
OWN_PLAN_OF = "26506"
OWN_PLAN_ON = date(2026, 6, 22)


def load(*, cast: Cast, last_day: date) -> Plan | None:
    """Take the plans over; return plan 208 once it was carried on, None before that day."""
    by = cast.province
    if last_day < SIGNED:
        return None
    plan = actions.load_from_catalogue(code=PLAN, by=by, at=entered_on(SIGNED))
    if last_day < PROLONGED:
        return None
    actions.load_from_catalogue(code=TARGETS, by=by, at=entered_on(PROLONGED))
    version = actions.amend(
        plan=plan, reason="Kéo dài thời gian thực hiện đến hết năm 2026 (mô phỏng)", by=by, at=entered_on(PROLONGED)
    )
    values = {
        "number": "MP-0208/KH-UBND",
        "date": PROLONGED,
        "effective": PROLONGED,
        "signer": "(mô phỏng)",
        "ends": LAST_DAY,
        "name": "KH 208/KH-UBND, kéo dài đến 2026 (mô phỏng)",
    }
    version = actions.set_head(version=version, values=values, by=by, at=entered_on(PROLONGED))
    actions.put_in_force(version=version, by=by, at=entered_on(PROLONGED), day=PROLONGED)
    plan.refresh_from_db()
    if last_day >= OWN_PLAN_ON:
        own = actions.make_commune_plan(
            parent=plan, unit=places.unit_by_code(OWN_PLAN_OF, OWN_PLAN_ON), by=by, at=entered_on(OWN_PLAN_ON)
        )
        head = {"number": "MP-0012/KH-UBND", "date": OWN_PLAN_ON, "effective": OWN_PLAN_ON}
        own = actions.set_head(version=own, values=head, by=by, at=entered_on(OWN_PLAN_ON))
        actions.put_in_force(version=own, by=by, at=entered_on(OWN_PLAN_ON), day=OWN_PLAN_ON)
    return plan
