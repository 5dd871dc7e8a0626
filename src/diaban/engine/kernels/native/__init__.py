"""The hottest loop once more, in C: compiled on the user's machine where there is a compiler, never needed.

`build` compiles; `load` gives the compiled function or None. The results are the same bits with and without it. The
file lies in the user's cache, under a name that holds a hash of the source, so that another version never loads it.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

SOURCE = Path(__file__).with_name("scan_series.c")
FLAGS = ("-O3", "-shared", "-fPIC", "-std=gnu99", "-ffp-contract=off", "-march=native")
OFF = "DIABAN_NO_NATIVE"
"""Set in the environment, it keeps the compiled function from being used (docs/reference/settings.md)."""

POINTERS = (
    "starts", "order", "probes", "rows", "first_block", "times", "series", "buckets", "slopes", "reach", "ladders",
    "blocks", "zone", "clock", "cells", "reached", "after", "held", "sizes",
)  # fmt: skip
NUMBERS = (
    "rows_in_order", "rows_to_probe", "base", "width", "single", "product", "steps", "columns", "stretches",
    "buckets_in_ladder", "labelled", "earliest", "least", "high", "low", "cases", "sparse",
)  # fmt: skip


class Scan(ctypes.Structure):
    """What the function is given; the order is that of the C source."""

    _fields_ = [
        *((name, ctypes.c_void_p) for name in POINTERS),
        *((name, ctypes.c_int64) for name in NUMBERS),
        ("total", ctypes.c_double),
    ]


def place() -> Path:
    """Return where the compiled file for this source and this processor lies, whether it is there or not."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = hashlib.sha256(SOURCE.read_bytes() + platform.platform().encode() + _processor()).hexdigest()[:16]
    return cache / "diaban" / f"scan-{name}.so"


def _processor() -> bytes:
    """Return what tells processors apart on which the same machine code may not run."""
    try:
        lines = Path("/proc/cpuinfo").read_bytes().splitlines()
    except OSError:
        return platform.processor().encode()
    return b"".join(sorted({line for line in lines if line.startswith((b"flags", b"Features", b"model name"))}))


def build() -> Path | None:
    """Compile, when there is a compiler (`CC`, cc or gcc); return the file, or None when that isn't possible."""
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform == "win32":
        return None
    target = place()
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            made = Path(folder) / target.name
            for flags in (FLAGS, FLAGS[:-1]):  # not every compiler knows the last one
                command = [compiler, *flags, str(SOURCE), "-o", str(made), "-lm"]
                if subprocess.run(command, capture_output=True, check=False).returncode == 0:  # noqa: S603 - our own words
                    made.replace(target)
                    return target
    except OSError:
        pass
    return None


@functools.cache
def load() -> Callable[[Scan], float] | None:
    """Return the compiled function, or None where it was never built or is switched off."""
    if os.environ.get(OFF) or not place().exists():
        return None
    try:
        function = ctypes.CDLL(str(place())).diaban_scan_series
    except (OSError, AttributeError):
        return None
    function.argtypes, function.restype = [ctypes.POINTER(Scan)], ctypes.c_double
    return lambda scan: float(function(ctypes.byref(scan)))
