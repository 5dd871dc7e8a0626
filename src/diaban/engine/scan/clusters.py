"""Which windows are reported: the most likely cluster, and the others beside it by a stated rule."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from diaban.engine.scan.design import Ints, Window
from diaban.engine.scan.observed import Apart, Bests, Chosen, Prepared
from diaban.engine.scan.searching import Layer


class Secondary(StrEnum):
    """Which clusters stand beside more likely ones.

    `no_overlap` lists what SaTScan lists by default: over time it goes through all windows, best first, so that a row
    may bring more than one; in a purely spatial scan it looks at the best window of each row only, so that a small
    cluster may hide behind a large one around the same centre. The next two go through all windows always. The rules
    about centres, and `every_centre`, look at the best window of each row only.
    """

    NO_OVERLAP = "no_overlap"  # none that shares a place with a more likely one at the same time (default)
    NO_OVERLAP_ANY_WINDOW = "no_overlap_any_window"  # the same, and every window may come
    NO_COMMON_PLACE = "no_common_place"  # none that shares a place with a more likely one at any time
    CENTRES_OUTSIDE_STRONGER = "centres_outside_stronger"  # its centre lies in no more likely one
    CENTRES_OUTSIDE_WEAKER = "centres_outside_weaker"  # it holds the centre of no more likely one
    CENTRES_OUTSIDE_OTHERS = "centres_outside_others"  # neither holds the other's centre
    NO_MUTUAL_CENTRES = "no_mutual_centres"  # not both hold the other's centre
    EVERY_CENTRE = "every_centre"  # the best window of every row
    MOST_LIKELY = "most_likely"  # the most likely one alone


_APART = {
    Secondary.NO_OVERLAP: Apart.SPACE_TIME,
    Secondary.NO_OVERLAP_ANY_WINDOW: Apart.SPACE_TIME,
    Secondary.NO_COMMON_PLACE: Apart.SPACE,
    Secondary.MOST_LIKELY: Apart.ANY,
}


@dataclass(frozen=True, eq=False)
class Found:
    """A window that is reported: its layer, and its statistic times the layer's weight."""

    layer: int
    window: Window
    value: float
    places: Ints
    centre: int


Key = tuple[float, int, float, int, int]


def choose(layers: Sequence[Layer], bests: Sequence[Bests], rule: Secondary, most: int) -> list[Found]:
    """Return at most `most` clusters, the most likely first.

    Equal statistics (to the ninth decimal): the one with the fewest places, then the smallest radius, then the shape
    and the centre that stand first.
    """
    heap: list[tuple[Key, int, Found]] = []
    for number, (layer, best) in enumerate(zip(layers, bests, strict=True)):
        for row in np.flatnonzero(best.figures[:, 1] > 0):
            found = _found(layer, number, best.window(int(row)))
            heap.append((_key(layer, found), 0, found))
    heapq.heapify(heap)
    if rule is Secondary.MOST_LIKELY:
        most = min(most, 1)
    if rule in _APART:
        once = rule is Secondary.MOST_LIKELY or (rule is Secondary.NO_OVERLAP and layers[0].design.steps == 1)
        return _apart(layers, heap, _APART[rule], most, once)
    return choose_of((heapq.heappop(heap)[2] for _ in range(len(heap))), rule, most)


def choose_of(candidates: Iterable[Found], rule: Secondary, most: int) -> list[Found]:
    """Return at most `most` of candidates that come best first, each allowed beside those before it."""
    chosen: list[Found] = []
    for found in candidates:
        if len(chosen) >= most:
            break
        if all(_allowed(rule, stronger, found) for stronger in chosen):
            chosen.append(found)
    return chosen


def _found(layer: Layer, number: int, window: Window) -> Found:
    first = int(layer.rows.rows[window.row])
    places = layer.rows.reach[first : first + window.width]
    return Found(number, window, window.statistic * layer.weight, places, int(layer.rows.centre[window.row]))


def _key(layer: Layer, found: Found) -> Key:
    window = found.window
    radius = float(layer.rows.distance[int(layer.rows.rows[window.row]) + window.width - 1])
    return -round(found.value, 9), window.width, round(radius, 6), found.layer, window.row


def _allowed(rule: Secondary, stronger: Found, weaker: Found) -> bool:
    if rule in _APART:
        times = weaker.window.start < stronger.window.end and stronger.window.start < weaker.window.end
        shared = bool(np.isin(weaker.places, stronger.places).any())
        return not (shared and (times or rule is Secondary.NO_COMMON_PLACE)) and rule is not Secondary.MOST_LIKELY
    inside = weaker.centre in stronger.places
    around = stronger.centre in weaker.places
    if rule is Secondary.CENTRES_OUTSIDE_STRONGER:
        return not inside
    if rule is Secondary.CENTRES_OUTSIDE_WEAKER:
        return not around
    if rule is Secondary.CENTRES_OUTSIDE_OTHERS:
        return not (inside or around)
    if rule is Secondary.NO_MUTUAL_CENTRES:
        return not (inside and around)
    return True


def _apart(
    layers: Sequence[Layer], heap: list[tuple[Key, int, Found]], apart: Apart, most: int, once: bool
) -> list[Found]:
    """Return the clusters one by one, each the best of all windows that the ones before it allow.

    A row whose best window was found before the last cluster was chosen is searched again only when it comes to the
    top: what is forbidden later can only lower it. `once`: a row whose best window is not allowed brings nothing.
    """
    prepared: dict[int, Prepared] = {}
    chosen: list[Found] = []
    taken = Chosen.of(apart, layers[0].design.places, [])
    while heap and len(chosen) < most:
        _, seen, found = heapq.heappop(heap)
        if seen == len(chosen):
            chosen.append(found)
            spans = [(one.places, one.window.start, one.window.end) for one in chosen]
            taken = Chosen.of(apart, layers[0].design.places, spans)
            if once:
                continue
        layer = layers[found.layer]
        if found.layer not in prepared:
            prepared[found.layer] = Prepared.of(layer.design)
        row = found.window.row
        best = prepared[found.layer].bests(taken, row, row + 1)
        again = _found(layer, found.layer, replace(best.window(0), row=row))
        if best.figures[0, 1] > 0 and not (once and _key(layer, again) != _key(layer, found)):
            heapq.heappush(heap, (_key(layer, again), len(chosen), again))
    return chosen
