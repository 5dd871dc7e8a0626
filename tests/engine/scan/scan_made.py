"""Small data for tests of the scan."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from diaban.engine.positions import Positions
from diaban.engine.scan import Data, Model, expected_counts
from diaban.engine.streams import Stream, generator


def grid(side: int, gap: float = 1000.0) -> Positions:
    """Return side × side places, `gap` metres apart."""
    x, y = np.meshgrid(np.arange(side) * gap, np.arange(side) * gap)
    return Positions(x.ravel(), y.ravel())


def touching(side: int) -> np.ndarray:
    """Return the pairs of places of a grid that have a side in common."""
    number = np.arange(side * side).reshape(side, side)
    across = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    return np.concatenate([across, np.column_stack([number[:-1].ravel(), number[1:].ravel()])])


def random_data(
    model: Model, seed: int, *, places: int = 7, steps: int = 5, cases: int = 25, coarse: bool = True
) -> Data:
    """Return data in which nothing goes on; `coarse` coordinates, so that distances tie and places coincide."""
    draw = generator(seed, Stream.SYNTHETIC)
    where = draw.integers(0, 4, (places, 2)) * 1000.0 if coarse else draw.uniform(0, 5000, (places, 2))
    place = draw.integers(0, places, cases).astype(np.int32)
    step = draw.integers(0, steps, cases).astype(np.int32)
    people = draw.uniform(1, 5, places)
    return Data(
        model,
        Positions(where[:, 0], where[:, 1]),
        place,
        step,
        steps,
        expected=expected_counts(people, cases, steps=steps) if model is Model.POISSON else None,
        controls=draw.integers(0, 4, (places, steps)).astype(np.int32) if model is Model.BERNOULLI else None,
    )


@st.composite
def some_data(draw: st.DrawFn) -> Data:
    """Draw small data of any model, of one or more places and steps where the model allows."""
    model = draw(st.sampled_from(list(Model)))
    few = 2 if model is Model.PERMUTATION else 1
    return random_data(
        model,
        draw(st.integers(0, 10_000)),
        places=draw(st.integers(few, 7)),
        steps=draw(st.integers(few, 6)),
        cases=draw(st.integers(1, 30)),
        coarse=draw(st.booleans()),
    )
