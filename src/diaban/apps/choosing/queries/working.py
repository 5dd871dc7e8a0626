"""Everything that a choice rests on, as one frozen thing: the ranking, other weights, comparisons, and its hash.

A page shows it live; a dossier keeps it. Both are drawn from the same JSON, so that what was decided on looks later as
it looked then.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

from diaban.apps.choosing.queries.figures import Commune, figures_of
from diaban.apps.choosing.queries.weights import Held, weights_on
from diaban.apps.localities.models import Cycle
from diaban.core.choosing import (
    CriteriaSet,
    Ranking,
    Raw,
    Sensitivity,
    distances,
    propose_comparisons,
    rank,
    sensitivity,
)

NEAREST = 5
USUAL_K = 5
Working = dict[str, Any]


def day_of_weights(cycle: Cycle, today: date) -> date:
    """Return the day whose weights hold for a review: today, or its last day once that is over."""
    return min(cycle.last_day, today)


def working_of(cycle: Cycle, today: date, k: int, chosen: Sequence[str] | None = None) -> Working:
    """Return the working of the first `k` communes of the review; comparisons beside `chosen` (uids; usually those)."""
    held = weights_on(day_of_weights(cycle, today))
    communes = figures_of(cycle, today)
    ranking = rank(held.criteria, {one.row.place.uid: one.raw for one in communes}, held.weights)
    found = _sensitivity(ranking, k, held.criteria, f"{cycle.year}:{held.criteria.code}")
    first = chosen if chosen is not None else _first(ranking, found.k)
    return {
        "year": cycle.year,
        "criteria": held.criteria.code,
        "weights": held.weights,
        "weights_document": held.document,
        "weights_from": held.effective_from.isoformat() if held.effective_from else "",
        "k": found.k,
        "lines": _lines(ranking, communes),
        "sensitivity": _told(found),
        **_comparisons(held, communes, first),
    }


@lru_cache(maxsize=64)
def _sensitivity(ranking: Ranking, k: int, criteria: CriteriaSet, seed: str) -> Sensitivity:
    """The draws take a while and depend on nothing else; a page is asked for many times between two changes."""
    return sensitivity(ranking, k, draws=criteria.draws, spread=criteria.spread, seed=seed)


def _first(ranking: Ranking, k: int) -> list[str]:
    return [line.key for line in ranking.ranked if line.place is not None and line.place <= k]


def _lines(ranking: Ranking, communes: Sequence[Commune]) -> list[dict[str, Any]]:
    by_uid = {one.row.place.uid: one for one in communes}
    return [
        {
            "uid": line.key,
            "name": by_uid[line.key].row.place.name,
            "raw": {cell.code: raw_text(cell.raw) for cell in line.cells},
            "scaled": {cell.code: cell.scaled for cell in line.cells},
            "score": raw_text(line.score),
            "low": raw_text(line.low),
            "high": raw_text(line.high),
            "place": line.place,
            "tied": line.tied,
            "best": line.best,
            "worst": line.worst,
            "missing": list(line.missing),
        }
        for line in ranking.lines
    ]


def raw_text(value: Raw) -> str | None:
    """Return a figure as text that gives it back exactly: "27/4", "I"; None stays None."""
    return None if value is None else str(value)


def _told(found: Sensitivity) -> dict[str, Any]:
    return {
        "draws": found.draws,
        "spread": found.spread,
        "seed": found.seed,
        "last_in": found.last_in,
        "first_out": found.first_out,
        "stability": [
            {
                "uid": one.key,
                "place": one.place,
                "share": round(one.share, 4),
                "low": one.low,
                "middle": one.middle,
                "high": one.high,
                "certain": one.certain,
            }
            for one in found.stability
        ],
        "holds": [
            {
                "code": one.code,
                "weight": one.weight,
                "low": one.low,
                "high": one.high,
                "below": [list(part) for part in one.below] if one.below else None,
                "above": [list(part) for part in one.above] if one.above else None,
            }
            for one in found.holds
        ],
        "swaps": [{"code": one.code, "weight": one.weight, "at": one.at} for one in found.swaps],
    }


def _comparisons(held: Held, communes: Sequence[Commune], chosen: Sequence[str]) -> dict[str, Any]:
    rows = {one.row.place.uid: one.baseline for one in communes}
    first = [uid for uid in chosen if uid in rows]
    pairs = propose_comparisons(first, list(rows), rows)
    return {
        "near": str(held.criteria.near),
        "pairs": [_pair(one) for one in pairs],
        "nearest": {
            uid: [_pair(one) for one in distances(uid, [key for key in rows if key not in set(first)], rows)[:NEAREST]]
            for uid in first
        },
    }


def _pair(pair: Any) -> dict[str, Any]:
    return {
        "chosen": pair.chosen,
        "other": pair.other,
        "distance": round(pair.distance, 3),
        "shared": pair.shared,
        "gaps": {code: round(gap, 2) for code, gap in pair.gaps},
        "again": pair.again,
    }


def digest_of(working: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the working's canonical JSON: the same figures and weights give the same digest."""
    text = json.dumps(working, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Drift:
    """What the figures of a later day say of a kept working: who of the first `k` fell out, and who came in."""

    gone: tuple[str, ...]
    come: tuple[str, ...]
    weights_changed: bool

    def __bool__(self) -> bool:
        return bool(self.gone or self.come or self.weights_changed)


def drift(kept: Mapping[str, Any], now: Mapping[str, Any]) -> Drift:
    """Return how the first `k` of `now` differ from those of `kept`, by the names that `now` knows."""
    k = kept["k"]

    def first(working: Mapping[str, Any]) -> dict[str, str]:
        return {line["uid"]: line["name"] for line in working["lines"] if line["place"] and line["place"] <= k}

    before, after = first(kept), first(now)
    return Drift(
        tuple(name for uid, name in before.items() if uid not in after),
        tuple(name for uid, name in after.items() if uid not in before),
        kept["weights"] != now["weights"],
    )


def amount(text: str | None) -> Fraction | None:
    """Return the number that a kept figure is; None for a missing one."""
    return None if text is None else Fraction(text)
