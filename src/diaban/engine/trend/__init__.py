"""Trends: Mann-Kendall of many series, the space-time cube, and emerging hot-spots in seventeen categories.

See docs/methods/emerging-hot-spots.md.
"""

from diaban.engine.trend.categories import WORDS, Category, Version, Words, classify, words
from diaban.engine.trend.cube import Cube, count_events
from diaban.engine.trend.emerging import LEAST_STEPS, Emerging, Settings, Window, emerging
from diaban.engine.trend.mann_kendall import Trends, mann_kendall

__all__ = [
    "LEAST_STEPS",
    "WORDS",
    "Category",
    "Cube",
    "Emerging",
    "Settings",
    "Trends",
    "Version",
    "Window",
    "Words",
    "classify",
    "count_events",
    "emerging",
    "mann_kendall",
    "words",
]
