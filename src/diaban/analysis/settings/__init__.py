"""Settings of each question.

A settings object that exists is within its bounds: making one raises `SettingsError` with every problem at once.
`to_dict` and `from_dict` are exact inverses, and the dictionary holds nothing but JSON.
"""

from diaban.analysis.settings.base import Circle, Settings, SettingsError
from diaban.analysis.settings.questions import (
    STEPS,
    EmergingSettings,
    EvaluateSettings,
    GiSettings,
    KnoxSettings,
    ScanSettings,
    WatchSettings,
)
from diaban.analysis.settings.stored import QUESTIONS, AnySettings, from_dict

__all__ = [
    "QUESTIONS",
    "STEPS",
    "AnySettings",
    "Circle",
    "EmergingSettings",
    "EvaluateSettings",
    "GiSettings",
    "KnoxSettings",
    "ScanSettings",
    "Settings",
    "SettingsError",
    "WatchSettings",
    "from_dict",
]
