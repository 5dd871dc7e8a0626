"""What the programme reminds of: deadlines of turns to those who answer for them, and each act to whom it concerns."""

from __future__ import annotations

from diaban.apps.inbox.rounds import add_source
from diaban.apps.programme.reminders.events import (
    extension_asked,
    extension_decided,
    tasks_given,
    turn_confirmed,
    turn_sent_back,
)
from diaban.apps.programme.reminders.source import TurnSource

__all__ = ["extension_asked", "extension_decided", "tasks_given", "turn_confirmed", "turn_sent_back"]

add_source(TurnSource())
