"""Values that no public text gives, set by the province."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from diaban.apps.access import Permission, require
from diaban.apps.accounts.models import User
from diaban.apps.audit import actions as audit
from diaban.apps.hotspots.actions.incidents import RecordRefused
from diaban.apps.hotspots.actions.projection import day_of
from diaban.apps.hotspots.models import Hotspot, HotspotStep, ProvinceValue
from diaban.apps.hotspots.queries import settings_on, value_on
from diaban.core.lifecycle import Problem, add_months
from diaban.core.messages import N_, say

LONGEST_WATCH = 120  # months; more is a slip of the key


def set_value(*, key: str, value: str, effective_from: date, document: str, by: User, at: datetime) -> ProvinceValue:
    """Set a value from a day on ("do đơn vị đặt"); an empty value withdraws it. Raises `RecordRefused`.

    The values hold for the whole area, so they are asked for the whole area.
    """
    require(by, Permission.VALUES_SET, at=at)
    value, document = value.strip(), document.strip()
    problems = []
    if not document:
        problems.append(Problem("document", say(N_("Thiếu số văn bản của đơn vị quyết định giá trị này."))))
    if key == ProvinceValue.Key.WATCH_MONTHS and value and not (value.isdecimal() and int(value) <= LONGEST_WATCH):
        problems.append(
            Problem(
                "value",
                say(
                    N_("«{value}» không phải số tháng; nhập số nguyên từ 0 đến {most}."),
                    value=value,
                    most=LONGEST_WATCH,
                ),
            )
        )
    if problems:
        raise RecordRefused(problems)
    with transaction.atomic():
        before = value_on(key, effective_from)
        row, _created = ProvinceValue.objects.update_or_create(
            key=key,
            effective_from=effective_from,
            defaults={"value": value, "document": document, "recorded_at": at, "recorded_by": by},
        )
        if key == ProvinceValue.Key.WATCH_MONTHS:
            _reset_watches(at)
        audit.record(
            by=by,
            at=at,
            verb="province_value.set",
            subject=f"province_value:{key}",
            detail={"before": before, "after": value, "from": effective_from.isoformat(), "document": document},
        )
    return row


def _reset_watches(at: datetime) -> None:
    """Work out anew when each running watch ends: a changed term applies to the watches that are running."""
    months = settings_on(day_of(at)).watch_months
    watched = Hotspot.objects.filter(state="watched")
    began = HotspotStep.objects.filter(stands=True, verb="watch", hotspot__in=watched).order_by("seq")
    since = dict(began.values_list("hotspot", "on"))
    spots = list(watched.only("pk", "watch_until"))
    for spot in spots:
        spot.watch_until = add_months(since[spot.pk], months) if months is not None and spot.pk in since else None
    Hotspot.objects.bulk_update(spots, ["watch_until"], batch_size=500)
