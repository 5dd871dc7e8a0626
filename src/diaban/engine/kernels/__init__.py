"""The compiled inner loops: plain functions on arrays of numbers, compiled at first use and kept on disk.

A kernel knows nothing of provinces, files or settings. It releases the interpreter's lock, so that threads of one
process share the work, and draws random numbers only by key and counter (`random`), so that the work may be cut
anywhere. See docs/methods/random-streams.md.
"""

from diaban.engine.kernels.compiled import kernel

__all__ = ["kernel"]
