"""Lock a workbook with a password: agile encryption of ECMA-376, which Excel and LibreOffice open. No Django."""

from __future__ import annotations

import secrets
import tempfile
from typing import IO, Final

from msoffcrypto.format.ooxml import OOXMLFile

SHORTEST: Final = 12
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread when it is read out over the telephone
_GROUPS: Final = 4
_GROUP: Final = 5


def new_password() -> str:
    """Return a password nobody can guess (about 99 bits), in groups that can be read out."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


def protect(workbook: IO[bytes], password: str) -> IO[bytes]:
    """Return the XLSX `workbook` locked with `password`, as an open temporary file at its start.

    `workbook` is closed. Raises `ValueError` for a password shorter than `SHORTEST`.
    """
    if len(password) < SHORTEST:
        raise ValueError(f"a password has at least {SHORTEST} characters")
    locked = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the caller sends it and closes it
    with workbook:
        workbook.seek(0)
        OOXMLFile(workbook).encrypt(password, locked)
    locked.seek(0)
    return locked
