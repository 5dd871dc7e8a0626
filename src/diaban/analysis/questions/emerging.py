"""Not answered yet."""

from __future__ import annotations

from diaban.analysis.answer import Answer
from diaban.analysis.questions.asking import Asking
from diaban.analysis.settings import EmergingSettings


def answer(asking: Asking[EmergingSettings]) -> Answer:
    """Answer the question."""
    raise NotImplementedError(asking.settings.question)
