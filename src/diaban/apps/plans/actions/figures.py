"""Declare a figure of an indicator that no register computes; a correction is a new row, the old one stays."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from diaban.apps.access import Permission, Person, require
from diaban.apps.audit.actions import record
from diaban.apps.places.models import Unit
from diaban.apps.plans.models import Indicator, Reported
from diaban.apps.plans.refusals import Refused
from diaban.core.periods import Period


@transaction.atomic
def declare(
    *,
    indicator: Indicator,
    unit: Unit | None,
    period: Period,
    numerator: Decimal,
    denominator: Decimal | None,
    document: str,
    by: Person,
    at: datetime,
) -> Reported:
    """Keep the figure of an indicator for a period, of a unit or of the whole area (None).

    Raises `Refused` for a figure that the registers compute, a missing document, a denominator that is missing, zero or
    smaller than its share, and a period that has not begun.
    """
    require(by, Permission.PLAN_KEEP, at=at, unit=unit.pk if unit else None)
    _check(indicator, period, numerator, denominator, document, timezone.localdate(at))
    same = Reported.objects.select_for_update().filter(
        indicator=indicator, unit=unit, first_day=period.start, last_day=period.last_day, replaced_at__isnull=True
    )
    corrected = same.update(replaced_at=at)
    row = Reported.objects.create(
        indicator=indicator,
        unit=unit,
        first_day=period.start,
        last_day=period.last_day,
        numerator=numerator,
        denominator=denominator if indicator.denominator else None,
        document=document.strip()[:200],
        declared_by=by.get_username(),
        declared_at=at,
    )
    record(
        by=by,
        at=at,
        verb="indicator.declare",
        subject=f"indicator:{indicator.code}",
        detail={
            "unit": unit.uid if unit else "",
            "period": period.code,
            "numerator": str(numerator),
            "denominator": "" if denominator is None else str(denominator),
            "document": row.document,
            "corrected": bool(corrected),
        },
    )
    return row


def _check(
    indicator: Indicator, period: Period, numerator: Decimal, denominator: Decimal | None, document: str, today: date
) -> None:
    """Raise `Refused` for a figure that cannot be."""
    if indicator.register:
        raise Refused(_("Chỉ số này tính từ sổ của hệ thống, không khai bằng tay."))
    if not document.strip():
        raise Refused(_("Ghi số văn bản hoặc báo cáo có số liệu này."), "document")
    if period.start > today:
        raise Refused(_("Kỳ này chưa bắt đầu."), "period")
    if indicator.denominator and denominator is None:
        raise Refused(_("Chỉ số này cần cả mẫu số: {what}.").format(what=indicator.denominator), "denominator")
    if denominator is not None and denominator <= 0:
        raise Refused(_("Mẫu số phải lớn hơn 0."), "denominator")
    if not indicator.is_growth and numerator < 0:
        raise Refused(_("Số này không âm."), "numerator")
    if not indicator.is_growth and denominator is not None and numerator > denominator:
        raise Refused(_("Tử số không lớn hơn mẫu số: kiểm tra lại hai số."), "numerator")
