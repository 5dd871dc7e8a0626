"""Masking: shown to those cleared for the class, and to others a mask that tells nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diaban.core.privacy import MASK, TITLES, PrivacyClass, classed, mask, visible

classes = st.sampled_from(PrivacyClass)
values = st.one_of(st.none(), st.text(), st.integers(), st.dates())


@given(value=values, privacy_class=classes, cleared=st.frozensets(classes))
def test_a_value_is_whole_or_the_same_mask_for_all(
    value: object, privacy_class: PrivacyClass, cleared: frozenset[PrivacyClass]
) -> None:
    shown = mask(value, privacy_class, cleared)
    if visible(privacy_class, cleared):
        assert shown is value
    else:
        assert shown == MASK


@given(cleared=st.frozensets(classes))
def test_a_secret_is_never_shown(cleared: frozenset[PrivacyClass]) -> None:
    assert mask("x", PrivacyClass.SECRET, cleared) == MASK


@given(privacy_class=classes, fewer=st.frozensets(classes), more=st.frozensets(classes))
def test_more_clearance_never_shows_less(
    privacy_class: PrivacyClass, fewer: frozenset[PrivacyClass], more: frozenset[PrivacyClass]
) -> None:
    assert not visible(privacy_class, fewer) or visible(privacy_class, fewer | more)


def test_a_field_has_one_class() -> None:
    assert classed(internal="a b", locked="c") == {"a": "internal", "b": "internal", "c": "secret"}
    with pytest.raises(ValueError, match="b: both internal and secret"):
        classed(internal="a b", locked="b")


def test_every_class_has_a_title() -> None:
    assert set(TITLES) == set(PrivacyClass) and len(set(TITLES.values())) == len(PrivacyClass)
