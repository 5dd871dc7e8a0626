"""Not answered yet."""

from __future__ import annotations

from diaban.analysis.answer import Answer
from diaban.analysis.questions.asking import Asking
from diaban.analysis.settings import KnoxSettings


def answer(asking: Asking[KnoxSettings]) -> Answer:
    """Answer the question."""
    raise NotImplementedError(asking.settings.question)
