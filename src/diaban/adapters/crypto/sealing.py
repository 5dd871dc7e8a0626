"""Sealed values: AES-256-GCM envelopes that open only in the row and column they were sealed for.

Layout of an envelope (bytes): version 1 | key id 4 | mark of the column 4 | mark of the row 4 | nonce 12 | ciphertext
with its 16-byte tag. The header, the table, the column and the row are authenticated with the text (AAD); the marks are
short plain digests that serve only to say what is wrong when an envelope lies in a place that is not its own.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from diaban.adapters.crypto.keyring import KeyRing, UnknownKeyError
from diaban.core.messages import N_, Message, say

VERSION = 1
NONCE_BYTES = 12
TAG_BYTES = 16
HEADER_BYTES = 1 + 4 + 4 + 4 + NONCE_BYTES
_NONCE_AT = HEADER_BYTES - NONCE_BYTES


class SealError(Exception):
    """A sealed value cannot be opened; `message` says why. It never holds the value."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class WrongColumnError(SealError):
    """The envelope was sealed for another table or column."""


class WrongRowError(SealError):
    """The envelope was sealed for another row of this column."""


class DamagedError(SealError):
    """The envelope was cut, changed, or is none at all."""


class VersionError(SealError):
    """The envelope has a version that this program does not open."""


class KeyMissingError(SealError):
    """The key ring lacks the key of this envelope."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value lies: table, column, and what names the row for as long as it lives (never a reused number)."""

    table: str
    column: str
    row: str


def seal(ring: KeyRing, plain: bytes, place: Place, *, pad: int = 1) -> bytes:
    """Return `plain` sealed for `place` under the active key.

    `pad` > 1 fills the text up to whole blocks of so many bytes, so that the length of the envelope tells the length of
    the text only to the block. A fresh random nonce is drawn each time: under one key at most 2³² values (NIST
    SP 800-38D §8.3), which a rotation each year keeps far away.
    """
    key = ring.active("seal")
    head = b"%c%b%b%b" % (VERSION, bytes.fromhex(key.id), column_mark(place.table, place.column), row_mark(place.row))
    nonce = os.urandom(NONCE_BYTES)
    # 0x80 marks where the text ends, zeros follow (ISO/IEC 7816-4): an empty text is padded like any other.
    filled = plain + b"\x80" + bytes(-(len(plain) + 1) % pad)
    return head + nonce + _cipher(key.secret).encrypt(nonce, filled, _bound(head, place))


def unseal(ring: KeyRing, envelope: bytes, place: Place) -> bytes:
    """Return what was sealed for `place`. Raises the `SealError` that tells what is wrong."""
    secret = _secret(ring, envelope)
    head, nonce = envelope[:_NONCE_AT], envelope[_NONCE_AT:HEADER_BYTES]
    try:
        filled = _cipher(secret).decrypt(nonce, envelope[HEADER_BYTES:], _bound(head, place))
    except InvalidTag:
        raise _why(head, place) from None
    return filled[: filled.rindex(b"\x80")]


def key_id(envelope: bytes) -> str:
    """Return the id of the key that an envelope is under. Raises `DamagedError` or `VersionError`."""
    if len(envelope) < HEADER_BYTES + TAG_BYTES + 1:
        raise DamagedError(_DAMAGED)
    if envelope[0] != VERSION:
        raise VersionError(
            say(
                N_("Giá trị niêm phong theo kiểu {n}, phiên bản Diaban này chỉ mở kiểu {known}."),
                n=envelope[0],
                known=VERSION,
            )
        )
    return envelope[1:5].hex()


@lru_cache(maxsize=1024)
def column_mark(table: str, column: str) -> bytes:
    """Return the short digest that names a column in an envelope's header."""
    return hashlib.sha256(_joined(table, column)).digest()[:4]


def row_mark(row: str) -> bytes:
    """Return the short digest that names a row in an envelope's header."""
    return hashlib.sha256(row.encode()).digest()[:4]


def is_for(envelope: bytes, place: Place) -> bool:
    """Say whether the header names this place; only `unseal` proves it."""
    return envelope[5:_NONCE_AT] == column_mark(place.table, place.column) + row_mark(place.row)


def _secret(ring: KeyRing, envelope: bytes) -> bytes:
    try:
        return ring.get(key_id(envelope)).secret
    except UnknownKeyError as error:
        raise KeyMissingError(error.message) from None


def _why(head: bytes, place: Place) -> SealError:
    if head[5:9] != column_mark(place.table, place.column):
        return WrongColumnError(
            say(N_("Giá trị niêm phong không thuộc cột {table}.{column}."), table=place.table, column=place.column)
        )
    if head[9:13] != row_mark(place.row):
        return WrongRowError(
            say(
                N_("Giá trị niêm phong ở {table}.{column} thuộc một dòng khác."), table=place.table, column=place.column
            )
        )
    return DamagedError(_DAMAGED)


_DAMAGED = say(N_("Giá trị niêm phong bị hỏng hoặc bị sửa. Khôi phục từ bản sao lưu gần nhất."))


@lru_cache(maxsize=64)
def _cipher(secret: bytes) -> AESGCM:
    return AESGCM(secret)


def _bound(head: bytes, place: Place) -> bytes:
    return head + _joined(place.table, place.column, place.row)


def _joined(*parts: str) -> bytes:
    """Return the parts so that no two lists of parts give the same bytes."""
    return b"".join(len(raw).to_bytes(4) + raw for raw in (part.encode() for part in parts))
