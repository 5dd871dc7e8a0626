"""Charts drawn on the server as SVG: the title says what happened, counts start at zero, labels stand at the data."""

from __future__ import annotations

from diaban.ui.charts.bars import bar_chart, column_chart, stacked_chart
from diaban.ui.charts.lines import line_chart, small_multiples, sparkline
from diaban.ui.charts.model import Bar, Chart, CutOff, Panel, Row, Series, Target

__all__ = [
    "Bar",
    "Chart",
    "CutOff",
    "Panel",
    "Row",
    "Series",
    "Target",
    "bar_chart",
    "column_chart",
    "line_chart",
    "small_multiples",
    "sparkline",
    "stacked_chart",
]
