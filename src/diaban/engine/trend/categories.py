"""The seventeen categories of emerging hot-spots, and the rules that give each place exactly one.

The rules are those that the makers of ArcGIS publish for their emerging hot-spot analysis, in two versions: the
current text of ArcGIS Pro, and ArcMap 10. Where the published sentences overlap (a first hot step after a cold past is
"new" and could be called "oscillating"), the order of the list decides, as `classify` says.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

from diaban.core.messages import N_, Message, say

Signs = NDArray[np.int8]


class Version(StrEnum):
    """Whose rules: `PRO` is the current text of ArcGIS Pro, `ARCMAP` that of ArcMap 10.

    They differ in "sporadic" (Pro: only if the last step is hot) and in "consecutive" (Pro: a last run of at least two;
    in ArcMap 10 one would do, but one is always "new").
    """

    PRO = "arcgis-pro"
    ARCMAP = "arcmap-10"


class Category(IntEnum):
    """What became of a place. Hot kinds above zero, their cold mirrors below."""

    NONE = 0
    NEW = 1
    CONSECUTIVE = 2
    INTENSIFYING = 3
    PERSISTENT = 4
    DIMINISHING = 5
    SPORADIC = 6
    OSCILLATING = 7
    HISTORICAL = 8
    NEW_COLD = -1
    CONSECUTIVE_COLD = -2
    INTENSIFYING_COLD = -3
    PERSISTENT_COLD = -4
    DIMINISHING_COLD = -5
    SPORADIC_COLD = -6
    OSCILLATING_COLD = -7
    HISTORICAL_COLD = -8

    @property
    def mirror(self) -> Category:
        """The same with hot and cold exchanged."""
        return Category(-self)


@dataclass(frozen=True, slots=True)
class Words:
    """A category in words: Vietnamese and English name, and one sentence (Vietnamese msgid) that says what it means."""

    category: Category
    name: Message
    english: str
    meaning: Message


def _words(category: Category, name: str, english: str, meaning: str) -> Words:
    return Words(category, say(name), english, say(meaning))


WORDS: tuple[Words, ...] = (
    _words(
        Category.NEW,
        N_("Điểm nóng mới"),
        "New hot spot",
        N_("Kỳ cuối nóng rõ rệt; trước đó chưa kỳ nào nóng."),
    ),
    _words(
        Category.CONSECUTIVE,
        N_("Điểm nóng liên tiếp"),
        "Consecutive hot spot",
        N_("Nóng liền các kỳ cuối, trước đó chưa từng nóng; số kỳ nóng chưa tới 90 %."),
    ),
    _words(
        Category.INTENSIFYING,
        N_("Điểm nóng tăng dần"),
        "Intensifying hot spot",
        N_("Nóng từ 90 % số kỳ trở lên, kể cả kỳ cuối, và mức tập trung tăng rõ rệt."),
    ),
    _words(
        Category.PERSISTENT,
        N_("Điểm nóng kéo dài"),
        "Persistent hot spot",
        N_("Nóng từ 90 % số kỳ trở lên, kể cả kỳ cuối; mức tập trung không có xu hướng rõ."),
    ),
    _words(
        Category.DIMINISHING,
        N_("Điểm nóng giảm dần"),
        "Diminishing hot spot",
        N_("Nóng từ 90 % số kỳ trở lên, kể cả kỳ cuối, nhưng mức tập trung giảm rõ rệt."),
    ),
    _words(
        Category.SPORADIC,
        N_("Điểm nóng từng lúc"),
        "Sporadic hot spot",
        N_("Lúc nóng lúc không, số kỳ nóng chưa tới 90 %, chưa kỳ nào lạnh."),
    ),
    _words(
        Category.OSCILLATING,
        N_("Điểm nóng dao động"),
        "Oscillating hot spot",
        N_("Kỳ cuối nóng, trước đó có kỳ lạnh; số kỳ nóng chưa tới 90 %."),
    ),
    _words(
        Category.HISTORICAL,
        N_("Điểm nóng đã qua"),
        "Historical hot spot",
        N_("Nóng từ 90 % số kỳ trở lên nhưng kỳ cuối không còn nóng."),
    ),
    _words(
        Category.NONE,
        N_("Không rõ kiểu biến động"),
        "No pattern detected",
        N_("Không thuộc kiểu nóng hay lạnh nào; không có nghĩa là không có vụ việc."),
    ),
    _words(
        Category.NEW_COLD,
        N_("Điểm lạnh mới"),
        "New cold spot",
        N_("Kỳ cuối lạnh rõ rệt; trước đó chưa kỳ nào lạnh."),
    ),
    _words(
        Category.CONSECUTIVE_COLD,
        N_("Điểm lạnh liên tiếp"),
        "Consecutive cold spot",
        N_("Lạnh liền các kỳ cuối, trước đó chưa từng lạnh; số kỳ lạnh chưa tới 90 %."),
    ),
    _words(
        Category.INTENSIFYING_COLD,
        N_("Điểm lạnh tăng dần"),
        "Intensifying cold spot",
        N_("Lạnh từ 90 % số kỳ trở lên, kể cả kỳ cuối, và ngày càng lạnh rõ rệt."),
    ),
    _words(
        Category.PERSISTENT_COLD,
        N_("Điểm lạnh kéo dài"),
        "Persistent cold spot",
        N_("Lạnh từ 90 % số kỳ trở lên, kể cả kỳ cuối; mức lạnh không có xu hướng rõ."),
    ),
    _words(
        Category.DIMINISHING_COLD,
        N_("Điểm lạnh giảm dần"),
        "Diminishing cold spot",
        N_("Lạnh từ 90 % số kỳ trở lên, kể cả kỳ cuối, nhưng bớt lạnh rõ rệt."),
    ),
    _words(
        Category.SPORADIC_COLD,
        N_("Điểm lạnh từng lúc"),
        "Sporadic cold spot",
        N_("Lúc lạnh lúc không, số kỳ lạnh chưa tới 90 %, chưa kỳ nào nóng."),
    ),
    _words(
        Category.OSCILLATING_COLD,
        N_("Điểm lạnh dao động"),
        "Oscillating cold spot",
        N_("Kỳ cuối lạnh, trước đó có kỳ nóng; số kỳ lạnh chưa tới 90 %."),
    ),
    _words(
        Category.HISTORICAL_COLD,
        N_("Điểm lạnh đã qua"),
        "Historical cold spot",
        N_("Lạnh từ 90 % số kỳ trở lên nhưng kỳ cuối không còn lạnh."),
    ),
)
"""All seventeen, in the order of legends: hot, none, cold."""


def words(category: int) -> Words:
    """Return the words of a category."""
    return next(entry for entry in WORDS if entry.category == category)


def classify(signs: Signs, trend: Signs, version: Version = Version.PRO) -> Signs:
    """Return the category of each place.

    - `signs` (places, steps): 1 where a bin is significantly hot, -1 where cold, 0 else.
    - `trend` (places,): 1 or -1 where the place's scores significantly rise or fall, 0 else.

    Asked in this order, first of the side on which the last step lies: new, consecutive, at least 90 % (intensifying,
    diminishing, persistent, by the trend), oscillating, sporadic. A place whose last step is neither: historical with
    at least 90 %; in ArcMap 10 then sporadic; else no pattern. Raises `ValueError` on other signs or shapes.
    """
    given = np.asarray(signs)
    moved = np.asarray(trend)
    if given.ndim != 2 or not given.shape[1] or moved.shape != given.shape[:1]:
        raise ValueError(f"signs of (places, steps) need one trend each: {given.shape} and {moved.shape}")
    if not (np.isin(given, (-1, 0, 1)).all() and np.isin(moved, (-1, 0, 1)).all()):
        raise ValueError("signs and trends are -1, 0 or 1")
    given = given.astype(np.int8)
    found = np.zeros(len(given), np.int8)
    last = given[:, -1]
    for side in (1, -1):
        now = last == side
        found[now] = side * _of_the_last(given[now] == side, given[now] == -side, side * moved[now])
        often = _often(given == side) & (last == 0)
        found[often] = side * Category.HISTORICAL
        if version is Version.ARCMAP:
            once = (given == side).any(axis=1) & ~(given == -side).any(axis=1)
            found[once & (last == 0) & ~often] = side * Category.SPORADIC
    return found


def _often(hot: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return where at least 90 % of the steps are hot, in whole numbers."""
    return np.asarray(10 * hot.sum(axis=1, dtype=np.int64) >= 9 * hot.shape[1])


def _of_the_last(hot: NDArray[np.bool_], cold: NDArray[np.bool_], trend: Signs) -> Signs:
    """Return the kinds of places whose last step is hot."""
    total = hot.sum(axis=1, dtype=np.int64)
    run = np.where(hot.all(axis=1), hot.shape[1], np.argmin(hot[:, ::-1], axis=1))
    often = _often(hot)
    one_run = run == total
    return np.select(
        [
            one_run & (run == 1),
            one_run & ~often,
            often & (trend > 0),
            often & (trend < 0),
            often,
            cold.any(axis=1),
        ],
        [
            Category.NEW,
            Category.CONSECUTIVE,
            Category.INTENSIFYING,
            Category.DIMINISHING,
            Category.PERSISTENT,
            Category.OSCILLATING,
        ],
        default=Category.SPORADIC,
    ).astype(np.int8)
