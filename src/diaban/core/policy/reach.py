"""Which units an assignment opens, through the dated tree: a merged commune's officer keeps what the lineage gives.

An assignment to a unit opens, on a day, the unit and all that is under it on that day, and every earlier unit whose
territory lies in them. When the unit itself has ended, its successor takes its place only where the unit (or one of its
own communes) went there undivided. Of a unit that was divided, only its own records stay open: which part the
officer follows is a decision that people take (hand-over), not one that software guesses.
"""

from __future__ import annotations

from datetime import date

from diaban.core.units import Register
from diaban.core.units.territory import lies_in, nearest_day, with_descendants


def reach_of(register: Register, root: str, on: date) -> frozenset[str]:
    """Return the units, of any day, whose records an assignment to `root` opens on `on`."""
    if root not in register:
        return frozenset({root})
    own = frozenset(with_descendants(register, root, on))
    if register.exists(root, on):
        return own | frozenset(lies_in(register, set(own), on))
    snapshot = register.snapshot(nearest_day(register, root, on))
    leaves = [uid for uid in own if not snapshot.children(uid)]
    heirs: set[str] = set()
    for leaf in leaves:
        parts = register.carry(leaf, on)
        if len(parts) == 1 and parts[0].is_whole:
            heirs.add(parts[0].unit)
    return own | heirs | frozenset(lies_in(register, heirs, on) if heirs else ())
