"""Values as whole numbers, so that sums are exact and a tie is a tie.

Floating sums of the same counts can differ in the last bit, and then a permutation that ties with the data is counted
as smaller or larger by chance. Counts stay as they are; other values are rounded to whole multiples of a power of two.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

INT_BITS = 62
FLOAT_BITS = 52
VALUE_BITS = 24


def checked(values: NDArray[np.generic], units: int) -> Floats:
    """Return the values as floats; raises `ValueError` unless there is one finite number for each of at least 3 units.

    Larger than 2**53 in size counts no longer are what was given, so they are refused too.
    """
    given = np.asarray(values, dtype=np.float64)
    if given.shape != (units,):
        raise ValueError(f"{units} units need as many values, not an array of shape {given.shape}")
    if units < 3:
        raise ValueError(f"local statistics compare each unit with the others: at least 3 are needed, not {units}")
    if not np.isfinite(given).all():
        missing = int(np.flatnonzero(~np.isfinite(given))[0])
        raise ValueError(f"unit {missing} has no value: leave the unit out or give it one")
    if (np.abs(given) > 2.0**53).any():
        raise ValueError("values beyond 2**53 are not exact: give them in a larger measure")
    return given


def is_whole(values: Floats) -> bool:
    """Return whether all values are whole numbers."""
    return bool((values == np.rint(values)).all())


def _shift(largest: float, bits: int) -> int:
    """Return the power of two by which `largest` may grow and still stay below 2**bits."""
    return bits - int(np.frexp(largest)[1]) if largest > 0 else 0


def as_integers(values: Floats, terms: int) -> NDArray[np.int64]:
    """Return the values as integers of which any `terms` can be added; unchanged if they are whole and small enough.

    Otherwise they become multiples of a power of two, at most 2**-50 of the largest value for up to 2,000 terms.
    """
    largest = float(np.abs(values).max(initial=0.0))
    room = _shift(largest * (terms + 1), INT_BITS)
    scaled = values if is_whole(values) and room >= 0 else np.ldexp(values, room)
    return np.rint(scaled).astype(np.int64)


def as_small_floats(values: Floats) -> Floats:
    """Return the values as whole floats below 2**24: unchanged if they are, else 2**-24 of the largest apart."""
    largest = float(np.abs(values).max(initial=0.0))
    if is_whole(values) and largest < 2.0**VALUE_BITS:
        return values
    rounded: Floats = np.rint(np.ldexp(values, _shift(largest, VALUE_BITS)))
    return rounded


def as_whole_weights(weight: Floats, largest: Floats, values: Floats, terms: int) -> Floats:
    """Return weights as whole floats, scaled row by row, so that `terms` products with `values` add up exactly.

    `largest` is, for each weight, the largest of its row. Scaling a row moves its sums and what they are compared with
    alike.
    """
    top = int(np.frexp(float(np.abs(values).max(initial=0.0)))[1])
    bits = FLOAT_BITS - top - int(np.ceil(np.log2(terms + 1)))
    rounded: Floats = np.rint(np.ldexp(weight, bits - np.frexp(largest)[1]))
    return rounded
