"""Histories out of the database, and the values the province has set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

from diaban.apps.hotspots.models import Hotspot, HotspotStep, ProvinceValue
from diaban.catalogue.workflows_loader import workflow
from diaban.core.lifecycle import Entry, History, Settings, Step, Workflow

WORKFLOW = "hotspot"


def workflow_on(on: date) -> Workflow:
    """Return the workflow of hot-spots in force on `on`."""
    return workflow(WORKFLOW, on)


def entry_of(row: HotspotStep) -> Entry:
    """Return the log line of a stored step. Units are their primary keys as text."""
    step = Step(
        verb=row.verb,
        on=row.on,
        recorded_on=row.recorded_on,
        document=row.document,
        decider=row.decider,
        reason=row.reason,
        evidence=row.evidence,
        grade=row.grade,
        unit=str(row.unit_id),
        kind=row.kind,
        target=row.target,
    )
    return Entry(row.seq, step, row.from_state, row.to_state, str(row.unit_id), row.kind, row.undoes)


def history_of(hotspot: Hotspot, on: date) -> History:
    """Return the whole log of one hot-spot under the workflow in force on `on`."""
    rows = HotspotStep.objects.filter(hotspot=hotspot).order_by("seq")
    return History(workflow_on(on), tuple(entry_of(row) for row in rows))


def histories_of(hotspot_ids: Iterable[int], on: date) -> dict[int, History]:
    """Return the logs of many hot-spots, in batches small enough for every database."""
    ids = list(hotspot_ids)
    entries: dict[int, list[Entry]] = defaultdict(list)
    for start in range(0, len(ids), 5000):
        batch = ids[start : start + 5000]
        for row in HotspotStep.objects.filter(hotspot__in=batch).order_by("hotspot", "seq").iterator(5000):
            entries[row.hotspot_id].append(entry_of(row))
    current = workflow_on(on)
    return {pk: History(current, tuple(entries[pk])) for pk in ids}


def values_on(on: date) -> dict[str, ProvinceValue]:
    """Return, by key, the values that the province had set by `on` ("do đơn vị đặt"); a withdrawn one is not there."""
    latest = {row.key: row for row in ProvinceValue.objects.filter(effective_from__lte=on).order_by("effective_from")}
    return {key: row for key, row in latest.items() if row.value}


def value_on(key: str, on: date) -> str:
    """Return the value set for `key` by `on`, "" when none is."""
    row = ProvinceValue.objects.filter(key=key, effective_from__lte=on).order_by("-effective_from").first()
    return row.value if row else ""


def settings_on(on: date) -> Settings:
    """Return the settings of the lifecycle as the province had them on `on`."""
    months = value_on(ProvinceValue.Key.WATCH_MONTHS, on)
    return Settings(watch_months=int(months) if months else None)


def settings_by_day() -> Callable[[date], Settings]:
    """Return `settings_on` with all values already read: for actions that ask for many days."""
    rows = ProvinceValue.objects.filter(key=ProvinceValue.Key.WATCH_MONTHS).order_by("effective_from")
    terms = [
        (start, Settings(int(value) if value else None)) for start, value in rows.values_list("effective_from", "value")
    ]

    def at(day: date) -> Settings:
        return next((settings for start, settings in reversed(terms) if start <= day), Settings())

    return at
