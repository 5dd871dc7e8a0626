"""What else lies in the charge of a post: apps above say it here (`programme`: the post's tasks).

A kind counts, lists and moves its own rows; the page of a post and the hand-over know nothing else of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from diaban.apps.access import Person, Rights
from diaban.apps.agencies.models import Post


@dataclass(frozen=True, slots=True)
class Item:
    """One row in a post's charge. `key` names it within its kind; `state` is a word, `tone` that of its chip.

    `url` leads to its page, empty where it has none; `open` is false for what is done and moves with nobody.
    """

    key: str
    title: str
    url: str = ""
    state: str = ""
    tone: str = "neutral"
    due: date | None = None
    late_days: int = 0
    open: bool = True


@dataclass(frozen=True, slots=True)
class Count:
    """How many things of a kind a post carries that are not done, how many of them are late, how many due in 7 days."""

    open: int = 0
    late: int = 0
    soon: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing in charge of posts.

    `code` names it ("tasks"), `title` in words (a msgid). `items` returns those of a post within the reader's sight,
    open ones first. `counts` says for each of many posts (by id) what it carries on the day, whoever looks. `move`
    hands the named ones over in the caller's transaction, writes its own events, and returns how many moved; it raises
    `AccessRefused` when `by` may not. `agencies` says which agencies
    (by id) have such things open, with a post or without one.
    """

    code: str
    title: str
    items: Callable[[Post, Rights, date], Sequence[Item]]
    counts: Callable[[Iterable[int], date], dict[int, Count]]
    move: Callable[[MoveOrder], int]
    agencies: Callable[[], set[int]] = set


@dataclass(frozen=True, slots=True)
class MoveOrder:
    """What a hand-over asks of a kind: move `keys` from `source` to `target`, from the day `on`, by a document."""

    by: Person
    at: datetime
    source: Post
    target: Post
    keys: tuple[str, ...]
    on: date
    document: str


_KINDS: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """Add a kind; called once, when its app is ready."""
    _KINDS[kind.code] = kind


def kinds() -> list[Kind]:
    """Return the kinds, in the order of their codes."""
    return [kind for _code, kind in sorted(_KINDS.items())]


def counts_of(posts: Iterable[int], on: date) -> dict[int, Count]:
    """Return what each post (by id) carries of every kind together; a post that carries nothing open is left out."""
    total: dict[int, Count] = {}
    wanted = list(posts)
    for kind in kinds():
        for post, one in kind.counts(wanted, on).items():
            held = total.get(post, Count())
            total[post] = Count(held.open + one.open, held.late + one.late, held.soon + one.soon)
    return {post: count for post, count in total.items() if count.open}
