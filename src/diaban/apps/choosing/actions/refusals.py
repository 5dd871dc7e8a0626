"""Why an act of choosing was refused."""

from __future__ import annotations

from collections.abc import Sequence


class Refused(Exception):
    """An act that is not permitted now. `problems`: (field, sentence) pairs, all that was found; field may be empty."""

    def __init__(self, problems: Sequence[tuple[str, object]]) -> None:
        super().__init__("; ".join(str(sentence) for _field, sentence in problems))
        self.problems = [(field, str(sentence)) for field, sentence in problems]


def refuse(sentence: object, field: str = "") -> Refused:
    """Return a refusal of one sentence."""
    return Refused([(field, sentence)])
