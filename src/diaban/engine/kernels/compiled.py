"""How a kernel is compiled: one place for the flags that decide speed and equality of results."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., object])


def kernel(function: F) -> F:
    """Compile a function for this processor, keep it on disk, and let it run without the interpreter's lock.

    No `fastmath`: sums keep their order, so that every machine and every number of workers gives the same bits.
    Division by zero gives infinities as in numpy instead of an exception.
    """
    return cast(F, numba.njit(cache=True, nogil=True, fastmath=False, error_model="numpy")(function))
