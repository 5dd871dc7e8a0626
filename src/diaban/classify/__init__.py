"""The stateless main job: from one workbook of figures to classes and a dossier. No Django, no database, no clock.

`diaban classify FILE --cycle 2026 -o FOLDER` for people, `--format json` for programs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diaban.classify.command import register

if TYPE_CHECKING:
    from diaban.classify.job import Result, Unit, classify_file, make_dossier, write_dossier
    from diaban.classify.reading import Rejected

__all__ = ["Rejected", "Result", "Unit", "classify_file", "make_dossier", "register", "write_dossier"]


def __getattr__(name: str) -> Any:
    """Load the job when it is first asked for: every other command of `diaban` starts without it."""
    if name == "Rejected":
        from diaban.classify.reading import Rejected

        return Rejected
    if name in __all__:
        from diaban.classify import job

        return getattr(job, name)
    raise AttributeError(name)
