"""The sums in the database agree with the lives they are made of, on any day and across the reform of units."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import date, timedelta

import pytest
from hotspots_cast import AT, PAPER, REFORM, Province, build, spot, step

from diaban.apps.hotspots import actions, queries
from diaban.apps.hotspots.models import Hotspot, HotspotStep, Kind
from diaban.catalogue.periods_loader import regime
from diaban.core.lifecycle import Requirement as R
from diaban.core.lifecycle import StepRefused, flow, flow_by, permitted, state_on

pytestmark = pytest.mark.django_db
POINTS = "diem_to_chuc_chua_chap"


@pytest.fixture
def cast() -> Province:
    return build()


def live(cast: Province, draw: random.Random, hotspots: int, steps: int) -> None:
    """Let some spots live at random through the actions, some steps taken back, some files void for a time."""
    for _ in range(hotspots):
        where = draw.choice([cast.one, cast.two, cast.split, cast.island])
        day = date(2025, 1, 1) + timedelta(days=draw.randrange(150))
        verb = draw.choice(["detect", "enlist", "receive"])
        made = spot(cast, where, day, verb=verb, kind=draw.choice(Kind.values))
        for _ in range(steps):
            day += timedelta(days=draw.randrange(45))
            take(cast, draw, made, day)


def take(cast: Province, draw: random.Random, made: Hotspot, day: date) -> None:
    history = queries.history_of(made, AT.date())
    if draw.random() < (0.5 if history.voided else 0.1):
        adjust = actions.restore_hotspot if history.voided else actions.void_hotspot
        with suppress(StepRefused):
            adjust(hotspot=made, on=AT.date(), reason="Ghi nhầm", by=cast.user, at=AT, **PAPER)
        return
    allowed = permitted(history)
    if not allowed:
        return
    if draw.random() < 0.15 and len(history.effective) > 1:
        paper = PAPER | {"reason": "Ghi nhầm"}
        actions.undo_step(hotspot=made, on=max(day, history.last.step.on), by=cast.user, at=AT, **paper)  # type: ignore[union-attr]
        return
    chosen = draw.choice(allowed)
    given: dict[str, object] = {}
    if R.UNIT in chosen.requires:
        given["unit"] = draw.choice(
            [cast.island, cast.merged, cast.north] if day >= REFORM else [cast.one, cast.island]
        )
    if R.KIND in chosen.requires:
        given["kind"] = draw.choice(Kind.values)
    if R.GRADE in chosen.requires:
        given["grade"] = "nghi_van"
    if R.TARGET in chosen.requires:
        given["target"] = draw.choice(list(Hotspot.objects.order_by("pk")))
    try:
        step(cast, Hotspot.objects.get(pk=made.pk), chosen.verb, day, **given)
    except StepRefused:
        return


@pytest.mark.parametrize("seed", [7, 2026])
def test_flows_summed_in_the_database_are_those_of_the_lives(cast: Province, seed: int) -> None:
    live(cast, random.Random(seed), 18, 7)
    histories = list(queries.histories_of(Hotspot.objects.values_list("pk", flat=True), AT.date()).values())
    assert {"reform", "undo", "eliminate", "move", "void", "restore"} <= set(
        HotspotStep.objects.values_list("verb", flat=True)
    )
    for start, end in (
        (date(2024, 12, 15), date(2025, 12, 15)),
        (date(2025, 5, 15), date(2025, 7, 15)),
        (date(2025, 7, 15), date(2025, 8, 15)),
        (date(2025, 10, 15), date(2026, 3, 15)),
    ):
        last = end - timedelta(days=1)
        heirs = queries.carried(
            [cast.one.pk, cast.two.pk, cast.split.pk, cast.merged.pk, cast.north.pk, cast.island.pk], last
        )
        by_unit = flow_by(histories, start, end, lambda unit, _kind, heirs=heirs: (heirs[int(unit)],))  # type: ignore[misc]
        assert queries.flow_by_unit(start, end) == {key[0]: one for key, one in by_unit.items()}  # type: ignore[index]
        assert queries.flow_by_kind(start, end) == flow_by(histories, start, end, lambda _unit, kind: kind)
        assert queries.flow_total(start, end) == flow(histories, start, end)
        assert all(one.holds for one in queries.flow_by_unit(start, end).values())
        for row in queries.flow_rows_for_annex(start, end):
            assert row.balanced
        existing = sum(history.workflow.exists(state_on(history, last)) for history in histories)
        assert sum(queries.existing_spots(last).values()) == existing
        shown = queries.rows_for_annex(start, end)
        assert sum(row.state in ("Trong danh sách", "Đang đấu tranh", "Tái phức tạp") for row in shown) == existing


def test_points_of_merged_communes_count_in_their_successor(cast: Province) -> None:
    spot(cast, cast.one, date(2025, 2, 1), kind=POINTS)
    spot(cast, cast.two, date(2025, 2, 1), kind=POINTS)
    spot(cast, cast.two, date(2025, 2, 1), kind="diem_phuc_tap")
    spot(cast, cast.split, date(2025, 2, 1), kind=POINTS)
    assert queries.existing_points(date(2025, 6, 30)) == {cast.one.pk: 1, cast.two.pk: 1, cast.split.pk: 1}
    assert queries.existing_points(REFORM) == {cast.merged.pk: 2}
    assert queries.existing_spots(REFORM, kinds=[POINTS]) == {cast.merged.pk: 2, None: 1}
    assert queries.existing_points(date(2025, 6, 30), units_on=REFORM) == {cast.merged.pk: 2}
    assert queries.existing_points(REFORM, [cast.island.pk]) == {}


def test_a_reform_of_units_is_no_movement(cast: Province) -> None:
    spot(cast, cast.one, date(2025, 2, 1))
    across = queries.flow_by_unit(date(2025, 6, 15), date(2025, 7, 15))
    assert (across[cast.merged.pk].opening, across[cast.merged.pk].closing) == (1, 1)
    assert across[cast.merged.pk].moved_in == 0


def test_arrests_keep_missing_apart_from_none(cast: Province) -> None:
    def incident(unit: object, arrested: int | None) -> None:
        actions.record_incident(
            by=cast.user, at=AT, on=date(2025, 3, 1), unit=unit, kind="mua_ban", source="patrol", arrested=arrested
        )  # type: ignore[arg-type]

    incident(cast.one, 2)
    incident(cast.two, 3)
    incident(cast.island, None)
    cycle = (date(2024, 12, 15), date(2025, 12, 15))
    assert queries.arrests_by_unit(*cycle) == {cast.merged.pk: 5}
    incident(cast.island, 0)
    assert queries.arrests_by_unit(*cycle) == {cast.merged.pk: 5, cast.island.pk: 0}
    assert queries.arrests_by_unit(*cycle, units_on=date(2025, 3, 1)) == {
        cast.one.pk: 2,
        cast.two.pk: 3,
        cast.island.pk: 0,
    }


def test_the_overview_counts_what_waits(cast: Province) -> None:
    first = spot(cast, cast.one, date(2025, 2, 1), grade="nghi_van")
    second = spot(cast, cast.island, date(2025, 2, 1))
    step(cast, second, "eliminate", date(2025, 3, 1))
    step(cast, second, "watch", date(2025, 3, 2))
    period = (date(2024, 12, 15), date(2025, 12, 15))
    seen = queries.overview_counts(date(2025, 12, 1), *period)
    assert (seen.existing, seen.suspected_on_list, seen.watches_without_term, seen.watches_over) == (1, 1, 1, 0)
    assert (seen.flow.new, seen.flow.eliminated, seen.arrested) == (2, 1, None)
    actions.set_value(key="watch_months", value="3", effective_from=date(2025, 1, 1), document="1", by=cast.user, at=AT)
    here = queries.overview_counts(date(2025, 12, 1), *period, unit_ids=[cast.island.pk])
    assert (here.existing, here.watches_over, here.by_state) == (0, 1, {"watched": 1})
    assert queries.overview_counts(date(2025, 12, 1), *period, unit_ids=[cast.merged.pk]).existing == 1
    assert first.state == "listed"


def test_the_annex_tells_the_period_as_it_closed(cast: Province) -> None:
    made = spot(cast, cast.one, date(2025, 2, 1), behaviours=["su_dung", "mua_ban"], lead_agency="pc04")
    step(cast, made, "eliminate", date(2025, 3, 1))
    step(cast, made, "reform", date(2026, 1, 10))
    (row,) = queries.rows_for_annex(date(2024, 12, 15), date(2025, 12, 15))
    assert (row.unit_code, row.unit_name, row.state, row.eliminated_on, row.reformed) == (
        "26506", "Phường Hợp Nhất", "Đã triệt xóa", date(2025, 3, 1), 0,
    )  # fmt: skip
    assert row.behaviours == "Mua bán, Sử dụng"
    (later,) = queries.rows_for_annex(date(2025, 12, 15), date(2026, 12, 15))
    assert (later.state, later.eliminated_on, later.reformed) == ("Tái phức tạp", None, 1)
    assert queries.rows_for_annex(date(2025, 12, 15), date(2026, 1, 1)) == []


def test_a_period_narrows_the_register_to_what_moved_in_it(cast: Province) -> None:
    made = spot(cast, cast.island, date(2025, 1, 5))
    made = step(cast, made, "plan", date(2025, 3, 20))
    found = {
        code: set(queries.hotspots_list(queries.HotspotFilter(on=date(2026, 2, 1), period=regime("nd09").period(code))))
        for code in ("2024-12", "2025-01", "2025-02", "2025-04", "2025")
    }
    assert [code for code, spots in found.items() if made in spots] == ["2025-01", "2025-04", "2025"]
