"""A stream of bytes under a passphrase: Argon2id gives the key, AES-256-GCM seals one chunk after the other.

Layout, big-endian: magic `DIABANBK`, version (1 byte), Argon2id passes (4), memory in KiB (4), lanes (1), salt (16),
size of a chunk (4), first bytes of every nonce (7), proof of the key (16), checksum of all that (16); then the chunks,
each as long as it says plus a tag of 16, the last one shorter or equal. The nonce of chunk n is the first bytes, n (4)
and whether it is the last (1): the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár (CRYPTO 2015). The
digest of the header is authenticated with every chunk. So a chunk that is changed, moved, missing, repeated or taken
from another archive does not open, and neither does an archive that was cut or made longer.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from diaban.core.messages import N_, Message, say

MAGIC: Final = b"DIABANBK"
VERSION: Final = 1
CHUNK: Final = 256 * 1024
TAG: Final = 16
_FIELDS: Final = struct.Struct(">8sBIIB16sI7s")
HEADER_BYTES: Final = _FIELDS.size + 16 + 16
_MOST_CHUNKS: Final = 2**32 - 1
# A header is read before anything in it is proved: what it asks of this machine is bounded.
_MOST_MEMORY_KIB, _MOST_PASSES, _MOST_LANES, _MOST_CHUNK = 2 * 1024 * 1024, 64, 64, 16 * 1024 * 1024


class ArchiveError(Exception):
    """The archive cannot be taken; `message` says why and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class NotAnArchive(ArchiveError):
    """The file is something else, or of a format that this version does not know."""


class WrongPassphrase(ArchiveError):
    """The passphrase is not the one that the archive was made with."""


class Damaged(ArchiveError):
    """The archive is cut, changed or put together from others."""


def damaged() -> Damaged:
    """Return the refusal of an archive that is not as it was written."""
    return Damaged(say(N_("Tệp sao lưu đã bị hỏng, bị cắt hoặc bị sửa; không dùng được. Chưa ghi gì. Lấy bản khác.")))


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess of the passphrase costs (Argon2id, RFC 9106): passes, memory in KiB, lanes."""

    passes: int
    memory_kib: int
    lanes: int


DEFAULT_COST: Final = Cost(passes=3, memory_kib=256 * 1024, lanes=4)


@dataclass(frozen=True, slots=True)
class _Header:
    cost: Cost
    salt: bytes
    chunk: int
    nonce: bytes

    def fields(self) -> bytes:
        cost = self.cost
        return _FIELDS.pack(MAGIC, VERSION, cost.passes, cost.memory_kib, cost.lanes, self.salt, self.chunk, self.nonce)

    def keys(self, passphrase: str) -> tuple[AESGCM, bytes]:
        """Return the cipher, and the proof by which a wrong passphrase is told from a damaged file."""
        cost = self.cost
        secret = hash_secret_raw(
            passphrase.encode(), self.salt, cost.passes, cost.memory_kib, cost.lanes, hash_len=64, type=Type.ID
        )
        # The proof also binds the file to one key: AES-GCM alone would let a file open under two.
        return AESGCM(secret[:32]), hmac.digest(secret[32:], b"diaban backup" + self.fields(), "sha256")[:16]


def _nonce(first: bytes, number: int, *, last: bool) -> bytes:
    return first + struct.pack(">IB", number, last)


class Sealer:
    """Takes bytes, writes sealed chunks. Nothing is a whole archive before `finish`."""

    def __init__(self, out: BinaryIO, passphrase: str, *, cost: Cost = DEFAULT_COST, chunk: int = CHUNK) -> None:
        header = _Header(cost, os.urandom(16), chunk, os.urandom(7))
        self._out, self._chunk, self._first, self._number = out, chunk, header.nonce, 0
        self._cipher, proof = header.keys(passphrase)
        start = header.fields() + proof
        start += hashlib.sha256(start).digest()[:16]
        self._bound = hashlib.sha256(start).digest()
        self._held = bytearray()
        out.write(start)

    def write(self, data: bytes) -> None:
        """Take `data`; what fills no chunk yet is held."""
        self._held += data
        # One chunk is always held back, because only the end tells which one is the last.
        while len(self._held) > self._chunk:
            self._seal(bytes(self._held[: self._chunk]), last=False)
            del self._held[: self._chunk]

    def finish(self) -> None:
        """Write the last chunk."""
        self._seal(bytes(self._held), last=True)
        self._held.clear()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        if self._number > _MOST_CHUNKS:
            raise OverflowError("more chunks than nonces")
        self._out.write(self._cipher.encrypt(_nonce(self._first, self._number, last=last), piece, self._bound))
        self._number += 1


def unseal(source: BinaryIO, passphrase: str) -> Iterator[bytes]:
    """Yield the bytes chunk by chunk. Raises `ArchiveError`; only a stream that ended without one was whole."""
    header, proof, bound = _read_header(source)
    cipher, expected = header.keys(passphrase)
    if not hmac.compare_digest(proof, expected):
        raise WrongPassphrase(say(N_("Mật khẩu của tệp sao lưu không đúng. Chưa ghi gì.")))
    size = header.chunk + TAG
    number = 0
    piece = source.read(size)
    while True:
        following = source.read(size) if len(piece) == size else b""
        last = not following
        try:
            yield cipher.decrypt(_nonce(header.nonce, number, last=last), piece, bound)
        except InvalidTag:
            raise damaged() from None
        if last:
            return
        if number == _MOST_CHUNKS:
            raise damaged()
        piece, number = following, number + 1


def _read_header(source: BinaryIO) -> tuple[_Header, bytes, bytes]:
    start = source.read(HEADER_BYTES)
    if start[: len(MAGIC)] != MAGIC:
        raise NotAnArchive(say(N_("Đây không phải tệp sao lưu của Diaban.")))
    if len(start) < HEADER_BYTES or not hmac.compare_digest(hashlib.sha256(start[:-16]).digest()[:16], start[-16:]):
        raise damaged()
    _magic, version, passes, memory, lanes, salt, chunk, nonce = _FIELDS.unpack_from(start)
    if version != VERSION:
        raise NotAnArchive(
            say(
                N_("Tệp sao lưu có định dạng số {version}, bản phần mềm này không đọc được; dùng bản mới hơn."),
                version=version,
            )
        )
    bounds = ((passes, _MOST_PASSES), (memory, _MOST_MEMORY_KIB), (lanes, _MOST_LANES), (chunk, _MOST_CHUNK))
    if not all(0 < value <= most for value, most in bounds) or memory < 8 * lanes:
        raise damaged()
    return _Header(Cost(passes, memory, lanes), salt, chunk, nonce), start[-32:-16], hashlib.sha256(start).digest()
