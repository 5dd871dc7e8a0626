"""What is answered when a plan does not allow an act now."""

from __future__ import annotations

from collections.abc import Sequence

from diaban.core.drafting import Gap


class Refused(Exception):
    """An act that is not permitted now. `str(error)` says why and what to do instead; `field` where it concerns one."""

    def __init__(self, sentence: object, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field

    def __str__(self) -> str:
        return str(self.sentence)


class NotReady(Refused):
    """A draft that cannot be carried out yet; `gaps` are all the reasons, each with its clause."""

    def __init__(self, sentence: object, gaps: Sequence[Gap]) -> None:
        super().__init__(sentence)
        self.gaps = tuple(gaps)
