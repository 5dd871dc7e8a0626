"""Charts: from zero, missing is not zero, few colours, the same figures as a table."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from diaban.ui import charts
from diaban.ui.charts.axis import round_steps
from diaban.ui.charts.model import MOST_COLOURS
from kit import kit_charts


@pytest.mark.parametrize("index", range(5))
def test_both_drawings_are_sound_and_read_out_their_title(index: int) -> None:
    chart = kit_charts()[index]
    for svg in (chart.wide, chart.narrow):
        assert ET.fromstring(svg).get("aria-label") == chart.title
        assert "style=" not in svg
        assert "nan" not in svg


@pytest.mark.parametrize("index", range(5))
def test_the_table_holds_every_figure(index: int) -> None:
    chart = kit_charts()[index]
    page = render_to_string("ui/chart.html", {"chart": chart})
    assert page.count("<tr>") == len(chart.rows) + 1
    assert page.count("chưa báo cáo</span>") == sum(cell is None for row in chart.rows for cell in row)


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_the_axis_covers_the_data_in_round_steps(a: float, b: float) -> None:
    low, high = sorted((a, b))
    steps = round_steps(low, high)
    assert steps[0] <= low + 1e-6 * (1 + abs(low))
    assert steps[-1] >= high - 1e-6 * (1 + abs(high))
    assert 2 <= len(steps) <= 8


def test_counts_never_have_steps_between_whole_numbers() -> None:
    assert round_steps(0, 1) == [0, 1]
    assert round_steps(0, 3) == [0, 1, 2, 3]


def test_a_value_not_reported_breaks_the_line_and_is_never_drawn_as_zero() -> None:
    whole = charts.line_chart("a", ["1", "2", "3"], [charts.Series("x", [5, 5, 5])], header="t")
    broken = charts.line_chart("a", ["1", "2", "3"], [charts.Series("x", [5, None, 5])], header="t")
    curve = re.compile(r'class="chart__curve[^"]*" d="([^"]*)"')
    assert curve.findall(whole.wide)[0].count("M") == 1
    assert curve.findall(broken.wide)[0].count("M") == 2
    bars = charts.bar_chart("a", [charts.Bar("x", None), charts.Bar("y", 0)], headers=("a", "b"))
    assert bars.wide.count("<rect") == 1
    assert "chưa báo cáo" in bars.wide


def test_bars_are_as_long_as_their_figures() -> None:
    chart = charts.bar_chart("a", [charts.Bar("x", 10), charts.Bar("y", 5)], headers=("a", "b"))
    first, second = (float(w) for w in re.findall(r'<rect[^>]* width="([\d.]+)"', chart.wide))
    assert first == pytest.approx(2 * second, abs=0.2)


def test_columns_stack_to_their_total() -> None:
    chart = charts.column_chart("a", ["x"], [charts.Series("p", [3]), charts.Series("q", [1])], header="t")
    low, high = (float(h) for h in re.findall(r'<rect[^>]* height="([\d.]+)"', chart.wide))
    assert low == pytest.approx(3 * high, abs=0.2)
    assert ">4</text>" in chart.wide


def test_more_parts_than_people_can_tell_apart_are_refused() -> None:
    many = [charts.Series(str(i), [1]) for i in range(MOST_COLOURS + 1)]
    with pytest.raises(ValueError, match="at most 6"):
        charts.line_chart("a", ["1"], many, header="t")


def test_words_from_outside_cannot_become_markup() -> None:
    evil = '"><script>'
    chart = charts.bar_chart(
        evil, [charts.Bar(evil, 1, href=evil)], headers=(evil, evil), target=charts.Target(1, evil)
    )
    for svg in (chart.wide, chart.narrow, charts.sparkline([1, None, 2], evil)):
        assert "<script" not in svg
        ET.fromstring(svg)


def test_names_at_the_ends_of_lines_do_not_cover_each_other() -> None:
    series = [charts.Series(f"Đường {i}", [1, 2 + i * 0.01]) for i in range(5)]
    chart = charts.line_chart("a", ["1", "2"], series, header="t")
    heights = sorted(float(y) for y in re.findall(r'chart__name[^>]* y="([\d.]+)"', chart.wide))
    assert all(b - a >= 13.9 for a, b in pairwise(heights))
