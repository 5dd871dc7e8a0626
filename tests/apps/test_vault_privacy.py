"""Rows as somebody may see them."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from diaban.apps.hotspots.models import Hotspot, HotspotStep
from diaban.apps.vault.privacy import UnclassifiedError, Veiled, class_of, holds, masked
from diaban.core.privacy import EVERYTHING, MASK, OPEN, PrivacyClass

ROW = {"code": "HS-1", "address": "số 3 ngõ 5", "unit__uid": "1@2025-07-01", "days": 4, "by": "an"}
COLUMNS = {"days": PrivacyClass.INTERNAL, "by": PrivacyClass.OFFICER}


def test_columns_are_masked_by_the_class_of_their_field() -> None:
    (row,) = masked(Hotspot, [ROW], cleared=OPEN, columns=COLUMNS)
    assert row == {"code": "HS-1", "address": MASK, "unit__uid": "1@2025-07-01", "days": 4, "by": MASK}
    everything = frozenset(PrivacyClass)
    assert list(masked(Hotspot, [ROW], cleared=everything, columns=COLUMNS)) == [ROW]
    assert set(next(masked(Hotspot, [ROW], cleared=frozenset(), columns=COLUMNS)).values()) == {MASK}


def test_a_column_may_show_a_field_under_another_name() -> None:
    rows = [{"noi": "số 3 ngõ 5"}]
    assert list(masked(Hotspot, rows, cleared=OPEN, columns={"noi": "address"})) == [{"noi": MASK}]


def test_a_forgotten_column_is_refused_not_shown() -> None:
    with pytest.raises(Exception, match="unheard_of"):
        list(masked(Hotspot, [{"unheard_of": 1}], cleared=frozenset(PrivacyClass)))
    with pytest.raises(UnclassifiedError):
        class_of(Hotspot, "steps")


def test_the_stricter_class_counts_along_a_path() -> None:
    assert class_of(HotspotStep, "hotspot__address") is PrivacyClass.PERSONAL
    assert class_of(HotspotStep, "recorded_by__id") is PrivacyClass.OFFICER
    assert class_of(HotspotStep, "hotspot__unit__uid") is PrivacyClass.INTERNAL
    assert class_of(Hotspot, "pk") is PrivacyClass.INTERNAL


def test_a_password_is_masked_for_everyone() -> None:
    rows = [{"username": "an", "password": "argon2$…"}]
    assert list(masked(get_user_model(), rows, cleared=frozenset(PrivacyClass))) == [
        {"username": "an", "password": MASK}
    ]
    assert holds(Hotspot) is PrivacyClass.SENSITIVE


def test_a_veiled_row_reads_like_the_row_and_is_never_written() -> None:
    spot = Hotspot(code="HS-1", name="Quán Chim", address="", kind="diem_phuc_tap", lon=107.1, note="x")
    veiled = Veiled(spot, OPEN)
    assert (veiled.code, veiled.get_kind_display()) == ("HS-1", spot.get_kind_display())
    assert {veiled.name, veiled.address, veiled.lon, veiled.note, str(veiled)} == {MASK}
    step = Veiled(HotspotStep(hotspot=spot, document="1/QĐ", decider="Ai"), OPEN)
    assert (step.hotspot.code, step.hotspot.name, step.document, step.decider) == ("HS-1", MASK, "1/QĐ", MASK)
    assert Veiled(spot, EVERYTHING).name == "Quán Chim"
    with pytest.raises(AttributeError):
        veiled.name = MASK
    with pytest.raises(AttributeError):
        veiled.unheard_of  # noqa: B018
