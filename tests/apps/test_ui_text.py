"""Numbers, days, addresses and fields as the pages write them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from diaban.ui import formats


def render(source: str, address: str = "/", **context: Any) -> str:
    request = RequestFactory().get(address)
    return Template("{% load ui %}" + source).render(Context({"request": request, **context}))


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_an_integer_is_read_back_from_what_is_written(n: int) -> None:
    written = formats.grouped(n)
    assert int(written.replace(".", "").replace("\u2212", "-")) == n
    assert all(len(group) == 3 for group in written.lstrip("\u2212").split(".")[1:])


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4), st.integers(min_value=0, max_value=4))
def test_a_decimal_keeps_as_many_places_as_asked(value: Decimal, places: int) -> None:
    written = formats.grouped(value, places)
    read = Decimal(written.replace(".", "").replace(",", ".").replace("\u2212", "-"))
    assert abs(read - value) <= Decimal(5).scaleb(-places - 1)
    assert (len(written.split(",")[1]) if "," in written else 0) == places


@pytest.mark.parametrize(
    ("value", "places", "written"),
    [
        (1234.5, None, "1.234,5"),
        (1234567, None, "1.234.567"),
        (0, None, "0"),
        (-0.001, 1, "0,0"),
        (2.345, 2, "2,35"),
        (0.1, None, "0,1"),
        (-12, None, "\u221212"),
    ],
)
def test_numbers(value: float, places: int | None, written: str) -> None:
    assert formats.grouped(value, places) == written


def test_missing_is_never_zero_or_blank() -> None:
    assert "chưa báo cáo" in render("{{ n|reported }}", n=None)
    assert render("{{ n|reported }}", n=0) == "0"
    assert "chưa báo cáo" in render("{{ n|percent }}", n=None)
    assert render("{{ n|percent }}", n=Decimal("0.125")) == "12,5\u00a0%"


def test_a_moment_is_shown_on_the_clock_of_vietnam() -> None:
    late = dt.datetime(2026, 12, 14, 17, 30, tzinfo=dt.UTC)
    assert render("{{ t|moment }} {{ t|day }}", t=late) == "00:30 15/12/2026 15/12/2026"
    assert render("{{ d|day }}", d=dt.date(2026, 1, 5)) == "05/01/2026"


def test_the_address_keeps_its_filters() -> None:
    made = render("{% query_with trang=2 q=None %}", "/?q=t%E1%BB%A5&loai=a&loai=b")
    assert made == "?loai=a&amp;loai=b&amp;trang=2"
    hidden = render('{% hidden_query "page" %}', "/?q=%22%3E&page=3")
    assert hidden == '<input type="hidden" name="q" value="&quot;&gt;">'


@pytest.mark.parametrize(
    ("address", "state", "target"),
    [
        ("/", None, "?sort=ten"),
        ("/?sort=ten&page=4", "ascending", "?sort=-ten"),
        ("/?sort=-ten", "descending", "?sort=ten"),
        ("/?sort=-tuoi", None, "?sort=ten"),
    ],
)
def test_a_heading_sorts_and_says_how_it_is_sorted(address: str, state: str | None, target: str) -> None:
    made = render('{% sort_header "ten" "Tên" %}', address)
    assert f'href="{target}"' in made
    assert (f'aria-sort="{state}"' in made) if state else ("aria-sort" not in made)


def test_a_class_that_is_not_known_says_so() -> None:
    assert "Chưa xác định" in render("{% class_badge code %}", code=None)
    assert 'data-class="I"' in render('{% class_badge "I" %}')


class _Form(forms.Form):
    name = forms.CharField(label="Tên", help_text="Theo địa danh")
    below = forms.BooleanField(label="Gồm cấp dưới", required=False)


def test_a_field_ties_its_words_to_its_input() -> None:
    form = _Form({})
    made = render("{% field form.name %}{% field form.below %}", form=form)
    assert '<label class="field__label" for="id_name">Tên' in made
    assert 'aria-describedby="id_name_helptext id_name_error"' in made
    assert 'id="id_name_helptext"' in made
    assert 'id="id_name_error"' in made
    assert 'aria-invalid="true"' in made


def test_the_summary_leads_to_each_wrong_field_and_is_silent_without_errors() -> None:
    assert 'href="#id_name"' in render("{% error_summary form %}", form=_Form({}))
    assert render("{% error_summary form %}", form=_Form()).strip() == ""
    assert render("{% error_summary form %}", form=_Form({"name": "a"})).strip() == ""
