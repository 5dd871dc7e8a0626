"""Blind indexes: look a sealed value up without opening a row.

The index of a value is an HMAC-SHA256 under a key of its own column, cut to 128 bits. Equal values in one column have
equal indexes, which a look-up needs and which is all that a dump tells; in another column the value looks otherwise.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from functools import lru_cache
from typing import Literal

from diaban.adapters.crypto.keyring import KeyRing
from diaban.core.text import fold

Normal = Literal["words", "digits", "exact"]

INDEX_LENGTH = 8 + 32  # the key's id, then 128 bits in hexadecimal


def index(ring: KeyRing, table: str, column: str, value: str, *, normal: Normal) -> str:
    """Return the index of `value` under the active key, as 40 hexadecimal digits; "" for an empty value."""
    return _under(ring, ring.active("index").id, table, column, normalised(value, normal))


def candidates(ring: KeyRing, table: str, column: str, value: str, *, normal: Normal) -> list[str]:
    """Return the indexes under which a row with this value may lie: one per key that rows may still be under."""
    text = normalised(value, normal)
    return [_under(ring, key.id, table, column, text) for key in ring.every("index") if key.secret]


def normalised(value: str, normal: Normal) -> str:
    """Return what two values share that a person takes for the same.

    `words` for names (no diacritics, case or punctuation), `digits` for telephone and identity numbers, `exact` only
    NFC and trimmed. A value that would vanish (a name of signs alone) keeps its exact form.
    """
    exact = unicodedata.normalize("NFC", value).strip()
    if normal == "words":
        return fold(exact) or exact
    if normal == "digits":
        return "".join(char for char in unicodedata.normalize("NFKC", exact) if char.isdecimal()) or exact
    return exact


def _under(ring: KeyRing, key_id: str, table: str, column: str, text: str) -> str:
    if not text:
        return ""
    key = _column_key(ring.get(key_id).secret, table, column)
    return key_id + hmac.digest(key, text.encode(), "sha256")[:16].hex()


@lru_cache(maxsize=1024)
def _column_key(secret: bytes, table: str, column: str) -> bytes:
    domain = f"{len(table)}:{table}{len(column)}:{column}"
    return hmac.digest(secret, hashlib.sha256(domain.encode()).digest(), "sha256")
