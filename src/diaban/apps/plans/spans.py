"""Where sentences stand in the text that they were read from."""

from __future__ import annotations

from collections.abc import Sequence

Span = tuple[int, int]


def spans(text: str, sentences: Sequence[str], starts: Sequence[int | None] | None = None) -> list[Span | None]:
    """Return `(first, last)` of every sentence in `text`, half-open; None for one that does not stand there.

    Sentences come in the order of the text; white space is of no account (lines were joined). `starts` may give where
    to begin looking for each (the offset of its line); without it, the search goes on behind the sentence before.
    """
    places = [place for place, char in enumerate(text) if not char.isspace()]
    packed = "".join(text[place] for place in places)
    ranks = _ranks(text)
    found: list[Span | None] = []
    cursor = 0
    for turn, sentence in enumerate(sentences):
        wanted = "".join(sentence.split())
        begin = starts[turn] if starts is not None else None
        at = packed.find(wanted, cursor if begin is None else ranks[min(begin, len(text))]) if wanted else -1
        if at < 0:
            found.append(None)
            continue
        cursor = at + len(wanted)
        found.append((places[at], places[cursor - 1] + 1))
    return found


def _ranks(text: str) -> list[int]:
    """Return, for every place of the text, how many characters that are no white space stand before it."""
    ranks, n = [], 0
    for char in text:
        ranks.append(n)
        n += not char.isspace()
    ranks.append(n)
    return ranks
